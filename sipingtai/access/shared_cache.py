"""The cache all processes share (公用缓存): counts and marks, in the table `access_cache`, as plain JSON.

Django's own keeps pickles there, and a pickle is a program: whoever can write one row of the database would run it in
the web server, where the keys are. It also counts by reading and writing back, so that two at once count for one.
"""

import json
from collections.abc import Sequence
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.db import BaseDatabaseCache
from django.db import connection

_GET = "SELECT value FROM access_cache WHERE cache_key = %s AND expires > now()"
_SET = """
    INSERT INTO access_cache (cache_key, value, expires) VALUES (%s, %s, now() + make_interval(secs => %s))
    ON CONFLICT (cache_key) DO UPDATE SET value = excluded.value, expires = excluded.expires
"""
_ADD = f"{_SET} WHERE access_cache.expires <= now() RETURNING 1"
_INCR = """
    UPDATE access_cache SET value = (value::bigint + %s)::text WHERE cache_key = %s AND expires > now() RETURNING value
"""
_TOUCH = """
    UPDATE access_cache SET expires = now() + make_interval(secs => %s)
    WHERE cache_key = %s AND expires > now() RETURNING 1
"""
_DELETE = "DELETE FROM access_cache WHERE cache_key = %s RETURNING 1"


class SharedCache(BaseDatabaseCache):
    """Each call is one statement, in the caller's transaction where there is one."""

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        found = _run(_GET, [self._key(key, version)])
        return json.loads(found[0]) if found else default

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        _run(_SET, [self._key(key, version), json.dumps(value), self._life(timeout)])

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        """Whether there was none: of several at once one is told so."""
        return _run(_ADD, [self._key(key, version), json.dumps(value), self._life(timeout)]) is not None

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """The sum. Raises ValueError where there is nothing to add to."""
        found = _run(_INCR, [delta, self._key(key, version)])
        if found is None:
            raise ValueError("nothing under this key")
        return int(found[0])

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return _run(_TOUCH, [self._life(timeout), self._key(key, version)]) is not None

    def delete(self, key: Any, version: int | None = None) -> bool:
        return _run(_DELETE, [self._key(key, version)]) is not None

    def clear(self) -> None:
        _run("DELETE FROM access_cache", [])

    def _key(self, key: Any, version: int | None) -> str:
        return str(self.make_and_validate_key(key, version=version))

    def _life(self, timeout: Any) -> float:
        """Seconds; nothing is kept for ever."""
        return float(self.default_timeout or 0 if timeout is DEFAULT_TIMEOUT or timeout is None else timeout)


def forget_expired() -> None:
    """Remove what no longer counts. For the nightly job."""
    _run("DELETE FROM access_cache WHERE expires <= now()", [])


def _run(statement: str, values: Sequence[Any]) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        found: tuple[Any, ...] | None = cursor.fetchone() if cursor.description else None
        return found
