"""Working days and hours: 调休, holidays, lunch breaks, month and year ends, years without a holiday notice."""

from datetime import UTC, date, datetime, time, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipingtai.core.calendar import TZ, WorkCalendar, local

from .timepieces import OFFICIAL, at, days, moments

PLAIN = WorkCalendar(exceptions={}, years=frozenset())


@given(d=st.dates(date(2024, 1, 1), date(2026, 12, 31)))
def test_working_days_agree_with_the_official_notices(d: date) -> None:
    assert OFFICIAL.is_workday(d) is chinese_calendar.is_workday(d)


def test_spring_festival_moves_working_days_to_weekends() -> None:
    assert OFFICIAL.is_workday(date(2026, 2, 14))  # a Saturday worked
    assert not OFFICIAL.is_workday(date(2026, 2, 16))  # a Monday off
    assert OFFICIAL.nth_workday_after(date(2026, 2, 14), 1) == date(2026, 2, 24)
    assert OFFICIAL.nth_workday_after(date(2026, 2, 13), 1) == date(2026, 2, 14)
    assert OFFICIAL.minutes_between(at("2026-02-13T17:30"), at("2026-02-24T08:30")) == 420


def test_a_year_without_notice_falls_back_to_weekdays() -> None:
    assert OFFICIAL.covers(2026)
    assert not OFFICIAL.covers(2027)
    assert OFFICIAL.is_workday(date(2027, 10, 1))  # a Friday
    assert not OFFICIAL.is_workday(date(2027, 10, 2))


def test_a_day_entered_by_hand_counts_before_the_notice_is_out() -> None:
    local_rest = WorkCalendar(exceptions={date(2027, 3, 3): False, date(2027, 3, 6): True}, years=frozenset({2026}))
    assert not local_rest.is_workday(date(2027, 3, 3))
    assert local_rest.is_workday(date(2027, 3, 6))
    assert local_rest.nth_workday_after(date(2027, 3, 2), 3) == date(2027, 3, 6)


@pytest.mark.parametrize(
    ("start", "minutes", "end"),
    [
        ("2025-03-03T09:00", 30, "2025-03-03T09:30"),
        ("2025-03-03T11:30", 30, "2025-03-03T12:00"),  # a full session ends at its closing
        ("2025-03-03T11:30", 31, "2025-03-03T14:01"),  # over the lunch break
        ("2025-03-03T12:40", 10, "2025-03-03T14:10"),  # started in the lunch break
        ("2025-03-03T17:00", 30, "2025-03-03T17:30"),
        ("2025-03-03T17:00", 60, "2025-03-04T09:00"),
        ("2025-03-03T06:00", 10, "2025-03-03T08:40"),  # before hours
        ("2025-03-03T19:00", 10, "2025-03-04T08:40"),  # after hours
        ("2025-03-07T19:00", 420, "2025-03-10T17:30"),  # Friday evening: all of Monday
        ("2025-03-08T10:00", 1, "2025-03-10T08:31"),  # Saturday
        ("2025-02-28T17:00", 60, "2025-03-03T09:00"),  # month end
        ("2024-02-28T17:00", 450, "2024-02-29T17:30"),  # leap day
        ("2025-12-31T17:00", 60, "2026-01-04T09:00"),  # New Year, Sunday worked
        ("2025-03-03T09:00", 0, "2025-03-03T09:00"),
        ("2025-03-03T12:00", 0, "2025-03-03T12:00"),
        ("2025-03-03T12:30", 0, "2025-03-03T14:00"),  # outside the sessions: the next one
        ("2025-03-03T07:00", 0, "2025-03-03T08:30"),
        ("2025-03-03T18:00", 0, "2025-03-04T08:30"),
        ("2025-03-08T10:00", 0, "2025-03-10T08:30"),
    ],
)
def test_working_minutes_pass_only_in_the_sessions(start: str, minutes: int, end: str) -> None:
    assert OFFICIAL.add_minutes(at(start), minutes) == at(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2025-03-03T10:15", 1, "2025-03-04T10:15"),
        ("2025-03-07T10:15", 1, "2025-03-10T10:15"),
        ("2025-03-03T20:00", 1, "2025-03-04T20:00"),  # keeps even an evening's clock time
        ("2025-03-08T10:15", 1, "2025-03-11T08:30"),  # Saturday counts from Monday's opening
        ("2025-03-08T10:15", 0, "2025-03-10T08:30"),
        ("2025-01-27T09:00", 1, "2025-02-05T09:00"),  # over the Spring Festival
        ("2025-09-30T09:00", 2, "2025-10-10T09:00"),
        ("2025-09-30T09:00", 3, "2025-10-11T09:00"),  # a Saturday worked
        ("2026-12-31T09:00", 1, "2027-01-01T09:00"),  # no notice for 2027 yet
    ],
)
def test_working_days_keep_the_clock_time(start: str, days: int, end: str) -> None:
    assert OFFICIAL.add_workdays(at(start), days) == at(end)


def test_a_day_off_opens_with_the_next_working_day() -> None:
    assert OFFICIAL.opening(date(2025, 3, 7)) == at("2025-03-07T08:30")
    assert OFFICIAL.opening(date(2025, 3, 8)) == at("2025-03-10T08:30")


def test_other_sessions_make_another_day() -> None:
    summer = WorkCalendar(
        exceptions={}, years=frozenset(), sessions=((time(8), time(11, 30)), (time(15), time(18)), (time(19), time(20)))
    )
    assert summer.minutes_per_day == 450
    assert summer.add_minutes(at("2025-07-01T17:00"), 90) == at("2025-07-01T19:30")
    assert summer.add_minutes(at("2025-07-01T12:00"), 0) == at("2025-07-01T15:00")
    assert summer.add_minutes(at("2025-07-01T18:30"), 0) == at("2025-07-01T19:00")


def test_moments_from_other_time_zones_become_local() -> None:
    assert local(datetime(2025, 3, 3, 1, 0, tzinfo=UTC)).isoformat() == "2025-03-03T09:00:00+08:00"
    assert OFFICIAL.add_minutes(datetime(2025, 3, 3, 1, 0, tzinfo=UTC), 30) == at("2025-03-03T09:30")
    # 23:00 in London on Friday is Saturday here.
    assert OFFICIAL.add_workdays(datetime(2025, 3, 7, 23, 0, tzinfo=UTC), 0) == at("2025-03-10T08:30")


def test_a_moment_without_time_zone_is_refused() -> None:
    naive = datetime.fromisoformat("2025-03-03T09:00")
    for refused in (
        lambda: local(naive),
        lambda: OFFICIAL.add_minutes(naive, 1),
        lambda: OFFICIAL.add_workdays(naive, 1),
        lambda: OFFICIAL.minutes_between(naive, at("2025-03-03T09:00")),
        lambda: OFFICIAL.minutes_between(at("2025-03-03T09:00"), naive),
    ):
        with pytest.raises(ValueError, match="时区"):
            refused()


def test_a_datetime_is_not_taken_for_a_date() -> None:
    for refused in (
        lambda: OFFICIAL.is_workday(at("2025-03-03T09:00")),
        lambda: OFFICIAL.nth_workday_after(at("2025-03-03T09:00"), 1),
        lambda: WorkCalendar(exceptions={at("2025-03-03T09:00"): False}, years=frozenset()),
    ):
        with pytest.raises(ValueError, match="日期"):
            refused()


def test_amounts_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValueError, match="不能为负"):
        OFFICIAL.add_minutes(at("2025-03-03T09:00"), -1)
    with pytest.raises(ValueError, match="不能为负"):
        OFFICIAL.add_workdays(at("2025-03-03T09:00"), -1)
    with pytest.raises(ValueError, match="不小于1"):
        OFFICIAL.nth_workday_after(date(2025, 3, 3), 0)


@pytest.mark.parametrize(
    "sessions",
    [
        (),
        ((time(12), time(8)),),
        ((time(8), time(8)),),
        ((time(8), time(12)), (time(11), time(17))),
        ((time(14), time(17)), (time(8), time(12))),
        ((time(8, 0, 30), time(12)),),
        ((time(8, tzinfo=UTC), time(12, tzinfo=UTC)),),
    ],
)
def test_sessions_that_make_no_sense_are_refused(sessions: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="工作时间"):
        WorkCalendar(exceptions={}, years=frozenset(), sessions=sessions)


def test_a_calendar_is_a_value() -> None:
    table = {date(2025, 3, 3): False}
    calendar = WorkCalendar(exceptions=table, years=frozenset({2025}))
    table.clear()
    assert not calendar.is_workday(date(2025, 3, 3))
    assert hash(calendar) == hash(WorkCalendar(exceptions={date(2025, 3, 3): False}, years=frozenset({2025})))
    with pytest.raises(AttributeError):
        calendar.years = frozenset()  # type: ignore[misc]


@given(start=moments, minutes=st.integers(0, 20_000))
def test_minutes_between_undoes_add_minutes(start: datetime, minutes: int) -> None:
    end = OFFICIAL.add_minutes(start, minutes)
    assert OFFICIAL.minutes_between(start, end) == minutes
    assert OFFICIAL.minutes_between(end, start) == -minutes


@given(start=moments, a=st.integers(0, 5_000), b=st.integers(0, 5_000))
def test_working_minutes_add_up(start: datetime, a: int, b: int) -> None:
    assert OFFICIAL.add_minutes(OFFICIAL.add_minutes(start, a), b) == OFFICIAL.add_minutes(start, a + b)


@given(start=moments, a=st.integers(0, 60), b=st.integers(0, 60))
def test_working_days_add_up(start: datetime, a: int, b: int) -> None:
    assert OFFICIAL.add_workdays(OFFICIAL.add_workdays(start, a), b) == OFFICIAL.add_workdays(start, a + b)


@given(start=moments, days_later=st.integers(1, 60))
def test_a_working_day_is_as_long_as_its_sessions(start: datetime, days_later: int) -> None:
    end = OFFICIAL.add_workdays(start, days_later)
    assert OFFICIAL.minutes_between(start, end) == days_later * OFFICIAL.minutes_per_day


@given(a=moments, b=moments, minutes=st.integers(0, 5_000), days_later=st.integers(0, 30))
def test_a_later_start_never_ends_earlier(a: datetime, b: datetime, minutes: int, days_later: int) -> None:
    a, b = min(a, b), max(a, b)
    assert OFFICIAL.add_minutes(a, minutes) <= OFFICIAL.add_minutes(b, minutes)
    assert OFFICIAL.add_workdays(a, days_later) <= OFFICIAL.add_workdays(b, days_later)


@given(a=moments, b=moments)
def test_minutes_between_agrees_with_counting_day_by_day(a: datetime, b: datetime) -> None:
    a, b = (m.replace(second=0, microsecond=0) for m in (min(a, b), max(a, b)))
    total = timedelta()
    for offset in range((b.date() - a.date()).days + 1):
        day = a.date() + timedelta(days=offset)
        if OFFICIAL.is_workday(day):
            for opens, closes in OFFICIAL.sessions:
                start = max(a, datetime.combine(day, opens, TZ))
                total += max(timedelta(), min(b, datetime.combine(day, closes, TZ)) - start)
    assert OFFICIAL.minutes_between(a, b) == total // timedelta(minutes=1)


@given(d=days, n=st.integers(1, 80))
def test_the_nth_working_day_has_n_working_days_up_to_it(d: date, n: int) -> None:
    end = OFFICIAL.nth_workday_after(d, n)
    passed = [d + timedelta(days=i) for i in range(1, (end - d).days + 1)]
    assert sum(map(OFFICIAL.is_workday, passed)) == n
    assert OFFICIAL.is_workday(end)


@given(start=moments, minutes=st.integers(1, 5_000))
def test_without_exceptions_only_weekends_are_off(start: datetime, minutes: int) -> None:
    assert PLAIN.add_minutes(start, minutes).weekday() < 5
