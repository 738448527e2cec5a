"""How work reaches an office: dispatch, forward, recall, reassign, sign, send a person."""

from attrs import evolve

from sipingtai.core.case import Assignment, AssignmentState, Case, Holder
from sipingtai.core.clocks import ClockKind
from sipingtai.core.effects.flow import (
    change_main,
    enter_accepted,
    new_clock,
    new_round,
    with_clock,
    with_step_clock,
    worked,
)
from sipingtai.core.moves import Attempt
from sipingtai.core.setting import UnitKind
from sipingtai.core.stages import Stage


def dispatch(a: Attempt) -> Case:
    """To a platform or straight to an office, with any number of assisting offices."""
    assert a.move.to is not None
    case = _give(a, a.case, a.move.to, platform=None)
    for unit in a.move.assists:
        case = add_assist(a, case, unit)
    return case


def _give(a: Attempt, case: Case, unit: int, *, platform: int | None) -> Case:
    is_platform = a.setting.units[unit].kind is UnitKind.PLATFORM
    assignment = Assignment(
        no=next_no(case),
        unit=unit,
        command=case.command,
        main=True,
        state=AssignmentState.SENT,
        sent_at=a.now,
        platform=unit if is_platform else platform,
    )
    kind = ClockKind.FORWARD if is_platform else ClockKind.SIGN
    case = evolve(
        case,
        stage=Stage.DISPATCHED,
        holder=Holder(unit=unit),
        assignments=(*case.assignments, assignment),
    )
    return with_step_clock(case, new_clock(a, case, kind, unit, ref=assignment.no))


def next_no(case: Case) -> int:
    """The number of the next assignment; numbers are never used again."""
    return max((x.no for x in case.assignments), default=0) + 1


def add_assist(a: Attempt, case: Case, unit: int) -> Case:
    """One more assisting office, with a clock of its own."""
    no = next_no(case)
    assist = Assignment(no=no, unit=unit, command=case.command, main=False, state=AssignmentState.SENT, sent_at=a.now)
    case = evolve(case, assignments=(*case.assignments, assist))
    return with_clock(case, new_clock(a, case, ClockKind.ASSIST, unit, ref=no))


def forward(a: Attempt) -> Case:
    """The second hop: the platform hands the work to one of its offices."""
    main = a.case.main
    assert main is not None
    assert a.move.to is not None
    unit = a.move.to
    case = change_main(a.case, evolve(main, unit=unit, platform=main.unit, by_platform=True, sent_at=a.now))
    case = evolve(case, holder=Holder(unit=unit))
    for assist in a.move.assists:
        case = add_assist(a, case, assist)
    return with_step_clock(case, new_clock(a, case, ClockKind.SIGN, unit, ref=main.no))


def assign_person(a: Attempt) -> Case:
    """派员: the head of the holding office says who does it."""
    main = a.case.main
    assert main is not None
    return change_main(a.case, evolve(main, person=a.move.person))


def recall(a: Attempt) -> Case:
    """Until it is signed or accepted, the last sender may take it back to where it came from."""
    case, main = a.case, a.case.main
    if case.stage is Stage.DISPATCHED and main and main.by_platform and main.platform is not None:
        platform = main.platform
        case = change_main(case, evolve(main, unit=platform, by_platform=False))
        case = evolve(case, holder=Holder(unit=platform))
        return with_step_clock(case, new_clock(a, case, ClockKind.FORWARD, platform, ref=main.no))
    return enter_accepted(a, case)


def reassign(a: Attempt) -> Case:
    """改派: back to the command to be dispatched anew; it counts for nobody as a return."""
    return enter_accepted(a, a.case)


def sign(a: Attempt) -> Case:
    """The office takes the work on. Its handling clock starts, or goes on where it had the work before."""
    main = a.case.main
    assert main is not None
    case = change_main(a.case, evolve(main, state=AssignmentState.SIGNED, signed_at=a.now))
    case = worked(a, evolve(case, stage=Stage.HANDLING, holder=Holder(unit=main.unit)), main.unit)
    again = any(c.kind is ClockKind.REWORK and c.owner == main.unit for c in case.left)
    kind = ClockKind.REWORK if again else ClockKind.HANDLE
    return with_step_clock(case, new_clock(a, case, kind, main.unit, ref=main.no))


def rework(a: Attempt, case: Case) -> Case:
    """Not good enough: back to the office that did it, or to the command where no main assignment lives here.

    At the cap it goes to the command in any case, and the chief alone decides what comes next.
    """
    case = new_round(evolve(case, rework=case.rework + 1, answered=False))
    main = case.main
    if (
        main is None
        or main.state is not AssignmentState.DONE
        or case.rework >= a.setting.rules(case.command).rework_cap
    ):
        return enter_accepted(a, case)
    if not a.setting.units[main.unit].active or main.unit in case.shunned:
        return enter_accepted(a, case)
    case = change_main(case, evolve(main, state=AssignmentState.SIGNED, ended_at=None))
    case = evolve(case, stage=Stage.HANDLING, holder=Holder(unit=main.unit))
    return with_step_clock(case, new_clock(a, case, ClockKind.REWORK, main.unit, ref=main.no))
