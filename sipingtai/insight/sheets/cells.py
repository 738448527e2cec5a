"""What a cell may hold, and how its text is cleaned."""

import re
import unicodedata
from datetime import datetime

# A CSV file gives text only; a workbook also numbers, truth values and moments (without a zone).
Cell = str | int | float | bool | datetime | None


class SheetError(ValueError):
    """The table as a whole cannot be read; the message tells the clerk in Chinese what to do."""


# Control characters but newline and tab, halves of surrogate pairs, and the invisible characters that make a text
# look different from what it is: soft hyphen, zero-width space, direction marks and overrides, byte order mark.
_UNWANTED = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]"
)
# Begins at a newline and nowhere else: tried at every one of a million blanks it would look through the rest each time.
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n)+")
_LINE_ENDS = re.compile(r"\r\n?|[\u0085\u2028\u2029]")
# The apostrophe that write_rejects puts before a would-be formula; a corrected list may come straight back.
_GUARD = re.compile(r"^'(?=[=+\-@\t＝＋－＠])")
_SCIENTIFIC = re.compile(r"^\d(?:\.\d+)?E\+?\d+$", re.IGNORECASE)


def raw_text(cell: Cell) -> str:
    """Return the cell as a clerk would read it; a whole number has no decimal point, a moment no zone."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    return str(cell)


def clean_text(cell: Cell) -> str:
    """Return the cell's text with its paragraphs kept and control and invisible characters removed."""
    text = _LINE_ENDS.sub("\n", _GUARD.sub("", raw_text(cell)))
    *paragraphs, last = _BLANK_LINES.split(_UNWANTED.sub("", text))
    return "\n\n".join([*(paragraph.rstrip() for paragraph in paragraphs), last]).strip()


def clean_line(cell: Cell) -> str:
    """Return the cell's text on one line, with runs of blanks made one."""
    return " ".join(clean_text(cell).split())


def clean_code(cell: Cell) -> str:
    """Return a number or phone: one line, full-width letters and digits made plain."""
    return unicodedata.normalize("NFKC", clean_line(cell)).strip()


def digits_lost(cell: Cell) -> bool:
    """Tell whether a spreadsheet has rounded this number (scientific notation, or beyond its 15 digits)."""
    if isinstance(cell, str):
        return bool(_SCIENTIFIC.match(clean_code(cell)))
    return isinstance(cell, (int, float)) and abs(cell) >= 1e15


def is_blank(cell: Cell) -> bool:
    """Tell whether nothing would be left of the cell once cleaned."""
    return cell is None or (isinstance(cell, str) and not clean_text(cell))
