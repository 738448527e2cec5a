"""进件: reported, settled on the spot, accepted, declined, reviewed, classified, withdrawn."""

from attrs import evolve

from sipingtai.core.actions import Action as Act
from sipingtai.core.case import Outcome, Reporter
from sipingtai.core.clocks import ClockKind
from sipingtai.core.posts import Post
from sipingtai.core.setting import Urgency
from sipingtai.core.stages import Stage

from .cast import (
    A_HANDLER,
    ANALYST,
    ASSESSOR,
    CHIEF,
    CLERK,
    DISPATCHER,
    GRID_HEAD,
    GRID_WORKER,
    LATER,
    LINK,
    ROOM_HEAD,
    STAND_IN,
    STATION,
    SYSTEM,
    VILLAGER,
    A,
    G,
    O,
    T,
    V,
    Walk,
    from_grid,
    reported,
)  # fmt: skip
from .ways import ONE_HOP, accepted, capped, dispatched, escalated, finished, handling, master, verified


def grid_case(command: int = V, **changes: object) -> Walk:
    return Walk(from_grid(command, ONE_HOP, **changes), ONE_HOP)


def test_a_report_waits_for_the_intake_post_with_a_step_clock_and_a_total_clock() -> None:
    case = reported()
    assert (case.stage, case.holder and case.holder.post) == (Stage.REPORTED, Post.INTAKE)
    assert {c.kind for c in case.clocks} == {ClockKind.ACCEPT, ClockKind.TOTAL}


def test_a_restricted_category_makes_the_report_restricted() -> None:
    assert reported(category="0301").restricted


def test_what_the_grid_settled_on_the_spot_closes_by_itself() -> None:
    walk = grid_case().do(Act.SETTLE, GRID_WORKER)
    assert (walk.case.stage, walk.case.outcome, walk.case.answered) == (Stage.CLOSED, Outcome.SETTLED, True)


def test_a_sampled_settle_is_verified_by_the_station_and_not_by_the_grid() -> None:
    walk = grid_case().do(Act.SETTLE, GRID_WORKER, sampled=True)
    assert walk.refused(Act.CLOSE, SYSTEM) == "needs_verification"
    assert walk.refused(Act.VERIFY, GRID_HEAD) == "worked_on_it"
    walk.do(Act.VERIFY, STATION)


def test_settled_by_the_station_is_verified_one_level_up() -> None:
    walk = Walk(reported(V, ONE_HOP), ONE_HOP).do(Act.SETTLE, STATION, sampled=True)
    assert walk.case.holder
    assert walk.case.holder.unit == T
    assert walk.refused(Act.VERIFY, STATION) == "worked_on_it"
    walk.do(Act.VERIFY, DISPATCHER)


def test_a_rejected_settle_is_handled_and_verified_like_any_other() -> None:
    walk = grid_case(T).do(Act.SETTLE, GRID_WORKER, sampled=True).do(Act.REJECT, CLERK)
    walk.do(Act.DISPATCH, DISPATCHER, to=A).do(Act.SIGN, A_HANDLER).do(Act.FINISH, A_HANDLER)
    assert walk.case.stage is Stage.FINISHED
    assert walk.refused(Act.CLOSE, SYSTEM) == "needs_verification"


def test_only_levels_one_and_two_are_settled_on_the_spot() -> None:
    assert grid_case(level=3).refused(Act.SETTLE, GRID_WORKER) == "not_settleable"


def test_only_the_grid_that_reported_settles_and_no_other_hand() -> None:
    assert grid_case().refused(Act.SETTLE, GRID_HEAD) == "not_permitted"
    assert Walk(reported(T), ONE_HOP).refused(Act.SETTLE, CLERK) == "not_permitted"


def test_the_residual_category_is_classified_before_anything_is_settled_or_verified() -> None:
    assert grid_case(category="9999").refused(Act.SETTLE, GRID_WORKER) == "residual_category"
    walk = finished(category="9999")
    assert walk.refused(Act.VERIFY, DISPATCHER) == "residual_category"
    walk.do(Act.CLASSIFY, ANALYST, category="0101").do(Act.VERIFY, DISPATCHER)


def test_what_is_in_review_is_neither_settled_accepted_declined_nor_merged() -> None:
    walk = grid_case(T).do(Act.DECLINE, CLERK).do(Act.REVIEW, GRID_WORKER)
    assert walk.refused(Act.SETTLE, GRID_WORKER) == "in_review"
    assert walk.refused(Act.ACCEPT, CLERK) == "in_review"
    assert walk.refused(Act.DECLINE, CLERK) == "in_review"
    assert walk.refused(Act.MERGE, CLERK, other=master()) == "in_review"


def test_a_stand_in_accepts_in_place_of_the_clerk() -> None:
    assert Walk(reported()).do(Act.ACCEPT, STAND_IN).case.stage is Stage.ACCEPTED
    assert Walk(reported()).do(Act.ACCEPT, ROOM_HEAD).case.accepted_by == ROOM_HEAD.person
    for actor in (DISPATCHER, CHIEF, A_HANDLER, VILLAGER, LINK, SYSTEM, ASSESSOR):
        assert Walk(reported()).refused(Act.ACCEPT, actor) == "not_permitted"


def test_declining_names_its_reason_and_tells_the_reporter() -> None:
    walk = Walk(reported())
    assert walk.refused(Act.DECLINE, CLERK, reason=" ") == "missing_reason"
    walk.do(Act.DECLINE, CLERK)
    assert (walk.case.outcome, walk.case.answered, walk.case.holder) == (Outcome.DECLINED, True, None)
    assert not walk.case.clocks


def test_a_review_is_asked_once_and_decided_by_another_person() -> None:
    walk = Walk(reported()).do(Act.DECLINE, CLERK).do(Act.REVIEW, VILLAGER)
    assert walk.refused(Act.GRANT_REVIEW, CLERK) == "own_decision"
    assert walk.refused(Act.REFUSE_REVIEW, CLERK) == "own_decision"
    walk.do(Act.REFUSE_REVIEW, ROOM_HEAD)
    assert walk.case.stage is Stage.DECLINED
    assert walk.refused(Act.REVIEW, VILLAGER) == "reviewed"


def test_a_granted_review_leads_to_acceptance_and_is_not_declined_again() -> None:
    walk = Walk(reported()).do(Act.DECLINE, CLERK).do(Act.REVIEW, VILLAGER).do(Act.GRANT_REVIEW, CHIEF)
    assert walk.case.stage is Stage.ACCEPTED
    assert walk.refused(Act.DECLINE, CLERK) == "review_granted"


def test_nobody_decides_a_review_that_was_not_asked_for() -> None:
    assert Walk(reported()).refused(Act.GRANT_REVIEW, ROOM_HEAD) == "not_in_review"
    assert Walk(reported()).refused(Act.REFUSE_REVIEW, ROOM_HEAD) == "not_in_review"


def test_a_review_lets_the_total_clock_run_on_from_where_declining_stopped_it() -> None:
    walk = Walk(reported()).wait(hours=1).do(Act.DECLINE, CLERK).wait(days=7)
    total = walk.do(Act.REVIEW, VILLAGER).case.clock(ClockKind.TOTAL)
    assert total
    assert total.started_at == reported().clocks[0].started_at
    assert total.paused_minutes == 5 * 7 * 60


def test_what_is_owed_is_not_declined_merged_or_voided_but_answered() -> None:
    walk = Walk(handed().case, ONE_HOP)
    assert walk.refused(Act.DECLINE, STATION) == "answer_owed"
    assert walk.refused(Act.MERGE, STATION, other=master(stack=walk.case.stack)) == "answer_owed"
    assert walk.refused(Act.VOID, STATION) == "answer_owed"


def handed() -> Walk:
    return accepted().do(Act.HAND_DOWN, DISPATCHER, to=V)


def test_classifying_recomputes_the_limits_from_the_original_start() -> None:
    walk = handling().wait(hours=2)
    before = walk.case.clock(ClockKind.HANDLE)
    after = walk.do(Act.CLASSIFY, ANALYST, urgency=Urgency.EMERGENCY).case.clock(ClockKind.HANDLE)
    assert before
    assert after
    assert after.started_at == before.started_at
    assert after.due_at < before.due_at


def test_a_category_or_level_that_does_not_exist_is_refused() -> None:
    assert Walk(reported()).refused(Act.CLASSIFY, ANALYST, category="8888") == "category_unknown"
    assert Walk(reported()).refused(Act.CLASSIFY, ANALYST, level=6) == "level_unknown"


def test_a_withdrawn_matter_ends_and_a_hazard_goes_on_without_its_reporter() -> None:
    walk = Walk(reported()).do(Act.WITHDRAW, VILLAGER)
    assert (walk.case.stage, walk.case.outcome) == (Stage.VOID, Outcome.WITHDRAWN)
    hazard = Walk(reported(category="0201")).do(Act.WITHDRAW, VILLAGER)
    assert hazard.case.stage is Stage.REPORTED
    assert not hazard.case.reporter.reachable
    assert hazard.refused(Act.WITHDRAW, VILLAGER) == "not_permitted"


def test_withdrawing_from_above_leaves_nobody_below_waiting() -> None:
    walk = escalated().do(Act.WITHDRAW, VILLAGER)
    assert not any(layer.owed for layer in walk.case.stack)


def test_only_the_reporter_withdraws() -> None:
    assert Walk(reported()).refused(Act.WITHDRAW, GRID_WORKER) == "not_permitted"
    own = Walk(reported(reporter=Reporter(person=GRID_WORKER.person, grid=G)))
    own.do(Act.WITHDRAW, GRID_WORKER)


def test_a_test_entry_is_voided_by_the_head_of_the_room_alone() -> None:
    assert dispatched().refused(Act.VOID, DISPATCHER) == "not_permitted"
    assert dispatched().do(Act.VOID, ROOM_HEAD).case.outcome is Outcome.VOID


def test_a_stage_that_does_not_fit_is_told_in_words() -> None:
    refusal = Walk(reported()).try_(Act.FINISH, A_HANDLER)
    assert not hasattr(refusal, "after")
    assert Walk(reported()).refused(Act.FINISH, A_HANDLER) == "stage"


def test_imported_history_closes_with_its_own_day_and_nothing_else_does() -> None:
    walk = Walk(reported())
    day = walk.now
    assert walk.refused(Act.CLOSE, SYSTEM) == "missing_until"
    touched = Walk(evolve(reported(), steps=2))
    assert touched.refused(Act.CLOSE, SYSTEM, until=day) == "not_history"
    walk.do(Act.CLOSE, SYSTEM, until=day)
    assert walk.case.closed_at == day


def test_beyond_the_rework_cap_the_clerk_declines_merges_and_splits_nothing() -> None:
    walk = capped()
    assert walk.refused(Act.DECLINE, CLERK) == "rework_cap"
    assert walk.refused(Act.MERGE, CLERK, other=master()) == "rework_cap"
    assert walk.refused(Act.SPLIT, CLERK, members=(1, 2)) == "rework_cap"


def test_a_complaint_is_kept_from_the_office_and_the_person_it_is_about() -> None:
    walk = accepted(shunned=frozenset({A, O}), shunned_people=frozenset({ROOM_HEAD.person}))
    assert walk.refused(Act.DISPATCH, DISPATCHER, to=A) == "shunned"
    assert walk.refused(Act.DECLINE, STAND_IN) == "kept_out"  # of that office, though sitting in for the clerk
    assert walk.refused(Act.VOID, ROOM_HEAD) == "kept_out"


def test_the_follow_up_waits_long_enough() -> None:
    walk = verified()
    assert walk.refused(Act.CLOSE, SYSTEM) == "follow_up_running"
    walk.now = LATER
    assert walk.do(Act.CLOSE, SYSTEM).case.outcome is Outcome.DONE
