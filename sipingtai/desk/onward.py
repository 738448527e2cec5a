"""After a move made beside the list: the row says what it says now or goes, the counts follow, the next case opens."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from sipingtai.core.case import Case
from sipingtai.core.who import fits
from sipingtai.desk.around import around
from sipingtai.desk.lists import address_of, bench_of, listing
from sipingtai.desk.panel import panel
from sipingtai.desk.rows import entries
from sipingtai.faces.asker import asker_of
from sipingtai.loop.errors import NotFound


def onward(request: HttpRequest, moved: Case, number: str) -> HttpResponse:
    """The same case while it is in the list and one's own to do, else the list's next, which the browser names."""
    asker = asker_of(request)
    shelves = around(asker).shelves
    bench = bench_of(asker, shelves, address_of(request))
    rows = entries(listing(asker, bench, size=1, only=Q(pk=moved.id)).lines, asker, bench)
    mine = moved.holder is not None and fits(asker.actor, moved.holder, asker.setting)
    wanted = number if rows and (mine or bench.shelf is None) else request.POST.get("next") or ""
    found = None
    if wanted:
        try:
            found = panel(asker, wanted, queue=bench.code)
        except NotFound:
            wanted = ""
    context = {
        "shelves": shelves,
        "panel": found,
        "wanted": wanted,
        "moved": moved.id,
        "entries": rows,
        "swap": True,
    }
    answer = render(request, "desk/parts/onward.html", context)
    answer["HX-Push-Url"] = bench.place.address(case=wanted)
    return answer
