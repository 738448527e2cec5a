"""A rota for every township of the demo (演示值班表): two weeks back, three ahead, with a log of the last few turns."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise

from sipingtai.access.actor_scope import system_scope
from sipingtai.core.calendar import TZ, local
from sipingtai.core.setting import Setting
from sipingtai.loop.reading.pressing import pressing
from sipingtai.mechanisms.duty.models import Entry, EntryKind
from sipingtai.mechanisms.duty.people import Person, people
from sipingtai.mechanisms.duty.rota import today
from sipingtai.ops.demo.cast import Cast
from sipingtai.org.duty import duty_of
from sipingtai.org.models import DutyShift

BACK, AHEAD, LOGGED = 14, 21, 3  # days
NOTES = ("夜间巡查河道与地质灾害点，无异常。", "接县里电话，已转有关单位跟进。", "检查值班备勤，人员在岗。")


def put_on_duty(casts: Sequence[Cast], now: datetime, appointed: Collection[str]) -> None:
    """Everybody of the leadership in turn, an office's person beside them. Somebody among `appointed` leads today."""
    now = local(now)
    with system_scope("演示"):
        for cast in casts:
            shifts = _rota(cast.township, cast.setting, now, appointed)
            DutyShift.objects.bulk_create(shifts)
            _log([shift for shift in shifts if shift.leading], cast.setting, now)


def _rota(command: int, setting: Setting, now: datetime, appointed: Collection[str]) -> list[DutyShift]:
    running = today(setting, command, now)
    known = people(command, setting, now.date())
    leaders = _beginning([person for person in known if person.leads], appointed)
    others = [person for person in known if not person.leads]
    found: list[DutyShift] = []
    for no in range(-BACK, AHEAD + 1):
        day = running + timedelta(days=no)
        found.append(_shift(command, setting, day, leaders[no % len(leaders)], leading=True))
        if others:
            found.append(_shift(command, setting, day, others[no % len(others)], leading=False))
    return found


def _beginning(leaders: list[Person], appointed: Collection[str]) -> list[Person]:
    """The same order, begun with a deputy whom one can sign in as: it shows what the day on duty adds."""
    first = next((no for no, person in enumerate(leaders) if _is_deputy(person) and person.account in appointed), 0)
    return leaders[first:] + leaders[:first]


def _is_deputy(person: Person) -> bool:
    return person.account.endswith("-head")


def _shift(command: int, setting: Setting, day: date, person: Person, *, leading: bool) -> DutyShift:
    handover = duty_of(command, setting).handover
    start = datetime.combine(day, handover, TZ)
    return DutyShift(
        command_id=command, area=setting.units[command].area, day=day, account_id=person.id, leading=leading,
        starts_at=start, ends_at=start + timedelta(days=1), set_at=start - timedelta(days=20),
    )  # fmt: skip


def _log(led: Sequence[DutyShift], setting: Setting, now: datetime) -> None:
    """Each of the last turns noted something and handed over; the leader of the running one has yet to take over."""
    over = [shift for shift in led if shift.ends_at <= now][-LOGGED:]
    running = [shift for shift in led if shift.starts_at <= now < shift.ends_at]
    for no, (shift, behind) in enumerate(pairwise([*over, *running])):
        _entry(shift, EntryKind.NOTE, shift.starts_at + timedelta(hours=13), NOTES[no % len(NOTES)])
        last = behind in running
        found = pressing(shift.command_id, setting, now) if last else ()
        handed = _entry(
            shift, EntryKind.HANDOVER, shift.ends_at - timedelta(minutes=12), "值班电话、应急车辆已移交。",
            matters=[[each.number, list(each.why)] for each in found],
        )  # fmt: skip
        if not last:
            _entry(behind, EntryKind.TAKEOVER, behind.starts_at + timedelta(minutes=4), "", answers=handed)


def _entry(
    shift: DutyShift,
    kind: EntryKind,
    at: datetime,
    text: str,
    *,
    matters: Sequence[list[object]] = (),
    answers: Entry | None = None,
) -> Entry:
    return Entry.objects.create(
        command=shift.command_id, area=shift.area, account_id=shift.account_id, at=at, kind=kind, text=text,
        matters=list(matters), answers=answers,
    )  # fmt: skip
