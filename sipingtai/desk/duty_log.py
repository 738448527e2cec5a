"""值班日志: what the people on duty wrote, and the handover from one leader to the next."""

from attrs import frozen
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sipingtai.desk.duty import homes
from sipingtai.desk.frame import page, staff
from sipingtai.faces import words as said
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.errors import NotFound
from sipingtai.loop.reading.pressing import Told, pressing, told
from sipingtai.mechanisms.duty import log
from sipingtai.mechanisms.duty.log import Line, hand_over, note, take_over, taken, waiting
from sipingtai.mechanisms.duty.rota import Day, RotaError, Turn, days, today

_WRITES = {"note": note, "handover": hand_over, "takeover": take_over}
_DONE = {"note": "已记入值班日志。", "handover": "已交班，等下一班接班确认。", "takeover": "已接班。"}


@frozen(kw_only=True)
class Desk:
    """Whose log, and what the asker is on duty for."""

    command: int
    day: Day  # whose turn runs
    mine: Turn | None


@frozen(kw_only=True)
class Faulty:
    """An entry that was not written: what was typed stays."""

    what: str
    fault: str
    text: str


@frozen(kw_only=True)
class Entry:
    """A line in words."""

    line: Line
    at: str
    matters: tuple[Told, ...]
    hidden: int  # matters the reader may not see, or that were taken out of sight since
    taken_at: str


@staff
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The log, newest first."""
    return _page(request)


@staff
@require_POST
def write(request: HttpRequest, what: str) -> HttpResponse:
    """One entry: 记事, 交班 or 接班."""
    if what not in _WRITES:
        raise Http404("没有这个动作。")
    asker = asker_of(request)
    desk = _desk(asker, request.POST.get("command") or "")
    text = request.POST.get("text") or ""
    try:
        with transaction.atomic():
            _WRITES[what](desk.command, text, turn=desk.mine, now=asker.now, setting=asker.setting)
    except RotaError as error:
        return _page(request, Faulty(what=what, fault=str(error), text=text))
    messages.success(request, _DONE[what])
    return HttpResponseRedirect(f"{reverse('desk:duty_log')}?command={desk.command}")


def _desk(asker: Asker, chosen: str) -> Desk:
    """The asker's own command's log. Raises NotFound for whoever has no part in it."""
    own = homes(asker)
    command = next((c for c in own if str(c) == chosen), own[0] if own else None)
    if command is None:
        raise NotFound
    running = today(asker.setting, command, asker.now)
    (day,) = days(command, running, running, asker.setting, asker.now)
    on = [t for t in day.turns if t.account == asker.account.pk and t.starts_at <= asker.now < t.ends_at]
    mine = next((turn for turn in on if turn.leading), on[0] if on else None)
    reads = asker.standing.role == "oversight" or command in asker.actor.units
    if not reads and mine is None:
        raise NotFound
    return Desk(command=command, day=day, mine=mine)


def _page(request: HttpRequest, faulty: Faulty | None = None) -> HttpResponse:
    asker = asker_of(request)
    asked = request.POST if faulty else request.GET
    desk = _desk(asker, asked.get("command") or "")
    before = asked.get("before") or ""
    paged = before.isascii() and before.isdigit() and len(before) < 19
    found = log.lines(desk.command, before=int(before) if paged else None)
    led = desk.mine if desk.mine and desk.mine.leading else None
    waits = waiting(desk.command) if led else None
    now_pressing = told(pressing(desk.command, asker.setting, asker.now)) if led and not paged else ()
    shown = found[: log.PAGE]
    context = {
        "command": desk.command,
        "name": asker.setting.units[desk.command].name,
        "leader": next((t for t in desk.day.leaders if t.starts_at <= asker.now < t.ends_at), None),
        "mine": desk.mine,
        "leads": led is not None,
        "waits": _entry(waits, asker) if waits and led and waits.account != led.account else None,
        "may_take": led is not None and not taken(desk.command, led),
        "pressing": now_pressing,
        "entries": _entries(shown, asker),
        "next": f"?command={desk.command}&before={shown[-1].id}" if len(found) > log.PAGE else "",
        "faulty": faulty,
    }
    return page(request, "desk/duty_log.html", context, current="duty_log", status=422 if faulty else 200)


def _entries(found: tuple[Line, ...], asker: Asker) -> list[Entry]:
    """All their matters are looked up at once, as far as the reader may see them."""
    every = tuple(matter for line in found for matter in line.matters)
    known = {(each.number, each.why): each for each in told(every)}
    return [_dressed(line, asker, known) for line in found]


def _entry(line: Line, asker: Asker) -> Entry:
    return _entries((line,), asker)[0]


def _dressed(line: Line, asker: Asker, known: dict[tuple[str, tuple[str, ...]], Told]) -> Entry:
    seen = tuple(found for m in line.matters if (found := known.get((m.number, m.why))))
    return Entry(
        line=line,
        at=said.when(line.at, asker.now),
        matters=seen,
        hidden=len(line.matters) - len(seen),
        taken_at=said.when(line.taken_at, asker.now) if line.taken_at else "",
    )
