"""值班表: a month of the rota, filled in by the room's head or the chief; the county sees its townships' of today."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from attrs import frozen
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sipingtai.core.setting import Level, Setting
from sipingtai.desk.frame import asker_names, page, staff
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.insight.sheets import SheetError
from sipingtai.loop.errors import NotFound
from sipingtai.mechanisms.duty import rota as turns
from sipingtai.mechanisms.duty.people import Person, by_name, duty_command, may_fill_in, people
from sipingtai.mechanisms.duty.rota import DAY, Day, Planned, RotaError
from sipingtai.mechanisms.duty.table import plan_of
from sipingtai.org.duty import duty_of
from sipingtai.org.models import DutyShift

WEEKDAYS = "一二三四五六日"
LARGEST = 1024 * 1024  # bytes of a table


@frozen(kw_only=True)
class Line:
    """A day of the table."""

    day: Day
    weekday: str
    off: bool  # nobody's working day
    now: bool  # its turn runs


@frozen(kw_only=True)
class Place:
    """Whose rota, and which month of it."""

    command: int
    first: date
    people: tuple[Person, ...]  # to choose from, where the asker fills it in
    may: bool


@frozen(kw_only=True)
class Faulty:
    """A change that was not made: what was typed stays, with every fault."""

    what: str
    faults: tuple[str, ...]
    typed: QueryDict


@staff
@require_GET
def rota(request: HttpRequest) -> HttpResponse:
    """A month."""
    return _page(request)


@staff
@require_POST
def change(request: HttpRequest, what: str) -> HttpResponse:
    """One change: a day, turns over a range, two days swapped, or a whole table. All of it is made, or nothing."""
    if what not in _CHANGES:
        raise Http404("没有这个动作。")
    asker = asker_of(request)
    place = _place(asker, request.POST)
    if not place.may:
        raise NotFound
    try:
        with transaction.atomic():
            told, shown = _CHANGES[what](request, asker, place)
    except _Faults as error:
        return _page(request, Faulty(what=what, faults=error.faults, typed=request.POST))
    except (RotaError, SheetError) as error:
        return _page(request, Faulty(what=what, faults=(str(error),), typed=request.POST))
    messages.success(request, told)
    return HttpResponseRedirect(f"{reverse('desk:duty')}?month={shown:%Y-%m}&command={place.command}")


class _Faults(Exception):
    def __init__(self, faults: Sequence[str]) -> None:
        super().__init__("；".join(faults))
        self.faults = tuple(faults)


def homes(asker: Asker) -> list[int]:
    """The commands whose rota is the asker's own, by area."""
    setting = asker.setting
    found = {command for unit in asker.actor.units if (command := duty_command(unit, setting)) is not None}
    if not found:  # who only looks on has no unit, and an area
        areas = {low for low, _ in asker.standing.areas}
        found = {c.id for c in setting.commands.values() if setting.units[c.id].area in areas}
    return sorted(found, key=lambda command: setting.units[command].area)


def _place(asker: Asker, asked: QueryDict) -> Place:
    own = homes(asker)
    if not own:
        raise NotFound
    chosen = asked.get("command") or ""
    command = next((c for c in own if str(c) == chosen), own[0])
    may = may_fill_in(asker.actor, command, asker.setting)
    return Place(
        command=command,
        first=_month(asked.get("month") or "", asker.now.date()),
        people=people(command, asker.setting, asker.now.date()) if may else (),
        may=may,
    )


def _month(text: str, today: date) -> date:
    try:
        found = datetime.strptime(text[:7], "%Y-%m").date()  # noqa: DTZ007  a month has no zone
    except ValueError:
        return today.replace(day=1)
    return found if 2000 <= found.year < 2200 else today.replace(day=1)


def _page(request: HttpRequest, faulty: Faulty | None = None) -> HttpResponse:
    asker = asker_of(request)
    asked = faulty.typed if faulty else request.GET
    place = _place(asker, asked)
    setting, now, command = asker.setting, asker.now, place.command
    last = (place.first + 31 * DAY).replace(day=1) - DAY
    found = turns.days(command, place.first, last, setting, now)
    running = turns.today(setting, command, now)
    chosen = _chosen(asked, found) if place.may else None
    context: dict[str, Any] = {
        "command": command,
        "name": setting.units[command].name,
        "homes": [(c, setting.units[c].name) for c in homes(asker)],
        "may": place.may,
        "month": place.first,
        "before": place.first - DAY,
        "behind": last + DAY,
        "lines": [_line(day, running, setting) for day in found],
        "empty": not any(day.turns for day in found),
        "duty": duty_of(command, setting),
        "people": place.people,
        "leading": [person for person in place.people if person.leads],
        "chosen": chosen,
        "faulty": faulty,
        "typed": faulty.typed if faulty else {},
        **_picked(chosen, faulty, now),
        "turns_first": max(now.date(), place.first).isoformat(),
        "today": now.date(),
        "last": last,
        "townships": _townships(asker, command),
    }
    return page(request, "desk/duty.html", context, current="duty", status=422 if faulty else 200)


def _line(day: Day, running: date, setting: Setting) -> Line:
    return Line(
        day=day,
        weekday=WEEKDAYS[day.day.weekday()],
        off=not setting.calendar.is_workday(day.day),
        now=day.day == running,
    )


def _chosen(asked: Mapping[str, Any], found: Sequence[Day]) -> Day | None:
    """The day whose form is open: never one that is over."""
    return next((day for day in found if day.day.isoformat() == asked.get("day") and not day.over), None)


def _picked(chosen: Day | None, faulty: Faulty | None, now: datetime) -> dict[str, set[str]]:
    """Who is chosen in the day's form, as text: as typed, else as it stands now."""
    if faulty is not None and faulty.what == "day":
        return {"picked": {faulty.typed.get("leader") or ""}, "ticked": set(faulty.typed.getlist("staff"))}
    going = [turn for turn in chosen.turns if turn.ends_at > now] if chosen else []
    return {
        "picked": {str(turn.account) for turn in going if turn.leading},
        "ticked": {str(turn.account) for turn in going if not turn.leading},
    }


def _townships(asker: Asker, command: int) -> list[tuple[str, str, str]]:
    """Of a county: its townships, who leads there now, and the duty office's telephone. One statement."""
    setting = asker.setting
    if setting.commands[command].level is not Level.COUNTY:
        return []
    children = sorted(setting.children(command), key=lambda child: setting.units[child].area)
    rows = DutyShift.objects.filter(
        command_id__in=children, leading=True, starts_at__lte=asker.now, ends_at__gt=asker.now,
        day__gte=asker.now.date() - DAY,
    )  # fmt: skip
    led = dict(rows.values_list("command_id", "account__display_name"))
    areas = asker_names(asker).areas
    return [
        (areas.get(setting.units[c].area, setting.units[c].name), led.get(c, ""), duty_of(c, setting).telephone)
        for c in children
    ]


def _day(request: HttpRequest, asker: Asker, place: Place) -> tuple[str, date]:
    """One day: who leads, and who else."""
    day = _date(request.POST, "day", "日期")
    leader, others = request.POST.get("leader") or "", request.POST.getlist("staff")
    known = {person.key: person.id for person in place.people}
    # Nobody has the account 0: whoever is not to be chosen is refused with everybody else who is not.
    planned = Planned(
        leader=known.get(leader, 0) if leader else None, staff=tuple(known.get(word, 0) for word in others)
    )
    _put(asker, place, {day: planned})
    return f"{turns.said(day)}的值班已保存。", day


def _turns(request: HttpRequest, asker: Asker, place: Place) -> tuple[str, date]:
    """People who lead in turns, from a day to a day."""
    first, last = _date(request.POST, "first", "开始日期"), _date(request.POST, "last", "结束日期")
    known, order, faults = by_name(person for person in place.people if person.leads), [], []
    for no, line in enumerate((request.POST.get("order") or "").splitlines(), start=1):
        word = line.strip()
        matching = known.get(word, [])
        if len(matching) == 1:
            order.append(matching[0].id)
        elif word:
            several = f"叫“{word[:20]}”的不止一人，请改写账号：" + "、".join(p.account for p in matching[:4])
            unknown = f"“{word[:20]}”不在可任值班领导的人员里，请核对姓名"
            faults.append(f"第 {no} 行：{several if matching else unknown}。")
    if faults:
        raise _Faults(faults)
    plan = turns.rotation(first, last, order)
    _put(asker, place, plan)
    return f"已排 {turns.said(first)}至{turns.said(last)} 共 {len(plan)} 天。", first


def _swap(request: HttpRequest, asker: Asker, place: Place) -> tuple[str, date]:
    """The leaders of two days change places."""
    one, other = _date(request.POST, "one", "第一个日期"), _date(request.POST, "other", "第二个日期")
    turns.swap(place.command, one, other, by=asker.account.pk, now=asker.now, setting=asker.setting)
    return f"{turns.said(one)}与{turns.said(other)}已对调。", one


def _table(request: HttpRequest, asker: Asker, place: Place) -> tuple[str, date]:
    """A table, pasted or as a file."""
    file = request.FILES.get("file")
    if file is not None and (file.size or 0) > LARGEST:
        raise RotaError("文件超过 1 MB，不像一张值班表，请核对。")
    source = file.read() if file is not None else (request.POST.get("rows") or "").encode("utf-8", "replace")
    if not source.strip():
        raise RotaError("请粘贴值班表，或选择文件。")
    running = turns.today(asker.setting, place.command, asker.now)
    found = plan_of(source, name=(file.name or "") if file else "", people=place.people, running=running)
    if found.faults:
        raise _Faults(found.faults)
    _put(asker, place, found.plan)
    return f"已导入 {len(found.plan)} 天的值班。", min(found.plan)


_CHANGES: Mapping[str, Callable[[HttpRequest, Asker, Place], tuple[str, date]]] = {
    "day": _day,
    "turns": _turns,
    "swap": _swap,
    "table": _table,
}


def _put(asker: Asker, place: Place, plan: Mapping[date, Planned]) -> None:
    turns.put(place.command, plan, by=asker.account.pk, now=asker.now, setting=asker.setting)


def _date(posted: QueryDict, name: str, label: str) -> date:
    """A day as the browser's date field sends it. Raises RotaError."""
    try:
        found = date.fromisoformat((posted.get(name) or "").strip()[:10])
    except ValueError as error:
        raise RotaError(f"请填写{label}，写成 2026-03-02 的样子。") from error
    if not 2000 <= found.year < 2200:
        raise RotaError(f"{label}的年份不对，请核对。")
    return found
