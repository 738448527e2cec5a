"""Every party the table names may act, and whoever it does not name may not, in any stage."""

from attrs import evolve

from sipingtai.core.actions import Action as Act
from sipingtai.core.decide import permitted
from sipingtai.core.stages import Stage

from .cast import (
    A_HANDLER,
    A_HEAD,
    ASSESSOR,
    B_HEAD,
    CHIEF,
    CLERK,
    COUNTY_CLERK,
    DISPATCHER,
    DUTY_LEADER,
    LATER,
    LEADER,
    NOW,
    P_HEAD,
    ROOM_HEAD,
    SYSTEM,
    VILLAGER,
    WORLD,
    A,
    B,
    P,
    V,
    Walk,
    reported,
)  # fmt: skip
from .test_moves_applications import asked, extension
from .test_moves_levels import RED, REFER, sent_back_twice
from .ways import (
    ONE_HOP,
    accepted,
    capped,
    closed,
    dispatched,
    escalated,
    finished,
    handed_down,
    handling,
    master,
    merged,
    suspended,
    verified,
)  # fmt: skip


def everywhere() -> list[Walk]:
    """A case in every stage, with something pending wherever something can be."""
    settled = evolve(finished().case, settled=True)
    carded = handling(assists=(B,)).do(Act.SUPERVISE, CHIEF, colour=RED)
    return [
        Walk(reported(), ONE_HOP),
        Walk(reported(V, ONE_HOP), ONE_HOP),
        Walk(reported()).do(Act.DECLINE, CLERK),
        Walk(reported()).do(Act.DECLINE, CLERK).do(Act.REVIEW, VILLAGER),
        accepted(), capped(), escalated(), handed_down(), sent_back_twice(), merged(),
        dispatched(), dispatched(P, WORLD), asked(), asked(handling(assists=(B,))),
        carded, Walk(carded.case, ONE_HOP).do(Act.REPLY_SUPERVISION, A_HEAD),
        extension().do(Act.REQUEST_SUSPENSION, A_HANDLER, until=NOW.replace(day=12)),
        suspended(), accepted().do(Act.REFER, DISPATCHER, **REFER),
        finished(), Walk(settled, ONE_HOP), verified(), closed(),
        Walk(closed().case, ONE_HOP, LATER).do(Act.ARCHIVE, SYSTEM),
    ]  # fmt: skip


def test_who_has_no_part_in_a_case_moves_it_in_no_stage() -> None:
    walks = everywhere()
    assert {walk.case.stage for walk in walks} >= set(Stage) - {Stage.VOID}
    for walk in walks:
        for now in (NOW, LATER):
            walk.now = now
            assert permitted(walk.case, ASSESSOR, now, walk.setting) == ()
            for action in Act:
                code = walk.refused(action, ASSESSOR, until=NOW if action is Act.CLOSE else NOW.replace(day=12))
                assert code in ("stage", "not_permitted")


def test_the_chief_decides_a_review_classifies_sends_and_takes_back() -> None:
    Walk(reported()).do(Act.DECLINE, CLERK).do(Act.REVIEW, VILLAGER).do(Act.REFUSE_REVIEW, CHIEF)
    accepted().do(Act.CLASSIFY, CHIEF, level=3)
    accepted().do(Act.HAND_DOWN, LEADER, to=V)
    accepted().do(Act.REFER, DUTY_LEADER, **REFER).do(Act.TAKE_BACK, CHIEF)
    accepted().do(Act.ESCALATE, CHIEF)


def test_the_dispatcher_merges_unmerges_and_enlists_too() -> None:
    Walk(reported(), ONE_HOP).do(Act.MERGE, DISPATCHER, other=master()).do(Act.UNMERGE, DISPATCHER)
    handling().do(Act.ENLIST, DISPATCHER, assists=(B,))


def test_the_main_office_reports_progress_while_its_return_is_decided_and_so_do_assisting_offices() -> None:
    asked().do(Act.PROGRESS, A_HANDLER)
    handling(assists=(B,)).do(Act.PROGRESS, B_HEAD)


def test_the_chief_and_the_level_above_reject_the_rooms_own_work() -> None:
    finished(32).do(Act.REJECT, CHIEF)
    finished(32).do(Act.REJECT, COUNTY_CLERK)


def test_the_head_of_the_room_restricts() -> None:
    accepted().do(Act.RESTRICT, ROOM_HEAD)


def test_what_the_system_finds_out_it_writes_into_the_journal() -> None:
    accepted().do(Act.ANNOTATE, SYSTEM)


def test_a_form_left_empty_names_the_missing_field() -> None:
    assert dispatched(P, WORLD).refused(Act.FORWARD, P_HEAD) == "missing_to"
    assert handling(assists=(B,)).refused(Act.RELEASE, A_HANDLER) == "missing_to"
    assert accepted().refused(Act.COPY, CLERK) == "missing_to"
    assert accepted().refused(Act.LINK, CLERK) == "missing_other"
    assert accepted().refused(Act.DISPATCH, DISPATCHER, to=A, assists=(A,)) == "assists_unfit"
