"""A table as it was found: its columns, and its rows as often as they are asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from .cells import Cell, is_blank
from .columns import known_fields

MAX_COLUMNS = 256
_HEADING_ROWS = 10  # titles and notes may stand above the heading


@dataclass(frozen=True)
class Row:
    """One row with something in it."""

    number: int  # as the spreadsheet shows it, from 1, heading and blank rows counted
    cells: tuple[Cell, ...]


@dataclass(frozen=True)
class Sheet:
    """A table: its heading, and a way to walk the rows below it (every walk begins anew)."""

    columns: tuple[str, ...]
    heading_row: int
    dates_from_1904: bool  # how the workbook counts the days of a date given as a bare number
    _walk: Callable[[], Iterator[Row]]

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the heading, blank ones left out."""
        return (row for row in self._walk() if row.number > self.heading_row)

    def sample(self, count: int = 50) -> list[Row]:
        """Return the first rows below the heading."""
        return list(islice(self.rows(), count))


def heading_of(walk: Iterator[Row]) -> tuple[int, tuple[str, ...]] | None:
    """Return the number and texts of the heading: the first row that names two known columns, else the first row."""
    first = None
    for row in islice(walk, _HEADING_ROWS):
        texts = tuple("" if is_blank(cell) else " ".join(str(cell).split()) for cell in row.cells)
        while texts and not texts[-1]:
            texts = texts[:-1]
        if len(known_fields(texts)) >= 2:
            return row.number, texts
        first = first or (row.number, texts)
    return first
