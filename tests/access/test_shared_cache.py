"""The cache all processes share, over the real table."""

import base64
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.core.cache import cache, caches
from django.db import connection, connections

from sipingtai.access.shared_cache import SharedCache, forget_expired


class Program:
    """What a pickle may be."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[object, tuple[Path]]:
        return Path.touch, (self.mark,)


def _write(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


@pytest.mark.django_db
def test_a_row_somebody_planted_is_never_run(tmp_path: Path) -> None:
    cache.set("pace", 3)
    planted = base64.b64encode(pickle.dumps(Program(tmp_path / "ran"))).decode()
    _write("UPDATE access_cache SET value = %s", planted)
    with pytest.raises(ValueError, match="Expecting"):
        cache.get("pace")
    assert not (tmp_path / "ran").exists()


@pytest.mark.django_db
def test_it_keeps_counts_and_marks_for_their_time() -> None:
    assert isinstance(caches["default"], SharedCache)
    assert cache.get("a", 7) == 7
    assert cache.add("a", 1, 60)
    assert not cache.add("a", 2, 60)
    assert (cache.get("a"), cache.incr("a", 5), cache.get("a")) == (1, 6, 6)
    cache.set("a", "y", 60)
    assert cache.get("a") == "y"
    _write("UPDATE access_cache SET expires = now() - interval '1 second'")
    assert cache.get("a") is None
    with pytest.raises(ValueError, match="nothing"):
        cache.incr("a")
    assert cache.add("a", 3, 60)
    assert cache.touch("a", 120)
    assert cache.delete("a")
    assert not cache.delete("a")
    cache.set("b", 1, -1)
    forget_expired()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM access_cache")
        assert cursor.fetchone() == (0,)


def _one_more(_: int) -> int:
    try:
        return cache.incr("crowd")
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_whoever_counts_at_the_same_moment_counts() -> None:
    cache.set("crowd", 0, 60)
    with ThreadPoolExecutor(6) as crowd:
        assert sorted(crowd.map(_one_more, range(30))) == list(range(1, 31))
