"""Reading tables of matters (台账, 留言, 工单) that other systems export.

The usual order: `read` a file, `guess` which column is which, then walk `rows`; what could not be taken goes back to
the clerk through `write_rejects`.
"""

from .cells import Cell, SheetError
from .columns import FIELD_NAMES, Choice, Field, Mapping, guess
from .matters import Matter, Rejected, matter_key, rows
from .moments import CHINA, MomentError, day
from .reading import read
from .rejects import write_rejects
from .sheet import Row, Sheet

__all__ = [
    "CHINA",
    "FIELD_NAMES",
    "Cell",
    "Choice",
    "Field",
    "Mapping",
    "Matter",
    "MomentError",
    "Rejected",
    "Row",
    "Sheet",
    "SheetError",
    "day",
    "guess",
    "matter_key",
    "read",
    "rows",
    "write_rejects",
]
