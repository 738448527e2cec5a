"""`sipingtai import FILE`: take in a table of matters that another system exported (台账导入)."""

import itertools
import time
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.core.setting import Setting
from sipingtai.insight import sheets
from sipingtai.loop.importing import Import, Tally, import_table
from sipingtai.loop.intake.placing import NoCommand, command_of
from sipingtai.ops.progress import Bar
from sipingtai.org.routes import category_words
from sipingtai.org.setting import load

SHOWN = 5  # rejected rows told at once; the file has them all


class Command(BaseCommand):
    help = "导入其他系统导出的台账（.xlsx 或 CSV）。重复导入不会产生重复事件；不能导入的行写入另一个文件。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE", help="台账文件")
        parser.add_argument(
            "--channel", required=True, choices=[c.value for c in Channel],
            help="来源：" + "，".join(f"{c.value} {c.label}" for c in Channel), metavar="C",
        )  # fmt: skip
        parser.add_argument("--area", required=True, metavar="CODE", help="区划代码，如 331125201")
        parser.add_argument("--history", action="store_true", help="已有答复的行作为历史事项，导入后即为已办结")
        parser.add_argument("--dry-run", action="store_true", help="只试，不保存")
        parser.add_argument("--rejects", type=Path, metavar="FILE", help="不能导入的行写到哪里；默认在台账旁边")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Exit with 1 and a Chinese sentence where table or area does not do; rejected rows alone are no error."""
        now = local(timezone.now())
        setting = load(now.date())
        area = self._area(options["area"], setting)
        path: Path = options["file"]
        rejects: Path = options["rejects"] or path.with_name(f"{path.stem}-未导入.csv")
        try:
            sheet = sheets.read(path)
            mapping = sheets.guess(sheet.columns, [row.cells for row in sheet.sample()])
            total = sum(1 for _ in sheet.rows())
        except sheets.SheetError as error:
            raise CommandError(str(error)) from error
        except OSError as error:
            raise CommandError(f"无法读取 {path}：{error.strerror or error}。请检查路径和权限。") from error
        if not rejects.parent.is_dir():
            raise CommandError(f"文件夹 {rejects.parent} 不存在，请用 --rejects 另选位置。")
        self._tell(mapping, total)
        wanted = Import(
            channel=Channel(options["channel"]), area=area, setting=setting, now=now, words=category_words(now.date()),
            history=options["history"], dry_run=options["dry_run"],
        )  # fmt: skip
        began = time.monotonic()
        with Bar("导入", total) as bar:
            tally = import_table(sheets.rows(sheet, mapping, now), wanted, progress=lambda t: bar.at(t.rows))
        self._summary(tally, wanted, time.monotonic() - began)
        if tally.rejected:
            self._reject(tally, sheet, rejects)

    def _area(self, code: str, setting: Setting) -> str:
        if not code.isascii() or not code.isdigit() or len(code) > 15:
            raise CommandError("区划代码只含数字，最长 15 位，例如 331125201。")
        try:
            command_of(setting, code)
        except NoCommand as error:
            raise CommandError(str(error)) from error
        return code

    def _tell(self, mapping: sheets.Mapping, total: int) -> None:
        self.stdout.write(f"表中有 {total} 行，按表头认出的列：")
        for field, choice in mapping.fields.items():
            self.stdout.write(f"  {sheets.FIELD_NAMES[field]} ← {choice.heading}（{choice.reason}）")
        if mapping.unused:
            self.stdout.write(f"  没有用到：{'、'.join(mapping.unused)}")

    def _summary(self, tally: Tally, wanted: Import, seconds: float) -> None:
        verb = "可导入" if wanted.dry_run else "导入"
        told = f"{verb} {tally.new} 件，其中按表或按内容认出类别 {tally.categorised} 件"
        if wanted.history:
            told += f"，作为历史事项办结 {tally.closed} 件"
        told += f"；已导入过 {tally.known} 件；不能导入 {len(tally.rejected)} 行。用时 {seconds:.1f} 秒。"
        self.stdout.write(told)
        if wanted.dry_run:
            self.stdout.write("以上为试导入，没有保存。")

    def _reject(self, tally: Tally, sheet: sheets.Sheet, path: Path) -> None:
        for row in itertools.islice(tally.rejected, SHOWN):
            self.stdout.write(f"  第 {row.row_number} 行：{row.reason_zh}")
        if len(tally.rejected) > SHOWN:
            self.stdout.write("  ……")
        try:
            sheets.write_rejects(path, sheet.columns, tally.rejected)
        except OSError as error:
            raise CommandError(
                f"不能导入的行没有写出：{path} 无法写入（{error.strerror or error}）。请用 --rejects 另选位置再运行。"
            ) from error
        self.stdout.write(f"不能导入的行写在 {path}，改正后可直接再导入。")
