"""The judge: `decide(attempt)` gives a decision or a refusal with its reason. `open_case` begins a case.

Pure: no clock, no database. The caller locks the case, passes what it is, and stores the decision.
"""

from datetime import datetime

from attrs import evolve

from sipingtai.core import clocks
from sipingtai.core.actions import Action
from sipingtai.core.case import ApplicationKind, Case
from sipingtai.core.effects import intake
from sipingtai.core.effects.ending import ANSWERED
from sipingtai.core.effects.flow import put_by
from sipingtai.core.guards import Guard
from sipingtai.core.moves import Attempt, Decision, Echo, EndedClock, Move, Refusal
from sipingtai.core.posts import SYSTEM, Actor
from sipingtai.core.setting import Setting
from sipingtai.core.stages import Stage
from sipingtai.core.table import BY_ACTION, BY_STAGE, Row
from sipingtai.core.who import Who, must_keep_out


def decide(case: Case, move: Move, actor: Actor, now: datetime, setting: Setting) -> Decision | Refusal:
    """Judge one move on one case.

    Rows are tried in the table's order; of several refusals the one that came furthest is told, because a clerk who may
    act but forgot the reason wants to hear of the reason.
    """
    attempt = Attempt(case=case, move=move, actor=actor, now=now, setting=setting)
    if must_keep_out(attempt):
        return KEPT_OUT
    refusal = Refusal("stage", f"“{case.stage.label}”的事件不能{move.action.label}。")
    furthest = 0
    for candidate in BY_ACTION[move.action]:
        progress, found = _judge(candidate, attempt)
        if found is None:
            return _decision(attempt, candidate.effect(attempt))
        if progress > furthest:
            furthest, refusal = progress, found
    return refusal


KEPT_OUT = Refusal("kept_out", "这件事反映的是您本人或您所在的单位，按规定回避，不能办理。")


def _judge(candidate: Row, a: Attempt) -> tuple[int, Refusal | None]:
    """How far a row's tests were passed, and what it fails on."""
    if a.case.stage not in candidate.stages:
        return 0, Refusal("stage", "")
    if not any(who.test(a) for who in candidate.who):
        names = "、".join(who.label for who in candidate.who)
        return 1, Refusal("not_permitted", f"{a.move.action.label}由{names}办理，您没有这个权限。")
    for guard in candidate.guards:
        if guard.state and not guard.test(a):
            return 2, Refusal(guard.code, guard.message)
    for need in candidate.needs:
        if not need.given(a):
            return 3, Refusal(f"missing_{need.value}", need.missing)
    for guard in candidate.guards:
        if not guard.state and not guard.test(a):
            return 4, Refusal(guard.code, guard.message)
    return 5, None


def permitted(case: Case, actor: Actor, now: datetime, setting: Setting) -> tuple[Row, ...]:
    """The rows this actor may use on this case now: what a screen offers, before anything is filled in."""
    return tuple(row for row, guard in offers(case, actor, now, setting) if guard is None)


def offers(case: Case, actor: Actor, now: datetime, setting: Setting) -> tuple[tuple[Row, Guard | None], ...]:
    """One row for every action that is this actor's in this stage, with the guard that withholds it, if one does."""
    # One attempt serves for all rows: parties and `state` guards look at case and actor alone.
    a = Attempt(case=case, move=Move(action=Action.ANNOTATE), actor=actor, now=now, setting=setting)
    if must_keep_out(a):
        return ()
    rows: dict[Action, tuple[Row, Guard | None]] = {}
    found: dict[int, bool] = {}  # the same few parties and guards stand in many rows

    def holds(condition: Who | Guard) -> bool:
        known = found.get(id(condition))
        if known is None:
            known = found[id(condition)] = condition.test(a)
        return known

    for candidate in BY_STAGE[case.stage]:
        known = rows.get(candidate.action)
        if known is not None and known[1] is None:
            continue
        for who in candidate.who:
            if holds(who):
                break
        else:
            continue
        withheld = next((g for g in candidate.guards if g.state and not holds(g)), None)
        if known is None or withheld is None:
            rows[candidate.action] = (candidate, withheld)
    return tuple(rows.values())


def open_case(case: Case, actor: Actor, now: datetime, setting: Setting) -> Decision:
    """上报: `case` as taken in, without clocks or holder. Who may report is the channel's affair."""
    move = Move(action=Action.REPORT)
    attempt = Attempt(case=case, move=move, actor=actor, now=now, setting=setting)
    after = evolve(intake.report(attempt), steps=1)
    return Decision(move=move, before=None, after=after)


def _decision(a: Attempt, after: Case) -> Decision:
    after = evolve(put_by(a, a.case, after), steps=a.case.steps + 1)
    return Decision(move=a.move, before=a.case, after=after, ended=_ended(a, after), echoes=_echoes(a, after))


def _ended(a: Attempt, after: Case) -> tuple[EndedClock, ...]:
    """The clocks that no longer run. A granted return charges the office nothing."""
    running = {(c.kind, c.ref, c.started_at) for c in after.clocks}
    returned = a.case.application(ApplicationKind.RETURN) if a.move.action is Action.GRANT_RETURN else None
    return tuple(
        EndedClock(
            clock=c,
            late=clocks.lateness(c, a.now, a.setting.calendar),
            charged=returned is None or c.owner != returned.unit,
        )
        for c in a.case.clocks
        if (c.kind, c.ref, c.started_at) not in running
    )


def _echoes(a: Attempt, after: Case) -> tuple[Echo, ...]:
    """What the system does next, in the same transaction: on this case, its followers, its master, its parent."""
    before, found = a.case, list[Echo]()
    if a.move.action is Action.MERGE:
        found += intake.merge_echoes(a)
    if a.move.action is Action.RATE and before.stage is Stage.MERGED and not a.move.verdict and before.master:
        found.append(Echo(case=before.master, move=Move(action=Action.RATE, verdict=False, reason=a.move.reason)))
    if after.stage is Stage.FINISHED and after.settled and not after.sampled:
        found.append(Echo(case=after.id, move=Move(action=Action.CLOSE)))
    if (
        after.stage is Stage.VERIFIED
        and before.stage is Stage.FINISHED
        and not after.reporter.reachable
        and not after.followers  # their reporters may still rate
        and not after.top.owed
    ):
        found.append(Echo(case=after.id, move=Move(action=Action.CLOSE)))
    left_master = before.master is not None and after.master is None
    if left_master and before.master and a.actor.kind is not SYSTEM.kind:
        found.append(Echo(case=before.master, move=Move(action=Action.LET_GO, other=before)))
    if before.stage.open and not after.stage.open:
        action = Action.CLOSE if after.outcome in ANSWERED else Action.UNMERGE
        found += [Echo(case=f, move=Move(action=action, other=after)) for f in before.followers]
        if before.parent is not None:
            found.append(Echo(case=before.parent, move=Move(action=Action.LET_GO, other=before)))
    return tuple(found)
