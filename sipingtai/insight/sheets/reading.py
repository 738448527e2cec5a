"""One door for every file: what it is is told by its content, not by its name."""

from pathlib import Path

from . import delimited, workbook
from .cells import SheetError
from .sheet import Sheet

MAX_BYTES = 100 * 1024 * 1024

_SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx 或 CSV（UTF-8）再导入"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
# First bytes → what the clerk is told the file is.
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "PDF 文件"),
    (b"{\\rtf", "RTF 文档"),
    (b"Rar!", "RAR 压缩包"),
    (b"7z\xbc\xaf", "7z 压缩包"),
    (b"\x1f\x8b", "gzip 压缩包"),
    (b"\x89PNG", "图片"),
    (b"\xff\xd8\xff", "图片"),
)
_MARKUP = (b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head")
_TEXT_SUFFIXES = {".csv", ".txt", ".tsv", ""}
_WORKBOOK_SUFFIXES = {".xlsx", ".xlsm", ""}


def read(source: Path | bytes, *, name: str = "") -> Sheet:
    """Open a table of matters: CSV or an .xlsx workbook, by path or as uploaded bytes with the file's `name`.

    Raises SheetError, in Chinese and with what to do, for anything else: .xls, .et, files under a false name, with a
    password, damaged, too large, or empty. Formulas are never evaluated; a workbook's stored results are taken.
    """
    if isinstance(source, Path):
        name = name or source.name
        if source.stat().st_size > MAX_BYTES:
            raise SheetError(_too_large())
        source = source.read_bytes()
    if len(source) > MAX_BYTES:
        raise SheetError(_too_large())
    if not source.strip():
        raise SheetError("文件是空的，请检查导出是否完成")
    suffix = Path(name).suffix.lower()
    _refuse_foreign(source)
    if source.startswith(b"PK\x03\x04"):
        found = workbook.open_workbook(source)
        if suffix not in _WORKBOOK_SUFFIXES:
            raise SheetError(f"文件名以“{suffix}”结尾，内容却是 Excel 工作簿，请把扩展名改回 .xlsx 再导入")
        return found
    if suffix not in _TEXT_SUFFIXES:
        raise SheetError(f"文件名以“{suffix}”结尾，内容却不是这种格式。{_SAVE_AS}")
    return delimited.open_delimited(source)


def _refuse_foreign(content: bytes) -> None:
    if content.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        if _ENCRYPTED in content:
            raise SheetError("文件加了打开密码，请取消密码另存后再导入")
        raise SheetError(f"这是旧版 Excel（.xls）或 WPS 表格（.et）文件，不能直接读取。{_SAVE_AS}")
    for start, kind in _FOREIGN:
        if content.startswith(start):
            raise SheetError(f"这是{kind}，不是表格。请导入 .xlsx 或 CSV 文件")
    if content[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise SheetError(f"这是网页或 XML 文件改名的表格，不能直接读取。{_SAVE_AS}")


def _too_large() -> str:
    return f"文件超过 {MAX_BYTES // 1024 // 1024} MB，请拆成几个文件分别导入"
