"""Limits (时限): how long something may take, in what unit and from when, and the three marks that follow.

The warning (将到期) comes when 70 % of the allowed time is used; a limit of two days or more warns at the latest one
day before it is due, so that 将到期 always means at least the last day. "Day" is a working day for limits counted in
working time and 24 hours for limits that run day and night.
"""

import re
import unicodedata
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

import attrs

from sipingtai.core.calendar import WorkCalendar, local

_LARGEST: Final = 9_999  # a typing error beyond this would run past the end of the calendar


class Unit(StrEnum):
    """What a limit is counted in."""

    WORKDAY = "工作日"
    WORKHOUR = "工作时"
    DAY = "自然日"
    HOUR = "连续小时"

    @property
    def is_working(self) -> bool:
        """Whether the unit counts the office's hours only; otherwise it runs day and night."""
        return self in (Unit.WORKDAY, Unit.WORKHOUR)


class Start(StrEnum):
    """From when a limit counts."""

    AT_ONCE = "即时"
    NEXT_DAY = "次日"


class ClockState(StrEnum):
    """How a clock stands."""

    NORMAL = "正常"
    SOON = "将到期"
    OVERDUE = "到期"
    LONG_OVERDUE = "超期"
    PAUSED = "暂停"


_SPELLING: Final = {Unit.WORKDAY: "工作日", Unit.WORKHOUR: "工作时", Unit.DAY: "日", Unit.HOUR: "小时"}
_UNITS: Final = {
    **{word: unit for unit, word in _SPELLING.items()},
    "自然日": Unit.DAY,
    "天": Unit.DAY,
    "连续小时": Unit.HOUR,
}
_UNIT: Final = "|".join(sorted(_UNITS, key=len, reverse=True))
_TEXT: Final = re.compile(
    rf"(?P<next>次日起)?(?P<amount>\d{{1,9}})个?(?P<unit>{_UNIT})(?:/(?P<red>\d{{1,9}})个?(?P<again>{_UNIT})?)?"
)


@attrs.frozen(kw_only=True)
class Limit:
    """An allowed time. Raises ValueError with a Chinese message where it makes no sense."""

    amount: int  # the yellow mark 到期(黄), in units
    unit: Unit
    start: Start = Start.AT_ONCE
    red: int | None = None  # the red mark 超期(红), in the same unit; None: twice the amount

    def __attrs_post_init__(self) -> None:
        if not 1 <= self.amount <= _LARGEST:
            raise ValueError(f"时限须在1至{_LARGEST}之间，现为{self.amount}。")
        if self.red is not None and self.red <= self.amount:
            raise ValueError(f"超期（红）时限{self.red}须大于到期（黄）时限{self.amount}，请调整。")
        if self.red is not None and self.red > 2 * _LARGEST:
            raise ValueError(f"超期（红）时限不超过{2 * _LARGEST}，现为{self.red}。")

    @property
    def red_amount(self) -> int:
        """The red mark in units, twice the yellow where none is given."""
        return 2 * self.amount if self.red is None else self.red

    @classmethod
    def parse(cls, text: str) -> "Limit":
        """Read “5工作日”, “5工作日/10工作日” (yellow/red), “次日起13工作日”, “4工作时”, “30日”, “30天”, “24小时”."""
        found = _TEXT.fullmatch("".join(unicodedata.normalize("NFKC", text).split()))
        if found is None:
            raise ValueError(
                f"看不懂时限“{text}”。请写成“5工作日”“4工作时”“30日”“24小时”，"
                "可加“次日起”在前，可用“/”隔开黄、红两个时限，如“次日起5工作日/10工作日”。"
            )
        unit = _UNITS[found["unit"]]
        if found["again"] and _UNITS[found["again"]] is not unit:
            raise ValueError(f"时限“{text}”的黄、红两个时限单位不同，请用同一单位。")
        return cls(
            amount=int(found["amount"]),
            unit=unit,
            start=Start.NEXT_DAY if found["next"] else Start.AT_ONCE,
            red=int(found["red"]) if found["red"] else None,
        )

    def __str__(self) -> str:
        """The text that `parse` reads back."""
        unit = _SPELLING[self.unit]
        prefix = "次日起" if self.start is Start.NEXT_DAY else ""
        red = "" if self.red is None else f"/{self.red}{unit}"
        return f"{prefix}{self.amount}{unit}{red}"


@attrs.frozen(kw_only=True)
class Marks:
    """The moments at which a limit changes colour."""

    warn_at: datetime
    due_at: datetime
    red_at: datetime

    def state(self, now: datetime) -> ClockState:
        """How a running clock with these marks stands; a mark counts as reached at its very moment."""
        if now >= self.red_at:
            return ClockState.LONG_OVERDUE
        if now >= self.due_at:
            return ClockState.OVERDUE
        return ClockState.SOON if now >= self.warn_at else ClockState.NORMAL


def marks(limit: Limit, start: datetime, calendar: WorkCalendar) -> Marks:
    """The marks of a limit that starts at a moment.

    即时: counts from the moment and keeps its clock time (a working limit that starts on a day off counts from the
    next opening). 次日: the day of the start is not counted; working limits begin with the next working day and end
    with the closing of the last one, continuous ones begin and end at midnight.
    """
    begin = _begin(limit, local(start), calendar)
    used = minutes_before_warning(*_minutes(limit, calendar))
    return Marks(
        warn_at=calendar.add_minutes(begin, used) if limit.unit.is_working else begin + timedelta(minutes=used),
        due_at=_reach(limit, limit.amount, begin, calendar),
        red_at=_reach(limit, limit.red_amount, begin, calendar),
    )


def minutes_before_warning(allowed: int, per_day: int) -> int:
    """Minutes of the allowed time that pass before the warning, see the module's rule."""
    seventy_percent = allowed * 7 // 10
    return min(seventy_percent, allowed - per_day) if allowed >= 2 * per_day else seventy_percent


def _minutes(limit: Limit, calendar: WorkCalendar) -> tuple[int, int]:
    """The allowed minutes, and the minutes of one day, in the limit's kind of time."""
    per_day = calendar.minutes_per_day if limit.unit.is_working else 24 * 60
    per_unit = per_day if limit.unit in (Unit.WORKDAY, Unit.DAY) else 60
    return limit.amount * per_unit, per_day


def _begin(limit: Limit, start: datetime, calendar: WorkCalendar) -> datetime:
    if limit.start is Start.AT_ONCE:
        return start
    tomorrow = start.date() + timedelta(days=1)
    if limit.unit.is_working:
        return calendar.opening(tomorrow)
    return datetime.combine(tomorrow, datetime.min.time(), start.tzinfo)


def _reach(limit: Limit, amount: int, begin: datetime, calendar: WorkCalendar) -> datetime:
    if limit.unit is Unit.WORKDAY:
        if limit.start is Start.NEXT_DAY:  # the closing of the last day, not the opening of the one after
            return calendar.add_minutes(begin, amount * calendar.minutes_per_day)
        return calendar.add_workdays(begin, amount)
    if limit.unit is Unit.WORKHOUR:
        return calendar.add_minutes(begin, amount * 60)
    return begin + (timedelta(days=amount) if limit.unit is Unit.DAY else timedelta(hours=amount))
