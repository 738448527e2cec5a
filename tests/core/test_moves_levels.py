"""上下级、外部系统、并案、拆分、督办: the loop over levels, other cases, and rank."""

from attrs import evolve

from sipingtai.core.actions import Action as Act
from sipingtai.core.case import Colour, Layer, Outcome, Reporter
from sipingtai.core.clocks import ClockKind
from sipingtai.core.posts import Post, Seat
from sipingtai.core.stages import Stage

from .cast import (
    A_HANDLER,
    A_HEAD,
    ANALYST,
    B_HEAD,
    CHIEF,
    CLERK,
    COUNTY_CHIEF,
    COUNTY_CLERK,
    D_HANDLER,
    DISPATCHER,
    GRID_HEAD,
    LEADER,
    LINK,
    ROOM_HEAD,
    STATION,
    SYSTEM,
    VILLAGER,
    A,
    C,
    D,
    G,
    T,
    V,
    Walk,
    matter,
    person,
    reported,
    world,
)  # fmt: skip
from .ways import ONE_HOP, accepted, capped, dispatched, escalated, finished, handed_down, handling, master, merged

REFER = {"system": "12345"}
PLAIN, YELLOW, RED = Colour.PLAIN, Colour.YELLOW, Colour.RED


def test_what_the_township_escalates_awaits_an_answer_with_a_tracking_clock() -> None:
    walk = escalated()
    assert walk.case.stack == (Layer(command=T), Layer(command=C, sender=T, owed=True))
    assert walk.case.clock(ClockKind.TRACK, T)
    assert accepted().refused(Act.ESCALATE, CLERK) == "not_permitted"
    assert accepted().refused(Act.ESCALATE, DISPATCHER, reason="") == "missing_reason"


def test_what_a_village_escalates_passes_for_good() -> None:
    walk = Walk(reported(V, ONE_HOP), ONE_HOP).do(Act.ACCEPT, STATION).do(Act.ESCALATE, STATION)
    assert walk.case.stack == (Layer(command=T, sender=V),)
    walk.do(Act.RECALL, STATION)
    assert walk.case.stack == (Layer(command=V),)


def test_command_does_not_pass_for_good_over_the_head_of_a_village_that_waits() -> None:
    setting = world(hops=1, village_owed=True, township_owed=False)
    walk = Walk(reported(V, setting), setting).do(Act.ACCEPT, STATION).do(Act.ESCALATE, STATION)
    walk.do(Act.ACCEPT, CLERK).do(Act.ESCALATE, DISPATCHER)
    assert [layer.command for layer in walk.case.stack] == [V, T, C]


def test_an_escalation_is_recalled_until_it_is_accepted() -> None:
    assert escalated().do(Act.RECALL, DISPATCHER).case.command == T
    assert escalated().refused(Act.RECALL, COUNTY_CLERK) == "not_permitted"
    assert escalated().do(Act.ACCEPT, COUNTY_CLERK).refused(Act.RECALL, DISPATCHER) == "recall_late"


def test_a_parent_may_take_back_a_hand_down_until_it_is_answered() -> None:
    walk = handed_down().do(Act.ACCEPT, STATION).do(Act.DISPATCH, STATION, to=G).do(Act.SIGN, GRID_HEAD)
    walk.do(Act.FINISH, GRID_HEAD).do(Act.VERIFY, STATION).do(Act.RECALL, DISPATCHER)
    assert (walk.case.command, walk.case.stage, walk.case.answered) == (T, Stage.ACCEPTED, False)
    split = handed_down().do(Act.ACCEPT, STATION).do(Act.SPLIT, STATION, members=(1, 2))
    assert split.refused(Act.RECALL, DISPATCHER) == "open_children"


def test_an_answer_done_is_verified_by_the_command_that_asked() -> None:
    walk = escalated().do(Act.ACCEPT, COUNTY_CLERK).do(Act.DISPATCH, COUNTY_CLERK, to=D)
    walk.do(Act.SIGN, D_HANDLER).do(Act.FINISH, D_HANDLER)
    assert walk.refused(Act.ANSWER, COUNTY_CLERK, text="") == "missing_text"
    assert walk.refused(Act.ANSWER, COUNTY_CLERK, verdict=False) == "answer_unfit"
    walk.do(Act.ANSWER, COUNTY_CLERK)
    assert (walk.case.command, walk.case.stage) == (T, Stage.FINISHED)
    assert walk.case.clock(ClockKind.TRACK) is None
    walk.do(Act.REJECT, DISPATCHER)
    assert (walk.case.stage, walk.case.rework) == (Stage.ACCEPTED, 1)


def test_while_an_answer_is_owed_nothing_else_ends_the_case() -> None:
    walk = escalated().do(Act.ACCEPT, COUNTY_CLERK)
    assert walk.refused(Act.DECLINE, COUNTY_CLERK) == "answer_owed"
    walk.do(Act.DISPATCH, COUNTY_CLERK, to=D).do(Act.SIGN, D_HANDLER).do(Act.FINISH, D_HANDLER)
    walk.do(Act.VERIFY, COUNTY_CLERK)
    assert walk.refused(Act.FOLLOW_UP, COUNTY_CLERK) == "answer_owed"
    assert walk.refused(Act.RATE, VILLAGER) == "answer_owed"
    assert walk.refused(Act.RATE, SYSTEM) == "answer_owed"
    assert walk.refused(Act.CLOSE, SYSTEM) == "answer_owed"
    settled = Walk(evolve(walk.case, stage=Stage.FINISHED, settled=True), ONE_HOP)
    assert settled.refused(Act.CLOSE, SYSTEM) == "answer_owed"


def test_beyond_the_cap_an_owed_case_is_answered_by_the_chief_and_not_concluded() -> None:
    walk = capped().do(Act.ESCALATE, CHIEF).do(Act.ACCEPT, COUNTY_CLERK)
    assert walk.refused(Act.CONCLUDE, COUNTY_CHIEF) == "answer_owed"
    assert walk.refused(Act.ANSWER, COUNTY_CLERK) == "rework_cap"
    walk.do(Act.ANSWER, COUNTY_CHIEF)


def test_after_two_declined_answers_it_is_not_sent_that_way_again() -> None:
    walk = escalated().do(Act.ANSWER, COUNTY_CLERK, verdict=False).do(Act.ESCALATE, DISPATCHER)
    walk.do(Act.ANSWER, COUNTY_CLERK, verdict=False)
    assert walk.refused(Act.ESCALATE, DISPATCHER) == "declined_twice"
    down = handed_down().do(Act.ANSWER, STATION, verdict=False).do(Act.HAND_DOWN, DISPATCHER, to=V)
    down.do(Act.ANSWER, STATION, verdict=False)
    assert down.refused(Act.HAND_DOWN, DISPATCHER, to=V) == "declined_twice"


def sent_back_twice(**changes: object) -> Walk:
    setting = world(hops=1, village_owed=True)
    walk = Walk(reported(V, setting, **changes), setting).do(Act.ACCEPT, STATION)
    assert walk.refused(Act.SETTLE, STATION) == "not_sent_back"
    for _ in range(2):
        walk.do(Act.ESCALATE, STATION).do(Act.ANSWER, DISPATCHER, verdict=False)
    return walk


def test_what_was_twice_sent_back_the_station_finishes_and_the_township_verifies() -> None:
    walk = sent_back_twice().do(Act.SETTLE, STATION)
    assert walk.case.stage is Stage.FINISHED
    walk.do(Act.VERIFY, DISPATCHER)
    assert sent_back_twice().refused(Act.SETTLE, STATION, text="") == "missing_text"
    assert sent_back_twice().refused(Act.SETTLE, VILLAGER) == "not_permitted"
    assert sent_back_twice(category="9999").refused(Act.SETTLE, STATION) == "residual_category"
    assert sent_back_twice().do(Act.SPLIT, STATION, members=(1, 2)).refused(Act.SETTLE, STATION) == "open_children"
    owed = sent_back_twice()
    owed.case = evolve(owed.case, stack=(Layer(command=T), Layer(command=V, sender=T, owed=True)))
    assert owed.refused(Act.SETTLE, STATION) == "answer_owed"
    reworked = sent_back_twice()
    reworked.case = evolve(reworked.case, rework=3)
    assert reworked.refused(Act.SETTLE, STATION) == "rework_cap"


def test_a_command_stands_on_the_way_once() -> None:
    assert escalated().do(Act.ACCEPT, COUNTY_CLERK).refused(Act.HAND_DOWN, COUNTY_CLERK, to=T) == "on_the_way"
    assert handed_down().do(Act.ACCEPT, STATION).refused(Act.ESCALATE, STATION) == "on_the_way"
    assert accepted().refused(Act.HAND_DOWN, DISPATCHER, to=C) == "child_unfit"
    assert accepted().refused(Act.HAND_DOWN, DISPATCHER) == "missing_to"
    assert accepted().refused(Act.HAND_DOWN, CLERK, to=V) == "not_permitted"
    top = Walk(reported(C, ONE_HOP), ONE_HOP).do(Act.ACCEPT, COUNTY_CLERK)
    assert top.refused(Act.ESCALATE, COUNTY_CLERK) == "no_parent"


def test_beyond_the_cap_the_chief_alone_sends_it_anywhere() -> None:
    assert capped().refused(Act.ESCALATE, DISPATCHER) == "rework_cap"
    assert capped().refused(Act.HAND_DOWN, DISPATCHER, to=V) == "rework_cap"
    assert capped().refused(Act.REFER, DISPATCHER, **REFER) == "rework_cap"


def test_nothing_is_answered_where_nobody_waits() -> None:
    assert accepted().refused(Act.ANSWER, DISPATCHER) == "nothing_owed"
    assert escalated().refused(Act.ANSWER, DISPATCHER) == "not_permitted"


def test_an_outside_systems_answer_leads_to_verification_and_a_late_one_is_harmless() -> None:
    walk = accepted().do(Act.REFER, DISPATCHER, **REFER)
    assert accepted().refused(Act.REFER, DISPATCHER) == "missing_system"
    assert accepted().refused(Act.REFER, CLERK, **REFER) == "not_permitted"
    assert walk.refused(Act.ANSWER, DISPATCHER) == "not_permitted"
    assert walk.refused(Act.TAKE_BACK, CLERK) == "not_permitted"
    walk.do(Act.PROGRESS, LINK).do(Act.PROGRESS, DISPATCHER).do(Act.ANSWER, LINK)
    assert walk.case.stage is Stage.FINISHED
    assert walk.refused(Act.ANSWER, LINK) == "not_permitted"
    back = accepted().do(Act.REFER, DISPATCHER, **REFER).do(Act.TAKE_BACK, DISPATCHER)
    assert (back.case.stage, back.case.referred_to) == (Stage.ACCEPTED, "")


def test_a_parent_waits_for_its_children_wherever_it_goes() -> None:
    walk = handling().do(Act.SPLIT, CLERK, members=(901, 902))
    assert handling().refused(Act.SPLIT, CLERK, members=(901,)) == "split_empty"
    assert handling().refused(Act.SPLIT, A_HANDLER, members=(901, 902)) == "not_permitted"
    for action, actor in ((Act.FINISH, A_HANDLER), (Act.ESCALATE, DISPATCHER), (Act.VOID, ROOM_HEAD)):
        assert walk.refused(action, actor) == "open_children"
    assert walk.refused(Act.HAND_DOWN, DISPATCHER, to=V) == "open_children"
    back = Walk(walk.case, ONE_HOP).do(Act.REASSIGN, DISPATCHER)
    for action, actor in ((Act.DECLINE, CLERK), (Act.WITHDRAW, VILLAGER)):
        assert back.refused(action, actor) == "open_children"
    assert back.refused(Act.MERGE, CLERK, other=master()) == "open_children"
    assert back.do(Act.REFER, DISPATCHER, **REFER).do(Act.ANSWER, LINK).case.stage is Stage.ACCEPTED
    above = escalated().do(Act.ACCEPT, COUNTY_CLERK).do(Act.SPLIT, COUNTY_CLERK, members=(901, 902))
    assert above.refused(Act.ANSWER, COUNTY_CLERK) == "open_children"
    stuck = Walk(evolve(capped().case, children=(901,)), world(hops=1, rework_cap=1))
    assert stuck.refused(Act.CONCLUDE, CHIEF) == "open_children"
    walk.do(Act.LET_GO, SYSTEM, other=matter(T, id=901)).do(Act.LET_GO, SYSTEM, other=matter(T, id=902))
    walk.do(Act.FINISH, A_HANDLER)


def test_a_master_is_open_before_finished_unmerged_of_the_same_command_and_not_the_parent() -> None:
    walk = Walk(reported(T, ONE_HOP, parent=None), ONE_HOP)
    for unfit in (
        master(id=100), master(Stage.FINISHED), master(Stage.MERGED), master(Stage.CLOSED), master(master=7),
        master(stack=(Layer(command=V),)),
    ):  # fmt: skip
        assert walk.refused(Act.MERGE, CLERK, other=unfit) == "master_unfit"
    child = Walk(evolve(walk.case, parent=500), ONE_HOP)
    assert child.refused(Act.MERGE, CLERK, other=master()) == "master_unfit"
    assert walk.refused(Act.MERGE, CLERK) == "missing_other"
    assert walk.refused(Act.MERGE, ANALYST, other=master()) == "not_permitted"
    leading = Walk(evolve(walk.case, followers=(7,)), ONE_HOP)
    assert leading.refused(Act.MERGE, CLERK, other=master()) == "is_master"


def test_a_complaint_is_not_merged_into_what_that_office_is_handling() -> None:
    walk = Walk(reported(T, ONE_HOP, shunned=frozenset({A})), ONE_HOP)
    assert walk.refused(Act.MERGE, CLERK, other=evolve(handling().case, id=500)) == "master_unfit"


def test_a_merge_takes_the_stricter_visibility_on_both_sides() -> None:
    walk = Walk(reported(), ONE_HOP).do(Act.MERGE, CLERK, other=master(restricted=True))
    assert walk.case.restricted
    assert Walk(reported()).do(Act.ADOPT, SYSTEM, other=matter(T, id=7, restricted=True)).case.restricted
    assert Walk(reported()).refused(Act.ADOPT, CLERK, other=matter(T, id=7)) == "not_permitted"
    assert Walk(reported()).refused(Act.LET_GO, CLERK, other=matter(T, id=7)) == "not_permitted"


def test_followers_close_with_an_answered_master_and_return_to_accepted_otherwise() -> None:
    done, declined = master(Stage.CLOSED, Outcome.DONE), master(Stage.DECLINED, Outcome.DECLINED)
    assert merged().refused(Act.CLOSE, SYSTEM, other=master()) == "master_open"
    assert merged().refused(Act.CLOSE, SYSTEM, other=declined) == "master_unanswered"
    assert merged().refused(Act.CLOSE, CLERK, other=done) == "not_permitted"
    assert merged().do(Act.CLOSE, SYSTEM, other=done).case.outcome is Outcome.FOLLOWED
    assert merged().refused(Act.UNMERGE, SYSTEM, other=master()) == "master_open"
    assert merged().do(Act.UNMERGE, SYSTEM, other=declined).case.stage is Stage.ACCEPTED
    assert merged().do(Act.UNMERGE, CLERK).case.master is None
    assert merged().refused(Act.UNMERGE, CLERK, reason="") == "missing_reason"
    assert merged().refused(Act.UNMERGE, ANALYST) == "not_permitted"


def test_a_master_that_is_declined_or_voided_sends_its_followers_back() -> None:
    walk = accepted()
    walk.case = evolve(walk.case, followers=(7,))
    walk.do(Act.DECLINE, CLERK)
    assert walk.last
    assert [(e.case, e.move.action) for e in walk.last.echoes] == [(7, Act.UNMERGE)]
    assert walk.case.followers == ()


def test_a_followers_reporter_may_rate_and_an_unsatisfied_one_reworks_the_master() -> None:
    good = master(Stage.VERIFIED)
    assert merged().refused(Act.RATE, VILLAGER, other=master()) == "master_not_verified"
    assert merged().refused(Act.RATE, CLERK, other=good) == "not_permitted"
    walk = merged().do(Act.RATE, VILLAGER, other=good, verdict=False)
    assert walk.last
    assert [(e.case, e.move.action, e.move.verdict) for e in walk.last.echoes] == [(500, Act.RATE, False)]
    own = merged(reporter=Reporter(person=9))
    assert own.refused(Act.RATE, VILLAGER, other=evolve(good, workers=frozenset({9}))) == "rated_own_work"
    assert finished().do(Act.VERIFY, DISPATCHER).do(Act.RATE, SYSTEM, verdict=False).case.rework == 1


def test_cards_go_up_only_and_the_red_one_is_the_chiefs() -> None:
    from_yellow = handling().do(Act.SUPERVISE, DISPATCHER, colour=YELLOW)
    assert from_yellow.refused(Act.SUPERVISE, DISPATCHER, colour=PLAIN) == "card_rank"
    assert from_yellow.refused(Act.SUPERVISE, DISPATCHER, colour=RED) == "red_by_chief"
    assert handling().refused(Act.SUPERVISE, DISPATCHER) == "missing_colour"
    assert handling().refused(Act.SUPERVISE, A_HANDLER, colour=PLAIN) == "not_permitted"
    from_yellow.do(Act.SUPERVISE, CHIEF, colour=RED)
    assert from_yellow.refused(Act.FINISH, A_HANDLER) == "red_card_owed"
    assert from_yellow.refused(Act.LIFT, CHIEF) == "red_unanswered"
    assert from_yellow.refused(Act.REPLY_SUPERVISION, B_HEAD) == "not_permitted"
    assert from_yellow.refused(Act.REPLY_SUPERVISION, A_HEAD, text="") == "missing_text"
    from_yellow.do(Act.REPLY_SUPERVISION, A_HEAD).do(Act.LIFT, DISPATCHER).do(Act.LIFT, DISPATCHER)
    assert from_yellow.refused(Act.LIFT, DISPATCHER) == "no_card"
    from_yellow.do(Act.FINISH, A_HANDLER)


def test_a_card_stays_owed_by_the_office_that_held_the_case() -> None:
    walk = handling().do(Act.SUPERVISE, CHIEF, colour=RED).do(Act.REASSIGN, DISPATCHER)
    assert walk.case.cards[0].unit == A
    walk.do(Act.REPLY_SUPERVISION, A_HANDLER)


def test_words_of_rank_change_no_stage() -> None:
    walk = dispatched()
    before = walk.case
    walk.do(Act.URGE, DISPATCHER).do(Act.INSTRUCT, LEADER).do(Act.ANNOTATE, CLERK).do(Act.ANNOTATE, A_HEAD)
    walk.do(Act.COPY, CLERK, to=D).do(Act.LINK, CLERK, other=master())
    assert evolve(walk.case, steps=0) == evolve(before, steps=0)
    assert walk.refused(Act.URGE, A_HEAD) == "not_permitted"
    assert walk.refused(Act.INSTRUCT, DISPATCHER) == "not_permitted"
    assert walk.refused(Act.ANNOTATE, B_HEAD) == "not_permitted"
    assert walk.refused(Act.COPY, A_HEAD, to=D) == "not_permitted"
    assert walk.refused(Act.LINK, A_HEAD, other=master()) == "not_permitted"
    assert walk.refused(Act.LINK, CLERK, other=walk.case) == "other_missing"
    assert walk.refused(Act.PROGRESS, CLERK) == "not_permitted"


def test_a_restricted_category_stays_restricted() -> None:
    assert accepted(category="0301").refused(Act.RESTRICT, CHIEF, restricted=False) == "restricted_category"
    assert accepted().refused(Act.RESTRICT, A_HEAD) == "not_permitted"
    walk = accepted().do(Act.RESTRICT, ANALYST)
    assert walk.case.restricted
    assert not walk.do(Act.RESTRICT, CHIEF, restricted=False).case.restricted


def test_the_county_sees_nothing_to_do_before_it_is_asked() -> None:
    stranger = person(60, Seat(C, Post.CHIEF))
    assert accepted().refused(Act.SUPERVISE, stranger, colour=PLAIN) == "not_permitted"
    assert accepted().refused(Act.CLASSIFY, stranger) == "not_permitted"
