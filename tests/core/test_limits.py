"""Limits: units, start rules, the yellow, red and warning marks, and their text."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipingtai.core.calendar import WorkCalendar
from sipingtai.core.limits import Limit, Marks, Start, Unit, marks

from .timepieces import OFFICIAL, at, moments


def of(text: str, start: str, calendar: WorkCalendar = OFFICIAL) -> Marks:
    return marks(Limit.parse(text), at(start), calendar)


limits = st.builds(
    lambda amount, unit, start, red: Limit(amount=amount, unit=unit, start=start, red=red and amount + red),
    st.integers(1, 90),
    st.sampled_from(Unit),
    st.sampled_from(Start),
    st.none() | st.integers(1, 90),
)


@pytest.mark.parametrize(
    ("text", "start", "due"),
    [
        # working days, at once: the clock time is kept
        ("1工作日", "2025-03-03T10:15", "2025-03-04T10:15"),
        ("1工作日", "2025-03-07T10:15", "2025-03-10T10:15"),
        ("1工作日", "2025-03-08T10:15", "2025-03-11T08:30"),  # Saturday
        ("1工作日", "2025-03-03T12:30", "2025-03-04T12:30"),  # in the lunch break
        ("1工作日", "2025-03-03T20:00", "2025-03-04T20:00"),  # after hours
        ("5工作日", "2026-02-13T10:00", "2026-02-27T10:00"),  # Spring Festival with both Saturdays' moves
        ("5工作日", "2025-09-26T10:00", "2025-10-10T10:00"),  # National Day, the Sunday before it worked
        ("2工作日", "2026-12-30T10:00", "2027-01-01T10:00"),  # into a year without notice
        # working days, from the next day: the closing of the last day
        ("次日起1工作日", "2025-03-03T10:15", "2025-03-04T17:30"),
        ("次日起1工作日", "2025-03-03T20:00", "2025-03-04T17:30"),
        ("次日起1工作日", "2025-03-07T10:15", "2025-03-10T17:30"),
        ("次日起1工作日", "2025-03-08T10:15", "2025-03-10T17:30"),  # received on Saturday: Monday is the first day
        ("次日起13工作日", "2026-02-13T10:00", "2026-03-10T17:30"),
        # working hours
        ("4工作时", "2025-03-03T10:00", "2025-03-03T16:00"),
        ("4工作时", "2025-03-03T16:00", "2025-03-04T11:00"),
        ("1工作时", "2025-03-08T10:00", "2025-03-10T09:30"),
        ("1工作时", "2025-03-03T13:00", "2025-03-03T15:00"),
        ("次日起4工作时", "2025-03-07T10:00", "2025-03-10T14:30"),
        # natural days run through weekends, month ends and leap days
        ("30日", "2025-01-31T10:00", "2025-03-02T10:00"),
        ("1日", "2024-02-28T10:00", "2024-02-29T10:00"),
        ("1日", "2025-02-28T10:00", "2025-03-01T10:00"),
        ("次日起1日", "2025-03-07T10:00", "2025-03-09T00:00"),  # 24:00 on the 8th
        ("次日起30日", "2025-12-15T23:59", "2026-01-15T00:00"),
        # hours run day and night
        ("24小时", "2025-03-07T22:00", "2025-03-08T22:00"),
        ("2小时", "2025-12-31T23:00", "2026-01-01T01:00"),
        ("次日起2小时", "2025-03-07T10:00", "2025-03-08T02:00"),
    ],
)
def test_due_moment(text: str, start: str, due: str) -> None:
    assert of(text, start).due_at == at(due)


def test_red_comes_at_twice_the_time_unless_stated() -> None:
    assert of("1工作日", "2025-03-03T10:00").red_at == at("2025-03-05T10:00")
    assert of("5工作日/7工作日", "2025-03-03T10:00").red_at == at("2025-03-12T10:00")
    assert of("24小时/36小时", "2025-03-03T10:00").red_at == at("2025-03-04T22:00")
    assert of("次日起1工作日/2工作日", "2025-03-03T10:00").red_at == at("2025-03-05T17:30")


@pytest.mark.parametrize(
    ("text", "start", "warn"),
    [
        ("10小时", "2025-03-03T10:00", "2025-03-03T17:00"),  # 70 % of ten hours
        ("1工作日", "2025-03-03T08:30", "2025-03-03T15:24"),  # 70 % of seven hours, over lunch
        ("2工作日", "2025-03-03T10:00", "2025-03-04T10:00"),  # one day before, earlier than 70 %
        ("3工作日", "2025-03-03T10:00", "2025-03-05T10:00"),
        ("5工作日", "2025-03-03T08:30", "2025-03-06T12:00"),  # 70 % of five days, earlier than one day before
        ("次日起2工作日", "2025-03-03T10:00", "2025-03-04T17:30"),
        ("4工作时", "2025-03-07T16:00", "2025-03-10T09:48"),  # over the weekend
        ("2日", "2025-03-03T10:00", "2025-03-04T10:00"),
        ("48小时", "2025-03-03T10:00", "2025-03-04T10:00"),
        ("30日", "2025-03-01T00:00", "2025-03-22T00:00"),
    ],
)
def test_warning_comes_at_seventy_percent_or_one_day_before(text: str, start: str, warn: str) -> None:
    assert of(text, start).warn_at == at(warn)


@given(limit=limits, start=moments)
def test_marks_come_in_order_after_the_start(limit: Limit, start: datetime) -> None:
    result = marks(limit, start, OFFICIAL)
    assert start <= result.warn_at < result.due_at < result.red_at


@given(amount=st.integers(2, 60), rule=st.sampled_from(Start), start=moments)
def test_a_limit_of_days_warns_no_later_than_a_working_day_before(amount: int, rule: Start, start: datetime) -> None:
    result = marks(Limit(amount=amount, unit=Unit.WORKDAY, start=rule), start, OFFICIAL)
    assert OFFICIAL.minutes_between(result.warn_at, result.due_at) >= OFFICIAL.minutes_per_day


@given(limit=limits, a=moments, b=moments)
def test_what_starts_later_is_never_due_earlier(limit: Limit, a: datetime, b: datetime) -> None:
    first, second = marks(limit, min(a, b), OFFICIAL), marks(limit, max(a, b), OFFICIAL)
    assert first.warn_at <= second.warn_at
    assert first.due_at <= second.due_at
    assert first.red_at <= second.red_at


@given(limit=limits, start=moments)
def test_counting_from_the_next_day_is_never_shorter(limit: Limit, start: datetime) -> None:
    at_once = Limit(amount=limit.amount, unit=limit.unit)
    next_day = Limit(amount=limit.amount, unit=limit.unit, start=Start.NEXT_DAY)
    # A working limit at once may keep an evening's clock time: no more work, only a later hour of the same day.
    least = marks(at_once, start, OFFICIAL).due_at
    reached = marks(next_day, start, OFFICIAL).due_at
    if limit.unit.is_working:
        assert OFFICIAL.minutes_between(least, reached) >= 0
    else:
        assert least <= reached


def test_continuous_limits_ignore_holidays() -> None:
    without = WorkCalendar(exceptions={date(2026, 2, 16): True}, years=frozenset())
    for text in ("3日", "次日起3日", "72小时"):
        assert of(text, "2026-02-14T10:00") == of(text, "2026-02-14T10:00", without)
    assert of("3工作日", "2026-02-14T10:00") != of("3工作日", "2026-02-14T10:00", without)


def test_a_start_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="时区"):
        marks(Limit.parse("24小时"), datetime.fromisoformat("2025-03-03T10:00"), OFFICIAL)


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("5工作日", Limit(amount=5, unit=Unit.WORKDAY)),
        ("5工作日/10工作日", Limit(amount=5, unit=Unit.WORKDAY, red=10)),
        ("次日起13工作日", Limit(amount=13, unit=Unit.WORKDAY, start=Start.NEXT_DAY)),
        ("24小时", Limit(amount=24, unit=Unit.HOUR)),
        ("4工作时", Limit(amount=4, unit=Unit.WORKHOUR)),
        ("30日", Limit(amount=30, unit=Unit.DAY)),
        ("次日起30日/45日", Limit(amount=30, unit=Unit.DAY, start=Start.NEXT_DAY, red=45)),
    ],
)
def test_limits_are_read_and_written_alike(text: str, limit: Limit) -> None:
    assert Limit.parse(text) == limit
    assert str(limit) == text


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("30天", "30日"),
        ("30自然日", "30日"),
        ("24连续小时", "24小时"),
        ("5个工作日", "5工作日"),
        ("24个小时", "24小时"),
        (" 5 工作日 / 10 工作日 ", "5工作日/10工作日"),
        ("５工作日／１０工作日", "5工作日/10工作日"),
        ("5工作日/10", "5工作日/10工作日"),
        ("30天/45日", "30日/45日"),
    ],
)
def test_other_spellings_are_understood(text: str, same: str) -> None:
    assert Limit.parse(text) == Limit.parse(same)


@given(limit=limits)
def test_every_limit_survives_its_text(limit: Limit) -> None:
    assert Limit.parse(str(limit)) == limit


@pytest.mark.parametrize(
    "text",
    [
        "",
        "五工作日",
        "5",
        "工作日",
        "5周",
        "-5工作日",
        "5.5工作日",
        "5工作日/",
        "即日",
        "9999999999日",
        "9" * 5000 + "日",
        "5工作日10工作日",
    ],
)
def test_text_that_is_no_limit_is_refused_with_examples(text: str) -> None:
    with pytest.raises(ValueError, match="看不懂时限"):
        Limit.parse(text)


@given(text=st.text(max_size=12))
def test_any_text_at_all_is_refused_with_examples_and_breaks_nothing(text: str) -> None:
    # Twelve random characters are practically never a limit; a prefix makes sure of it.
    with pytest.raises(ValueError, match="看不懂时限"):
        Limit.parse("约" + text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("5工作日/5工作日", "须大于"),
        ("5工作日/3工作日", "须大于"),
        ("5工作日/10小时", "单位不同"),
        ("5工作日/10日", "单位不同"),
        ("0工作日", "须在1至"),
        ("10000日", "须在1至"),
        ("999999999日", "须在1至"),
        ("5日/999999日", "不超过"),
    ],
)
def test_limits_that_make_no_sense_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        Limit.parse(text)


def test_the_longest_limit_still_has_its_marks() -> None:
    # 9 999 natural days: 27 years, and still inside the calendar.
    result = marks(Limit.parse("9999日"), at("2026-02-14T10:00"), OFFICIAL)
    assert result.due_at - at("2026-02-14T10:00") == timedelta(days=9_999)
