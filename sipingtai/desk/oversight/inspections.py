"""监督检查: the list, opening one, and one with its cases, findings, explanations and history."""

from collections.abc import Callable

from attrs import frozen
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sipingtai.desk.frame import asker_names, page
from sipingtai.desk.oversight.frame import Shown, Typed, cases, day, numeral, overseer, people, typed
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.errors import Conflict, DoorError, NotFound
from sipingtai.loop.reading.page import find, unit_name
from sipingtai.mechanisms.oversight import inspecting
from sipingtai.mechanisms.oversight.models import Accountability, Entry, Event, Explanation, Inspection

PAGE = 50


@overseer
@require_GET
def inspections(request: HttpRequest) -> HttpResponse:
    """Those of one's area, the newest first."""
    asker, before = asker_of(request), numeral(request.GET.get("before", ""))
    rows = Inspection.objects.order_by("-id")
    rows = rows.filter(id__lt=before) if before else rows
    found = list(rows[: PAGE + 1])
    areas = asker_names(asker).areas
    context = {
        "lines": [(row, areas.get(row.area, row.area)) for row in found[:PAGE]],
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "paged": bool(before),
        "today": asker.now.date(),
    }
    return page(request, "desk/oversight/inspections.html", context, current="inspections")


@overseer
def new(request: HttpRequest) -> HttpResponse:
    """Open one; `?case=` names a case that is taken in at once."""
    asker, posted = asker_of(request), request.POST
    case = (request.POST if request.method == "POST" else request.GET).get("case", "")[:32]
    back: Typed | None = None
    if request.method == "POST":
        try:
            with transaction.atomic():
                found = inspecting.open_inspection(
                    subject=posted.get("subject", ""), basis=posted.get("basis", ""), scope=posted.get("scope", ""),
                    due_on=day(posted.get("due_on", "")), by=asker.standing, setting=asker.setting, now=asker.now,
                )  # fmt: skip
                if case:
                    inspecting.attach(found.pk, case, by=asker.standing, now=asker.now)
        except DoorError as error:
            back = typed(posted, error)
        else:
            messages.success(request, f"{found.number} 已立项。")
            return HttpResponseRedirect(reverse("desk:inspection", args=[found.pk]))
    context = {"back": back, "case": case, "today": asker.now.date()}
    return page(
        request, "desk/oversight/new_inspection.html", context, current="inspections", status=422 if back else 200
    )


@overseer
@require_GET
def inspection(request: HttpRequest, one: int) -> HttpResponse:
    """One, whole."""
    return _page(request, one)


@overseer
@require_POST
def step(request: HttpRequest, one: int, what: str) -> HttpResponse:
    """One act in an inspection; a refusal keeps what was typed."""
    act = _ACTS.get(what)
    if act is None:
        raise Http404("没有这个动作。")
    asker = asker_of(request)
    inspecting.seen_inspection(one, asker.standing)
    try:
        with transaction.atomic():
            done = act(request, one, asker)
    except NotFound:
        raise
    except DoorError as error:
        return _page(request, one, typed(request.POST, error), what, 409 if isinstance(error, Conflict) else 422)
    messages.success(request, done)
    return HttpResponseRedirect(reverse("desk:inspection", args=[one]))


def _attach(request: HttpRequest, one: int, asker: Asker) -> str:
    inspecting.attach(one, request.POST.get("number", ""), by=asker.standing, now=asker.now)
    return "事件已加入检查。"


def _find_out(request: HttpRequest, one: int, asker: Asker) -> str:
    inspecting.find_out(one, request.POST.get("finding", ""), by=asker.standing, now=asker.now)
    return "已记录发现的问题。"


def _ask(request: HttpRequest, one: int, asker: Asker) -> str:
    posted = request.POST
    asked = inspecting.ask(
        one, numeral(posted.get("unit", "")) or 0, posted.get("question", ""), day(posted.get("explain_by", "")),
        by=asker.standing, setting=asker.setting, now=asker.now,
    )  # fmt: skip
    return f"已要求{unit_name(asker.setting, asked.unit)}书面说明。"


def _close(request: HttpRequest, one: int, asker: Asker) -> str:
    return f"{inspecting.close(one, request.POST.get('result', ''), by=asker.standing, now=asker.now).number} 已办结。"


_ACTS: dict[str, Callable[[HttpRequest, int, Asker], str]] = {
    "attach": _attach,
    "finding": _find_out,
    "ask": _ask,
    "close": _close,
}


@overseer
@require_POST
def from_case(request: HttpRequest, number: str) -> HttpResponse:
    """Take the case on whose page one is into an open inspection: one press."""
    asker, found = asker_of(request), find(number)
    wanted = numeral(request.POST.get("inspection", "")) or 0
    try:
        with transaction.atomic():
            inspecting.attach(wanted, found.number, by=asker.standing, now=asker.now)
    except NotFound:
        raise
    except DoorError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, "已加入检查。")
    return HttpResponseRedirect(reverse("desk:case", args=[number]))


@frozen(kw_only=True)
class Happened:
    """One line of the history in words."""

    entry: Entry
    label: str
    who: str
    unit: str
    case: Shown | None
    hidden: bool  # a case the reader may not see


def _page(
    request: HttpRequest, one: int, back: Typed | None = None, what: str = "", status: int = 200
) -> HttpResponse:  # fmt: skip
    asker = asker_of(request)
    found = inspecting.seen_inspection(one, asker.standing)
    attached = list(found.cases.values_list("case", flat=True).order_by("id"))
    history = list(Entry.objects.filter(inspection=found).order_by("id"))
    asked = list(Explanation.objects.filter(inspection=found).order_by("id"))
    records = list(Accountability.objects.filter(inspection=found).order_by("id"))
    names: dict[int, str] = people([e.account for e in history] + [found.opened_by])
    shown = cases([*attached, *(e.case for e in history), *(r.case for r in records)])
    context = {
        "inspection": found,
        "opener": names.get(found.opened_by, ""),
        "cases": [shown[pk] for pk in attached if pk in shown],
        "hidden": sum(pk not in shown for pk in attached),
        "asked": [(row, unit_name(asker.setting, row.unit)) for row in asked],
        "records": [(row, unit_name(asker.setting, row.unit)) for row in records],
        "history": [_happened(e, asker, names, shown) for e in history],
        "units": inspecting.units_within(asker.standing, asker.setting) if found.closed_at is None else (),
        "back": back,
        "what": what,
        "today": asker.now.date(),
    }
    return page(request, "desk/oversight/inspection.html", context, current="inspections", status=status)


def _happened(entry: Entry, asker: Asker, names: dict[int, str], shown: dict[int, Shown]) -> Happened:
    case = shown.get(entry.case or 0)
    return Happened(
        entry=entry,
        label=Event(entry.event).label,
        who=names.get(entry.account, ""),
        unit=unit_name(asker.setting, entry.unit),
        case=case,
        hidden=entry.case is not None and case is None,
    )
