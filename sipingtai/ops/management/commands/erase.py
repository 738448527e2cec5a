"""`sipingtai erase NUMBER`: erase by law what was written in a case (依法删除); its journal still verifies."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sipingtai.access import audit
from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import AuditEvent
from sipingtai.core.calendar import local
from sipingtai.desk.models import Note
from sipingtai.loop.erasure import erase
from sipingtai.loop.errors import DoorError
from sipingtai.loop.reading.page import find
from sipingtai.org.setting import load


class Command(BaseCommand):
    help = "依法删除一件事的文字、附件和反映人联系方式：不能恢复，日志仍可核验"

    def add_arguments(self, parser: CommandParser) -> None:
        """NUMBER, --ground, --step (repeatable), --yes."""
        parser.add_argument("number", metavar="NUMBER", help="事件编号，如 331125201-20260302-000123")
        parser.add_argument(
            "--ground", required=True, metavar="依据",
            help="法律依据，永久留在日志中，不要写人名，如“个人信息保护法第四十七条”",
        )  # fmt: skip
        parser.add_argument(
            "--step", type=int, action="append", metavar="N", help="只删第 N 步的文字和附件，可重复；默认全部"
        )
        parser.add_argument("--yes", action="store_true", help="不再询问")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """One transaction: all of it or nothing. Exits with 1 and a sentence where it cannot be done."""
        number, steps = options["number"], options["step"] or ()
        what = f"第 {'、'.join(map(str, sorted(set(steps))))} 步" if steps else "全部"
        if not options["yes"] and not self._agreed(number, what):
            self.stdout.write("已取消，什么都没有删。")
            return
        now = local(timezone.now())
        try:
            with system_scope("依法删除"):
                row = find(number)
                done = erase(row.id, steps=steps, ground=options["ground"], now=now, setting=load(now.date()))
                if not steps:
                    Note.objects.filter(case=row.id).delete()  # what people noted of it for themselves
                audit.record(AuditEvent.CONFIGURATION, None, subject=f"erase {number}")
        except DoorError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"已删除 {number} {what}的文字和附件共 {done} 项，以及反映人联系方式。旧备份里还有，到期请清理。"
        )

    def _agreed(self, number: str, what: str) -> bool:
        if not sys.stdin.isatty():
            raise CommandError("没有终端可以询问。确认无误后加 --yes。")
        told = f"将删除 {number} {what}的文字和附件，以及反映人联系方式，不能恢复。继续？[y/N] "
        return input(told).strip().lower() in {"y", "yes", "是"}
