"""No guard and no party of the table is there for nothing: take one away, and a scenario that names the rule fails."""

import inspect
from collections import defaultdict
from collections.abc import Callable
from functools import cache

import pytest
from attrs import evolve

from sipingtai.core import decide as judge
from sipingtai.core.actions import Action
from sipingtai.core.table import TABLE, Row
from sipingtai.core.who import Who

from . import (
    cast,
    test_moves_applications,
    test_moves_dispatching,
    test_moves_ending,
    test_moves_intake,
    test_moves_levels,
    test_moves_parties,
)

MODULES = (
    test_moves_applications, test_moves_dispatching, test_moves_ending, test_moves_intake, test_moves_levels,
    test_moves_parties,
)  # fmt: skip
SCENARIOS = [
    function for module in MODULES for name, function in inspect.getmembers(module, inspect.isfunction)
    if name.startswith("test_") and function.__module__ == module.__name__
]  # fmt: skip
ANYBODY = Who("任何人", lambda a: True)


def use(monkeypatch: pytest.MonkeyPatch, table: tuple[Row, ...]) -> None:
    """Let `decide` judge by another table."""
    actions, stages = defaultdict(list), defaultdict(list)
    for row in table:
        actions[row.action].append(row)
        for stage in row.stages:
            stages[stage].append(row)
    monkeypatch.setattr(judge, "BY_ACTION", {a: tuple(actions[a]) for a in judge.BY_ACTION})
    monkeypatch.setattr(judge, "BY_STAGE", {s: tuple(stages[s]) for s in judge.BY_STAGE})


def passes(scenario: Callable[[], None]) -> bool:
    try:
        scenario()
    except (AssertionError, AttributeError, IndexError, KeyError, TypeError, ValueError):
        return False
    return True


@cache
def about() -> dict[Action, list[Callable[[], None]]]:
    """The scenarios by the actions they try."""
    found: dict[Action, list[Callable[[], None]]] = defaultdict(list)
    original = cast.Walk.try_
    tried: set[Action] = set()

    def noting(walk: cast.Walk, action: Action, *args: object, **asked: object) -> object:
        tried.add(action)
        return original(walk, action, *args, **asked)  # type: ignore[arg-type]

    cast.Walk.try_ = noting  # type: ignore[assignment,method-assign]
    try:
        for scenario in SCENARIOS:
            tried.clear()
            assert passes(scenario), scenario.__name__
            for action in tried:
                found[action].append(scenario)
    finally:
        cast.Walk.try_ = original  # type: ignore[method-assign]
    return found


def unnoticed(monkeypatch: pytest.MonkeyPatch, number: int, changed: Row) -> bool:
    """Whether every scenario still passes with this row in the table."""
    scenarios = about()[changed.action]
    use(monkeypatch, (*TABLE[:number], changed, *TABLE[number + 1 :]))
    return all(passes(scenario) for scenario in scenarios)


def name(row: Row) -> str:
    return f"{row.action.value} from {','.join(sorted(row.stages))}"


def test_every_row_of_the_table_is_used_by_a_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = [name(row) for i, row in enumerate(TABLE) if unnoticed(monkeypatch, i, evolve(row, stages=frozenset()))]
    assert not idle


def test_no_guard_is_there_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = [
        f"{name(row)}: {guard.code}"
        for i, row in enumerate(TABLE)
        for guard in row.guards
        if unnoticed(monkeypatch, i, evolve(row, guards=tuple(g for g in row.guards if g is not guard)))
    ]
    assert not idle


def test_no_move_needs_something_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = [
        f"{name(row)}: {need.value}"
        for i, row in enumerate(TABLE)
        for need in row.needs
        # Words are asked for by one and the same test in every row; it is enough to know that it works.
        if need.value not in ("reason", "text")
        and unnoticed(monkeypatch, i, evolve(row, needs=tuple(n for n in row.needs if n is not need)))
    ]
    assert not idle


def test_no_row_is_open_to_everybody_unnoticed(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = [name(row) for i, row in enumerate(TABLE) if unnoticed(monkeypatch, i, evolve(row, who=(ANYBODY,)))]
    assert not idle


def test_no_party_is_named_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    idle = [
        f"{name(row)}: {who.label}"
        for i, row in enumerate(TABLE)
        for who in row.who
        if unnoticed(monkeypatch, i, evolve(row, who=tuple(w for w in row.who if w is not who)))
    ]
    assert not idle
