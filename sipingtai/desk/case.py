"""The case page, and the moves made from it: what is typed survives a refusal, what others did meanwhile is told."""

from attrs import evolve
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET, require_http_methods

from sipingtai.core.actions import Action
from sipingtai.core.case import Case
from sipingtai.core.who import fits
from sipingtai.desk import words
from sipingtai.desk.around import around
from sipingtai.desk.frame import is_partial, page, staff
from sipingtai.desk.lists import bench_of, bench_screen, listing
from sipingtai.desk.live import happened
from sipingtai.desk.move_form import MoveForm, build, category_code
from sipingtai.desk.onward import onward
from sipingtai.desk.panel import Panel, dressed, panel
from sipingtai.faces import asked
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.faces.not_allowed import NotAllowed
from sipingtai.faces.uploaded import attachments
from sipingtai.loop import moves
from sipingtai.loop.dispatch.split import split
from sipingtai.loop.errors import Conflict, DoorError, Invalid, NotFound, Refused
from sipingtai.loop.reading.options import clause_named
from sipingtai.loop.reading.page import CasePage, case_page, find
from sipingtai.mechanisms.oversight.standing import looks_on


@staff
@require_GET
def show(request: HttpRequest, number: str) -> HttpResponse:
    """事件: alone on a page, or as the right pane of a queue."""
    asker = asker_of(request)
    found = panel(asker, number, queue=queue_named(request.GET))
    if is_partial(request):
        return render(request, "desk/parts/beside.html", {"panel": found})
    return page(request, "desk/case.html", {"panel": found})


@staff
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """One move: its form, and making it."""
    wanted = asked.action_named(action)
    if wanted is None:
        raise Http404("没有这个动作。")
    asker = asker_of(request)
    if request.method == "GET":
        other = (request.GET.get("other") or "")[:32]
        found = panel(asker, number, queue=queue_named(request.GET), chosen=wanted, other=other)
        if found.form is not None:
            found.form.take_focus()
        if is_partial(request):
            return render(request, "desk/parts/moves.html", {"panel": found, "fresh": True})
        return page(request, "desk/case.html", {"panel": found})
    if looks_on(asker.standing):
        # Not even a refusal with the case beside it: an error takes back what was written, the note of the look too.
        raise NotAllowed("监督账号只看不办。")
    seen = case_page(find(number), asker.actor, asker.setting, asker.now)
    form = _form(wanted, seen, asker, request)
    if form is not None and not form.is_valid():
        return _back(request, dressed(asker, seen, queue=queue_named(request.POST), form=form), 422)
    try:
        with transaction.atomic():  # what was written before a refusal is taken back; the page can still be read
            moved = _carry_out(asker, seen, wanted, request)
    except Conflict as conflict:
        return _again(request, asker, number, wanted, conflict)
    except NotFound:
        raise
    except DoorError as error:
        return _refused(request, asker, seen, form, error)
    messages.success(request, words.done(wanted, moved, number, asker.setting))
    if is_partial(request):
        return onward(request, moved, number)
    return HttpResponseRedirect(_next(asker, number, moved, queue_named(request.POST)))


def queue_named(values: QueryDict) -> str:
    """The queue one came from: only its name, for the way back."""
    name = values.get("queue") or ""
    return name if name.isascii() and name.isalpha() and len(name) <= 20 else ""


def _form(wanted: Action, seen: CasePage, asker: Asker, request: HttpRequest) -> MoveForm | None:
    row = next((r for r in seen.moves if r.action is wanted), None)
    if row is None:
        return None
    form = build(row, seen, asker, posted=request.POST)
    form.had_files = bool(request.FILES)
    return form


def _carry_out(asker: Asker, seen: CasePage, wanted: Action, request: HttpRequest) -> Case:
    """Read what was posted and go to the door. Raises DoorError."""
    posted = request.POST.copy()
    if "category" in posted:
        typed = posted.get("category") or posted.get("suggested") or ""
        posted["category"] = category_code(str(typed), asker.setting)[:8]
    unit = asked.unit_acting(asker.actor, seen.case, asker.setting)
    uploads: list[UploadedFile[bytes]] = request.FILES.getlist("files")
    read = asked.read(wanted, posted, files=len(uploads))
    if wanted is Action.SPLIT:
        return split(
            seen.id, (posted.get("parts") or "").splitlines(), reason=read.move.reason, actor=asker.actor,
            now=asker.now, setting=asker.setting, unit=unit, seen=read.seen,
        ).parent.case  # fmt: skip
    plan = read.move
    if wanted is Action.REQUEST_RETURN:
        plan = evolve(plan, clause=clause_named(seen.case, plan.clause, asker.now.date()))
    if wanted is Action.REHOME:
        plan = evolve(plan, mapping=_mapping(posted))
    return moves.move(
        seen.id, plan, actor=asker.actor, now=asker.now, setting=asker.setting, unit=unit, seen=read.seen,
        files=attachments(uploads),
    ).case  # fmt: skip


def _mapping(posted: QueryDict) -> dict[int, int]:
    old, new = (posted.get("old") or "").strip(), (posted.get("new") or "").strip() or "0"
    if not all(x.isascii() and x.isdigit() and len(x) < 19 for x in (old, new)):
        raise Invalid({"old": "请选择原单位和接替单位。"})
    return {int(old): int(new)}


def _refused(
    request: HttpRequest, asker: Asker, seen: CasePage, form: MoveForm | None, error: DoorError
) -> HttpResponse:
    """422: the sentence at its field, what was typed kept."""
    queue = queue_named(request.POST)
    if form is None:
        return _back(request, dressed(asker, seen, queue=queue, note=error.message, kept=_typed(request.POST)), 422)
    faults = error.fields if isinstance(error, Invalid) else {_field_of(error): error.message}
    form.tell(faults)
    return _back(request, dressed(asker, seen, queue=queue, form=form), 422)


def _field_of(error: DoorError) -> str:
    """The field a refusal speaks of, by its code."""
    if isinstance(error, Refused) and error.code.startswith("missing_"):
        return error.code.removeprefix("missing_")
    return _FIELD_OF.get(error.code, "")


_FIELD_OF = {
    "target_unfit": "to",
    "hop": "to",
    "shunned": "to",
    "forward_unfit": "to",
    "proposal_unfit": "to",
    "child_unfit": "to",
    "assists_unfit": "assists",
    "extension_days": "days",
    "suspension_days": "until",
    "category_unknown": "category",
    "master_unfit": "other",
    "other_missing": "other",
    "card_rank": "colour",
    "red_by_chief": "colour",
    "photo_needed": "files",
    "assists_open": "override",
    "answer_unfit": "verdict",
}


def _again(request: HttpRequest, asker: Asker, number: str, wanted: Action, conflict: Conflict) -> HttpResponse:
    """409: somebody was first. The case as it is now, what happened since, and what was typed."""
    now = case_page(find(number), asker.actor, asker.setting, asker.now)
    form = _form(wanted, now, asker, request)
    kept = "" if form is not None else _typed(request.POST)
    queue = queue_named(request.POST)
    seen = request.POST.get("seen") or ""
    by = happened(asker, now.id, int(seen[:9])) if seen.isascii() and seen.isdigit() else ()
    note = f"这件事刚刚有了变化：{'；'.join(by)}。您写的还在，请看过最新情况后再办。" if by else conflict.message
    return _back(request, dressed(asker, now, queue=queue, form=form, note=note, kept=kept), 409)


def _typed(posted: QueryDict) -> str:
    """The free text of a form that cannot be shown any more, to be copied."""
    return "\n".join(text for name in ("text", "reason", "parts") if (text := (posted.get(name) or "").strip()))[:4000]


def _back(request: HttpRequest, found: Panel, status: int) -> HttpResponse:
    """The page one came from, with the case as it stands in `found`."""
    if is_partial(request):
        return render(request, "desk/parts/beside.html", {"panel": found}, status=status)
    if not found.queue:
        return page(request, "desk/case.html", {"panel": found}, status=status)
    asker = asker_of(request)
    beside = around(asker)
    bench = bench_of(asker, beside.shelves, QueryDict(urlencode({"queue": found.queue})))
    listed = listing(asker, bench)
    return bench_screen(request, beside, bench, listed, panel=found, wanted=found.page.number, status=status)


def _next(asker: Asker, number: str, moved: Case, queue: str) -> str:
    """Where one goes on: the same case while it is one's own to do, else the queue's next."""
    mine = moved.holder is not None and fits(asker.actor, moved.holder, asker.setting)
    if queue:
        values = {"queue": queue, "case": number} if mine else {"queue": queue}
        return f"{reverse('desk:home')}?{urlencode(values)}"
    try:
        find(number)
    except NotFound:  # it left one's sight with this move
        return reverse("desk:home")
    return reverse("desk:case", args=[number])
