"""Keeping, naming, ordering and deleting saved views: parts of the page for htmx, a way back without script."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sipingtai.desk import saved
from sipingtai.desk.filters import Place, narrowing_of
from sipingtai.desk.frame import is_partial, staff
from sipingtai.faces.asker import Asker, asker_of

CHANGES: dict[str, Callable[[int, int], None]] = {
    "up": lambda account, view: saved.shift(account, view, -1),
    "down": lambda account, view: saved.shift(account, view, 1),
    "delete": saved.drop,
}


@staff
@require_POST
def keep(request: HttpRequest) -> HttpResponse:
    """Save the list one is looking at."""
    asker = asker_of(request)
    query = canonical(request.POST.get("query") or "", asker)
    return _changed(request, lambda: saved.keep(asker.account.pk, request.POST.get("name") or "", query), query)


@staff
@require_POST
def change(request: HttpRequest, view: int, what: str) -> HttpResponse:
    """One change of one view: up, down, delete, rename."""
    account = asker_of(request).account.pk
    if what == "rename":
        return _changed(request, lambda: saved.rename(account, view, request.POST.get("name") or ""))
    if what in CHANGES:
        return _changed(request, lambda: CHANGES[what](account, view))
    return HttpResponse(status=404)


def canonical(query: str, asker: Asker) -> str:
    """The query of a list as the desk itself would write it: nothing unknown gets into a table or an address."""
    asked = QueryDict(query[:2000])
    queue = asked.get("queue") or "all"
    queue = queue if queue.isascii() and queue.isalpha() and len(queue) <= 20 else "all"
    return Place(name="desk:home", queue=queue, narrowing=narrowing_of(asked, asker.setting)).query()


def _changed(request: HttpRequest, act: Callable[[], None], query: str = "") -> HttpResponse:
    fault = ""
    try:
        act()
    except ValueError as error:
        fault = str(error)
    if is_partial(request):
        context = {"views": saved.own(asker_of(request).account.pk), "fault": fault, "kept": bool(query) and not fault}
        return render(request, "desk/parts/views.html", context, status=422 if fault else 200)
    (messages.error if fault else messages.success)(request, fault or "已保存。")
    return HttpResponseRedirect(f"{reverse('desk:home')}?{query}" if query else reverse("desk:home"))
