"""流转: dispatched, forwarded, recalled, reassigned, signed; the clocks that go on."""

from sipingtai.core.actions import Action as Act
from sipingtai.core.case import AssignmentState
from sipingtai.core.clocks import ClockKind
from sipingtai.core.posts import Post
from sipingtai.core.stages import Stage

from .cast import (
    A_HANDLER,
    A_HEAD,
    ANALYST,
    B_HEAD,
    CHIEF,
    CLERK,
    DISPATCHER,
    DUTY_LEADER,
    GRID_HEAD,
    GRID_WORKER,
    P_HEAD,
    STATION,
    SYSTEM,
    TWO_POSTS,
    WORLD,
    A,
    B,
    D,
    G,
    P,
    Q,
    V,
    Walk,
    reported,
)  # fmt: skip
from .ways import ONE_HOP, accepted, capped, dispatched, handling, suspended


def forwarded() -> Walk:
    return dispatched(P, WORLD).do(Act.FORWARD, P_HEAD, to=A)


def test_where_there_are_two_hops_the_work_goes_through_the_platform() -> None:
    assert accepted(WORLD).refused(Act.DISPATCH, DISPATCHER, to=A) == "hop"
    walk = dispatched(P, WORLD)
    assert walk.refused(Act.SIGN, P_HEAD) == "at_office"
    walk.do(Act.FORWARD, P_HEAD, to=A)
    assert walk.refused(Act.FORWARD, A_HANDLER, to=B) == "at_platform"
    assert walk.do(Act.SIGN, A_HANDLER).case.stage is Stage.HANDLING


def test_a_platform_forwards_to_its_own_members_only() -> None:
    assert dispatched(Q, WORLD).refused(Act.FORWARD, DUTY_LEADER, to=A) == "forward_unfit"
    assert dispatched(P, WORLD).refused(Act.FORWARD, DUTY_LEADER, to=A) == "not_permitted"
    walk = dispatched(P, WORLD, shunned=frozenset({A}))
    assert walk.refused(Act.FORWARD, P_HEAD, to=A) == "shunned"
    assert walk.refused(Act.FORWARD, P_HEAD, to=B, assists=(B,)) == "assists_unfit"


def test_an_assisting_office_does_not_become_the_main_one_of_the_same_case() -> None:
    assert dispatched(P, WORLD, assists=(A,)).refused(Act.FORWARD, P_HEAD, to=A) == "assists_unfit"


def test_work_is_dispatched_to_a_unit_of_this_command_that_is_in_use() -> None:
    for to in (D, G, V, 999):
        assert accepted().refused(Act.DISPATCH, DISPATCHER, to=to) == "target_unfit"
    assert accepted().refused(Act.DISPATCH, DISPATCHER) == "missing_to"
    assert accepted().refused(Act.DISPATCH, DISPATCHER, to=A, assists=(A,)) == "assists_unfit"
    assert accepted().refused(Act.DISPATCH, CLERK, to=A) == "not_permitted"


def test_a_station_gives_work_to_its_own_grid() -> None:
    walk = Walk(reported(V, ONE_HOP), ONE_HOP).do(Act.ACCEPT, STATION).do(Act.DISPATCH, STATION, to=G)
    walk.do(Act.SIGN, GRID_HEAD).do(Act.FINISH, GRID_HEAD)
    assert walk.refused(Act.VERIFY, GRID_WORKER) == "worked_on_it"
    walk.do(Act.VERIFY, STATION)


def test_the_head_sends_a_person_but_nobody_the_complaint_is_about() -> None:
    walk = handling(shunned_people=frozenset({77}))
    assert walk.refused(Act.ASSIGN_PERSON, A_HANDLER, person=10) == "not_permitted"
    assert walk.refused(Act.ASSIGN_PERSON, A_HEAD) == "missing_person"
    assert walk.refused(Act.ASSIGN_PERSON, A_HEAD, person=77) == "shunned"
    main = walk.do(Act.ASSIGN_PERSON, A_HEAD, person=10).case.main
    assert main
    assert main.person == 10
    assert dispatched(P, WORLD).refused(Act.ASSIGN_PERSON, P_HEAD, person=10) == "not_permitted"


def test_the_person_sent_counts_as_one_who_worked_on_it() -> None:
    walk = handling().do(Act.ASSIGN_PERSON, A_HEAD, person=DISPATCHER.person).do(Act.FINISH, A_HEAD)
    assert walk.refused(Act.VERIFY, DISPATCHER) == "worked_on_it"


def test_the_last_sender_recalls_until_it_is_signed() -> None:
    assert dispatched().do(Act.RECALL, DISPATCHER).case.stage is Stage.ACCEPTED
    assert dispatched().refused(Act.RECALL, CLERK) == "not_permitted"
    assert handling().refused(Act.RECALL, DISPATCHER) == "not_permitted"
    walk = forwarded()
    assert walk.refused(Act.RECALL, DISPATCHER) == "not_permitted"
    walk.do(Act.RECALL, P_HEAD)
    assert walk.case.holder
    assert walk.case.holder.unit == P
    walk.do(Act.RECALL, DISPATCHER)


def test_dispatching_again_to_the_same_office_continues_its_clock() -> None:
    walk = handling().wait(hours=2).do(Act.REASSIGN, DISPATCHER).wait(days=7)
    walk.do(Act.DISPATCH, DISPATCHER, to=A).do(Act.SIGN, A_HANDLER)
    clock = walk.case.clock(ClockKind.HANDLE)
    assert clock
    assert clock.started_at == handling().now
    assert clock.paused_minutes == 5 * 7 * 60  # the days that others had it do not count


def test_recalling_and_sending_again_gives_the_command_no_new_time() -> None:
    walk = accepted().wait(hours=1).do(Act.DISPATCH, DISPATCHER, to=A).do(Act.RECALL, DISPATCHER)
    clock = walk.case.clock(ClockKind.ROUTE)
    assert clock
    assert clock.started_at == accepted().now


def test_a_platform_that_recalls_and_forwards_again_gets_no_new_time() -> None:
    walk = dispatched(P, WORLD).wait(hours=1).do(Act.FORWARD, P_HEAD, to=A).do(Act.RECALL, P_HEAD)
    clock = walk.case.clock(ClockKind.FORWARD)
    assert clock
    assert clock.started_at == forwarded().now


def test_a_reassignment_counts_for_nobody_as_a_return_and_ends_every_assignment() -> None:
    walk = handling(assists=(B,)).do(Act.REASSIGN, DISPATCHER)
    assert walk.case.returns == ()
    assert {x.state for x in walk.case.assignments} == {AssignmentState.ENDED}
    assert {c.kind for c in walk.case.clocks} == {ClockKind.TOTAL, ClockKind.ROUTE}
    assert handling().refused(Act.REASSIGN, A_HANDLER) == "not_permitted"
    assert handling().refused(Act.REASSIGN, DISPATCHER, reason="") == "missing_reason"


def test_reassigning_a_suspended_case_lets_the_total_clock_run_on() -> None:
    walk = suspended().do(Act.REASSIGN, CHIEF)
    assert walk.case.stage is Stage.ACCEPTED
    assert walk.case.suspended_until is None
    assert all(c.paused_at is None for c in walk.case.clocks)
    assert walk.case.clock(ClockKind.SUSPENSION) is None


def test_only_the_assigned_office_signs() -> None:
    for actor in (B_HEAD, DISPATCHER, CHIEF, SYSTEM, TWO_POSTS):
        assert dispatched().refused(Act.SIGN, actor) == "not_permitted"


def test_beyond_the_rework_cap_the_chief_alone_dispatches_again() -> None:
    walk = capped()
    assert walk.case.holder
    assert walk.case.holder.post is Post.CHIEF
    assert walk.refused(Act.DISPATCH, DISPATCHER, to=A) == "rework_cap"
    walk.do(Act.DISPATCH, DUTY_LEADER, to=A)


def test_the_analyst_dispatches_nothing() -> None:
    assert accepted().refused(Act.DISPATCH, ANALYST, to=A) == "not_permitted"
