"""Clocks (时钟): a running limit, charged to the unit (单位) that holds the matter.

A clock is a value; every function returns a new one. Marks always come from the original start plus the pauses and
extensions granted: nothing resets a clock.
"""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import attrs

from sipingtai.core.calendar import WorkCalendar, local
from sipingtai.core.limits import ClockState, Limit, Marks, Unit, marks, minutes_before_warning

_MINUTE: Final = timedelta(minutes=1)
_DAY_MINUTES: Final = 24 * 60


class ClockKind(StrEnum):
    """What a clock measures."""

    ACCEPT = "accept"
    ROUTE = "route"
    FORWARD = "forward"
    SIGN = "sign"
    RULING = "ruling"
    HANDLE = "handle"
    REWORK = "rework"
    APPROVE = "approve"
    VERIFY = "verify"
    FOLLOW_UP = "follow_up"
    TRACK = "track"
    ASSIST = "assist"
    SUSPENSION = "suspension"
    TOTAL = "total"

    @property
    def label(self) -> str:
        """The Chinese name shown to people."""
        return _LABELS[self]


_LABELS: Final = {
    ClockKind.ACCEPT: "受理",
    ClockKind.ROUTE: "分流",
    ClockKind.FORWARD: "转派",
    ClockKind.SIGN: "签收",
    ClockKind.RULING: "裁定",
    ClockKind.HANDLE: "办理",
    ClockKind.REWORK: "返工",
    ClockKind.APPROVE: "审批",
    ClockKind.VERIFY: "核查",
    ClockKind.FOLLOW_UP: "回访",
    ClockKind.TRACK: "跟踪",
    ClockKind.ASSIST: "协办",
    ClockKind.SUSPENSION: "挂起",
    ClockKind.TOTAL: "总时限",
}


@attrs.frozen(kw_only=True)
class Clock:
    """One running, paused or overdue limit."""

    kind: ClockKind
    owner: int  # the unit charged with lateness
    limit: Limit
    started_at: datetime = attrs.field(converter=local)
    warn_at: datetime = attrs.field(converter=local)
    due_at: datetime = attrs.field(converter=local)
    red_at: datetime = attrs.field(converter=local)
    ref: int = 0  # tells several of one kind apart: number of the assignment, application or command
    paused_at: datetime | None = attrs.field(default=None, converter=attrs.converters.optional(local))
    paused_minutes: int = 0  # ended pauses: working minutes for working units, minutes by the wall for continuous ones
    extended: int = 0  # working days granted


def start(kind: ClockKind, owner: int, limit: Limit, now: datetime, calendar: WorkCalendar, *, ref: int = 0) -> Clock:
    """A clock that starts now."""
    now = local(now)
    at = marks(limit, now, calendar)
    return Clock(
        kind=kind,
        owner=owner,
        limit=limit,
        started_at=now,
        warn_at=at.warn_at,
        due_at=at.due_at,
        red_at=at.red_at,
        ref=ref,
    )


def fixed(kind: ClockKind, owner: int, now: datetime, until: datetime, *, ref: int = 0) -> Clock:
    """A clock that runs day and night to a given moment, such as the end date of a suspension (挂起).

    Its limit states the length in days, rounded up; it is long overdue when the same time has passed once more.
    Raises ValueError when the moment is not in the future.
    """
    now, until = local(now), local(until)
    if until <= now:
        raise ValueError("截止时间须晚于当前时间，请改选以后的时间。")
    length = until - now
    used = minutes_before_warning(length // _MINUTE, _DAY_MINUTES)
    return Clock(
        kind=kind,
        owner=owner,
        limit=Limit(amount=-(-length // timedelta(days=1)), unit=Unit.DAY),
        started_at=now,
        warn_at=now + timedelta(minutes=used),
        due_at=until,
        red_at=until + length,
        ref=ref,
    )


def pause(clock: Clock, now: datetime) -> Clock:
    """Stop the clock. A clock already paused keeps its first pause."""
    return clock if clock.paused_at else attrs.evolve(clock, paused_at=now)


def resume(clock: Clock, now: datetime, calendar: WorkCalendar) -> Clock:
    """Let a paused clock run on: its marks move by the paused time, counted in its own kind of time.

    Parts of a minute are not given back, so that a clock never has more time left than when it stopped.
    """
    if clock.paused_at is None:
        return clock
    paused = max(0, _minutes(clock.limit, clock.paused_at, local(now), calendar))
    moved = _delay(_marks(clock), clock.limit, paused, calendar)
    return attrs.evolve(_placed(clock, moved), paused_at=None, paused_minutes=clock.paused_minutes + paused)


def extend(clock: Clock, workdays: int, calendar: WorkCalendar) -> Clock:
    """Grant working days (延期), counted from the old due time however late they are granted."""
    if workdays < 1:
        raise ValueError("延期天数须为不小于1的整数。")
    moved = _prolong(_marks(clock), clock.limit, workdays, calendar)
    return attrs.evolve(_placed(clock, moved), extended=clock.extended + workdays)


def relimit(clock: Clock, limit: Limit, calendar: WorkCalendar) -> Clock:
    """Give the clock another limit, from its original start, with the pauses and extensions it has had.

    A change between working and continuous time converts the pauses by the day (a working day is 24 hours), rounded
    down.
    """
    if limit == clock.limit and not limit.unit.is_working:
        # A continuous clock's pauses and extensions do not commute over a weekend; what was granted stands.
        return clock
    paused = clock.paused_minutes
    if limit.unit.is_working and not clock.limit.unit.is_working:
        paused = paused * calendar.minutes_per_day // _DAY_MINUTES
    elif clock.limit.unit.is_working and not limit.unit.is_working:
        paused = paused * _DAY_MINUTES // calendar.minutes_per_day
    moved = _delay(marks(limit, clock.started_at, calendar), limit, paused, calendar)
    moved = _prolong(moved, limit, clock.extended, calendar)
    return attrs.evolve(_placed(clock, moved), limit=limit, paused_minutes=paused)


def hand_over(clock: Clock, owner: int) -> Clock:
    """Charge another unit from now on; the time already used stays used."""
    return attrs.evolve(clock, owner=owner)


def state(clock: Clock, now: datetime) -> ClockState:
    """How the clock stands."""
    return ClockState.PAUSED if clock.paused_at is not None else _marks(clock).state(local(now))


def lateness(clock: Clock, now: datetime, calendar: WorkCalendar) -> int:
    """Minutes past due in the clock's own kind of time, 0 if on time; none accrue while it is paused."""
    now = local(now)
    until = now if clock.paused_at is None else min(now, clock.paused_at)
    return max(0, _minutes(clock.limit, clock.due_at, until, calendar))


def next_mark(clock: Clock, after: datetime) -> datetime | None:
    """The next mark strictly after a moment, for a stored due column; None when paused or when all have passed."""
    after = local(after)
    if clock.paused_at is not None:
        return None
    return next((mark for mark in (clock.warn_at, clock.due_at, clock.red_at) if mark > after), None)


def _minutes(limit: Limit, a: datetime, b: datetime, calendar: WorkCalendar) -> int:
    """Whole minutes from a to b in the limit's kind of time, at least 0 unless b is before a."""
    if limit.unit.is_working:
        return calendar.minutes_between(a, b)
    return (b - a) // _MINUTE


def _marks(clock: Clock) -> Marks:
    return Marks(warn_at=clock.warn_at, due_at=clock.due_at, red_at=clock.red_at)


def _placed(clock: Clock, at: Marks) -> Clock:
    return attrs.evolve(clock, warn_at=at.warn_at, due_at=at.due_at, red_at=at.red_at)


def _delay(at: Marks, limit: Limit, minutes: int, calendar: WorkCalendar) -> Marks:
    """Move the marks by minutes in the limit's kind of time."""
    if not minutes:
        return at  # adding nothing would still move a mark that lies outside the sessions
    if not limit.unit.is_working:
        return _moved(at, timedelta(minutes=minutes))
    return Marks(
        warn_at=calendar.add_minutes(at.warn_at, minutes),
        due_at=calendar.add_minutes(at.due_at, minutes),
        red_at=calendar.add_minutes(at.red_at, minutes),
    )


def _prolong(at: Marks, limit: Limit, workdays: int, calendar: WorkCalendar) -> Marks:
    """Move the marks by working days; those of a continuous limit keep their distance from the due time."""
    if not workdays:
        return at
    if not limit.unit.is_working:
        return _moved(at, calendar.add_workdays(at.due_at, workdays) - at.due_at)
    return Marks(
        warn_at=calendar.add_workdays(at.warn_at, workdays),
        due_at=calendar.add_workdays(at.due_at, workdays),
        red_at=calendar.add_workdays(at.red_at, workdays),
    )


def _moved(at: Marks, by: timedelta) -> Marks:
    return Marks(warn_at=at.warn_at + by, due_at=at.due_at + by, red_at=at.red_at + by)
