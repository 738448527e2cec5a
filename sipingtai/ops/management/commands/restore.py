"""`sipingtai restore SOURCE`: a backup into an empty installation, verified and anchored anew (恢复)."""

import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from sipingtai.access.keys import KeyTrouble
from sipingtai.cases.anchor_file import AnchorTrouble
from sipingtai.cases.verification import Figures, count_steps
from sipingtai.ops.backup import restoring
from sipingtai.ops.backup.passphrase import asked
from sipingtai.ops.backup.trouble import BackupTrouble
from sipingtai.ops.management.commands.backup import leave
from sipingtai.ops.postgres import chosen
from sipingtai.ops.progress import Bar

_MIB = 1 << 20


class Command(BaseCommand):
    help = "恢复：把一份备份装入空的 SIPINGTAI_HOME，核验，并重新锚定"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("source", type=Path, metavar="SOURCE", help="sipingtai backup 打印的文件夹")
        parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="备份口令所在的文件；没有则询问")
        parser.add_argument("--reason", default="", metavar="理由", help="为何恢复；永久留在锚定文件中")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Say what was restored; exit with 1 where verification finds a fault."""
        signal.signal(signal.SIGTERM, leave)
        try:
            passphrase = asked(options["passphrase_file"], twice=False)
            with Bar("核对备份", 1) as bar:
                backup = restoring.checked(
                    options["source"], passphrase, lambda done, whole: bar.at(done // _MIB, whole // _MIB)
                )
            restoring.clear_the_way(Path(settings.SIPINGTAI_HOME))
            with chosen.running():
                with Bar("恢复", 1) as bar:
                    restoring.restore(backup, lambda done, whole: bar.at(done // _MIB, whole // _MIB))
                restoring.bring_up(backup)
                self._verify(backup)
                why = restoring.anchor_anew(backup, options["reason"].strip(), datetime.now(UTC))
        except (BackupTrouble, KeyTrouble, AnchorTrouble) as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(f"已重新锚定，理由：{why}。恢复完成，所有人须重新登录。")

    def _verify(self, backup: restoring.Checked) -> None:
        figures, found = Figures(), 0
        with Bar("核验", count_steps()) as bar:
            for fault in restoring.faults(backup, figures, bar.at):
                found += 1
                self.stdout.write(str(fault))
        self.stdout.write(f"核验事件 {figures.cases} 件、步骤 {figures.steps} 个、附件 {figures.files} 个。")
        if found:
            self.stdout.write(f"数据已恢复，但发现 {found} 处不符，没有重新锚定。请报告安全管理员，再决定是否启用。")
            sys.exit(1)
        self.stdout.write("没有发现不符。")
