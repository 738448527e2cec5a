"""Case ↔ JSON: nothing is lost, and the steps fold back into the row."""

import json
from datetime import datetime

import pytest
from attrs import evolve

from sipingtai.cases import encode
from sipingtai.core.calendar import TZ, WorkCalendar
from sipingtai.core.case import (
    Application,
    ApplicationKind,
    Assignment,
    AssignmentState,
    Case,
    Channel,
    Holder,
    Kind,
    Layer,
    Reporter,
    Tally,
)
from sipingtai.core.clocks import ClockKind, start
from sipingtai.core.limits import Limit
from sipingtai.core.posts import Post
from sipingtai.core.setting import Urgency
from sipingtai.core.stages import Stage

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=TZ)
CALENDAR = WorkCalendar(exceptions={}, years=frozenset({2026}))


def a_case() -> Case:
    return Case(
        id=7,
        kind=Kind.INCIDENT,
        channel=Channel.GRID,
        category="17002",
        catalogue=1,
        level=2,
        urgency=Urgency.NORMAL,
        area="331125201200001",
        grid=9,
        reporter=Reporter(person=3, grid=9, reachable=True),
        reported_at=NOW,
        received_at=NOW,
        stage=Stage.REPORTED,
        stack=(Layer(command=1),),
        holder=Holder(unit=1, post=Post.INTAKE),
        clocks=(start(ClockKind.ACCEPT, 1, Limit.parse("1工作日/2工作日"), NOW, CALENDAR),),
        steps=1,
    )


def test_a_case_survives_the_way_through_json() -> None:
    case = evolve(
        a_case(),
        shunned=frozenset({5, 4}),
        assignments=(Assignment(no=1, unit=4, command=1, main=True, state=AssignmentState.SENT, sent_at=NOW),),
        applications=(
            Application(
                kind=ApplicationKind.EXTENSION,
                unit=4,
                person=8,
                asked_at=NOW,
                decider=Holder(unit=2),
                stage=Stage.HANDLING,
            ),
        ),
        returns=(Tally(command=1, count=1),),
        left=a_case().clocks,
    )
    stored = json.loads(json.dumps(encode.encode(case)))
    assert encode.decode(stored, case_id=7, steps=1) == case


def test_a_stored_state_leaves_out_what_is_at_its_default() -> None:
    assert set(encode.encode(a_case())) == {
        "kind", "channel", "category", "catalogue", "level", "urgency", "area", "grid", "reporter", "reported_at",
        "received_at", "stage", "stack", "holder", "clocks",
    }  # fmt: skip


def test_folding_the_changes_gives_the_state() -> None:
    first, second = a_case(), evolve(a_case(), restricted=True, rework=2, steps=2)
    third = evolve(second, restricted=False, holder=None, steps=3)
    state: encode.Json = {}
    for before, after in ((None, first), (first, second), (second, third)):
        state = encode.apply(state, encode.changes(before, after))
        assert state == encode.encode(after)
    assert "restricted" not in state


def test_a_change_names_only_what_changed() -> None:
    assert encode.changes(a_case(), evolve(a_case(), rework=1, steps=2)) == {"rework": 1}


def test_of_the_clocks_a_change_spells_only_the_new_ones_and_names_the_others_by_their_place() -> None:
    first, second, third = (
        start(kind, 1, Limit.parse("1工作日"), NOW, CALENDAR)
        for kind in (ClockKind.TOTAL, ClockKind.ACCEPT, ClockKind.ROUTE)
    )
    before = evolve(a_case(), clocks=(first, second))
    after = evolve(before, clocks=(second, third, first), left=(second,), steps=2)
    changed = encode.changes(before, after)
    assert [changed["clocks"][0], changed["clocks"][2]] == [1, 0]
    assert changed["clocks"][1]["kind"] == "route"
    assert changed["left"][0]["kind"] == "accept"  # a place is one of the same list alone
    state = encode.apply(encode.encode(before), changed)
    assert encode.decode(state, case_id=7, steps=2) == after


def test_a_clock_named_by_a_place_that_there_was_not_is_no_change_of_ours() -> None:
    for clocks in ([0], [{}, 3], 5, None):
        with pytest.raises((LookupError, TypeError)):
            encode.fold({}, {"clocks": clocks})
