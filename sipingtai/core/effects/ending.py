"""How a case ends: finished, verified or rejected, followed up, closed, concluded, reopened, archived."""

from datetime import datetime

from attrs import evolve

from sipingtai.core import clocks
from sipingtai.core.case import AssignmentState, Case, Holder, Outcome
from sipingtai.core.clocks import ClockKind
from sipingtai.core.effects.dispatching import rework
from sipingtai.core.effects.flow import (
    capped,
    change_main,
    chief_holder,
    end,
    enter_accepted,
    enter_finished,
    new_clock,
    total_again,
    with_step_clock,
    without,
    worked,
)
from sipingtai.core.moves import Attempt
from sipingtai.core.posts import Post
from sipingtai.core.setting import Setting
from sipingtai.core.stages import Stage

# Endings with an answer: the followers end with their master.
ANSWERED = frozenset({Outcome.DONE, Outcome.SETTLED, Outcome.CONCLUDED, Outcome.FOLLOWED})


def finish(a: Attempt) -> Case:
    """The main office reports the result. Open assists, overridden with a reason, end here."""
    main = a.case.main
    assert main is not None
    case = a.case
    for assist in case.assists:
        case = change_main(case, evolve(assist, state=AssignmentState.ENDED, ended_at=a.now))
    case = without(without(case, ClockKind.ASSIST), ClockKind.APPROVE)
    case = evolve(case, applications=())
    case = change_main(case, evolve(main, state=AssignmentState.DONE, ended_at=a.now))
    if main.person:
        case = evolve(case, workers=case.workers | {main.person})
    return enter_finished(a, worked(a, case, main.unit))


def verify(a: Attempt) -> Case:
    """Somebody who did not do it found it done. The reporter is answered and may rate."""
    case = evolve(a.case, stage=Stage.VERIFIED, holder=Holder(unit=a.case.command, post=Post.DISPATCHER), answered=True)
    return with_step_clock(case, new_clock(a, case, ClockKind.FOLLOW_UP, case.command))


def reject(a: Attempt) -> Case:
    """Not good enough, as whoever verified it says: rework."""
    return rework(a, a.case)


def follow_up(a: Attempt) -> Case:
    """Satisfied: closed. Not satisfied: rework, or, at the cap, the chief has to conclude with reasons."""
    if a.move.verdict:
        return close(a)
    if capped(a.case, a.setting):
        chief = chief_holder(a.case, a.setting)
        return evolve(
            a.case,
            holder=chief,
            clocks=tuple(
                clocks.hand_over(c, chief.unit) if c.kind is ClockKind.FOLLOW_UP else c for c in a.case.clocks
            ),
        )
    return rework(a, a.case)


def follow_up_lapses(case: Case, setting: Setting) -> datetime | None:
    """When a follow-up nobody answered closes the case: the pack's working days after verification, not its own limit.

    The limit says by when the command asks; the reporter has longer to say.
    """
    clock = case.clock(ClockKind.FOLLOW_UP)
    if clock is None:
        return None
    return setting.calendar.add_workdays(clock.started_at, setting.rules(case.command).follow_up_days)


def close(a: Attempt) -> Case:
    """It ends well: settled, followed its master, or done; the reporter has an answer."""
    outcome = Outcome.SETTLED if a.case.settled else Outcome.FOLLOWED if a.case.master else Outcome.DONE
    return end(a, evolve(a.case, outcome=outcome, answered=True), Stage.CLOSED)


def close_history(a: Attempt) -> Case:
    """Imported with its reply: closed when it was answered, which is before it came into this system."""
    return evolve(close(a), closed_at=a.move.until)


def conclude(a: Attempt) -> Case:
    """终结: at the rework cap the chief ends it with written reasons, which the reporter is told."""
    return end(a, evolve(a.case, outcome=Outcome.CONCLUDED, answered=True), Stage.CLOSED)


def reopen(a: Attempt) -> Case:
    """Once, by the reporter. The total clock runs on from where closing stopped it."""
    case = evolve(a.case, reopened=True, outcome=None, closed_at=None, master=None)
    return enter_accepted(a, total_again(a, case))


def archive(a: Attempt) -> Case:
    """归档: the reporter's time to reopen is over, and it can only be read."""
    return evolve(a.case, stage=Stage.ARCHIVED)
