"""The number of a case (编号): it follows from what the first step sealed, and so verification can hold it to that."""

from datetime import datetime

from sipingtai.core.calendar import local

_SERIAL = 1_000_000  # the serial wraps; a number repeats only after a million cases of one area in one day


def number(case_id: int, area: str, at: datetime) -> str:
    """331125201-20260302-000123: the township's area, the day it came in, a serial."""
    day = local(at)
    return f"{area[:9]}-{day.year:04d}{day.month:02d}{day.day:02d}-{case_id % _SERIAL:06d}"
