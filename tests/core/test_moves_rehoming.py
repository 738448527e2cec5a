"""移交: what a reorganisation may do to a case, and what it must not."""

import pytest
from attrs import evolve

from sipingtai.core.actions import Action as Act
from sipingtai.core.case import Colour, Holder
from sipingtai.core.clocks import ClockKind
from sipingtai.core.decide import decide
from sipingtai.core.moves import Decision, Move
from sipingtai.core.posts import SYSTEM, Post, Seat
from sipingtai.core.stages import Stage

from .cast import A_HANDLER, A_HEAD, CHIEF, DISPATCHER, NOW, A, B, G, O, P, Q, T, V, person
from .explore import Flags, explore
from .invariants import held_and_timed
from .ways import ONE_HOP, dispatched, handling


def test_when_the_office_complained_about_joins_the_one_at_work_the_work_goes_back() -> None:
    walk = handling()
    walk.case = evolve(walk.case, shunned=frozenset({B}))
    walk.do(Act.REHOME, SYSTEM, mapping={B: A})
    assert walk.case.stage is Stage.ACCEPTED
    assert walk.case.shunned == {A, B}
    assert walk.refused(Act.DISPATCH, DISPATCHER, to=A) == "shunned"


def test_finished_work_of_an_office_complained_about_is_not_reworked_there() -> None:
    walk = handling().do(Act.FINISH, A_HANDLER)
    walk.case = evolve(walk.case, shunned=frozenset({B}))
    walk.do(Act.REHOME, SYSTEM, mapping={B: A})
    assert walk.case.stage is Stage.FINISHED
    assert walk.do(Act.REJECT, DISPATCHER).case.stage is Stage.ACCEPTED


def test_a_card_nobody_is_left_to_reply_to_is_the_chiefs() -> None:
    walk = handling().do(Act.SUPERVISE, CHIEF, colour=Colour.RED)
    walk.do(Act.REHOME, SYSTEM, mapping={A: 0})
    assert walk.case.cards[0].unit == T
    walk.do(Act.REPLY_SUPERVISION, CHIEF).do(Act.LIFT, CHIEF)


def test_a_clock_handed_over_is_not_kept_twice() -> None:
    walk = handling()
    walk.do(Act.REHOME, SYSTEM, mapping={A: O})
    assert [c.owner for c in walk.case.clocks if c.kind is ClockKind.HANDLE] == [O]
    assert ClockKind.HANDLE not in {c.kind for c in walk.case.left}


@pytest.mark.parametrize("mapping", [{A: O}, {A: 0, B: O}, {A: 0, B: 0}, {A: B}, {B: A}, {B: 0}])
def test_moving_a_second_time_changes_nothing(mapping: dict[int, int]) -> None:
    walk = handling(assists=(B,)).do(Act.SUPERVISE, CHIEF, colour=Colour.RED)
    walk.do(Act.REHOME, SYSTEM, mapping=mapping)
    once = walk.case
    walk.do(Act.REHOME, SYSTEM, mapping=mapping)
    assert evolve(walk.case, steps=once.steps) == once


def test_who_has_left_is_no_longer_sent() -> None:
    walk = handling().do(Act.ASSIGN_PERSON, A_HEAD, person=A_HANDLER.person)
    walk.do(Act.REHOME, SYSTEM, leavers=frozenset({A_HANDLER.person}))
    assert walk.case.main
    assert walk.case.main.person is None
    assert walk.case.stage is Stage.HANDLING
    walk.do(Act.ASSIGN_PERSON, A_HEAD, person=A_HEAD.person)


def test_a_decision_that_waits_at_an_empty_seat_falls_to_the_chief() -> None:
    head = person(8, Seat(P, Post.PLATFORM_HEAD))
    walk = dispatched(P, evolve(ONE_HOP)).do(Act.FORWARD, head, to=A).do(Act.SIGN, A_HANDLER)
    walk.do(Act.REQUEST_EXTENSION, A_HANDLER, days=2)
    walk.do(Act.REHOME, SYSTEM, vacated=frozenset({Seat(P, Post.PLATFORM_HEAD)}))
    assert walk.case.applications[0].decider == Holder(unit=T, post=Post.CHIEF)
    walk.do(Act.GRANT_EXTENSION, CHIEF)


def test_the_head_of_the_platform_that_takes_over_decides() -> None:
    head = person(8, Seat(P, Post.PLATFORM_HEAD))
    walk = dispatched(P, evolve(ONE_HOP)).do(Act.FORWARD, head, to=A).do(Act.SIGN, A_HANDLER)
    walk.do(Act.REQUEST_EXTENSION, A_HANDLER, days=2).do(Act.REHOME, SYSTEM, mapping={P: Q})
    assert walk.case.main
    assert (walk.case.main.platform, walk.case.applications[0].decider.unit) == (Q, Q)


def test_an_ended_assignment_stays_where_it_was() -> None:
    walk = handling().do(Act.REASSIGN, DISPATCHER).do(Act.DISPATCH, DISPATCHER, to=B)
    walk.do(Act.REHOME, SYSTEM, mapping={A: O})
    assert [x.unit for x in walk.case.assignments] == [A, B]
    assert {A, O} <= walk.case.handlers  # and who took over does not verify it


def test_a_grid_without_successor_leaves_the_grid_open() -> None:
    walk = handling()
    walk.case = evolve(walk.case, grid=G)
    assert walk.do(Act.REHOME, SYSTEM, mapping={G: 0}).case.grid is None
    walk.do(Act.FINISH, A_HANDLER).do(Act.VERIFY, DISPATCHER)


MAPPINGS: list[dict[int, int]] = [{A: B}, {A: 0}, {B: A}, {P: Q}, {P: 0, A: O}, {A: O, B: O, P: Q, G: 0}, {O: A}]


@pytest.mark.parametrize(
    "flags",
    [
        Flags(levels=False, offices=(A, B), returns=True),
        Flags(levels=False, offices=(A, B), assists=True, hops=2),
        Flags(levels=False, offices=(A, B), pauses=True, hops=2),
        Flags(levels=False, offices=(A, B, O), shunned=A, assists=True),
        Flags(offices=(A, B), source="grid", first=V),
    ],
    ids=str,
)
@pytest.mark.no_cover  # tracing every line would triple the time
def test_from_every_reachable_state_a_reorganisation_leaves_the_case_held_timed_and_settled(flags: Flags) -> None:
    graph = explore(flags, 1500)
    for case in graph.cases:
        for mapping in MAPPINGS if case.stage.open else ():
            move = Move(action=Act.REHOME, mapping=mapping, reason="架构调整")
            once = decide(case, move, SYSTEM, NOW, graph.setting)
            assert isinstance(once, Decision)
            assert list(held_and_timed(once.after)) == [], (case, mapping)
            working = {x.unit for x in once.after.assignments if x.state.live}
            assert not working & (mapping.keys() - mapping.values())
            assert not working & once.after.shunned
            twice = decide(once.after, move, SYSTEM, NOW, graph.setting)
            assert isinstance(twice, Decision)
            assert evolve(twice.after, steps=once.after.steps) == once.after, (case, mapping)
