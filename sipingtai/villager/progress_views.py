"""What became of it: a code opens the progress page, where the reporter rates, asks review, withdraws or reopens."""

from uuid import UUID

from attrs import frozen
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from sipingtai.access import tracking
from sipingtai.access.actor_scope import system_scope
from sipingtai.access.plain_text import clean
from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.moves import Move
from sipingtai.core.stages import Stage
from sipingtai.faces.file_answer import file_answer
from sipingtai.loop.errors import Conflict, DoorError, Invalid
from sipingtai.loop.moves import move
from sipingtai.loop.reading.page import case_of
from sipingtai.org.setting import load
from sipingtai.villager import visitor
from sipingtai.villager.pace import WRONG_CODES
from sipingtai.villager.privacy import private
from sipingtai.villager.reading import MOVES, REPORTER, master_of, progress_of, shown_files

LONGEST = 2000  # characters of a reason
UNKNOWN = "没有查到。请核对查询码，一共 16 位；0 和 O、1 和 I 不用区分。"
TOO_OFTEN = "输错次数太多，请过 15 分钟再试。查询码找不到了，可以到村里或乡镇、街道便民服务中心报编号查询。"
LEFT = "已经过了半小时，或者换了一件事，请重新输入查询码。"
NEEDS_REASON = {
    Action.RATE: "请写一写哪里不满意，好让他们改。",
    Action.REVIEW: "请写明为什么应当受理。",
    Action.REOPEN: "请写明还有什么问题。",
}


@frozen(kw_only=True)
class Refusal:
    """Why a move did not go through, and what had been typed."""

    name: str
    message: str
    reason: str
    verdict: str


@require_http_methods(["GET", "HEAD", "POST"])
@private
def query(request: HttpRequest) -> HttpResponse:
    """Ask for the code. An unknown code and one that is gone get the same answer."""
    if request.method != "POST":
        return render(request, "villager/query.html")
    if WRONG_CODES.reached(request):
        return render(request, "villager/query.html", {"wrong": TOO_OFTEN}, status=429)
    typed = request.POST.get("code", "")
    try:
        wanted = tracking.digests(typed)
    except ValueError as error:
        WRONG_CODES.count(request)
        return render(request, "villager/query.html", {"wrong": str(error), "code": typed[:60]}, status=422)
    with system_scope("查询码"):
        row = models.Case.objects.filter(tracking__in=wanted).first()
    if row is None:
        WRONG_CODES.count(request)
        return render(request, "villager/query.html", {"wrong": UNKNOWN, "code": typed[:60]}, status=422)
    response = redirect("villager:progress")
    visitor.open_case(response, row)
    return response


@require_safe
@private
def progress(request: HttpRequest) -> HttpResponse:
    """What became of it: by number and code."""
    return _page(request)


@require_POST
@private
def leave(_request: HttpRequest) -> HttpResponse:
    """Remove number and code from this telephone."""
    response = redirect("villager:start")
    visitor.forget(response)
    return response


@require_POST
@private
def act(request: HttpRequest, name: str) -> HttpResponse:
    """Make one of the reporter's moves on the case whose code was typed."""
    action = next((a for a in MOVES if a.value == name), None)
    if action is None:
        raise Http404
    try:
        _move(request, action)
    except CodeForgotten as left:
        return render(request, "villager/query.html", {"wrong": str(left)}, status=409)
    except DoorError as error:
        refusal = Refusal(
            name=name,
            message=error.message,
            reason=request.POST.get("reason", "")[:LONGEST],
            verdict=request.POST.get("verdict", ""),
        )
        return _page(request, refusal, status=409 if isinstance(error, Conflict) else 422)
    return redirect("villager:progress")


class CodeForgotten(Exception):
    """The browser no longer holds the code of the case the form was made for."""


def _move(request: HttpRequest, action: Action) -> None:
    """Read the form and go through the door. Raises what the door raises, Invalid, CodeForgotten."""
    verdict = request.POST.get("verdict", "")
    if action is Action.RATE and verdict not in ("yes", "no"):
        raise Invalid({"verdict": "请选择满意还是不满意。"})
    try:
        reason = clean(request.POST.get("reason", ""), LONGEST, "理由")
    except ValueError as error:
        raise Invalid({"reason": str(error)}) from error
    if not reason and action in NEEDS_REASON and not (action is Action.RATE and verdict == "yes"):
        raise Invalid({"reason": NEEDS_REASON[action]})
    seen = request.POST.get("seen", "")
    now = local(timezone.now())
    with system_scope("群众凭查询码办理"):
        row = visitor.case_of(request)
        if row is None or row.number != request.POST.get("number", ""):
            raise CodeForgotten(LEFT)
        case = case_of(row)
        other = master_of(case) if action is Action.RATE and case.stage is Stage.MERGED else None
        move(
            row.id,
            Move(action=action, reason=reason, verdict=verdict != "no", other=other),
            actor=REPORTER,
            now=now,
            setting=load(now.date()),
            seen=int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else -1,
        )


def _page(request: HttpRequest, refusal: Refusal | None = None, *, status: int = 200) -> HttpResponse:
    now = local(timezone.now())
    with system_scope("查询码"):
        row = visitor.case_of(request)
        found = progress_of(row, load(now.date()), now) if row else None
    if found is None:
        return redirect("villager:query")
    return render(request, "villager/progress.html", {"case": found, "refusal": refusal}, status=status)


@require_safe
@private
def file(request: HttpRequest, file_id: str) -> HttpResponseBase:
    """A picture of the case whose code was typed."""
    try:
        wanted = UUID(file_id)
    except ValueError:
        raise Http404 from None
    with system_scope("查询码"):
        row = visitor.case_of(request)
        shown = row is not None and wanted in shown_files(row)
        found = models.Attachment.objects.filter(pk=wanted, case_id=row.id).first() if row and shown else None
    if found is None:
        raise Http404
    return file_answer(found, small="small" in request.GET)
