"""`sipingtai verify`: re-seal and replay every journal, and hold every row to it (核验)."""

import sys
import time
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from sipingtai.access.file_store import installed_files
from sipingtai.access.keys import installed_keys
from sipingtai.cases.anchor_file import AnchorTrouble, installed_anchors
from sipingtai.cases.verification import Figures, count_steps, verify
from sipingtai.cases.verification_anchors import read_anchors
from sipingtai.cases.verification_journal import Keyring
from sipingtai.cases.verification_processes import processes
from sipingtai.ops.progress import Bar
from sipingtai.org.models import Unit


class Command(BaseCommand):
    help = "核验全部事件：日志有没有被改动，数据与日志是否一致"

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Name every fault; exit with 1 when there is any."""
        figures, faults, began = Figures(), 0, time.monotonic()
        units, keys = frozenset(Unit.objects.values_list("id", flat=True)), installed_keys()
        try:
            anchors = read_anchors(installed_anchors(), Keyring(keys))
        except AnchorTrouble as trouble:
            raise CommandError(str(trouble)) from trouble
        steps = count_steps()
        with Bar("核验", steps) as bar:
            found = verify(
                keys=keys,
                files=installed_files(),
                units=units,
                figures=figures,
                progress=bar.at,
                anchors=anchors,
                now=datetime.now(UTC),
                processes=processes(steps),
            )
            for fault in found:
                faults += 1
                self.stdout.write(str(fault))
        seconds = time.monotonic() - began
        self.stdout.write(
            f"核验事件 {figures.cases} 件、步骤 {figures.steps} 个、文字 {figures.texts} 段、附件 {figures.files} 个，"
            f"用时 {seconds:.1f} 秒（每秒 {figures.steps / max(seconds, 1e-3):,.0f} 步）。"
        )
        for line in anchors.told():
            self.stdout.write(line)
        if faults:
            self.stdout.write(f"发现 {faults} 处不符，请保留现场并报告安全管理员。")
            sys.exit(1)
        self.stdout.write("没有发现不符。")
