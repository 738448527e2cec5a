"""One case on a phone: what, where, until when, what happened, and the moves as large buttons with short forms."""

from uuid import UUID

from attrs import evolve, frozen
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.setting import Urgency
from sipingtai.faces import words
from sipingtai.faces.asked import Asked, action_named, read, unit_acting
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.faces.file_answer import file_answer, is_picture
from sipingtai.faces.not_allowed import NotAllowed
from sipingtai.faces.signed_out import signed_in
from sipingtai.faces.uploaded import attachments
from sipingtai.field.phone_moves import ORDER, PhoneMove, Posted, phone_moves
from sipingtai.field.stands import may_report
from sipingtai.loop.errors import Conflict, DoorError, Invalid, NotFound
from sipingtai.loop.moves import move
from sipingtai.loop.reading.options import clause_named
from sipingtai.loop.reading.page import CasePage, Event, case_of, case_page, find
from sipingtai.loop.reading.places import area_name, category_name, names
from sipingtai.loop.writing import Moved
from sipingtai.mechanisms.oversight.looking import looked, looked_into
from sipingtai.mechanisms.oversight.standing import looks_on

SHORT = 3  # lines of the story shown without asking


@frozen(kw_only=True)
class Told:
    """One line of the story."""

    event: Event
    at: str
    texts: tuple[str, ...]
    pictures: tuple[models.Attachment, ...]
    papers: tuple[models.Attachment, ...]


@signed_in
@require_safe
def show(request: HttpRequest, number: str) -> HttpResponse:
    """One case on the phone, with what may be done about it."""
    return _page(request, number)


@signed_in
@require_POST
def act(request: HttpRequest, number: str, name: str) -> HttpResponse:
    """Make one move. What was typed comes back with any refusal; photos have to be chosen again."""
    asker, action = asker_of(request), action_named(name)
    if action is None or action not in ORDER:
        raise Http404
    if looks_on(asker.standing):
        # Not even a refusal with the case beside it: an error takes back what was written, the note of the look too.
        raise NotAllowed("监督账号只看不办。")
    try:
        row = find(number)
        with transaction.atomic():
            moved = _move(request, asker, row, action)
    except NotFound as error:
        return _missing(request, error)
    except DoorError as error:
        errors = error.fields if isinstance(error, Invalid) else {}
        if error.code.startswith("missing_"):
            errors = {error.code.removeprefix("missing_"): error.message}
        posted = Posted(
            action=action, values={k: v for k, v in request.POST.items() if isinstance(v, str)}, errors=errors
        )
        status = 409 if isinstance(error, Conflict) else 422
        return _page(request, number, posted=posted, refused=error.message, status=status)
    messages.success(request, f"已办：{action.label}。现在{moved.case.stage.label}。")
    if models.Case.objects.filter(pk=row.pk).exists():
        return redirect("field:case", number=number)
    return redirect("field:tasks")  # it left our hands, and our sight with it


def _move(request: HttpRequest, asker: Asker, row: models.Case, action: Action) -> Moved:
    """Read the form and go through the door. Raises what the door raises."""
    uploads = request.FILES.getlist("files")
    asked: Asked = read(action, request.POST, files=len(uploads))
    files = attachments(uploads)
    case = case_of(row)
    if action is Action.RATE and not asked.move.verdict and not asked.move.reason:
        raise Invalid({"reason": "请写一写哪里不满意，好让他们改。"})
    plan = asked.move
    if action is Action.REQUEST_RETURN:
        plan = evolve(plan, clause=clause_named(case, plan.clause, asker.now.date()))
    return move(
        row.pk,
        plan,
        actor=asker.actor,
        now=asker.now,
        setting=asker.setting,
        unit=unit_acting(asker.actor, case, asker.setting),
        seen=asked.seen if asked.seen is not None else -1,
        files=files,
    )


def _page(
    request: HttpRequest, number: str, *, posted: Posted | None = None, refused: str = "", status: int = 200
) -> HttpResponse:
    asker = asker_of(request)
    try:
        row = find(number)
    except NotFound as error:
        return _missing(request, error)
    looked(number, restricted=row.restricted, account=asker.account, standing=asker.standing, now=asker.now)
    page = case_page(row, asker.actor, asker.setting, asker.now, with_contact=False)
    moves = phone_moves(page.moves, page.case, asker.setting, asker.now.date(), posted)
    story = [_told(event, asker) for event in reversed(page.story)]
    known = names(asker.setting, asker.now.date())
    context = {
        "page": page,
        "category": category_name(known, asker.setting, page.case.category),
        "area": area_name(known, page.case.area),
        "urgency": "" if page.case.urgency is Urgency.NORMAL else page.case.urgency.label,
        "card": page.case.card,
        "clocks": [
            (c.label, c.state.name, words.chip(c.state, c.due_at, asker.now))
            for c in sorted(page.clocks, key=lambda c: c.due_at)
        ],
        "may_report": may_report(asker.actor),
        "first": story[-1] if story else None,
        "recent": story[:SHORT],
        "earlier": story[SHORT:],
        "moves": moves[:2],
        "more_moves": moves[2:],
        "gone": _gone(moves, posted),
        "refused": refused,
        "had_files": bool(request.FILES.getlist("files")),
        "received": words.when(page.case.received_at, asker.now),
        "result": _result(page),
    }
    return render(request, "field/case.html", context, status=status)


def _gone(moves: tuple[PhoneMove, ...], posted: Posted | None) -> str:
    """What was typed into a form that is no longer offered, so that it is not lost."""
    if posted is None or any(m.open for m in moves):
        return ""
    return "\n".join(v for k in ("text", "reason") if (v := posted.values.get(k, "").strip()))


def _result(page: CasePage) -> Event | None:
    """What there is to verify or to rate: the last result."""
    return next((e for e in reversed(page.story) if e.action in (Action.FINISH, Action.SETTLE, Action.ANSWER)), None)


def _told(event: Event, asker: Asker) -> Told:
    shown = ("reason", "note") if event.action is Action.REPORT else tuple(event.texts)
    return Told(
        event=event,
        at=words.when(local(event.at), asker.now),
        texts=tuple(text for name in shown if (text := event.texts.get(name, ""))),
        pictures=tuple(f for f in event.files if is_picture(f)),
        papers=tuple(f for f in event.files if not is_picture(f)),
    )


def _missing(request: HttpRequest, error: NotFound) -> HttpResponse:
    return render(
        request,
        "field/missing.html",
        {"message": error.message, "may_report": may_report(asker_of(request).actor)},
        status=404,
    )


@signed_in
@require_safe
def file(request: HttpRequest, file_id: str) -> HttpResponseBase:
    """An attachment of a case in the asker's sight."""
    asker = asker_of(request)
    try:
        found = models.Attachment.objects.filter(pk=UUID(file_id)).first()
    except ValueError:
        found = None
    if found is None:
        raise Http404
    looked_into(found.case_id, account=asker.account, standing=asker.standing, now=asker.now)
    return file_answer(found, small="small" in request.GET)
