"""Made-up tables for the tests of this folder."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime

import openpyxl

from sipingtai.insight.sheets import CHINA, Matter, Rejected, Sheet, guess, read, rows

NOW = datetime(2024, 6, 1, 12, tzinfo=CHINA)
HEADING = ("留言编号", "留言主题", "留言时间", "留言详情")


def as_csv(*lines: Sequence[object], encoding: str = "utf-8", separator: str = ",") -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=separator).writerows(lines)
    return text.getvalue().encode(encoding)


def as_workbook(*lines: Sequence[object]) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for line in lines:
        sheet.append(list(line))
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def taken(sheet: Sheet) -> list[Matter | Rejected]:
    mapping = guess(sheet.columns, [row.cells for row in sheet.sample()])
    return list(rows(sheet, mapping, NOW))


def matters(content: bytes) -> list[Matter]:
    found = taken(read(content))
    assert not [row for row in found if isinstance(row, Rejected)]
    return [row for row in found if isinstance(row, Matter)]


def reasons(content: bytes) -> list[tuple[int, str]]:
    return [(row.row_number, row.reason_zh) for row in taken(read(content)) if isinstance(row, Rejected)]
