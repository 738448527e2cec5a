"""限知查看: an oversight account's own applications, and the form of a new one."""

from attrs import frozen
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sipingtai.desk.frame import page
from sipingtai.desk.oversight.frame import Typed, overseer, people, typed
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.errors import DoorError, NotFound
from sipingtai.mechanisms.oversight import granting
from sipingtai.mechanisms.oversight.models import Grant

MOST = 100  # of one's own applications are shown


@frozen(kw_only=True)
class Line:
    """One application."""

    grant: Grant
    state: str
    open: bool  # the case can be looked at now
    decider: str


@overseer
def sights(request: HttpRequest) -> HttpResponse:
    """The list with the form above it; POST applies."""
    if request.method != "POST":
        return _page(request)
    asker, posted = asker_of(request), request.POST
    try:
        with transaction.atomic():
            granting.apply_for(
                posted.get("number", ""), posted.get("reason", ""), by=asker.standing, setting=asker.setting,
                now=asker.now,
            )  # fmt: skip
    except NotFound:
        raise
    except DoorError as error:
        return _page(request, typed(posted, error), status=422)
    messages.success(request, "申请已送出。如有需要决定的事项，由有权领导决定，结果会显示在这里。")
    return HttpResponseRedirect(reverse("desk:sights"))


@overseer
@require_POST
def give_back(request: HttpRequest, grant: int) -> HttpResponse:
    """The applicant needs it no longer."""
    asker = asker_of(request)
    try:
        with transaction.atomic():
            granting.end(grant, "核查结束，交还查看权限", by=asker.actor, setting=asker.setting, now=asker.now)
    except NotFound:
        raise
    except DoorError as error:
        return _page(request, typed(request.POST, error), status=409)
    messages.success(request, "查看已结束。")
    return HttpResponseRedirect(reverse("desk:sights"))


def _page(request: HttpRequest, back: Typed | None = None, *, status: int = 200) -> HttpResponse:
    asker = asker_of(request)
    found = list(granting.own(asker.account.pk)[:MOST])
    names = people([g.decided_by for g in found])
    context = {"lines": [_line(g, asker, names) for g in found], "back": back, "longest": granting.LONGEST}
    return page(request, "desk/oversight/sights.html", context, current="sights", status=status)


def _line(grant: Grant, asker: Asker, names: dict[int, str]) -> Line:
    state = granting.state(grant, asker.now)
    return Line(grant=grant, state=state, open=state == "可以查看", decider=names.get(grant.decided_by or 0, ""))
