"""The building blocks of every effect: entering a stage, starting and stopping clocks, leaving the offices' hands."""

from attrs import evolve

from sipingtai.core import clocks
from sipingtai.core.actions import Action
from sipingtai.core.case import Assignment, AssignmentState, Case, Holder
from sipingtai.core.clocks import Clock, ClockKind
from sipingtai.core.limits import Limit
from sipingtai.core.moves import Attempt
from sipingtai.core.posts import Post, Seat
from sipingtai.core.setting import Level, Setting
from sipingtai.core.stages import Stage
from sipingtai.core.who import own_work

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
    """Whether it measures whoever holds the case, and not the whole of it or a part beside."""
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
    """The clock with which this owner last let go of the same work, or else a fresh one.

    Recalling, reassigning, taking back and sending again therefore reset nothing (I9). The time in between was somebody
    else's and is not counted; a limit changed by classification is applied from the original start.
    """
    limit = limit_for(case, kind, a.setting)
    left = next((c for c in case.left if _same_work(c, kind, owner, ref)), None)
    if left is None:
        return clocks.start(kind, owner, limit, a.now, a.setting.calendar, ref=ref)
    running = clocks.resume(left, a.now, a.setting.calendar)
    if running.limit != limit:
        running = clocks.relimit(running, limit, a.setting.calendar)
    return evolve(running, ref=ref)


def _same_work(clock: Clock, kind: ClockKind, owner: int, ref: int) -> bool:
    # An assignment's number changes with every dispatch; the command a tracking clock waits for, and the application
    # an approval is for, do not.
    matters = kind in (ClockKind.TRACK, ClockKind.APPROVE)
    return clock.kind is kind and clock.owner == owner and (clock.ref == ref or not matters)


def put_by(a: Attempt, before: Case, after: Case) -> Case:
    """Keep the clocks that stopped between the two, paused, for whoever gets the same work again."""
    if after.rework != before.rework or not after.stage.open:
        return after
    running = {(c.kind, c.owner, c.ref) for c in after.clocks}
    if a.move.action is Action.REHOME:  # handed over, a clock has not stopped
        running |= {(c.kind, c.owner, c.ref) for c in before.clocks if _runs_on(c, after)}
    gone = tuple(
        clocks.pause(clocks.hand_over(c, a.move.mapping.get(c.owner) or c.owner), a.now)  # only rehoming maps
        for c in before.clocks
        if c.kind not in NOT_KEPT and (c.kind, c.owner, c.ref) not in running
    )
    busy = (*gone, *after.clocks)
    kept = tuple(c for c in after.left if not any(_same_work(c, b.kind, b.owner, b.ref) for b in busy))
    return after if not gone and kept == after.left else evolve(after, left=(*kept, *gone))


def _runs_on(clock: Clock, case: Case) -> bool:
    return any((c.kind, c.ref, c.started_at) == (clock.kind, clock.ref, clock.started_at) for c in case.clocks)


NOT_KEPT = frozenset({ClockKind.TOTAL, ClockKind.SUSPENSION})


def new_round(case: Case, *kinds: ClockKind) -> Case:
    """Rework, a decided return, a declined answer open new clocks; how often each may happen is bounded (I9)."""
    return evolve(case, left=tuple(c for c in case.left if kinds and c.kind not in kinds))


def with_step_clock(case: Case, *fresh: Clock) -> Case:
    """Stop the running step clock and run these instead."""
    return evolve(case, clocks=(*(c for c in case.clocks if not is_step_clock(c)), *fresh))


def without(case: Case, kind: ClockKind, ref: int | None = None) -> Case:
    """Stop the clock of this kind; with `ref`, only that one."""
    return evolve(case, clocks=tuple(c for c in case.clocks if not (c.kind is kind and (ref is None or c.ref == ref))))


def with_clock(case: Case, clock: Clock) -> Case:
    """Put this clock in the place of the one of its kind and ref."""
    return evolve(case, clocks=(*without(case, clock.kind, clock.ref).clocks, clock))


def chief_holder(case: Case, setting: Setting) -> Holder:
    """The command's chief holds it."""
    seat: Seat = setting.rules(case.command).chiefs[0]
    return Holder(unit=seat.unit, post=seat.post)


def capped(case: Case, setting: Setting) -> bool:
    """Rework has reached its cap: the chief alone decides what comes next."""
    return case.rework >= setting.rules(case.command).rework_cap


def enter_reported(a: Attempt, case: Case) -> Case:
    """In the hands of a command that has yet to accept it."""
    case = evolve(case, stage=Stage.REPORTED, holder=Holder(unit=case.command, post=Post.INTAKE))
    return with_step_clock(case, new_clock(a, case, ClockKind.ACCEPT, case.command))


def enter_accepted(a: Attempt, case: Case) -> Case:
    """Back at, or first in, the hands of the command; whatever the offices held has ended."""
    case = leave_offices(a, case, done_too=True)
    holder = (
        chief_holder(case, a.setting) if capped(case, a.setting) else Holder(unit=case.command, post=Post.DISPATCHER)
    )
    case = evolve(case, stage=Stage.ACCEPTED, holder=holder, settled=False, answered=False, referred_to="")
    return with_step_clock(case, new_clock(a, case, ClockKind.ROUTE, case.command))


def enter_finished(a: Attempt, case: Case) -> Case:
    """Done, and to be verified by somebody who did not do it."""
    case = evolve(case, stage=Stage.FINISHED, holder=verifier(case, a.setting))
    return with_step_clock(
        case, new_clock(a, case, ClockKind.VERIFY, case.holder.unit if case.holder else case.command)
    )


def verifier(case: Case, setting: Setting) -> Holder:
    """The command verifies. Where the work is its own, the chief does; a village station's work goes one level up."""
    command = setting.commands[case.command]
    if not own_work(case, setting):
        return Holder(unit=case.command, post=Post.DISPATCHER)
    if command.level is Level.VILLAGE and command.parent is not None:
        return Holder(unit=command.parent, post=Post.DISPATCHER)
    return chief_holder(case, setting)


def leave_offices(a: Attempt, case: Case, *, done_too: bool = False) -> Case:
    """End every open assignment and pending application, their clocks with them; whatever was paused runs on.

    Work done stays done where the case goes on or ends with it; `done_too` where it has to be done again.
    """
    ended = tuple(_left(a, x, done_too=done_too) for x in case.assignments)
    case = evolve(case, assignments=ended, applications=(), suspended_until=None)
    for kind in (ClockKind.APPROVE, ClockKind.ASSIST):
        case = without(case, kind)
    return resume_all(a, case)


def _left(a: Attempt, assignment: Assignment, *, done_too: bool) -> Assignment:
    if assignment.state.live or (done_too and assignment.main and assignment.state is AssignmentState.DONE):
        return evolve(assignment, state=AssignmentState.ENDED, ended_at=assignment.ended_at or a.now)
    return assignment


def resume_all(a: Attempt, case: Case) -> Case:
    """Every clock a suspension paused runs on; step clocks too, if they are to be put by they pause again."""
    return evolve(case, clocks=tuple(clocks.resume(c, a.now, a.setting.calendar) for c in case.clocks))


def end(a: Attempt, case: Case, stage: Stage) -> Case:
    """The case ends here: nobody holds it, nothing hangs on it, no command below waits any longer."""
    case = leave_offices(a, case)
    total = case.clock(ClockKind.TOTAL)
    return evolve(
        case,
        stage=stage,
        holder=None,
        clocks=(),
        left=(),
        stopped=total and clocks.pause(total, a.now),
        stack=tuple(evolve(layer, owed=False) for layer in case.stack),
        followers=(),
        reviewing=False,
        referred_to="",
        closed_at=a.now if stage is Stage.CLOSED else case.closed_at,
    )


def total_again(a: Attempt, case: Case) -> Case:
    """After a review or a reopening the total clock runs on; the time while the case was ended is not counted."""
    if case.stopped is None:
        return with_clock(case, new_clock(a, case, ClockKind.TOTAL, case.command))
    return with_clock(evolve(case, stopped=None), clocks.resume(case.stopped, a.now, a.setting.calendar))


def change_main(case: Case, changed: Assignment) -> Case:
    """Put this assignment in the place of the one with its number."""
    return evolve(case, assignments=tuple(changed if x.no == changed.no else x for x in case.assignments))


def worked(a: Attempt, case: Case, unit: int) -> Case:
    """Remember who worked on it, by person and by unit: neither may verify it (I4)."""
    people = case.workers | {a.actor.person} if a.actor.person else case.workers
    return evolve(case, workers=people, handlers=case.handlers | {unit})
