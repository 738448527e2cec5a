"""When a server gives up on its web workers: not for a few kills, but where they keep dying."""

import time

from sipingtai.ops.respawns import MOST, Respawns


def test_a_few_deaths_in_a_minute_are_bearable_and_many_are_not() -> None:
    found = Respawns()
    for _ in range(MOST - 1):
        found[0] = time.monotonic()
        assert found.get(0, 0.0) == 0.0
        found.clear()  # as granian does each time
    found[0] = now = time.monotonic()
    assert found.get(0, 0.0) == now


def test_deaths_long_ago_are_forgotten() -> None:
    found = Respawns()
    for _ in range(MOST):
        found[0] = time.monotonic() - 3600
    assert found.get(0, 0.0) == 0.0
