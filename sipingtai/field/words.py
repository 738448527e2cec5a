"""How the phone says moments and clocks: short, by the wall clock."""

from datetime import datetime, timedelta

from attrs import frozen

from sipingtai.core.calendar import local
from sipingtai.core.limits import ClockState
from sipingtai.core.setting import Urgency
from sipingtai.loop.reading.lists import Line


@frozen(kw_only=True)
class Row:
    """A line of a list, dressed."""

    line: Line
    clock: str  # name of the clock's state; empty where none runs
    chip: str
    urgency: str  # empty where it is nothing out of the ordinary
    received: str


def row(line: Line, now: datetime) -> Row:
    return Row(
        line=line,
        clock=line.clock.name if line.clock else "",
        chip=chip(line.clock, line.due_at, now) if line.clock else "",
        urgency="" if line.urgency == Urgency.NORMAL.value else Urgency(line.urgency).label,
        received=when(line.received_at, now),
    )


def chip(state: ClockState, due: datetime | None, now: datetime) -> str:
    """剩 40 分, 到期 2 小时, 超期 3 天."""
    if state is ClockState.PAUSED or due is None:
        return "已挂起"
    if state is ClockState.LONG_OVERDUE:
        return f"超期 {_length(now - due)}"
    return f"到期 {_length(now - due)}" if state is ClockState.OVERDUE else f"剩 {_length(due - now)}"


def when(at: datetime, now: datetime) -> str:
    at = local(at)
    if at.date() == now.date():
        return f"今天 {at:%H:%M}"
    return f"{at.month}月{at.day}日 {at:%H:%M}" if at.year == now.year else f"{at.year}年{at.month}月{at.day}日"


def _length(span: timedelta) -> str:
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} 分"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // (24 * 60)} 天"
