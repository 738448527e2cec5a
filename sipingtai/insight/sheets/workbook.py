"""Excel workbooks (.xlsx), read row by row."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

import openpyxl
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from .cells import Cell, SheetError, is_blank
from .sheet import MAX_COLUMNS, Row, Sheet, heading_of

_MAX_UNPACKED = 512 * 1024 * 1024
_MAX_RATIO = 200  # a sheet of repeated rows packs 50:1; a bomb 1000:1
_MAX_PARTS = 5_000
_MAX_ROWS = 1_048_576  # what the format allows; a higher number is an attack or damage

_ERRORS = {"#REF!", "#N/A", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"}
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_DAMAGED = "工作簿已损坏，无法读取。请用 Excel 或 WPS 打开后另存为 .xlsx 再导入"


def open_workbook(content: bytes) -> Sheet:
    """Read the first sheet with something in it. Raises SheetError; sizes are checked before anything is unpacked."""
    _check_parts(content)
    book = _load(content)
    try:
        titles = [sheet.title for sheet in book.worksheets]
        from_1904 = book.epoch == CALENDAR_MAC_1904
    finally:
        book.close()
    for title in titles:

        def walk(title: str = title) -> Iterator[Row]:
            return _walk(content, title)

        heading = heading_of(walk())
        if heading is not None:
            return Sheet(heading[1], heading[0], from_1904, walk)
    raise SheetError("工作簿里没有内容，请检查导出是否完成")


def _check_parts(content: bytes) -> None:
    """Refuse what is no workbook, and what would unpack to more than it should.

    The sizes are those declared: zipfile never unpacks more of a part than that.
    """
    try:
        parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise SheetError(_DAMAGED) from None
    names = {part.filename for part in parts}
    if any(part.flag_bits & 1 for part in parts):
        raise SheetError("文件加了密码，请取消密码另存后再导入")
    if "xl/workbook.xml" not in names:
        kind = "Excel 二进制工作簿（.xlsb）" if "xl/workbook.bin" in names else "压缩包或其他文档"
        raise SheetError(f"这是{kind}，不是 .xlsx 工作簿。请解压或另存为 .xlsx 再导入")
    unpacked = sum(part.file_size for part in parts)
    ratio = max(part.file_size / max(part.compress_size, 1) for part in parts)
    if len(parts) > _MAX_PARTS or unpacked > _MAX_UNPACKED or (unpacked > 16 * 1024 * 1024 and ratio > _MAX_RATIO):
        raise SheetError("工作簿解压后过大，不予读取。请把数据复制到新的工作簿，或拆成几个文件再导入")


def _load(content: bytes) -> openpyxl.Workbook:
    try:
        return openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
    except Exception as error:  # the library promises no set of errors for damaged files
        raise SheetError(_DAMAGED) from error


def _walk(content: bytes, title: str) -> Iterator[Row]:
    book = _load(content)
    try:
        sheet = book[title]
        # The extent is given here, because many exporters declare a wrong one and rows would be lost.
        rows = sheet.iter_rows(max_row=_MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
        for number, values in enumerate(rows, 1):
            if values.count(None) != len(values):  # a workbook may have a million rows with nothing in them
                cells = tuple(_cell(value) for value in values)
                if not all(is_blank(cell) for cell in cells):
                    yield Row(number, cells)
    except SheetError:
        raise
    except Exception as error:  # as above
        raise SheetError(_DAMAGED) from error
    finally:
        book.close()


def _cell(value: object) -> Cell:
    match value:
        case None | bool() | int() | float() | datetime():
            return value
        case str():
            return "" if value in _ERRORS else _ESCAPED.sub(lambda code: chr(int(code[1], 16)), value)
        case date():
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a workbook's days have no zone
        case time() | timedelta():
            return str(value)
        case _:
            return str(value)
