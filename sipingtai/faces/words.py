"""How every face says moments and clocks: short, by the wall clock."""

from datetime import datetime, timedelta

from attrs import frozen

from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.core.limits import ClockState
from sipingtai.core.setting import Urgency
from sipingtai.loop.reading.lists import Line


def length(span: timedelta) -> str:
    """A length of time as one reads it on a chip: minutes, hours or days by the wall clock."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} 分"
    return f"{minutes // 60} 小时" if minutes < 48 * 60 else f"{minutes // (24 * 60)} 天"


def chip(state: ClockState, due: datetime | None, now: datetime) -> str:
    """What a clock chip says: 剩 40 分, 到期 2 小时, 超期 3 天."""
    if state is ClockState.PAUSED or due is None:
        return "已挂起"
    if state is ClockState.LONG_OVERDUE:
        return f"超期 {length(now - due)}"
    return f"到期 {length(now - due)}" if state is ClockState.OVERDUE else f"剩 {length(due - now)}"


def when(at: datetime, now: datetime) -> str:
    """今天 08:12, 11-21 08:12, 2025-11-21."""
    at = local(at)
    if at.date() == now.date():
        return f"今天 {at:%H:%M}"
    return f"{at:%m-%d %H:%M}" if at.year == now.year else f"{at:%Y-%m-%d}"


@frozen(kw_only=True)
class Row:
    """A line of a list, dressed."""

    line: Line
    state: str
    chip: str
    channel: str
    urgency: str  # empty where it is nothing out of the ordinary
    received: str
    stood: str  # 停留 3 天: how long it has stood where it stands; empty where no clock runs
    awaited: str  # 已等 3 天（11-18 09:00 起）; empty where nobody waits for an answer


def row(line: Line, now: datetime) -> Row:
    """A list's line in words."""
    return Row(
        line=line,
        state=line.clock.name if line.clock else "",
        chip=chip(line.clock, line.due_at, now) if line.clock else "",
        channel=Channel(line.channel).label,
        urgency="" if line.urgency == Urgency.NORMAL.value else Urgency(line.urgency).label,
        received=when(line.received_at, now),
        stood=f"停留 {length(now - line.since)}" if line.since else "",
        awaited=f"已等 {length(now - since)}（{when(since, now)}起）" if (since := line.awaited_since) else "",
    )
