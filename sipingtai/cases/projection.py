"""What stands beside the state of a case in columns and side tables: pure functions of the state, to be checked."""

from datetime import datetime
from typing import Any

from sipingtai.core import clocks
from sipingtai.core.case import ApplicationKind, Assignment, Case
from sipingtai.core.effects.flow import is_step_clock

Row = dict[str, Any]


def columns(case: Case) -> Row:
    """The columns of `cases_case` that follow from the state."""
    total = next((c for c in case.clocks if c.kind is clocks.ClockKind.TOTAL), None)
    running = [c for c in case.clocks if is_step_clock(c) and c.paused_at is None]
    step = min(running, key=lambda c: c.due_at, default=None)
    return {
        "steps": case.steps,
        "kind": case.kind.value,
        "channel": case.channel.value,
        "stage": case.stage.value,
        "category": case.category,
        "level": case.level,
        "urgency": case.urgency.value,
        "area": case.area,
        "grid": case.grid,
        "command": case.command,
        "holder": case.holder.unit if case.holder else None,
        "holder_post": case.holder.post.value if case.holder and case.holder.post else "",
        "restricted": case.restricted,
        "asked": sorted({p.decider.unit for p in case.applications if p.kind is not ApplicationKind.RETURN}),
        "sight": sorted(sight(case)),
        "shunned": sorted(case.shunned),
        "shunned_people": sorted(case.shunned_people),
        "reported_at": case.reported_at,
        "received_at": case.received_at,
        "due_at": step.due_at if step else None,
        "warn_at": step.warn_at if step else None,
        "began_at": step.started_at if step else None,
        "total_due_at": total.due_at if total and total.paused_at is None else None,
        "closed_at": case.closed_at,
        "reporter_account": case.reporter.person or None,
    }


def sight(case: Case) -> frozenset[int]:
    """Who may see it: the commands on the stack, its holder, whoever is assigned.

    Having been assigned shows an ordinary case for good; of a restricted one (限知) the end of the assignment ends the
    sight. The grid where it lies sees ordinary cases, its own reports always.
    """
    seen = {layer.command for layer in case.stack} | {layer.sender for layer in case.stack}
    seen |= {case.holder.unit if case.holder else None, case.reporter.grid}
    shown = [a for a in case.assignments if a.state.live or not case.restricted or a.state.value == "done"]
    seen |= {a.unit for a in shown} | {a.platform for a in shown}
    seen |= {p.decider.unit for p in case.applications}
    if not case.restricted:
        seen |= {case.grid} | set(case.handlers)
    return frozenset(unit for unit in seen if unit is not None) - case.shunned


def assignment_row(assignment: Assignment) -> Row:
    """An office's row as its table holds it."""
    return {
        "no": assignment.no,
        "unit": assignment.unit,
        "main": assignment.main,
        "state": assignment.state.value,
        "person": assignment.person,
        "sent_at": assignment.sent_at,
    }


def clock_row(clock: clocks.Clock, now: datetime) -> Row:
    """`next_at` follows the moment of the step; the sweep moves it on from there."""
    return {
        "kind": clock.kind.value,
        "ref": clock.ref,
        "owner": clock.owner,
        "started_at": clock.started_at,
        "warn_at": clock.warn_at,
        "due_at": clock.due_at,
        "red_at": clock.red_at,
        "paused_at": clock.paused_at,
        "next_at": clocks.next_mark(clock, now),
    }
