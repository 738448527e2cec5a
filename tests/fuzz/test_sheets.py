"""Spoilt tables: whatever file is imported, each row is taken or given back with a reason, or the table is refused."""

import io
import random
import re
import tempfile
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.utils.exceptions import IllegalCharacterError

from sipingtai.core.calendar import TZ
from sipingtai.insight import sheets
from tests.fuzz.amount import TIMES, examples

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=TZ)
CHINESE = re.compile(r"[\u4e00-\u9fff]")
HEADING = ["工单编号", "来电人", "联系电话", "反映时间", "标题", "内容", "类别", "地址", "答复意见", "答复时间"]
ROW = [
    "A1",
    "王小明",
    "13900000001",
    "2026-03-02 09:30",
    "路灯不亮",
    "桥头的路灯不亮。",
    "",
    "桥头",
    "已修好",
    "2026-03-03",
]
STRANGE = (
    "", " ", "\x00", "=1+1", "=HYPERLINK(\"http://x\",\"y\")", "@SUM(1)", "+86", "-1", "9" * 400, "1E+300",
    "-1E+300", "nan", "inf", "2026-02-30", "0000-00-00", "9999-12-31 25:61", "二〇二六年三月", "45000", "99999999999",
    "昨天",    "x" * 40_000,
    "换\n行", "\r\n", '"', "'", "\ud800", "\u202e反", "🀄" * 300, "\ufeff", "TRUE", "#REF!", "_x0000_",
    "_xD800_", "２０２６",
)  # fmt: skip
ENCODINGS = ("utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "latin-1")


def told(content: bytes, name: str, folder: Path) -> int:
    """How many rows were read; every refusal is a Chinese sentence, and a list to correct can be written of it."""
    try:
        sheet = sheets.read(content, name=name)
        mapping = sheets.guess(sheet.columns, [row.cells for row in sheet.sample()])
        found = list(sheets.rows(sheet, mapping, NOW))
    except sheets.SheetError as error:
        refusal = str(error)
    else:
        rejected = [row for row in found if isinstance(row, sheets.Rejected)]
        assert all(CHINESE.search(row.reason_zh) for row in rejected)
        for row in found:
            if isinstance(row, sheets.Matter):
                assert "\x00" not in f"{row}"
                assert sheets.matter_key(row)
        assert sheets.write_rejects(folder / "未导入.csv", sheet.columns, rejected) == len(rejected)
        return len(found)
    assert CHINESE.search(refusal), refusal
    assert "Error" not in refusal
    return 0


def table(draw: random.Random) -> list[list[object]]:
    heading = draw.sample(HEADING, draw.randint(1, len(HEADING)))
    if draw.random() < 0.2:
        heading[draw.randrange(len(heading))] = draw.choice(STRANGE)
    rows: list[list[object]] = [list(heading)]
    for _ in range(draw.randint(0, 6)):
        row: list[object] = [draw.choice(STRANGE) if draw.random() < 0.4 else draw.choice(ROW) for _ in heading]
        row += [draw.choice(STRANGE)] * (draw.random() < 0.1) * draw.choice((1, 300))
        rows.append(row)
    return rows


@pytest.mark.parametrize("number", range(40 * TIMES))
def test_a_strange_csv_is_read_or_refused_in_words(number: int, tmp_path: Path) -> None:
    draw = random.Random(number)
    quote = draw.choice((str, lambda x: '"' + str(x).replace('"', '""') + '"'))
    text = draw.choice(("\n", "\r\n", "\r")).join(
        draw.choice(",;\t,").join(quote(cell) for cell in row) for row in table(draw)
    )
    content = text.encode(draw.choice(ENCODINGS), "replace" if draw.random() < 0.5 else "ignore")
    if draw.random() < 0.3:
        content = content[: draw.randrange(len(content) + 1)]
    told(content, draw.choice(("台账.csv", "台账.txt", "", "台账.xlsx", "../../台账.CSV")), tmp_path)


def workbook(draw: random.Random) -> bytes:
    book = Workbook()
    sheet = book.active
    for no, row in enumerate(table(draw), 1):
        for at, cell in enumerate(row, 1):
            value: object = draw.choice([cell, cell, cell, 1e300, -45000.5, 0, True, NOW.replace(tzinfo=None)])
            try:
                sheet.cell(no, at, value[:32_000] if isinstance(value, str) else value)
            except (ValueError, IllegalCharacterError):  # what the library itself would not write
                sheet.cell(no, at, "x")
    if draw.random() < 0.3:
        sheet.merge_cells("A1:C3")
    if draw.random() < 0.1:
        sheet.cell(1_048_576, 16_384, "远")
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("number", range(14 * TIMES))
def test_a_strange_workbook_is_read_or_refused_in_words(number: int, tmp_path: Path) -> None:
    draw = random.Random(number)
    content = workbook(draw)
    told(content, "台账.xlsx", tmp_path)
    spoilt = bytearray(content)
    for _ in range(draw.randint(1, 20)):
        spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
    told(bytes(spoilt), "台账.xlsx", tmp_path)
    told(content[: draw.randrange(len(content))], "台账.xlsx", tmp_path)
    told(_spoilt_parts(content, draw), "台账.xlsx", tmp_path)


def _spoilt_parts(content: bytes, draw: random.Random) -> bytes:
    """The same parts, packed soundly, one of them with its text torn."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as new:
        torn = draw.choice(old.namelist())
        for name in old.namelist():
            part = old.read(name)
            if name == torn:
                at = draw.randrange(len(part))
                part = draw.choice(
                    (b"", part[:at], part[:at] + b"<" + part[at:], part.replace(b'r="', b'r="ZZZZ9999999'), part * 2,
                     part.replace(b"1", b"99999999999999999999"), b'<!DOCTYPE a [<!ENTITY b "c">]>' + part)
                )  # fmt: skip
            if draw.random() < 0.95:
                new.writestr(name, part)
    return target.getvalue()


@given(content=st.binary(max_size=400), name=st.sampled_from(["a.csv", "a.xlsx", "", "a.et", "a"]))
@example(content=b"PK\x03\x04", name="a.xlsx")
@example(content=b"\xff\xfe", name="a.csv")
@example(content=b"sep=\n", name="a.csv")
@example(content=b"sep=\x00\n1", name="a.csv")
@example(content=b'sep="\n1', name="a.csv")
@examples(300)
def test_any_bytes_are_read_or_refused_in_words(content: bytes, name: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        told(content, name, Path(folder))


def test_a_row_of_a_million_columns_keeps_the_first_of_them(tmp_path: Path) -> None:
    content = (",".join(HEADING) + "\n" + ",".join(ROW) + "," * 1_000_000).encode()
    assert told(content, "台账.csv", tmp_path) == 1
