"""Assisting offices (协办): enlisted, released, signing and finishing on their own rows. The stage never changes."""

from attrs import evolve

from sipingtai.core.case import Assignment, AssignmentState, Case
from sipingtai.core.clocks import ClockKind
from sipingtai.core.effects.dispatching import add_assist
from sipingtai.core.effects.flow import change_main, without, worked
from sipingtai.core.moves import Attempt
from sipingtai.core.who import own_assist


def enlist(a: Attempt) -> Case:
    """More offices assist, each with a clock of its own."""
    case = a.case
    for unit in a.move.assists:
        case = add_assist(a, case, unit)
    return case


def assist_named(a: Attempt) -> Assignment | None:
    """The open assist of the unit named in the move."""
    return next((x for x in a.case.assists if x.unit == a.move.to), None)


def release(a: Attempt) -> Case:
    """解除: an assisting office need not help any longer."""
    assist = assist_named(a)
    assert assist is not None
    case = change_main(a.case, evolve(assist, state=AssignmentState.ENDED, ended_at=a.now))
    return without(case, ClockKind.ASSIST, assist.no)


def _own(a: Attempt) -> Assignment:
    assist = own_assist(a)
    assert assist is not None
    return assist


def request_release(a: Attempt) -> Case:
    """An assisting office asks to be let go; whoever enlists decides by releasing it or not."""
    return change_main(a.case, evolve(_own(a), asks_release=True))


def sign_assist(a: Attempt) -> Case:
    """An assisting office takes its part on; its people have worked on the case from now on (I4)."""
    assist = _own(a)
    case = change_main(
        a.case, evolve(assist, state=AssignmentState.SIGNED, signed_at=a.now, person=a.actor.person or None)
    )
    return worked(a, case, assist.unit)


def complete_assist(a: Attempt) -> Case:
    """协办完成: its part is done."""
    assist = _own(a)
    case = change_main(a.case, evolve(assist, state=AssignmentState.DONE, ended_at=a.now))
    return worked(a, without(case, ClockKind.ASSIST, assist.no), assist.unit)
