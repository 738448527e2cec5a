"""The building blocks of every effect: entering a stage, starting and stopping clocks, leaving the offices' hands."""

from attrs import evolve

from sipingtai.core import clocks
from sipingtai.core.case import Assignment, AssignmentState, Case, Holder
from sipingtai.core.clocks import Clock, ClockKind
from sipingtai.core.limits import Limit
from sipingtai.core.moves import Attempt
from sipingtai.core.posts import Post, Seat
from sipingtai.core.setting import Level, Setting
from sipingtai.core.stages import Stage

# The clock of whoever holds the case. TRACK belongs here only while the case is with an outside system (ref 0);
# with a command's id as ref it is the tracking clock of a command that awaits an answer.
STEP_KINDS = frozenset(
    {
        ClockKind.ACCEPT,
        ClockKind.ROUTE,
        ClockKind.FORWARD,
        ClockKind.SIGN,
        ClockKind.RULING,
        ClockKind.HANDLE,
        ClockKind.REWORK,
        ClockKind.VERIFY,
        ClockKind.FOLLOW_UP,
        ClockKind.SUSPENSION,
    }
)


def is_step_clock(clock: Clock) -> bool:
    return clock.kind in STEP_KINDS or (clock.kind is ClockKind.TRACK and clock.ref == 0)


def limit_for(case: Case, kind: ClockKind, setting: Setting) -> Limit:
    """The limit of a clock for this case under its present command; the category's own handling limit comes first,
    unless the matter is urgent.
    """
    category = setting.categories.get(case.category)
    if category and case.urgency.value == "normal":
        if kind is ClockKind.HANDLE and category.handle:
            return category.handle
        if kind is ClockKind.TOTAL and category.total:
            return category.total
    return setting.rules(case.command).limits.find(kind, case.level, case.urgency)


def new_clock(a: Attempt, case: Case, kind: ClockKind, owner: int, ref: int = 0) -> Clock:
    return clocks.start(kind, owner, limit_for(case, kind, a.setting), a.now, a.setting.calendar, ref=ref)


def with_step_clock(case: Case, *fresh: Clock) -> Case:
    """Stop the running step clock and run these instead."""
    return evolve(case, clocks=(*(c for c in case.clocks if not is_step_clock(c)), *fresh))


def without(case: Case, kind: ClockKind, ref: int | None = None) -> Case:
    return evolve(case, clocks=tuple(c for c in case.clocks if not (c.kind is kind and (ref is None or c.ref == ref))))


def with_clock(case: Case, clock: Clock) -> Case:
    """Put this clock in the place of the one of its kind and ref."""
    return evolve(without(case, clock.kind, clock.ref), clocks=(*without(case, clock.kind, clock.ref).clocks, clock))


def chief_holder(case: Case, setting: Setting) -> Holder:
    seat: Seat = setting.rules(case.command).chiefs[0]
    return Holder(unit=seat.unit, post=seat.post)


def capped(case: Case, setting: Setting) -> bool:
    """Rework has reached its cap: the chief alone decides what comes next."""
    return case.rework >= setting.rules(case.command).rework_cap


def enter_reported(a: Attempt, case: Case) -> Case:
    case = evolve(case, stage=Stage.REPORTED, holder=Holder(unit=case.command, post=Post.INTAKE))
    return with_step_clock(case, new_clock(a, case, ClockKind.ACCEPT, case.command))


def enter_accepted(a: Attempt, case: Case) -> Case:
    """Back at, or first in, the hands of the command; whatever the offices held has ended."""
    case = leave_offices(a, case)
    holder = (
        chief_holder(case, a.setting) if capped(case, a.setting) else Holder(unit=case.command, post=Post.DISPATCHER)
    )
    case = evolve(case, stage=Stage.ACCEPTED, holder=holder)
    return with_step_clock(case, new_clock(a, case, ClockKind.ROUTE, case.command))


def enter_finished(a: Attempt, case: Case) -> Case:
    case = evolve(case, stage=Stage.FINISHED, holder=verifier(case, a.setting))
    return with_step_clock(
        case, new_clock(a, case, ClockKind.VERIFY, case.holder.unit if case.holder else case.command)
    )


def verifier(case: Case, setting: Setting) -> Holder:
    """The command verifies. Where the work is its own, the chief does; a village station's work goes one level up."""
    command = setting.commands[case.command]
    own = {case.command, command.rules.own_office}
    if not own & case.handlers:
        return Holder(unit=case.command, post=Post.DISPATCHER)
    if command.level is Level.VILLAGE and command.parent is not None:
        return Holder(unit=command.parent, post=Post.DISPATCHER)
    return chief_holder(case, setting)


def leave_offices(a: Attempt, case: Case) -> Case:
    """End every open assignment and pending application, their clocks with them; the total clock runs on.

    A main assignment keeps the clock it leaves with in `left`, so that giving the work to the same office again
    continues it rather than granting new time.
    """
    ended = tuple(_ended(a, case, x) for x in case.assignments)
    case = evolve(case, assignments=ended, applications=(), suspended_until=None)
    for kind in (ClockKind.APPROVE, ClockKind.ASSIST):
        case = without(case, kind)
    return resume_total(a, case)


def _ended(a: Attempt, case: Case, assignment: Assignment) -> Assignment:
    if assignment.state is AssignmentState.ENDED or (not assignment.main and not assignment.state.live):
        return assignment
    left = assignment.left
    if assignment.main and assignment.state.live:
        running = next((c for c in case.clocks if c.kind in WORK_KINDS and c.ref == assignment.no), None)
        left = running and clocks.resume(running, a.now, a.setting.calendar)
    return evolve(assignment, state=AssignmentState.ENDED, ended_at=a.now, left=left)


WORK_KINDS = frozenset({ClockKind.SIGN, ClockKind.FORWARD, ClockKind.HANDLE, ClockKind.REWORK})


def resume_total(a: Attempt, case: Case) -> Case:
    total = case.clock(ClockKind.TOTAL)
    if total is None or total.paused_at is None:
        return case
    return with_clock(case, clocks.resume(total, a.now, a.setting.calendar))


def end(a: Attempt, case: Case, stage: Stage) -> Case:
    """The case ends here: nobody holds it, nothing hangs on it."""
    case = leave_offices(a, case)
    return evolve(
        case, stage=stage, holder=None, clocks=(), closed_at=a.now if stage is Stage.CLOSED else case.closed_at
    )


def change_main(case: Case, changed: Assignment) -> Case:
    return evolve(case, assignments=tuple(changed if x.no == changed.no else x for x in case.assignments))


def worked(a: Attempt, case: Case, unit: int) -> Case:
    """Remember who worked on it, by person and by unit: neither may verify it (I4)."""
    people = case.workers | {a.actor.person} if a.actor.person else case.workers
    return evolve(case, workers=people, handlers=case.handlers | {unit})
