"""Numbers (编号): area-date-serial, without a lock. Ids are fetched in blocks, so that most intakes ask nobody."""

from collections import deque
from threading import Lock

from django.db import connection

from sipingtai.cases.numbers import number

__all__ = ["next_id", "number"]

_BLOCK = 20
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
