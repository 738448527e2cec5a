"""CSV in the encodings and with the separators that Chinese offices meet."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from .cells import Cell, SheetError, is_blank
from .columns import known_fields
from .sheet import MAX_COLUMNS, Row, Sheet, heading_of

_SEPARATORS = (",", "\t", ";")
_LARGEST_CELL = 4 * 1024 * 1024  # characters
_USUAL = re.compile("[\t\n\r -~\u2010-\u203b\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
_END = "\x00end"  # no cell can hold it: NULs are removed on decoding


def open_delimited(content: bytes) -> Sheet:
    """Read CSV; the encoding and the separator are found out. Raises SheetError.

    The whole file is gone through once here, so that a quote left open is refused before a row is taken.
    """
    text = decode(content)
    separator, text = _separator(text)
    _check_quotes(text, separator)

    def walk() -> Iterator[Row]:
        return _walk(text, separator)

    heading = heading_of(walk())
    if heading is None:
        raise SheetError("文件里没有内容，请检查导出是否完成")
    return Sheet(heading[1], heading[0], False, walk)


def decode(content: bytes) -> str:
    """Return the text of UTF-8 (with mark or without), UTF-16 or GB18030 bytes, NULs removed."""
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        # A file cut off or patched in one place is still UTF-8; one in another encoding breaks all over.
        text = content.decode("utf-8", errors="replace")
        if not _mostly_utf8(content):
            raise SheetError("无法识别文件的文字编码，请另存为 CSV（UTF-8）或 .xlsx 再导入") from None
    return text.removeprefix("\ufeff").replace("\x00", "")


def _encoding(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    head = content[:65_536]
    # Without a mark, UTF-16 shows by the zero halves of its separators, digits and line ends.
    if head.count(0) > len(head) / 50:
        likeness, encoding = max((_chinese_share(head, encoding), encoding) for encoding in ("utf-16-le", "utf-16-be"))
        if likeness > 0.95:
            return encoding
    for encoding in ("utf-8", "gb18030"):
        try:
            content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" and _mostly_utf8(head):
            break
        return encoding
    return "utf-8"


def _chinese_share(head: bytes, encoding: str) -> float:
    """Return the share of characters that a Chinese table is made of: ideographs, their punctuation, plain ASCII."""
    text = head.decode(encoding, errors="replace")
    return len(_USUAL.findall(text)) / len(text)


def _mostly_utf8(content: bytes) -> bool:
    """Tell UTF-8 with a few broken bytes from GB18030, whose two-byte characters are hardly ever valid UTF-8."""
    text = content.decode("utf-8", errors="replace")
    return text.count("\ufffd") * 10 < sum(character > "\x7f" for character in text)


def _separator(text: str) -> tuple[str, str]:
    """Return the separator, and the text without the line `sep=;` that names it for Excel."""
    first, _, rest = text.partition("\n")
    if first.lower().startswith("sep=") and len(first.strip()) == 5:
        return first.strip()[4], rest

    def promise(separator: str) -> tuple[int, int]:
        rows = [cells for cells in islice(_records(text, separator), 10) if cells]
        return max((len(known_fields(cells[:MAX_COLUMNS])) for cells in rows), default=0), len(rows[0]) if rows else 0

    return max(_SEPARATORS, key=promise), text


def _check_quotes(text: str, separator: str) -> None:
    last, number = [""], 0
    for number, last in enumerate(_records(f"{text.rstrip()}\n{_END}", separator), 1):  # noqa: B007 - the last counts
        pass
    if last != [_END]:
        raise SheetError(f"第 {number} 行起有一个引号没有配对，后面的行无法分开。请补上引号，或另存为 .xlsx 再导入")


def _walk(text: str, separator: str) -> Iterator[Row]:
    for number, cells in enumerate(_records(text, separator), 1):
        kept: tuple[Cell, ...] = tuple(cells[:MAX_COLUMNS])
        if not all(is_blank(cell) for cell in kept):
            yield Row(number, kept)


def _records(text: str, separator: str) -> Iterator[list[str]]:
    # The limit is the interpreter's own, shared by all readers; it is only ever raised.
    csv.field_size_limit(max(csv.field_size_limit(), _LARGEST_CELL))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        yield from reader
    except csv.Error:
        raise SheetError(
            f"文件第 {reader.line_num} 行附近无法分列：有一格过长，多半是引号没有配对。请检查后再导入"
        ) from None
