"""Slow senders: how much of the server they may take, and what the application gets to read."""

import io
import threading
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import connection

from sipingtai.config import unhurried
from sipingtai.config.unhurried import Unhurried
from sipingtai.ops.management.commands.serve import THREADS


def _echo(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    start_response("200 OK", [])
    return [environ["wsgi.input"].read()]


def ask(application: Unhurried, body: io.BufferedIOBase, length: int, address: str = "10.1.2.3") -> tuple[str, bytes]:
    said: list[tuple[str, dict[str, str]]] = []
    environ = {"CONTENT_LENGTH": str(length), "wsgi.input": body, "REMOTE_ADDR": address}
    answer = b"".join(application(environ, lambda status, headers: said.append((status, dict(headers)))))
    status, headers = said[0]
    assert status == "200 OK" or "default-src 'none'" in headers["Content-Security-Policy"]
    return status, answer


@pytest.mark.parametrize("length", [0, 1, 70_000, 3 * 1024 * 1024])
def test_the_application_reads_what_was_sent(length: int) -> None:
    content = bytes(range(256)) * (length // 256) + bytes(length % 256)
    assert ask(Unhurried(_echo), io.BytesIO(content), length) == ("200 OK", content)


def test_half_a_request_never_reaches_the_application() -> None:
    status, answer = ask(Unhurried(_echo), io.BytesIO(b"text=half"), 4000)
    assert status.startswith("400")
    assert "再提交一次" in answer.decode()


class _Slow(io.RawIOBase):
    """Sends nothing until it is let."""

    def __init__(self, let: threading.Event) -> None:
        self.let = let

    def read(self, size: int = -1) -> bytes:
        self.let.wait(20)
        return b""


def test_many_slow_ones_leave_room_for_others_and_none_for_more_of_their_address(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unhurried, "RECEIVING", 3)
    monkeypatch.setattr(unhurried, "OF_ONE_ADDRESS", 2)
    application, let = Unhurried(_echo), threading.Event()
    slow = [threading.Thread(target=ask, args=(application, _Slow(let), 100)) for _ in range(2)]
    for each in slow:
        each.start()
    while application._receiving.total() < len(slow):
        pass
    try:
        assert ask(application, io.BytesIO(b"x"), 1)[0].startswith("503")
        assert ask(application, io.BytesIO(b"x"), 1, "10.9.9.9") == ("200 OK", b"x")
        assert ask(application, io.BytesIO(b""), 0) == ("200 OK", b"")  # who only reads waits for nobody
    finally:
        let.set()
        for each in slow:
            each.join()
    assert ask(application, io.BytesIO(b"x"), 1) == ("200 OK", b"x")


def test_threads_are_left_for_whoever_sends_nothing() -> None:
    assert unhurried.RECEIVING < THREADS - unhurried.PLACES


@pytest.mark.django_db(transaction=True)
def test_however_many_threads_work_they_share_a_connection_a_place() -> None:
    backends: set[int] = set()

    def asks(_environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), pg_sleep(0.01)")
            backends.add(cursor.fetchone()[0])
        start_response("200 OK", [])
        return [b""]

    application = Unhurried(asks)
    threads = [threading.Thread(target=ask, args=(application, io.BytesIO(), 0)) for _ in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(backends) == unhurried.PLACES
    for _ in range(unhurried.PLACES):
        database = application._places.get()
        assert database is not None
        database.close()
