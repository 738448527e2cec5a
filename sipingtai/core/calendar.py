"""The township's working calendar (工作日历) with moved working days (调休).

Every moment given to this module must carry a time zone; every moment it returns is in local time. Working time is
counted in whole minutes of the office's sessions. Each working day has the same sessions, therefore n working days and
n times `minutes_per_day` working minutes are the same amount of work.
"""

from bisect import bisect_left
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from itertools import accumulate, pairwise
from typing import Final
from zoneinfo import ZoneInfo

import attrs

TZ: Final = ZoneInfo("Asia/Shanghai")

_ONE_DAY: Final = timedelta(days=1)
_MINUTE: Final = 60_000_000  # in microseconds: whole numbers keep add and subtract exact inverses


def local(moment: datetime) -> datetime:
    """The moment in local time. Raises ValueError for a moment without time zone."""
    if moment.tzinfo is TZ:
        return moment
    if moment.utcoffset() is None:
        raise ValueError(f"时间“{moment}”没有时区，请改用带时区的时间。")
    return moment.astimezone(TZ)


def _of_day(clock_time: time | datetime) -> int:
    """Microseconds since midnight."""
    seconds = (clock_time.hour * 60 + clock_time.minute) * 60 + clock_time.second
    return seconds * 1_000_000 + clock_time.microsecond


def _at(day: date, microseconds: int) -> datetime:
    return datetime.combine(day, time(), TZ) + timedelta(microseconds=microseconds)


def _weekdays_before(ordinal: int) -> int:
    """Mondays to Fridays before a date's ordinal (ordinal 1, the first of January of the year 1, is a Monday)."""
    weeks, rest = divmod(ordinal - 1, 7)
    return weeks * 5 + min(rest, 5)


def _day(value: date) -> date:
    # A datetime is a date to Python, but would silently miss every exception in the table.
    if isinstance(value, datetime):
        raise ValueError("此处需要日期，不能带时刻。")
    return value


def _own(exceptions: Mapping[date, bool]) -> Mapping[date, bool]:
    return dict(exceptions)  # a table changed later must not change the calendar


def _check_sessions(
    _calendar: "WorkCalendar",
    _field: "attrs.Attribute[tuple[tuple[time, time], ...]]",
    sessions: tuple[tuple[time, time], ...],
) -> None:
    edges = [edge for session in sessions for edge in session]
    if not edges:
        raise ValueError("工作时间不能为空，请至少填写一段。")
    if any(edge.tzinfo is not None or edge.second or edge.microsecond for edge in edges):
        raise ValueError("工作时间请填写到分钟，如 08:30-12:00。")
    if any(earlier > later for earlier, later in pairwise(edges)) or any(start == end for start, end in sessions):
        raise ValueError("工作时间各段须先后排列、互不重叠，且结束晚于开始。")


@attrs.frozen(kw_only=True)
class WorkCalendar:
    """Working days and hours of one township."""

    # True: a working day by 调休; False: a holiday. Dates not named follow the week. Counts in every year.
    exceptions: Mapping[date, bool] = attrs.field(converter=_own, hash=False)
    # Years whose official holiday notice is in `exceptions`; any other falls back to weekdays.
    years: frozenset[int]
    sessions: tuple[tuple[time, time], ...] = attrs.field(
        default=((time(8, 30), time(12, 0)), (time(14, 0), time(17, 30))), validator=_check_sessions
    )
    minutes_per_day: int = attrs.field(init=False, eq=False)
    _spans: tuple[tuple[int, int], ...] = attrs.field(init=False, eq=False, repr=False)
    # Ordinals of the exceptions that differ from the week, and the running sum of +1 and -1 they bring.
    _changed: tuple[int, ...] = attrs.field(init=False, eq=False, repr=False)
    _gained: tuple[int, ...] = attrs.field(init=False, eq=False, repr=False)

    @_spans.default
    def _spans_of_day(self) -> tuple[tuple[int, int], ...]:
        return tuple((_of_day(start), _of_day(end)) for start, end in self.sessions)

    @minutes_per_day.default
    def _sum_of_sessions(self) -> int:
        return sum(_of_day(end) - _of_day(start) for start, end in self.sessions) // _MINUTE

    @_changed.default
    def _exceptions_that_count(self) -> tuple[int, ...]:
        return tuple(sorted(_day(d).toordinal() for d, works in self.exceptions.items() if works != (d.weekday() < 5)))

    @_gained.default
    def _running_gain(self) -> tuple[int, ...]:
        gains = (1 if self.exceptions[date.fromordinal(ordinal)] else -1 for ordinal in self._changed)
        return (0, *accumulate(gains))

    def covers(self, year: int) -> bool:
        """Whether the official holidays of the year are known."""
        return year in self.years

    def is_workday(self, d: date) -> bool:
        """Whether the office works on this date."""
        works = self.exceptions.get(_day(d))
        return d.weekday() < 5 if works is None else works

    def nth_workday_after(self, d: date, n: int) -> date:
        """The n-th working day strictly after the date, n at least 1."""
        if n < 1:
            raise ValueError("工作日数须为不小于1的整数。")
        return self._forward(_day(d), n)

    def opening(self, d: date) -> datetime:
        """Opening time on the date, or on the next working day when the office is closed on it."""
        return _at(self._this_or_next(_day(d)), self._spans[0][0])

    def add_workdays(self, start: datetime, days: int) -> datetime:
        """The same clock time n working days later; a start on a day off counts from the next working day's opening."""
        if days < 0:
            raise ValueError("工作日数不能为负。")
        start = local(start)
        if not self.is_workday(start.date()):
            start = self.opening(start.date())
        if not days:
            return start
        return datetime.combine(self._forward(start.date(), days), start.timetz())

    def add_minutes(self, start: datetime, minutes: int) -> datetime:
        """The earliest moment by which so many working minutes have passed (a closing rather than the next opening).

        A start outside the sessions first moves to the next session's opening.
        """
        if minutes < 0:
            raise ValueError("工作分钟数不能为负。")
        start = local(start)
        day, worked = self._position(start)
        if not minutes:
            of_day = _of_day(start)
            if day == start.date() and any(opens <= of_day <= closes for opens, closes in self._spans):
                return start
            return self._opening_at(day, worked)
        full_days, rest = divmod(worked + minutes * _MINUTE - 1, self.minutes_per_day * _MINUTE)
        rest += 1  # between 1 and a full day, so that a full day ends at its closing
        if full_days:
            day = self._forward(day, full_days)
        for opens, closes in self._spans:
            if rest <= closes - opens:
                return _at(day, opens + rest)
            rest -= closes - opens
        raise AssertionError("a day holds its own sessions")

    def minutes_between(self, a: datetime, b: datetime) -> int:
        """Whole working minutes from a to b, rounded towards zero, negative when b is before a."""
        a, b = local(a), local(b)
        if b < a:
            return -self.minutes_between(b, a)
        (first, worked_first), (last, worked_last) = self._position(a), self._position(b)
        days = self._workdays_before(last) - self._workdays_before(first)
        return days * self.minutes_per_day + (worked_last - worked_first) // _MINUTE

    def _this_or_next(self, day: date) -> date:
        return day if self.is_workday(day) else self._forward(day, 1)

    def _forward(self, day: date, workdays: int) -> date:
        exceptions = self.exceptions
        while workdays:
            day += _ONE_DAY
            works = exceptions.get(day)
            if works or (works is None and day.weekday() < 5):
                workdays -= 1
        return day

    def _workdays_before(self, day: date) -> int:
        ordinal = day.toordinal()
        return _weekdays_before(ordinal) + self._gained[bisect_left(self._changed, ordinal)]

    def _position(self, moment: datetime) -> tuple[date, int]:
        """The working day a moment counts towards, and the microseconds already worked on it."""
        day = moment.date()
        if not self.is_workday(day):
            return self._forward(day, 1), 0
        of_day = _of_day(moment)
        return day, sum(min(of_day, closes) - opens for opens, closes in self._spans if of_day > opens)

    def _opening_at(self, day: date, worked: int) -> datetime:
        """The opening of the session before which so much has been worked on the day."""
        for opens, closes in self._spans:
            if not worked:
                return _at(day, opens)
            worked -= closes - opens
        return self.opening(day + _ONE_DAY)
