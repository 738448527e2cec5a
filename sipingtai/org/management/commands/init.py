"""`sipingtai init PACK…`: bring packs into the database, after showing what would change."""

import csv
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError
from django.utils import timezone

from sipingtai.org.packs.applying import MovedOn, apply, plan
from sipingtai.org.packs.findings import PackError
from sipingtai.org.packs.shelf import load


class Command(BaseCommand):
    help = "按乡镇包建立或更新组织。先列出变动，确认后一次写入；包有错误时什么都不改。"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("packs", nargs="+", metavar="PACK", help="乡镇包文件，或区划代码（如 331125201）")
        parser.add_argument("--yes", action="store_true", help="不再询问，直接写入")
        parser.add_argument("--dry-run", action="store_true", help="只列出变动，不写入")

    def handle(self, *, packs: list[str], yes: bool, dry_run: bool, **_options: Any) -> None:
        try:
            shelf = load(packs)
            planned = plan(shelf)
        except PackError as error:
            for finding in error.findings:
                self.stderr.write(str(finding))
            self.stderr.write(f"有 {len(error.findings)} 处错误，什么都没有改。")
            sys.exit(1)
        except ProgrammingError as error:
            raise CommandError("数据库还没有建表。请先运行 sipingtai migrate。") from error
        if not planned:
            self.stdout.write("没有变化。")
            return
        for line in planned.lines:
            self.stdout.write(line)
        if any(line.startswith("停用 单位") for line in planned.lines):
            self.stdout.write("有单位停用。要把它们的在办事件一并移交，请改用 sipingtai reorganise。")
        if dry_run:
            self.stdout.write("以上为预览，未写入。")
            return
        if not yes and not self._agreed():
            self.stdout.write("已取消，什么都没有改。")
            return
        try:
            passwords = apply(shelf, today=timezone.localdate(), expected=planned)
        except MovedOn:
            raise CommandError("确认期间组织已有别的变动，什么都没有改。请重新运行。") from None
        self.stdout.write(f"已写入 {len(planned.lines)} 项变动。")
        if passwords:
            path = keep_passwords(passwords)
            self.stdout.write(f"新建账号 {len(passwords)} 个，初始密码在 {path}，首次登录须修改。发放后请删除此文件。")

    def _agreed(self) -> bool:
        if not sys.stdin.isatty():
            raise CommandError("没有终端可以询问。确认无误后加 --yes。")
        return input("写入以上变动？[y/N] ").strip().lower() in {"y", "yes", "是"}


def keep_passwords(passwords: dict[str, str]) -> Path:
    """Append the passwords to a file only this user can read; printing them would leave them in a terminal's log."""
    path = Path(settings.SIPINGTAI_HOME) / "initial-passwords.csv"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(passwords.items())
    return path
