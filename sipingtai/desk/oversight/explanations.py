"""书面说明: what oversight asks of a unit, on that unit's own desk; it reads the question and nothing else."""

from attrs import frozen
from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sipingtai.desk.frame import page, staff
from sipingtai.desk.oversight.frame import Typed, people, typed
from sipingtai.faces.asker import asker_of
from sipingtai.loop.errors import Conflict, DoorError, NotFound
from sipingtai.loop.reading.page import unit_name
from sipingtai.mechanisms.oversight import inspecting
from sipingtai.mechanisms.oversight.models import Explanation

MOST = 100


@frozen(kw_only=True)
class Line:
    """One explanation, asked or given."""

    row: Explanation
    unit: str
    who: str  # who answered
    waits: bool
    late: bool
    back: Typed | None


@staff
@require_GET
def explanations(request: HttpRequest) -> HttpResponse:
    """What waits for the asker's units, and what they answered."""
    return _page(request)


@staff
@require_POST
def answer(request: HttpRequest, one: int) -> HttpResponse:
    """Explain; a refusal keeps what was typed."""
    asker = asker_of(request)
    try:
        with transaction.atomic():
            inspecting.answer(one, request.POST.get("answer", ""), by=asker.actor, setting=asker.setting, now=asker.now)
    except NotFound:
        raise
    except DoorError as error:
        return _page(request, (one, typed(request.POST, error)), 409 if isinstance(error, Conflict) else 422)
    messages.success(request, "书面说明已送出。")
    return HttpResponseRedirect(reverse("desk:explanations"))


def _page(request: HttpRequest, back: tuple[int, Typed] | None = None, status: int = 200) -> HttpResponse:
    asker = asker_of(request)
    units = [u for u in asker.standing.units if inspecting.speaks_for(asker.actor, u, asker.setting)]
    if not units:
        raise NotFound
    rows = list(Explanation.objects.filter(unit__in=units).order_by("-id")[:MOST])
    names = people([row.answered_by for row in rows])
    lines = [
        Line(
            row=row,
            unit=unit_name(asker.setting, row.unit),
            who=names.get(row.answered_by or 0, ""),
            waits=row.answered_at is None and row.lapsed_at is None,
            late=row.answered_at is None and row.lapsed_at is None and row.due_on < asker.now.date(),
            back=back[1] if back is not None and back[0] == row.pk else None,
        )
        for row in rows
    ]
    lines.sort(key=lambda line: not line.waits)
    return page(request, "desk/oversight/explanations.html", {"lines": lines}, current="explain", status=status)
