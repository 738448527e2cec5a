"""The list of rows not taken, for the clerk to correct and import again."""

import csv
import os
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from .cells import Cell, raw_text
from .matters import Rejected

# A spreadsheet takes a cell that begins so for a formula, full-width signs and leading blanks notwithstanding.
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "\t", "\r")


def write_rejects(path: Path, columns: Sequence[str], rejected: Iterable[Rejected]) -> int:
    """Write the rejected rows as CSV (UTF-8 with mark, as Excel wants it) with row number and reason; return how many.

    The file appears whole or not at all, and only its owner may read it: it holds personal data. It can be corrected
    and imported as it is.
    """
    count = 0
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # made with mode 0600
    try:
        with open(handle, "w", encoding="utf-8-sig", newline="") as file:
            table = csv.writer(file)
            table.writerow(["行号", "未导入原因", *(_guarded(column) for column in columns)])
            for row in rejected:
                count += 1
                table.writerow([row.row_number, row.reason_zh, *(_guarded(cell) for cell in row.cells)])
        os.replace(draft, path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise
    return count


def _guarded(cell: Cell) -> str:
    text = raw_text(cell).replace("\x00", "")
    risky = isinstance(cell, str) and text.lstrip(" \u3000\n").startswith(_FORMULA)
    return f"'{text}" if risky else text
