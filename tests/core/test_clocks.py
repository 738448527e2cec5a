"""Clocks: what starts, pauses, extends and re-limits them, and who is late by how much."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import attrs
import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipingtai.core import clocks
from sipingtai.core.calendar import TZ, WorkCalendar
from sipingtai.core.clocks import Clock, ClockKind
from sipingtai.core.limits import ClockState, Limit, Start, Unit

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


def test_every_kind_has_a_chinese_name_of_its_own() -> None:
    assert len({kind.label for kind in ClockKind}) == len(ClockKind)
    assert ClockKind.TOTAL.label == "总时限"
    assert ClockKind("handle").label == "办理"


def test_a_clock_starts_with_the_marks_of_its_limit() -> None:
    clock = clocks.start(ClockKind.SIGN, OFFICE, Limit.parse("2工作日/3工作日"), MONDAY, OFFICIAL, ref=4)
    assert clock == Clock(
        kind=ClockKind.SIGN,
        owner=OFFICE,
        limit=Limit(amount=2, unit=Unit.WORKDAY, red=3),
        started_at=MONDAY,
        warn_at=at("2025-03-04T10:00"),
        due_at=at("2025-03-05T10:00"),
        red_at=at("2025-03-06T10:00"),
        ref=4,
    )


def test_states_follow_the_marks_and_a_mark_counts_at_its_very_moment() -> None:
    clock = handling("2工作日")
    moment = timedelta(microseconds=1)
    assert clocks.state(clock, clock.started_at) is ClockState.NORMAL
    assert clocks.state(clock, clock.warn_at - moment) is ClockState.NORMAL
    assert clocks.state(clock, clock.warn_at) is ClockState.SOON
    assert clocks.state(clock, clock.due_at - moment) is ClockState.SOON
    assert clocks.state(clock, clock.due_at) is ClockState.OVERDUE
    assert clocks.state(clock, clock.red_at - moment) is ClockState.OVERDUE
    assert clocks.state(clock, clock.red_at) is ClockState.LONG_OVERDUE
    assert clocks.state(clocks.pause(clock, clock.red_at), clock.red_at) is ClockState.PAUSED


def test_the_next_mark_leads_through_all_states() -> None:
    clock = handling("2工作日")
    assert clocks.next_mark(clock, clock.started_at) == clock.warn_at
    assert clocks.next_mark(clock, clock.warn_at) == clock.due_at
    assert clocks.next_mark(clock, clock.due_at) == clock.red_at
    assert clocks.next_mark(clock, clock.red_at) is None
    assert clocks.next_mark(clocks.pause(clock, MONDAY), MONDAY) is None


@given(lived=lived_clocks(), after=moments)
def test_the_state_changes_exactly_at_the_next_mark(lived: tuple[Clock, datetime], after: datetime) -> None:
    clock, _ = lived
    mark = clocks.next_mark(clock, after)
    if mark is None:
        assert clocks.state(clock, after) is ClockState.LONG_OVERDUE
    else:
        assert mark > after
        assert clocks.state(clock, mark - timedelta(microseconds=1)) is clocks.state(clock, after)
        assert clocks.state(clock, mark) is not clocks.state(clock, after)


def test_working_clocks_are_late_in_working_minutes() -> None:
    clock = handling("1工作日", at("2025-03-06T17:00"))  # due Friday 17:00
    assert clocks.lateness(clock, at("2025-03-07T16:00"), OFFICIAL) == 0
    assert clocks.lateness(clock, at("2025-03-07T17:00"), OFFICIAL) == 0
    assert clocks.lateness(clock, at("2025-03-09T12:00"), OFFICIAL) == 30  # Sunday
    assert clocks.lateness(clock, at("2025-03-10T09:00"), OFFICIAL) == 60


def test_a_clock_of_working_hours_rests_with_the_office() -> None:
    clock = handling("4工作时", at("2025-03-07T16:00"))  # Friday; due Monday 11:00
    assert clocks.lateness(clock, at("2025-03-10T15:00"), OFFICIAL) == 120
    paused = clocks.pause(clock, at("2025-03-07T17:00"))
    assert clocks.resume(paused, at("2025-03-10T08:40"), OFFICIAL).paused_minutes == 40


def test_continuous_clocks_are_late_day_and_night() -> None:
    clock = handling("24小时", at("2025-03-06T17:00"))
    assert clocks.lateness(clock, at("2025-03-07T16:59"), OFFICIAL) == 0
    assert clocks.lateness(clock, at("2025-03-09T17:00"), OFFICIAL) == 2 * 24 * 60


def test_no_lateness_accrues_while_paused() -> None:
    clock = clocks.pause(handling("2小时"), at("2025-03-03T13:00"))
    assert clocks.lateness(clock, at("2025-03-20T13:00"), OFFICIAL) == 60
    resumed = clocks.resume(clock, at("2025-03-20T13:00"), OFFICIAL)
    assert clocks.lateness(resumed, at("2025-03-20T13:30"), OFFICIAL) == 90


def test_a_pause_gives_back_working_time_to_a_working_clock() -> None:
    paused = clocks.pause(handling("2工作日"), at("2025-03-03T16:30"))
    resumed = clocks.resume(paused, at("2025-03-08T12:00"), OFFICIAL)  # Saturday: 1 hour + four days
    assert resumed.paused_minutes == 60 + 4 * 420
    assert resumed.paused_at is None
    assert resumed.warn_at == at("2025-03-10T11:00")
    assert resumed.due_at == at("2025-03-11T11:00")
    assert resumed.red_at == at("2025-03-13T11:00")
    assert resumed.started_at == MONDAY


def test_a_pause_over_the_night_gives_a_working_clock_nothing() -> None:
    clock = handling("2工作日")
    assert clocks.resume(clocks.pause(clock, at("2025-03-03T18:00")), at("2025-03-04T08:00"), OFFICIAL) == clock


def test_a_pause_gives_back_every_minute_to_a_continuous_clock() -> None:
    paused = clocks.pause(handling("24小时"), at("2025-03-03T18:00"))
    resumed = clocks.resume(paused, at("2025-03-04T08:00"), OFFICIAL)
    assert resumed.paused_minutes == 14 * 60
    assert resumed.due_at == at("2025-03-05T00:00")


def test_pausing_twice_keeps_the_first_pause_and_resuming_twice_changes_nothing() -> None:
    clock = handling("24小时")
    paused = clocks.pause(clock, at("2025-03-03T12:00"))
    assert clocks.pause(paused, at("2025-03-03T15:00")) == paused
    resumed = clocks.resume(paused, at("2025-03-03T16:00"), OFFICIAL)
    assert clocks.resume(resumed, at("2025-03-03T20:00"), OFFICIAL) == resumed


def test_a_clock_behind_ours_takes_no_time_away() -> None:
    clock = handling("24小时")
    paused = clocks.pause(clock, at("2025-03-03T12:00"))
    assert clocks.resume(paused, at("2025-03-03T11:59"), OFFICIAL) == clock


@given(lived=lived_clocks())
def test_pausing_and_resuming_at_once_changes_nothing(lived: tuple[Clock, datetime]) -> None:
    clock, now = lived
    assert clocks.resume(clocks.pause(clock, now), now, OFFICIAL) == clock


@given(lived=lived_clocks(), length=minutes)
def test_a_pause_of_whole_minutes_leaves_exactly_the_time_that_was_left(
    lived: tuple[Clock, datetime], length: int
) -> None:
    clock, now = lived
    later = now + timedelta(minutes=length)
    resumed = clocks.resume(clocks.pause(clock, now), later, OFFICIAL)
    if not clock.limit.unit.is_working:
        assert left(resumed, later) == left(clock, now)
    else:
        # Working time may stop or start amid a minute, at the edge of a session; that part is not given back.
        assert 0 <= left(clock, now) - left(resumed, later) <= 1


@given(lived=lived_clocks(), length=minutes, seconds=st.integers(0, 59))
def test_a_pause_never_leaves_more_time_than_was_left(lived: tuple[Clock, datetime], length: int, seconds: int) -> None:
    clock, now = lived
    later = now + timedelta(minutes=length, seconds=seconds)
    resumed = clocks.resume(clocks.pause(clock, now), later, OFFICIAL)
    assert left(resumed, later) <= left(clock, now)
    assert resumed.due_at >= clock.due_at


@given(lived=lived_clocks(), length=minutes)
def test_a_mark_passed_before_a_pause_stays_passed_after_it(lived: tuple[Clock, datetime], length: int) -> None:
    clock, now = lived
    later = now + timedelta(minutes=length)
    resumed = clocks.resume(clocks.pause(clock, now), later, OFFICIAL)
    for before, after in ((clock.warn_at, resumed.warn_at), (clock.due_at, resumed.due_at)):
        assert before > now or after <= later


@given(lived=lived_clocks())
def test_the_marks_keep_their_order_through_any_history(lived: tuple[Clock, datetime]) -> None:
    clock, _ = lived
    assert clock.started_at <= clock.warn_at < clock.due_at < clock.red_at


def test_an_extension_counts_from_the_old_due_time_even_when_granted_late() -> None:
    clock = handling("2工作日/3工作日")  # due Wednesday
    extended = clocks.extend(clock, 3, OFFICIAL)
    assert extended.due_at == at("2025-03-10T10:00")
    assert extended.warn_at == at("2025-03-07T10:00")
    assert extended.red_at == at("2025-03-11T10:00")
    assert extended.extended == 3
    assert clocks.extend(extended, 2, OFFICIAL).extended == 5


def test_an_extension_of_a_continuous_clock_counts_working_days() -> None:
    clock = handling("24小时", at("2025-03-06T10:00"))  # due Friday 10:00
    extended = clocks.extend(clock, 1, OFFICIAL)
    assert extended.due_at == at("2025-03-10T10:00")
    assert extended.red_at - extended.due_at == clock.red_at - clock.due_at


@pytest.mark.parametrize("workdays", [0, -1])
def test_an_extension_by_nothing_is_refused(workdays: int) -> None:
    with pytest.raises(ValueError, match="延期"):
        clocks.extend(handling("2工作日"), workdays, OFFICIAL)


def test_another_limit_counts_from_the_original_start() -> None:
    clock = handling("2工作日")
    assert clocks.relimit(clock, Limit.parse("5工作日"), OFFICIAL) == handling("5工作日")
    shorter = clocks.relimit(handling("5工作日"), Limit.parse("2小时"), OFFICIAL)
    assert clocks.state(shorter, at("2025-03-05T10:00")) is ClockState.LONG_OVERDUE


def test_another_limit_keeps_pauses_and_extensions() -> None:
    clock = clocks.pause(handling("2工作日"), at("2025-03-03T11:00"))
    clock = clocks.resume(clock, at("2025-03-04T11:00"), OFFICIAL)
    clock = clocks.extend(clock, 1, OFFICIAL)
    longer = clocks.relimit(clock, Limit.parse("3工作日"), OFFICIAL)
    assert longer.due_at == at("2025-03-10T10:00")  # 3 + 1 paused + 1 granted
    assert (longer.paused_minutes, longer.extended) == (420, 1)


def test_an_urgent_limit_may_end_on_a_day_off() -> None:
    clock = handling("2工作日", at("2025-03-06T10:00"))
    assert clocks.relimit(clock, Limit.parse("48小时"), OFFICIAL).due_at == at("2025-03-08T10:00")


def test_another_kind_of_time_converts_the_pauses_by_the_day() -> None:
    clock = clocks.resume(clocks.pause(handling("2工作日"), MONDAY), at("2025-03-04T10:00"), OFFICIAL)
    urgent = clocks.relimit(clock, Limit.parse("24小时"), OFFICIAL)
    assert urgent.paused_minutes == 24 * 60
    assert urgent.due_at == at("2025-03-05T10:00")
    assert clocks.relimit(urgent, Limit.parse("2工作日"), OFFICIAL) == clock


def test_a_paused_clock_stays_paused_under_another_limit() -> None:
    paused = clocks.pause(handling("2工作日"), at("2025-03-03T11:00"))
    longer = clocks.relimit(paused, Limit.parse("5工作日"), OFFICIAL)
    assert longer.paused_at == paused.paused_at
    assert clocks.resume(longer, at("2025-03-03T15:00"), OFFICIAL).paused_minutes == 120


@given(lived=lived_clocks())
def test_the_same_limit_again_changes_nothing(lived: tuple[Clock, datetime]) -> None:
    clock, _ = lived
    assert clocks.relimit(clock, clock.limit, OFFICIAL) == clock


@given(lived=lived_clocks(working_limits), other=working_limits)
def test_another_working_limit_can_be_taken_back(lived: tuple[Clock, datetime], other: Limit) -> None:
    clock, _ = lived
    assert clocks.relimit(clocks.relimit(clock, other, OFFICIAL), clock.limit, OFFICIAL) == clock


@given(lived=lived_clocks(), other=limits, workdays=st.integers(1, 20))
def test_extending_before_or_after_another_limit_is_the_same(
    lived: tuple[Clock, datetime], other: Limit, workdays: int
) -> None:
    clock, _ = lived
    if other == clock.limit:
        return
    first = clocks.relimit(clocks.extend(clock, workdays, OFFICIAL), other, OFFICIAL)
    assert first == clocks.extend(clocks.relimit(clock, other, OFFICIAL), workdays, OFFICIAL)


@given(lived=lived_clocks(), workdays=st.integers(1, 20))
def test_only_an_extension_moves_the_due_time_of_a_running_clock(lived: tuple[Clock, datetime], workdays: int) -> None:
    clock, _ = lived
    extended = clocks.extend(clock, workdays, OFFICIAL)
    assert extended.due_at > clock.due_at
    assert (extended.started_at, extended.owner) == (clock.started_at, clock.owner)


def test_handing_over_changes_who_is_late_and_nothing_else() -> None:
    clock = handling("2工作日")
    handed = clocks.hand_over(clock, OTHER_OFFICE)
    assert handed.owner == OTHER_OFFICE
    assert attrs.evolve(handed, owner=OFFICE) == clock


def test_a_fixed_clock_runs_to_its_date() -> None:
    clock = clocks.fixed(ClockKind.SUSPENSION, OFFICE, MONDAY, at("2025-03-13T18:00"), ref=2)
    assert clock.due_at == at("2025-03-13T18:00")
    assert clock.warn_at == MONDAY + timedelta(minutes=(10 * 24 + 8) * 60 * 7 // 10)
    assert clock.red_at == at("2025-03-24T02:00")
    assert clock.limit == Limit(amount=11, unit=Unit.DAY)
    assert (clock.kind, clock.owner, clock.ref) == (ClockKind.SUSPENSION, OFFICE, 2)
    assert clocks.relimit(clock, clock.limit, OFFICIAL) == clock


@given(now=moments, length=st.integers(1, 10_000))
def test_a_fixed_clock_has_its_marks_in_order(now: datetime, length: int) -> None:
    clock = clocks.fixed(ClockKind.SUSPENSION, OFFICE, now, now + timedelta(minutes=length))
    marks = [clock.started_at, clock.warn_at, clock.due_at, clock.red_at]
    assert clock.warn_at < clock.due_at
    assert all(a <= b for a, b in pairwise(marks))


@pytest.mark.parametrize("until", [MONDAY, MONDAY - timedelta(days=1)])
def test_a_fixed_clock_must_end_in_the_future(until: datetime) -> None:
    with pytest.raises(ValueError, match="截止时间须晚于"):
        clocks.fixed(ClockKind.SUSPENSION, OFFICE, MONDAY, until)


def test_a_fixed_clock_does_not_run_for_decades() -> None:
    with pytest.raises(ValueError, match="时限须在1至"):
        clocks.fixed(ClockKind.SUSPENSION, OFFICE, MONDAY, MONDAY + timedelta(days=10_000))


NAIVE = datetime.fromisoformat("2025-03-03T10:00")


@pytest.mark.parametrize(
    "refused",
    [
        lambda: handling("2工作日", NAIVE),
        lambda: handling("2小时", NAIVE),
        lambda: clocks.pause(handling("2工作日"), NAIVE),
        lambda: clocks.resume(clocks.pause(handling("2小时"), MONDAY), NAIVE, OFFICIAL),
        lambda: clocks.state(handling("2工作日"), NAIVE),
        lambda: clocks.lateness(handling("2小时"), NAIVE, OFFICIAL),
        lambda: clocks.next_mark(handling("2工作日"), NAIVE),
        lambda: clocks.fixed(ClockKind.SUSPENSION, OFFICE, NAIVE, MONDAY),
        lambda: attrs.evolve(handling("2工作日"), due_at=NAIVE),
    ],
)
def test_moments_without_time_zone_are_refused(refused: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match="时区"):
        refused()


def test_a_clock_read_back_in_another_time_zone_is_the_same_clock() -> None:
    clock = clocks.pause(handling("2工作日"), at("2025-03-03T18:00"))
    stored = attrs.evolve(
        clock,
        **{
            name: getattr(clock, name).astimezone(UTC)
            for name in ("started_at", "warn_at", "due_at", "red_at", "paused_at")
        },
    )
    assert stored == clock
    assert stored.due_at.tzinfo is TZ
    # A Sunday evening in UTC is Monday morning here.
    later = datetime(2025, 3, 9, 23, 0, tzinfo=UTC)
    assert clocks.resume(stored, later, OFFICIAL) == clocks.resume(clock, later.astimezone(TZ), OFFICIAL)


def test_hours_of_the_township_decide_not_ours() -> None:
    summer = WorkCalendar(
        exceptions={date(2025, 7, 2): False},
        years=frozenset({2025}),
        sessions=((time(8), time(11)), (time(15), time(18))),
    )
    clock = clocks.start(ClockKind.ACCEPT, OFFICE, Limit.parse("4工作时"), at("2025-07-01T16:00"), summer)
    assert clock.due_at == at("2025-07-03T10:00")
