"""Whoever sends slowly keeps nobody waiting (慢速发送): a phone on a weak signal, or somebody who does it on purpose.

A request is received whole before it takes one of the few places where work is done. Waiting for it costs a thread that
does nothing, and there are many of those; how many may be waited for at once, and from one address, has an end, so
that threads are left for everybody who only wants to read.
"""

import io
import tempfile
import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from queue import SimpleQueue
from typing import IO, Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from sipingtai.config.proxy import visitor
from sipingtai.config.security import CONTENT_SECURITY_POLICY
from sipingtai.faces.bounded import LARGEST

PLACES = 4  # threads of a process that work at once: while one waits for the disk another has the core
RECEIVING = 48  # of the 64 that `serve` gives a process: those that wait for the rest of a request
OF_ONE_ADDRESS = 16  # an office or a village shares one
_IN_MEMORY = 1024 * 1024  # bytes of a request; more lies in a temporary file
_PIECE = 64 * 1024

Environ = dict[str, Any]
Application = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]


class Unhurried:
    """A WSGI application around another."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._places: SimpleQueue[BaseDatabaseWrapper | None] = SimpleQueue()
        for _ in range(PLACES):
            self._places.put(None)
        self._lock = threading.Lock()
        self._receiving: Counter[str] = Counter()

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        length = _announced(environ)
        if 0 < length <= LARGEST:  # what is larger is refused by its length, and never read
            who = visitor(environ)
            if not self._begin(who):
                return _refused(start_response, "503 Service Unavailable", "现在提交的人太多，请过一分钟再试。")
            try:
                body = _received(environ["wsgi.input"], length)
            finally:
                self._end(who)
            if body is None:
                return _refused(start_response, "400 Bad Request", "没有收完整，请再提交一次。")
            environ["wsgi.input"] = body
        with self._place():
            return self._application(environ, start_response)

    @contextmanager
    def _place(self) -> Iterator[None]:
        """A place with its connection to the database, which has no room for one a thread."""
        database = self._places.get()
        if database is not None:
            connections[DEFAULT_DB_ALIAS] = database
        try:
            yield
        finally:
            self._places.put(_taken_along(database))

    def _begin(self, who: str) -> bool:
        with self._lock:
            if self._receiving.total() >= RECEIVING or self._receiving[who] >= OF_ONE_ADDRESS:
                return False
            self._receiving[who] += 1
            return True

    def _end(self, who: str) -> None:
        with self._lock:
            self._receiving[who] -= 1
            if not self._receiving[who]:
                del self._receiving[who]


def _taken_along(before: BaseDatabaseWrapper | None) -> BaseDatabaseWrapper | None:
    """The connection this thread has, from now on another's."""
    found = next((c for c in connections.all(initialized_only=True) if c.alias == DEFAULT_DB_ALIAS), None)
    if found is not None:
        if found is not before:
            found.inc_thread_sharing()  # one thread at a time
        del connections[DEFAULT_DB_ALIAS]
    return found


def _announced(asked: Environ) -> int:
    length = str(asked.get("CONTENT_LENGTH") or "0")
    return int(length) if length.isascii() and length.isdigit() else 0


def _received(source: IO[bytes], length: int) -> IO[bytes] | None:
    """The body, ready to be read; None where the sender left before its end."""
    body: IO[bytes] = io.BytesIO() if length <= _IN_MEMORY else tempfile.TemporaryFile()  # noqa: SIM115  read by the view
    left = length
    while left:
        piece = source.read(min(left, _PIECE))
        if not piece:
            body.close()
            return None
        body.write(piece)
        left -= len(piece)
    body.seek(0)
    return body


def _refused(start_response: Callable[..., Any], status: str, why: str) -> list[bytes]:
    headers = [
        ("Content-Type", "text/plain; charset=utf-8"), ("Cache-Control", "no-store"), ("Retry-After", "60"),
        ("Content-Security-Policy", CONTENT_SECURITY_POLICY), ("X-Content-Type-Options", "nosniff"),
    ]  # fmt: skip
    start_response(status, headers)
    return [why.encode()]
