"""Numbers (编号): area-date-serial, without a lock. Ids are fetched in blocks, so that most intakes ask nobody."""

from collections import deque
from datetime import datetime
from threading import Lock

from django.db import connection

from sipingtai.core.calendar import local

_BLOCK = 20
_SERIAL = 1_000_000  # the serial wraps; a number repeats only after a million cases of one area in one day
_waiting: deque[int] = deque()
_lock = Lock()


def next_id() -> int:
    """An id nobody else has. Ids left over when a process ends are never used: numbers have gaps, and mean nothing."""
    with _lock:
        if not _waiting:
            with connection.cursor() as cursor:
                cursor.execute("SELECT nextval('cases_case_id_seq') FROM generate_series(1, %s)", [_BLOCK])
                _waiting.extend(row[0] for row in cursor.fetchall())
        return _waiting.popleft()


def number(case_id: int, area: str, at: datetime) -> str:
    """331125201-20260302-000123: the township's area, the day it came in, a serial."""
    return f"{area[:9]}-{local(at):%Y%m%d}-{case_id % _SERIAL:06d}"
