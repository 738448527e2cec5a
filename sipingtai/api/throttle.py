"""How many requests a token may make in a minute, over all processes.

A process takes its allowance from the shared cache in lots, so that most requests cost no statement. Two processes that
take a lot at the same moment may be counted once: the limit protects the machine, it is not a price.
"""

import time
from threading import Lock

from attrs import define
from django.core.cache import cache

PER_MINUTE = 1200  # requests of one token
LOT = 60  # taken from the shared cache at a time
_MOST_TOKENS = 10_000  # remembered by one process; beyond that it starts anew


@define
class _Allowance:
    minute: int
    left: int


_allowances: dict[str, _Allowance] = {}
_lock = Lock()


def take(token: str) -> int:
    """Use one request of `token` (any name that tells it from others); 0, or the seconds to wait."""
    now = int(time.time())
    minute = now // 60
    with _lock:
        found = _allowances.get(token)
        if found is not None and found.minute == minute and found.left > 0:
            found.left -= 1
            return 0
    if _taken(f"api:{token}:{minute}") > PER_MINUTE:
        return 60 - now % 60
    with _lock:
        if len(_allowances) >= _MOST_TOKENS:
            _allowances.clear()
        _allowances[token] = _Allowance(minute, LOT - 1)
    return 0


def _taken(key: str) -> int:
    """How many requests all processes have taken in this minute, one more lot included."""
    # Not `add` first: for a key that is there it fails and rolls back, and after a rollback psycopg forgets every
    # prepared statement of the connection. The next ten calls were planned anew, 0.8 ms an intake.
    try:
        return cache.incr(key, LOT)
    except ValueError:  # the first of this minute
        cache.set(key, LOT, timeout=120)
        return LOT
