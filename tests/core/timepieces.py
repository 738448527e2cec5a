"""The official calendar of 2024 to 2026, and clocks that have lived, for the tests of time."""

from datetime import date, datetime, timedelta

import chinese_calendar
from hypothesis import strategies as st

from sipingtai.core import clocks
from sipingtai.core.calendar import TZ, WorkCalendar
from sipingtai.core.clocks import Clock, ClockKind
from sipingtai.core.limits import Limit, Start, Unit

YEARS = frozenset({2024, 2025, 2026})
OFFICIAL = WorkCalendar(
    exceptions={
        day: works
        for table, works in ((chinese_calendar.holidays, False), (chinese_calendar.workdays, True))
        for day in table
        if day.year in YEARS
    },
    years=YEARS,
)
MONDAY = datetime(2025, 3, 3, 10, 0, tzinfo=TZ)
OFFICE, OTHER_OFFICE = 7, 8


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=TZ)


def handling(limit: str, now: datetime = MONDAY) -> Clock:
    return clocks.start(ClockKind.HANDLE, OFFICE, Limit.parse(limit), now, OFFICIAL)


moments = st.datetimes(
    datetime.fromisoformat("2024-01-01"), datetime.fromisoformat("2027-12-31"), timezones=st.just(TZ)
)
days = st.dates(date(2024, 1, 1), date(2027, 12, 31))
minutes = st.integers(0, 60 * 24 * 20)
limits = st.builds(
    lambda amount, unit, start, red: Limit(amount=amount, unit=unit, start=start, red=red and amount + red),
    st.integers(1, 60),
    st.sampled_from(Unit),
    st.sampled_from(Start),
    st.none() | st.integers(1, 60),
)
working_limits = limits.filter(lambda limit: limit.unit.is_working)


@st.composite
def lived_clocks(draw: st.DrawFn, of: st.SearchStrategy[Limit] = limits) -> tuple[Clock, datetime]:
    """A clock with a history of pauses, extensions and changes of hand, and the moment the history ends."""
    now = draw(moments)
    clock = clocks.start(ClockKind.HANDLE, OFFICE, draw(of), now, OFFICIAL)
    for _ in range(draw(st.integers(0, 4))):
        now += timedelta(minutes=draw(minutes), seconds=draw(st.integers(0, 59)))
        step = draw(st.sampled_from(["pause", "extend", "hand over"]))
        if step == "pause":
            paused = clocks.pause(clock, now)
            now += timedelta(minutes=draw(minutes), seconds=draw(st.integers(0, 59)))
            clock = clocks.resume(paused, now, OFFICIAL)
        elif step == "extend":
            clock = clocks.extend(clock, draw(st.integers(1, 15)), OFFICIAL)
        else:
            clock = clocks.hand_over(clock, draw(st.integers(1, 9)))
    return clock, now


def left(clock: Clock, now: datetime) -> int:
    """Minutes left in the clock's own kind of time, negative when late."""
    if clock.limit.unit.is_working:
        return OFFICIAL.minutes_between(now, clock.due_at)
    return (clock.due_at - now) // timedelta(minutes=1)
