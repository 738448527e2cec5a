"""Somebody else at the same moment: what they did is committed a little later, and whoever meets with it waits."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import psycopg

A_MOMENT = 0.3  # seconds


@contextmanager
def meanwhile(owner: psycopg.Connection, statement: str, values: Sequence[object]) -> Iterator[None]:
    """On committed data (`transactional_db`); `owner` is the connection of the fixture `owner_connection`."""
    owner.execute("BEGIN")
    owner.execute(statement, values)
    ending = threading.Timer(A_MOMENT, owner.commit)
    ending.start()
    try:
        yield
    finally:
        ending.join()
