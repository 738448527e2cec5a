"""`sipingtai anchor`: anchor the journal's changed chain heads now (锚定)."""

from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sipingtai.access.keys import KeyTrouble
from sipingtai.cases.anchor_file import AnchorTrouble, installed_anchors
from sipingtai.jobs.anchor import anchor


class Command(BaseCommand):
    help = "立即锚定：把日志的最新状态记到数据库之外的锚定文件"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--anew",
            metavar="理由",
            help="从备份恢复数据库之后用：全部重新锚定，此前的锚定不再作为核验依据；理由永久留在锚定文件中",
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Say what was anchored and where."""
        anew = options["anew"]
        if anew is not None and not anew.strip():
            raise CommandError("请写明重新锚定的理由，例如：--anew “硬盘损坏，恢复到 5 月 3 日的备份”。")
        file = installed_anchors()
        try:
            done = anchor(datetime.now(UTC), anew=(anew or "").strip(), file=file)
        except (AnchorTrouble, KeyTrouble) as trouble:
            raise CommandError(str(trouble)) from trouble
        if not done.records:
            self.stdout.write("上次锚定以来没有变化。")
            return
        assert done.last is not None
        self.stdout.write(
            f"已锚定 {done.heads} 件事件的 {done.steps} 步，记为第 {done.last.no} 号，写入 {file.path}；"
            f"校验值 {done.last.seal[:16]}。"
        )
