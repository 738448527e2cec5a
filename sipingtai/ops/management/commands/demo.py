"""`sipingtai demo`: a running system with five townships, their counties and a year of made-up work (演示)."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from sipingtai.core.calendar import local
from sipingtai.ops.demo import doorway
from sipingtai.ops.demo.cast import gather_all
from sipingtai.ops.demo.duty import put_on_duty
from sipingtai.ops.demo.filling import SEED, YEAR, is_empty
from sipingtai.ops.demo.looking_on import look_on
from sipingtai.ops.demo.people import Person, appoint, path, people
from sipingtai.ops.demo.turning import first_forms
from sipingtai.ops.management.commands.serve import check_port
from sipingtai.org.packs.applying import apply
from sipingtai.org.packs.shelf import load

HOST = "127.0.0.1"  # anybody who reaches it may sign in as anybody


class Command(BaseCommand):
    help = "演示：建库、装入五个乡镇和所属的县、填入一年的虚构事项，列出账号，然后启动网页服务和后台任务"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--days", type=int, default=YEAR, help=f"填入多少天的事项，默认 {YEAR}；只在建库时有用")
        parser.add_argument("--seed", type=int, default=SEED, help="随机种子；只在建库时有用")
        parser.add_argument("--people", action="store_true", help="只列出演示账号和密码")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Fill an empty database once, then serve until Ctrl-C. A database with matters of its own is left alone."""
        known = people()
        if options["people"]:
            if known is None:
                raise CommandError("这里还没有演示数据。请先运行 sipingtai demo。")
            self._list(known)
            return
        check_port(HOST, options["port"])  # before the long part
        if known is None:
            known = self._set_up(days=options["days"], seed=options["seed"])
        self._list(known)
        self._addresses(f"http://{HOST}:{options['port']}")
        connections.close_all()
        doorway.open_up()
        try:
            with _worker():
                call_command("serve", host=HOST, port=options["port"], verbosity=0)
        finally:
            doorway.shut()

    def _set_up(self, *, days: int, seed: int) -> list[Person]:
        call_command("migrate", verbosity=0, interactive=False)
        if not is_empty():
            raise CommandError("这个库里已有事件，不是演示库，没有改动。请把 SIPINGTAI_HOME 指向另一个文件夹再运行。")
        now = local(timezone.now())
        self.stdout.write("装入五个乡镇和所属的县……")
        apply(load(first_forms()), today=now.date())
        call_command("simulate", days=days, seed=seed, area=[], stdout=self.stdout)
        casts = gather_all(now)
        found = appoint(casts, now)
        look_on(casts, now, [person.account for person in found])
        put_on_duty(casts, now, {person.account for person in found})
        return found

    def _list(self, found: list[Person]) -> None:
        self.stdout.write("演示账号（每个岗位一个；再次查看：sipingtai demo --people）：")
        for place, of_place in groupby(found, lambda person: person.place):
            self.stdout.write(f" {place}")
            for person in of_place:
                password = person.password or "（沿用原密码）"
                self.stdout.write(f"  {person.account:<28}{password:<20}{person.unit} {person.post}")
        self.stdout.write(f"密码保存在 {path()}，只有本用户可读。")

    def _addresses(self, root: str) -> None:
        for name, address in (
            ("工作台", "/"),
            ("掌上", "/field/"),
            ("群众", "/p/"),
            ("不用密码，选一个人登录", "/demo/"),
        ):
            self.stdout.write(f"  {root}{address:<9}{name}")
        self.stdout.flush()


@contextlib.contextmanager
def _worker() -> Iterator[None]:
    """The background tasks beside the web server: without them no mark passes and nothing is anchored."""
    environment = {**os.environ, "SIPINGTAI_SERVED_BY": str(os.getpid())}
    worker = subprocess.Popen([sys.executable, "-m", "sipingtai", "worker"], env=environment)
    try:
        yield
    finally:
        worker.terminate()
        try:
            worker.wait(timeout=20)  # a task that has begun is finished first
        except subprocess.TimeoutExpired:
            worker.kill()
