"""协办与办结: assists, finished, verified, rejected, followed up, concluded, reopened, archived."""

from attrs import evolve

from sipingtai.core.actions import Action as Act
from sipingtai.core.case import AssignmentState, Outcome, Reporter
from sipingtai.core.clocks import ClockKind
from sipingtai.core.decide import offers, permitted
from sipingtai.core.posts import Actor, ActorKind, Post, Seat
from sipingtai.core.stages import Stage

from .cast import (
    A_HANDLER,
    A_HEAD,
    B_HEAD,
    CHIEF,
    CLERK,
    COUNTY_CLERK,
    DISPATCHER,
    GRID_HEAD,
    GRID_WORKER,
    LATER,
    LEADER,
    LINK,
    NOW,
    O_HEAD,
    ROOM_HEAD,
    STAND_IN,
    STATION,
    SYSTEM,
    TWO_POSTS,
    VILLAGER,
    A,
    B,
    G,
    O,
    T,
    person,
)  # fmt: skip
from .ways import ONE_HOP, accepted, capped, closed, dispatched, finished, handling, suspended, verified


def test_the_main_office_does_not_finish_while_assists_are_open_unless_it_says_why() -> None:
    walk = handling(assists=(B,))
    assert walk.refused(Act.FINISH, A_HANDLER) == "assists_open"
    assert walk.refused(Act.FINISH, A_HANDLER, override=True, reason="") == "assists_open"
    walk.do(Act.FINISH, A_HANDLER, override=True)
    assert not walk.case.assists
    assert walk.case.clock(ClockKind.ASSIST) is None


def test_assisting_offices_sign_and_finish_on_their_own_rows() -> None:
    walk = handling(assists=(B,)).do(Act.SIGN_ASSIST, B_HEAD)
    assert walk.refused(Act.SIGN_ASSIST, B_HEAD) == "assist_signed"
    assert walk.refused(Act.COMPLETE_ASSIST, A_HANDLER) == "not_permitted"
    assert walk.refused(Act.COMPLETE_ASSIST, B_HEAD, to=O) == "assist_unknown"
    assert walk.refused(Act.REQUEST_RELEASE, B_HEAD, to=O) == "assist_unknown"
    assert walk.refused(Act.SIGN_ASSIST, B_HEAD, to=O) == "assist_unknown"
    walk.do(Act.REQUEST_RELEASE, B_HEAD).do(Act.COMPLETE_ASSIST, B_HEAD)
    assert [x.state for x in walk.case.assignments if not x.main] == [AssignmentState.DONE]
    assert walk.refused(Act.COMPLETE_ASSIST, B_HEAD) == "not_permitted"


def test_who_works_at_two_assisting_offices_names_the_one_meant() -> None:
    both = person(50, Seat(B, Post.HANDLER), Seat(O, Post.HANDLER))
    walk = handling(assists=(B, O)).do(Act.SIGN_ASSIST, both).do(Act.SIGN_ASSIST, both)
    walk.do(Act.COMPLETE_ASSIST, both, to=O)
    assert [x.unit for x in walk.case.assists] == [B]


def test_the_main_office_or_the_room_enlists_and_releases() -> None:
    walk = handling(shunned=frozenset({O}))
    assert walk.refused(Act.ENLIST, A_HANDLER) == "missing_assists"
    assert walk.refused(Act.ENLIST, A_HANDLER, assists=(A,)) == "assists_unfit"
    assert walk.refused(Act.ENLIST, A_HANDLER, assists=(B, B)) == "assists_unfit"
    assert walk.refused(Act.ENLIST, A_HANDLER, assists=(O,)) == "shunned"
    assert walk.refused(Act.ENLIST, CLERK, assists=(B,)) == "not_permitted"
    walk.do(Act.ENLIST, A_HANDLER, assists=(B,))
    assert walk.refused(Act.RELEASE, A_HANDLER, to=O) == "assist_unknown"
    assert not walk.do(Act.RELEASE, DISPATCHER, to=B).case.assists


def test_an_assist_enlisted_again_gets_no_new_time() -> None:
    walk = handling(assists=(B,)).do(Act.RELEASE, A_HANDLER, to=B).wait(days=1).do(Act.ENLIST, A_HANDLER, assists=(B,))
    clock = walk.case.clock(ClockKind.ASSIST)
    assert clock
    assert clock.started_at == handling().now


def test_an_assisting_office_works_on_while_the_case_is_suspended() -> None:
    walk = suspended()
    assert walk.refused(Act.COMPLETE_ASSIST, B_HEAD) == "not_permitted"
    assert walk.do(Act.PROGRESS, A_HANDLER).case.stage is Stage.SUSPENDED


def test_a_result_needs_words_and_a_photo_where_the_category_asks_for_it() -> None:
    assert handling().refused(Act.FINISH, A_HANDLER, text="") == "missing_text"
    assert handling(category="0201").refused(Act.FINISH, A_HANDLER, files=0) == "photo_needed"
    handling().do(Act.FINISH, A_HANDLER, files=0)
    assert handling().refused(Act.FINISH, B_HEAD) == "not_permitted"


def test_nobody_verifies_their_own_or_their_offices_work() -> None:
    walk = accepted().do(Act.DISPATCH, DISPATCHER, to=B).do(Act.SIGN, B_HEAD).do(Act.FINISH, B_HEAD)
    assert walk.refused(Act.VERIFY, TWO_POSTS) == "worked_on_it"
    assert walk.refused(Act.REJECT, TWO_POSTS) == "worked_on_it"
    assert walk.refused(Act.VERIFY, B_HEAD) == "not_permitted"
    walk.do(Act.VERIFY, ROOM_HEAD)
    assert walk.refused(Act.FOLLOW_UP, TWO_POSTS) == "worked_on_it"


def test_who_worked_on_it_does_not_verify_it_after_moving_to_the_room() -> None:
    walk = handling().do(Act.PROGRESS, A_HANDLER).do(Act.FINISH, A_HEAD)
    moved = person(A_HANDLER.person, Seat(T, Post.DISPATCHER))
    assert walk.refused(Act.VERIFY, moved) == "worked_on_it"


def test_an_assisting_office_does_not_verify_either() -> None:
    walk = handling(assists=(B,)).do(Act.SIGN_ASSIST, B_HEAD).do(Act.COMPLETE_ASSIST, B_HEAD).do(Act.FINISH, A_HEAD)
    assert walk.refused(Act.VERIFY, TWO_POSTS) == "worked_on_it"


def test_the_work_of_the_rooms_own_office_is_verified_by_the_chief_or_one_level_up() -> None:
    walk = finished(O)
    assert walk.case.holder
    assert walk.case.holder.post is Post.CHIEF
    assert walk.refused(Act.VERIFY, STAND_IN) == "worked_on_it"
    finished(O).do(Act.VERIFY, CHIEF)
    finished(O).do(Act.VERIFY, COUNTY_CLERK)
    assert finished(A).refused(Act.VERIFY, COUNTY_CLERK) == "not_permitted"


def test_the_reporters_grid_verifies_and_no_stranger() -> None:
    finished().do(Act.VERIFY, GRID_WORKER)
    finished().do(Act.REJECT, GRID_HEAD)
    for actor in (VILLAGER, LINK, SYSTEM, STATION, O_HEAD):
        assert finished().refused(Act.VERIFY, actor) == "not_permitted"


def test_rejected_work_goes_back_to_its_office_with_a_clock_for_rework() -> None:
    assert finished().refused(Act.REJECT, DISPATCHER, reason="") == "missing_reason"
    walk = finished().do(Act.REJECT, DISPATCHER)
    assert (walk.case.stage, walk.case.rework) == (Stage.HANDLING, 1)
    assert walk.case.clock(ClockKind.REWORK)
    walk.wait(hours=1).do(Act.REASSIGN, DISPATCHER).do(Act.DISPATCH, DISPATCHER, to=A).do(Act.SIGN, A_HANDLER)
    clock = walk.case.clock(ClockKind.REWORK)
    assert clock
    assert clock.started_at == handling().now


def test_at_the_rework_cap_the_chief_dispatches_again_or_concludes() -> None:
    walk = capped()
    assert walk.refused(Act.CONCLUDE, DISPATCHER) == "not_permitted"
    walk.do(Act.DISPATCH, CHIEF, to=A).do(Act.SIGN, A_HANDLER).do(Act.FINISH, A_HANDLER)
    assert walk.refused(Act.REJECT, DISPATCHER) == "rework_cap"
    walk.do(Act.CONCLUDE, LEADER)
    assert (walk.case.outcome, walk.case.answered) == (Outcome.CONCLUDED, True)


def test_nothing_is_concluded_before_the_cap() -> None:
    assert finished().refused(Act.CONCLUDE, CHIEF) == "rework_left"


def test_a_satisfied_reporter_closes_the_case_and_an_unsatisfied_one_reworks_it() -> None:
    assert verified().do(Act.RATE, VILLAGER).case.outcome is Outcome.DONE
    assert verified().do(Act.RATE, VILLAGER, verdict=False).case.stage is Stage.HANDLING
    assert verified().do(Act.FOLLOW_UP, CLERK).case.stage is Stage.CLOSED
    assert verified().refused(Act.FOLLOW_UP, CLERK, text="") == "missing_text"
    assert verified().refused(Act.FOLLOW_UP, A_HANDLER) == "not_permitted"
    assert verified().refused(Act.RATE, CLERK) == "not_permitted"


def test_a_reporter_still_unsatisfied_at_the_cap_is_answered_by_the_chief() -> None:
    walk = capped().do(Act.DISPATCH, CHIEF, to=A).do(Act.SIGN, A_HANDLER).do(Act.FINISH, A_HANDLER)
    walk.do(Act.VERIFY, DISPATCHER).do(Act.RATE, VILLAGER, verdict=False)
    assert walk.case.holder
    assert walk.case.holder.post is Post.CHIEF
    walk.now = LATER
    assert walk.refused(Act.CLOSE, SYSTEM) == "chief_concludes"
    walk.do(Act.CONCLUDE, CHIEF)


def test_nobody_who_handled_it_rates_it_as_its_reporter() -> None:
    reporter = Reporter(person=A_HANDLER.person, reachable=True)
    walk = verified(reporter=reporter)
    assert walk.refused(Act.RATE, A_HANDLER) == "rated_own_work"
    assert walk.refused(Act.RATE, Actor(kind=ActorKind.REPORTER)) == "rated_own_work"


def test_a_case_whose_reporter_cannot_be_reached_closes_once_verified() -> None:
    assert verified(reporter=Reporter()).case.stage is Stage.CLOSED


def test_a_closed_case_is_reopened_once_by_its_reporter_in_time() -> None:
    walk = closed()
    assert walk.refused(Act.ARCHIVE, SYSTEM) == "reopen_running"
    assert walk.refused(Act.REOPEN, CLERK) == "not_permitted"
    walk.wait(days=7).do(Act.REOPEN, VILLAGER)
    assert walk.case.stage is Stage.ACCEPTED
    total = walk.case.clock(ClockKind.TOTAL)
    assert total
    assert total.paused_minutes == 5 * 7 * 60  # it is never restarted; only the closed days do not count
    walk.do(Act.DISPATCH, DISPATCHER, to=A).do(Act.SIGN, A_HANDLER).do(Act.FINISH, A_HANDLER)
    walk.do(Act.VERIFY, DISPATCHER).do(Act.RATE, VILLAGER)
    assert walk.refused(Act.REOPEN, VILLAGER) == "reopened"


def test_after_the_reopening_period_a_case_is_archived_and_read_only() -> None:
    walk = closed()
    walk.now = LATER
    assert walk.refused(Act.REOPEN, VILLAGER) == "reopen_late"
    assert walk.refused(Act.ARCHIVE, CLERK) == "not_permitted"
    walk.do(Act.ARCHIVE, SYSTEM)
    assert walk.refused(Act.REOPEN, VILLAGER) == "stage"


def test_work_done_stays_done_when_the_case_closes() -> None:
    assert [x.state for x in closed().case.assignments] == [AssignmentState.DONE]


def test_an_office_without_successor_gives_its_work_back_in_a_reorganisation() -> None:
    walk = handling(assists=(B,))
    assert walk.refused(Act.REHOME, SYSTEM) == "rehome_unfit"
    assert walk.refused(Act.REHOME, SYSTEM, mapping={A: T}) == "rehome_unfit"
    assert walk.refused(Act.REHOME, CLERK, mapping={A: 0}) == "not_permitted"
    assert walk.do(Act.REHOME, SYSTEM, mapping={A: 0}).case.stage is Stage.ACCEPTED


def test_a_successor_takes_over_the_work_with_its_clocks() -> None:
    walk = handling(assists=(B,)).do(Act.REQUEST_EXTENSION, A_HANDLER, days=2).do(Act.REHOME, ROOM_HEAD, mapping={A: O})
    assert walk.case.holder
    assert walk.case.holder.unit == O
    clock = walk.case.clock(ClockKind.HANDLE)
    assert clock
    assert clock.owner == O
    assert walk.case.applications[0].unit == O
    walk.do(Act.COMPLETE_ASSIST, B_HEAD).do(Act.FINISH, O_HEAD)
    assert walk.refused(Act.VERIFY, STAND_IN) == "worked_on_it"


def test_two_offices_that_became_one_do_not_assist_themselves() -> None:
    walk = handling(assists=(B,)).do(Act.REHOME, SYSTEM, mapping={A: B})
    assert not walk.case.assists
    assert walk.case.clock(ClockKind.ASSIST) is None


def test_a_lost_platform_takes_its_decisions_to_the_chief() -> None:
    from_platform = dispatched(20, evolve(ONE_HOP)).do(Act.FORWARD, person(8, Seat(20, Post.PLATFORM_HEAD)), to=A)
    walk = from_platform.do(Act.SIGN, A_HANDLER).do(Act.REQUEST_EXTENSION, A_HANDLER, days=2)
    walk.do(Act.REHOME, SYSTEM, mapping={20: 0})
    assert walk.case.stage is Stage.HANDLING
    walk.do(Act.GRANT_EXTENSION, CHIEF)


def test_the_grid_moves_with_a_reorganisation() -> None:
    walk = accepted().do(Act.REHOME, SYSTEM, mapping={G: G})
    assert walk.case.grid == G


def test_a_screen_can_say_why_a_residual_category_cannot_be_verified_yet() -> None:
    walk = finished(category="9999")
    withheld = {row.action: guard.code for row, guard in offers(walk.case, DISPATCHER, NOW, walk.setting) if guard}
    assert withheld[Act.VERIFY] == "residual_category"
    assert Act.VERIFY not in {row.action for row in permitted(walk.case, DISPATCHER, NOW, walk.setting)}
