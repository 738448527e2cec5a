"""`sipingtai doctor`: look for common faults and say what to do about each (体检)."""

import contextlib
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from sipingtai.core.calendar import local
from sipingtai.ops.doctor.checks import AROUND, MIGRATED, OF_THE_DATABASE, OF_THE_WORK, REACHED
from sipingtai.ops.doctor.finding import Check, Finding, Place
from sipingtai.ops.postgres import chosen
from sipingtai.ops.postgres.layout import EmbeddedServerError


class Command(BaseCommand):
    help = "体检：检查常见故障，逐条说明怎么办；有故障时退出码为 1"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="serve 的监听地址")
        parser.add_argument("--port", type=int, default=8000, help="serve 的端口")
        parser.add_argument("--cert", type=Path, help="serve 所用的自有证书，检查有效期")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Tell every check; exit with 1 when one found something."""
        place = Place(
            home=Path(settings.SIPINGTAI_HOME), anchors=Path(settings.SIPINGTAI_ANCHORS), now=local(timezone.now()),
            host=options["host"], port=options["port"], certificate=options["cert"],
        )  # fmt: skip
        faults = self._look(AROUND, place)
        with contextlib.ExitStack() as stack:
            try:
                stack.enter_context(chosen.running())
            except EmbeddedServerError as error:
                self._tell(REACHED, [Finding(str(error), "")])
                reached = False
            else:
                reached = not self._look([REACHED], place)
            if reached:
                found = self._look(OF_THE_DATABASE, place)
                faults += found
                if not any(MIGRATED.look(place)):
                    faults += self._look(OF_THE_WORK, place)
                else:
                    self.stdout.write("－ 其余各项：数据表与本版本不一致，未检查")
            else:
                faults += 1
                self.stdout.write("－ 其余各项：连不上数据库，未检查")
        if faults:
            self.stdout.write(f"发现 {faults} 处问题，请按上面的办法处理。")
            sys.exit(1)
        self.stdout.write("一切正常。")

    def _look(self, checks: Iterable[Check], place: Place) -> int:
        faults = 0
        for check in checks:
            try:
                found = list(check.look(place))
            except (OSError, DatabaseError) as error:
                found = [
                    Finding(
                        f"这一项没能检查：{str(error).strip() or type(error).__name__}。",
                        "请先排除其他问题，再运行一次。",
                    )
                ]
            self._tell(check, found)
            faults += len(found)
        return faults

    def _tell(self, check: Check, found: list[Finding]) -> None:
        if not found:
            self.stdout.write(f"✓ {check.name}")
        for finding in found:
            self.stdout.write(f"✗ {check.name}：{finding.says}")
            if finding.remedy:
                self.stdout.write(f"    怎么办：{finding.remedy}")
