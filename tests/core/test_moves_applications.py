"""退单、延期、挂起: asked by the office, decided by somebody else, bounded."""

from attrs import evolve

from sipingtai.core.actions import Action as Act
from sipingtai.core.case import ApplicationKind
from sipingtai.core.clocks import ClockKind
from sipingtai.core.posts import Post, Seat
from sipingtai.core.stages import Stage

from .cast import (
    A_HANDLER,
    A_HEAD,
    B_HEAD,
    CHIEF,
    DISPATCHER,
    DUTY_LEADER,
    LATER,
    LEADER,
    NOW,
    O_HEAD,
    P_HEAD,
    ROOM_HEAD,
    STAND_IN,
    SYSTEM,
    TWO_POSTS,
    WORLD,
    A,
    B,
    O,
    P,
    T,
    Walk,
    person,
)  # fmt: skip
from .ways import accepted, dispatched, handling, suspended

RETURN = {"clause": "职责清单第三条", "to": B}


def asked(walk: Walk | None = None) -> Walk:
    return (walk or handling()).do(Act.REQUEST_RETURN, A_HANDLER, **RETURN)


def once_refused() -> Walk:
    return asked().do(Act.REFUSE_RETURN, DISPATCHER)


def test_a_return_needs_a_clause_of_the_duty_list_and_a_proposed_office() -> None:
    assert handling().refused(Act.REQUEST_RETURN, A_HANDLER, to=B) == "missing_clause"
    assert handling().refused(Act.REQUEST_RETURN, A_HANDLER, clause="第三条") == "missing_to"
    assert handling().refused(Act.REQUEST_RETURN, A_HANDLER, clause="第三条", to=A) == "proposal_unfit"
    shunning = handling(shunned=frozenset({B}))
    assert shunning.refused(Act.REQUEST_RETURN, A_HANDLER, **RETURN) == "shunned"
    assert handling().refused(Act.REQUEST_RETURN, DISPATCHER, **RETURN) == "not_permitted"


def test_the_room_decides_the_first_return_and_the_office_clock_is_not_charged_if_granted() -> None:
    walk = asked().wait(days=30)
    assert walk.refused(Act.GRANT_RETURN, LEADER) == "not_permitted"
    walk.do(Act.GRANT_RETURN, DISPATCHER)
    assert walk.last
    charged = {e.clock.kind: e.charged for e in walk.last.ended}
    assert charged == {ClockKind.HANDLE: False, ClockKind.RULING: True}
    assert walk.case.stage is Stage.ACCEPTED


def test_a_refused_return_goes_back_to_where_it_came_from_with_the_clock_running_on() -> None:
    walk = asked(dispatched()).wait(hours=1).do(Act.REFUSE_RETURN, DISPATCHER)
    assert walk.case.stage is Stage.DISPATCHED
    clock = walk.case.clock(ClockKind.SIGN)
    assert clock
    assert clock.started_at == NOW


def test_second_return_is_final_and_goes_to_the_arbiter() -> None:
    walk = asked(once_refused())
    assert walk.refused(Act.REFUSE_RETURN, DISPATCHER) == "not_permitted"
    walk.do(Act.REFUSE_RETURN, LEADER)
    assert walk.refused(Act.REQUEST_RETURN, A_HANDLER, **RETURN) == "returns_used"


def test_dropping_ones_own_return_counts_as_a_decision() -> None:
    walk = asked()
    assert walk.refused(Act.DROP_RETURN, B_HEAD) == "not_permitted"
    walk.do(Act.DROP_RETURN, A_HEAD)
    assert walk.case.returns[0].count == 1


def test_what_the_rooms_own_office_sends_back_the_chief_decides() -> None:
    walk = handling(O).do(Act.REQUEST_RETURN, O_HEAD, clause="第三条", to=B)
    assert walk.refused(Act.GRANT_RETURN, DISPATCHER) == "not_permitted"
    walk.do(Act.GRANT_RETURN, CHIEF)


def test_nobody_decides_a_return_of_their_own_office() -> None:
    walk = accepted().do(Act.DISPATCH, DISPATCHER, to=B).do(Act.REQUEST_RETURN, B_HEAD, clause="第三条", to=A)
    assert walk.refused(Act.GRANT_RETURN, TWO_POSTS) == "own_application"
    assert walk.refused(Act.REFUSE_RETURN, TWO_POSTS) == "own_application"


def test_a_chief_who_asked_for_the_return_does_not_reassign_either() -> None:
    both = person(50, Seat(T, Post.CHIEF), Seat(A, Post.OFFICE_HEAD))
    walk = handling().do(Act.REQUEST_RETURN, both, **RETURN)
    assert walk.refused(Act.REASSIGN, both) == "own_application"
    assert walk.refused(Act.REASSIGN, DISPATCHER) == "not_permitted"
    walk.do(Act.REASSIGN, LEADER)


def test_an_arbiter_who_sits_in_the_asking_unit_is_passed_over() -> None:
    walk = once_refused()
    rules = evolve(walk.setting.rules(T), arbiters=(Seat(A, Post.OFFICE_HEAD), Seat(T, Post.LEADER)))
    commands = {**walk.setting.commands, T: evolve(walk.setting.commands[T], rules=rules)}
    walk.setting = evolve(walk.setting, commands=commands)
    assert asked(walk).case.holder == asked(once_refused()).case.holder


def test_a_second_return_to_another_platform_goes_to_the_arbiter_across_platforms() -> None:
    """需多个平台协作配合的事项，由主要领导协调安排 (S4-45); within one platform the other arbiter settles it."""
    walk = once_refused()
    rules = evolve(walk.setting.rules(T), arbiters=(Seat(T, Post.CHIEF),), cross_arbiters=(Seat(T, Post.LEADER),))
    commands = {**walk.setting.commands, T: evolve(walk.setting.commands[T], rules=rules)}
    for proposed, post in ((B, Post.CHIEF), (O, Post.LEADER)):
        again = once_refused()
        again.setting = evolve(again.setting, commands=commands)
        again.do(Act.REQUEST_RETURN, A_HANDLER, clause="第三条", to=proposed)
        assert again.case.holder
        assert again.case.holder.post is post


def extension(days: int = 3, walk: Walk | None = None) -> Walk:
    return (walk or handling()).do(Act.REQUEST_EXTENSION, A_HANDLER, days=days)


def through_platform() -> Walk:
    return dispatched(P, WORLD).do(Act.FORWARD, P_HEAD, to=A).do(Act.SIGN, A_HANDLER)


def test_the_platform_head_decides_the_first_extension_and_the_chief_the_next() -> None:
    walk = extension(walk=through_platform())
    assert walk.refused(Act.GRANT_EXTENSION, CHIEF) == "not_permitted"
    assert walk.refused(Act.REFUSE_EXTENSION, CHIEF) == "not_permitted"
    walk.do(Act.GRANT_EXTENSION, P_HEAD)
    extension(walk=walk)
    assert walk.refused(Act.GRANT_EXTENSION, P_HEAD) == "not_permitted"
    walk.do(Act.GRANT_EXTENSION, CHIEF)
    assert walk.refused(Act.REQUEST_EXTENSION, A_HANDLER, days=1) == "extensions_used"


def test_a_late_grant_counts_from_the_old_due_time() -> None:
    due = handling().case.clock(ClockKind.HANDLE)
    walk = extension().wait(days=20).do(Act.GRANT_EXTENSION, CHIEF)
    clock = walk.case.clock(ClockKind.HANDLE)
    assert due
    assert clock
    assert clock.due_at == walk.setting.calendar.add_workdays(due.due_at, 3)


def test_an_extension_is_asked_before_expiry_only() -> None:
    assert handling().wait(days=8).refused(Act.REQUEST_EXTENSION, A_HANDLER, days=1) == "extension_late"


def test_extension_days_are_capped_and_one_application_waits_at_a_time() -> None:
    assert handling().refused(Act.REQUEST_EXTENSION, A_HANDLER, days=16) == "extension_days"
    assert handling().refused(Act.REQUEST_EXTENSION, A_HANDLER, days=-1) == "extension_days"
    assert handling().refused(Act.REQUEST_EXTENSION, A_HANDLER) == "missing_days"
    assert extension().refused(Act.REQUEST_EXTENSION, A_HANDLER, days=1) == "pending"
    assert handling().refused(Act.REQUEST_EXTENSION, DISPATCHER, days=1) == "not_permitted"


def test_refused_extensions_are_bounded_too() -> None:
    walk = extension().do(Act.REFUSE_EXTENSION, CHIEF)
    extension(walk=walk).do(Act.REFUSE_EXTENSION, CHIEF)
    assert walk.refused(Act.REQUEST_EXTENSION, A_HANDLER, days=1) == "extensions_used"


def test_nobody_decides_their_own_extension_or_suspension() -> None:
    both = person(50, Seat(T, Post.CHIEF), Seat(A, Post.HANDLER))
    walk = handling().do(Act.REQUEST_EXTENSION, both, days=2)
    assert walk.refused(Act.GRANT_EXTENSION, both) == "own_application"
    assert walk.refused(Act.REFUSE_EXTENSION, both) == "own_application"
    walk.do(Act.REQUEST_SUSPENSION, both, until=NOW.replace(day=12))
    assert walk.refused(Act.GRANT_SUSPENSION, both) == "own_application"
    assert walk.refused(Act.REFUSE_SUSPENSION, both) == "own_application"
    walk.do(Act.REFUSE_SUSPENSION, LEADER).do(Act.GRANT_EXTENSION, CHIEF)


def test_what_the_platform_head_asks_for_in_the_office_goes_to_the_chief() -> None:
    both = person(50, Seat(P, Post.PLATFORM_HEAD), Seat(A, Post.OFFICE_HEAD))
    walk = through_platform().do(Act.REQUEST_EXTENSION, both, days=2).do(Act.GRANT_EXTENSION, CHIEF)
    assert walk.case.extended_days == 2


def test_a_suspension_pauses_every_clock_until_its_end() -> None:
    walk = suspended()
    assert {c.kind for c in walk.case.clocks if c.paused_at is None} == {ClockKind.SUSPENSION}
    assert walk.refused(Act.RESUME, SYSTEM) == "suspension_running"
    assert walk.refused(Act.RESUME, DISPATCHER) == "not_permitted"
    total = walk.case.clock(ClockKind.TOTAL)
    walk.until(NOW.replace(day=12)).do(Act.RESUME, SYSTEM)
    resumed = walk.case.clock(ClockKind.TOTAL)
    assert walk.case.stage is Stage.HANDLING
    assert total
    assert resumed
    assert resumed.due_at > total.due_at


def test_the_office_may_resume_early() -> None:
    assert suspended().do(Act.RESUME, A_HEAD).case.stage is Stage.HANDLING


def test_suspensions_are_bounded_in_number_and_days() -> None:
    walk = handling()
    assert walk.refused(Act.REQUEST_SUSPENSION, A_HANDLER) == "missing_until"
    assert walk.refused(Act.REQUEST_SUSPENSION, A_HANDLER, until=LATER) == "suspension_days"
    assert walk.refused(Act.REQUEST_SUSPENSION, A_HANDLER, until=NOW) == "suspension_days"
    for _ in range(2):
        walk.do(Act.REQUEST_SUSPENSION, A_HANDLER, until=NOW.replace(day=12))
        assert walk.refused(Act.REQUEST_SUSPENSION, A_HANDLER, until=NOW.replace(day=12)) == "pending"
        assert walk.refused(Act.GRANT_SUSPENSION, P_HEAD) == "not_permitted"
        walk.do(Act.REFUSE_SUSPENSION, DUTY_LEADER)
    assert walk.refused(Act.REQUEST_SUSPENSION, A_HANDLER, until=NOW.replace(day=12)) == "suspensions_used"


def test_a_suspension_whose_end_has_passed_is_not_granted() -> None:
    walk = handling().do(Act.REQUEST_SUSPENSION, A_HANDLER, until=NOW.replace(day=12)).wait(days=20)
    assert walk.refused(Act.GRANT_SUSPENSION, CHIEF) == "suspension_past"


def test_leaving_the_office_ends_what_it_had_applied_for() -> None:
    walk = extension().do(Act.REASSIGN, ROOM_HEAD)
    assert walk.case.application(ApplicationKind.EXTENSION) is None
    assert walk.case.clock(ClockKind.APPROVE) is None


def test_a_stand_in_of_the_clerk_decides_no_return() -> None:
    assert asked().refused(Act.GRANT_RETURN, STAND_IN) == "not_permitted"
