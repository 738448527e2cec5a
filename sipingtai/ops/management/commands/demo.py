"""`sipingtai demo`: a running system with a township, its county and two hundred made-up matters (演示)."""

import time
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone

from sipingtai.core.calendar import local
from sipingtai.ops.demo.cast import gather
from sipingtai.ops.demo.filling import fill, is_empty, size
from sipingtai.ops.demo.people import Person, appoint, path, people
from sipingtai.ops.progress import Bar
from sipingtai.org.packs.applying import apply
from sipingtai.org.packs.shelf import load

PACKS = ["331125", "331125201"]


class Command(BaseCommand):
    help = "演示：建库、装入一县一乡、填入约二百件虚构事项，列出账号，然后启动网页服务"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--people", action="store_true", help="只列出演示账号和密码")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Fill an empty database once, then serve until Ctrl-C. A database with matters of its own is left alone."""
        known = people()
        if options["people"]:
            if known is None:
                raise CommandError("这里还没有演示数据。请先运行 sipingtai demo。")
            self._list(known)
            return
        if known is None:
            known = self._set_up()
        self._list(known)
        connections.close_all()
        call_command("serve", port=options["port"], verbosity=0)

    def _set_up(self) -> list[Person]:
        call_command("migrate", verbosity=0, interactive=False)
        if not is_empty():
            raise CommandError("这个库里已有事件，不是演示库，没有改动。请把 SIPINGTAI_HOME 指向另一个文件夹再运行。")
        now = local(timezone.now())
        self.stdout.write("装入一县一乡的组织……")
        apply(load(PACKS), today=now.date())
        found = appoint(gather(now), now)
        began = time.monotonic()
        with Bar("填入演示事项", size()) as bar:
            told = fill(now, progress=bar.at)
        self.stdout.write(f"已填入 {told} 个虚构情节，用时 {time.monotonic() - began:.0f} 秒。")
        return found

    def _list(self, found: list[Person]) -> None:
        self.stdout.write("演示账号（每个岗位一个；再次查看：sipingtai demo --people）：")
        for person in found:
            password = person.password or "（沿用原密码）"
            self.stdout.write(f"  {person.account:<28}{password:<20}{person.unit} {person.post}")
        self.stdout.write(f"密码保存在 {path()}，只有本用户可读。")
