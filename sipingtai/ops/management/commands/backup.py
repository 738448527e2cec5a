"""`sipingtai backup TARGET`: database, attachments, keys and anchors of one moment, while the system runs (备份)."""

import signal
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sipingtai.access.keys import KeyTrouble
from sipingtai.ops.backup.making import back_up
from sipingtai.ops.backup.passphrase import asked
from sipingtai.ops.backup.trouble import BackupTrouble
from sipingtai.ops.progress import Bar

_MIB = 1 << 20


class Command(BaseCommand):
    help = "备份：数据库、附件、密钥、锚定，取同一时刻；系统照常运行"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("target", type=Path, metavar="TARGET", help="存放备份的文件夹，每次在其中新建一个")
        parser.add_argument("--passphrase-file", type=Path, metavar="FILE", help="备份口令所在的文件；没有则询问")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Print where the backup is."""
        signal.signal(signal.SIGTERM, leave)  # so that nothing half is left behind
        try:
            passphrase = asked(options["passphrase_file"], twice=True)
            with Bar("备份", 1) as bar:
                done = back_up(
                    options["target"], passphrase, datetime.now(UTC),
                    lambda done, whole: bar.at(done // _MIB, whole // _MIB),
                )  # fmt: skip
        except (BackupTrouble, KeyTrouble) as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(f"已备份到 {done}。密钥已用口令加密；忘了口令，备份就恢复不了。")


def leave(_number: int, _frame: FrameType | None) -> None:
    """End in order when the system asks to: what was begun is taken away again."""
    sys.exit(1)
