"""Clocks under extension, another limit, another hand; and clocks that run to a date."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipingtai.core import clocks
from sipingtai.core.calendar import TZ, WorkCalendar
from sipingtai.core.clocks import Clock, ClockKind
from sipingtai.core.limits import ClockState, Limit, Unit

from .timepieces import (
    MONDAY,
    OFFICE,
    OFFICIAL,
    OTHER_OFFICE,
    at,
    handling,
    limits,
    lived_clocks,
    moments,
    working_limits,
)


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
