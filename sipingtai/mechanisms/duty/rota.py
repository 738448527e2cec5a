"""The rota (值班表): a month of it, and its changes. All of a change is written, or nothing; what is over stays.

A turn runs from the handover of its day to the handover of the next (`org.duty`). It begins where the turn before
ends and ends where the one behind begins, so that a new hour of handover leaves neither gap nor overlap.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from attrs import frozen
from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from sipingtai.core.calendar import TZ, local
from sipingtai.core.setting import Setting
from sipingtai.mechanisms.duty.people import Person, people
from sipingtai.org.duty import duty_of
from sipingtai.org.models import DutyShift

LONGEST = 366  # days of one change
_LOCK = 20_023  # of those who change one command's rota: one after the other
DAY = timedelta(days=1)


class RotaError(ValueError):
    """A change that cannot be made; the message tells in Chinese what to do."""


@frozen(kw_only=True)
class Turn:
    """One person's turn on a day."""

    account: int
    name: str
    leading: bool
    starts_at: datetime
    ends_at: datetime


@frozen(kw_only=True)
class Day:
    """A day of the rota."""

    day: date
    begun: bool
    over: bool
    turns: tuple[Turn, ...]  # by start; the leader's first

    @property
    def leaders(self) -> tuple[Turn, ...]:
        """Who leads: one after the other where the day was changed while it ran."""
        return tuple(turn for turn in self.turns if turn.leading)

    @property
    def staff(self) -> tuple[Turn, ...]:
        return tuple(turn for turn in self.turns if not turn.leading)


@frozen(kw_only=True)
class Planned:
    """Who is to be on duty on a day. `staff` None: those who are stay."""

    leader: int | None
    staff: tuple[int, ...] | None = None


def days(command: int, first: date, last: date, setting: Setting, now: datetime) -> tuple[Day, ...]:
    """Every day from `first` to `last` with who is on duty: one statement."""
    rows = _shifts(command, first - DAY, last + DAY)
    hours = _Hours(command, rows, setting)
    found = []
    for day in _each(first, last):
        start, end = hours.of(day, replanned=False)
        turns = sorted((r for r in rows if r.day == day), key=lambda r: (not r.leading, r.starts_at, r.pk))
        found.append(
            Day(day=day, begun=start <= now, over=end <= now, turns=tuple(_turn(row) for row in turns))
        )  # fmt: skip
    return tuple(found)


def today(setting: Setting, command: int, now: datetime) -> date:
    """The day whose turn runs now: before the handover it is still yesterday's."""
    return now.date() if now.timetz().replace(tzinfo=None) >= duty_of(command, setting).handover else now.date() - DAY


def put(command: int, plan: Mapping[date, Planned], *, by: int, now: datetime, setting: Setting) -> None:
    """Put people on duty. A day that has begun changes from now on, and what was until now stays on record.

    Raises RotaError for a day that is over, for whoever may not lead or be on duty here, and where somebody else
    changes the same days.
    """
    wanted = sorted(plan)
    if not wanted:
        raise RotaError("没有要改的日期。")
    if len(wanted) > LONGEST or wanted[-1] - wanted[0] > LONGEST * DAY:
        raise RotaError(f"一次最多排 {LONGEST} 天，请分几次排。")
    _admit(plan.values(), people(command, setting, now.date()))
    _one_at_a_time(command)
    rows = _shifts(command, wanted[0] - DAY, wanted[-1] + DAY)
    hours = _Hours(command, rows, setting)
    gone: list[int] = []
    ended: list[int] = []
    fresh: list[DutyShift] = []
    for day in wanted:
        start, end = hours.of(day, replanned=True, plan=plan)
        if end <= now:
            raise RotaError(f"{said(day)}已经过去，值班表不能再改。请选今天或以后的日期。")
        stored = [row for row in rows if row.day == day and row.ends_at > now]
        keep = _kept(stored, plan[day]) if start <= now else []
        for row in stored:
            touched = row.leading or plan[day].staff is not None
            if touched and row not in keep:
                (ended if row.starts_at < now else gone).append(row.pk)
        have = {(row.account_id, row.leading) for row in keep}
        at = {"command_id": command, "area": setting.units[command].area, "day": day, "set_by_id": by, "set_at": now,
              "starts_at": max(start, now), "ends_at": end}  # fmt: skip
        fresh += [
            DutyShift(account_id=a, leading=lead, **at) for a, lead in _people(plan[day]) if (a, lead) not in have
        ]
    try:
        with transaction.atomic():
            DutyShift.objects.filter(pk__in=gone).delete()
            DutyShift.objects.filter(pk__in=ended).update(ends_at=now)
            DutyShift.objects.bulk_create(fresh)
    except IntegrityError as error:
        raise RotaError("值班表刚刚被别人改过，请刷新后再改。") from error


def swap(command: int, one: date, other: date, *, by: int, now: datetime, setting: Setting) -> None:
    """Let the leaders of two days that have not begun change places. Raises RotaError."""
    if one == other:
        raise RotaError("两个日期相同，请选不同的两天。")
    found = {day.day: day for chosen in (one, other) for day in days(command, chosen, chosen, setting, now)}
    for day in found.values():
        if day.begun:
            raise RotaError(f"{said(day.day)}已经开始，不能对调。要换人，请在当天“改”。")
        if not day.leaders:
            raise RotaError(f"{said(day.day)}还没有排值班领导，不能对调。")
    first, second = found[one].leaders[0].account, found[other].leaders[0].account
    put(command, {one: Planned(leader=second), other: Planned(leader=first)}, by=by, now=now, setting=setting)


def rotation(first: date, last: date, order: Sequence[int]) -> dict[date, Planned]:
    """Who leads from day to day where these people take turns in this order. Raises RotaError."""
    if not order:
        raise RotaError("请写明轮值的人和次序，一行一人。")
    if last < first:
        raise RotaError("结束日期早于开始日期，请核对。")
    if (last - first).days >= LONGEST:
        raise RotaError(f"一次最多排 {LONGEST} 天，请分几次排。")
    return {day: Planned(leader=order[no % len(order)]) for no, day in enumerate(_each(first, last))}


def said(day: date) -> str:
    """12月3日."""
    return f"{day.month}月{day.day}日"


def _admit(planned: Iterable[Planned], known: Iterable[Person]) -> None:
    """Raises RotaError for the first who may not be where they are planned."""
    by_id = {person.id: person for person in known}
    for account, leading in {found for each in planned for found in _people(each)}:
        person = by_id.get(account)
        if person is None:
            raise RotaError("选的人已经不在可排的人员里，请重新选择。")
        if leading and not person.leads:
            raise RotaError(f"{person.name}不是班子成员，不能任值班领导；可以排作值班人员。")


class _Hours:
    """When the turns of a command's days begin and end."""

    def __init__(self, command: int, rows: Iterable[DutyShift], setting: Setting) -> None:
        self._handover = duty_of(command, setting).handover
        self._stored: dict[date, tuple[datetime, datetime]] = {}
        for row in rows:
            start, end = self._stored.get(row.day, (row.starts_at, row.ends_at))
            self._stored[row.day] = (min(start, row.starts_at), max(end, row.ends_at))

    def of(
        self, day: date, *, replanned: bool, plan: Mapping[date, Planned] | None = None
    ) -> tuple[datetime, datetime]:
        """From the end of the turn before to the start of the one behind, or from handover to handover.

        `replanned`: the hours of a day that is written anew; the days behind it then begin where it ends.
        """
        before, behind = self._stored.get(day - DAY), self._stored.get(day + DAY)
        start, end = datetime.combine(day, self._handover, TZ), datetime.combine(day + DAY, self._handover, TZ)
        # A turn that was cut short, or taken up in the middle of its day, says nothing of the hour of handover.
        if before and local(before[1]).date() == day:
            start = before[1]
        if behind and local(behind[0]).date() == day + DAY and (plan is None or day + DAY not in plan):
            end = behind[0]
        if replanned:
            self._stored[day] = (start, end)
        elif day in self._stored:
            start = min(start, self._stored[day][0])
        return start, end


def _kept(stored: Iterable[DutyShift], planned: Planned) -> list[DutyShift]:
    """Of a day that has begun: the turns that go on."""
    wanted = set(_people(planned))
    return [row for row in stored if (row.account_id, row.leading) in wanted]


def _people(planned: Planned) -> list[tuple[int, bool]]:
    found = [] if planned.leader is None else [(planned.leader, True)]
    return found + [(person, False) for person in dict.fromkeys(planned.staff or ()) if person != planned.leader]


def _shifts(command: int, first: date, last: date) -> list[DutyShift]:
    rows = DutyShift.objects.filter(Q(day__range=(first, last)), command_id=command).select_related("account")
    return list(rows.order_by("day", "starts_at", "pk"))


def _turn(row: DutyShift) -> Turn:
    return Turn(
        account=row.account_id, name=str(row.account), leading=row.leading, starts_at=row.starts_at, ends_at=row.ends_at
    )


def _one_at_a_time(command: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, command % 2**31])


def _each(first: date, last: date) -> Iterable[date]:
    return (first + n * DAY for n in range((last - first).days + 1))
