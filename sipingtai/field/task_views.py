"""我的任务 and 我的上报: lists for a narrow screen."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from sipingtai.faces import words
from sipingtai.faces.asker import asker_of
from sipingtai.faces.signed_out import signed_in
from sipingtai.field.stands import may_report
from sipingtai.loop.reading.lists import Filters, Page, page
from sipingtai.loop.reading.orders import Order
from sipingtai.loop.reading.queues import capped, counts, queues

SIZE = 20


@signed_in
@require_safe
def tasks(request: HttpRequest) -> HttpResponse:
    """What waits for me, most urgent first: the first queue that holds anything, or the one asked for."""
    asker = asker_of(request)
    found = queues(asker.actor, asker.setting)
    numbers = counts(found)
    wanted = request.GET.get("queue", "")
    shown = next((q for q in found if q.code == wanted), None) or next((q for q in found if numbers[q.code]), None)
    lines = Page(lines=())
    if shown:
        try:
            lines = page(
                Filters(extra=shown.where),
                asker.setting,
                asker.now,
                cursor=_cursor(request),
                size=SIZE,
                order=Order.DUE,
            )
        except (ValueError, OverflowError):
            return redirect("field:tasks")
    context = {
        "queues": [(q, capped(numbers[q.code])) for q in found if numbers[q.code]],
        "shown": shown,
        "rows": [words.row(line, asker.now) for line in lines.lines],
        "next": lines.next,
        "may_report": may_report(asker.actor),
    }
    return render(request, "field/tasks.html", context)


@signed_in
@require_safe
def mine(request: HttpRequest) -> HttpResponse:
    """What I reported, newest first, and what became of it."""
    asker = asker_of(request)
    own = Filters(extra=Q(reporter_account=asker.account.pk))
    try:
        lines = page(own, asker.setting, asker.now, cursor=_cursor(request), size=SIZE)
    except (ValueError, OverflowError):
        return redirect("field:mine")
    context = {
        "rows": [words.row(line, asker.now) for line in lines.lines],
        "next": lines.next,
        "may_report": may_report(asker.actor),
    }
    return render(request, "field/mine.html", context)


def _cursor(request: HttpRequest) -> str:
    """Where the next page begins. Raises ValueError for what cannot be a cursor."""
    cursor = request.GET.get("after", "")
    if len(cursor) > 80 or "\x00" in cursor:
        raise ValueError(cursor[:20])
    return cursor
