"""Lists: a queue or everything, narrowed and sorted by the address, with the case one works on beside it."""

from typing import Any
from urllib.parse import urlsplit

from attrs import evolve
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from sipingtai.core.who import GRID_POSTS
from sipingtai.desk.around import Around, Shelf, around
from sipingtai.desk.batches import offered
from sipingtai.desk.bench import ALL, Bench
from sipingtai.desk.choices import narrowing_options
from sipingtai.desk.filters import SORTS, Place, chips, narrowing_of
from sipingtai.desk.frame import asker_names, is_partial, page, staff
from sipingtai.desk.panel import Panel, panel
from sipingtai.desk.rows import entries
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.errors import NotFound
from sipingtai.loop.reading.lists import PAGE, Filters, Page
from sipingtai.loop.reading.lists import page as read_page
from sipingtai.loop.reading.orders import Order

ROWS = 30  # of a queue at once: three screens of a clerk's; more comes as one gets there


@staff
def home(request: HttpRequest) -> HttpResponse:
    """待办: the queues, the chosen one's cases by due time, and the case one works on."""
    asker = asker_of(request)
    posts = {seat.post for seat in asker.actor.seats | asker.actor.substitute}
    if posts and posts <= set(GRID_POSTS):
        return HttpResponseRedirect("/field/")
    cursor, found = request.GET.get("cursor", ""), around(asker)
    bench = bench_of(asker, found.shelves, request.GET)
    listed = listing(asker, bench, cursor)
    if is_partial(request) and (cursor or request.GET.get("part") == "rows"):
        return render(request, "desk/parts/entries.html", list_context(asker, bench, listed))
    wanted = request.GET.get("case", "") or (listed.lines[0].number if listed.lines else "")
    opened, missing = None, ""
    if wanted:
        try:
            opened = panel(asker, wanted, queue=bench.code)
        except NotFound as error:
            missing = error.message
    return bench_screen(request, found, bench, listed, panel=opened, wanted=wanted, missing=missing)


def bench_screen(
    request: HttpRequest,
    found: Around,
    bench: Bench,
    listed: Page,
    *,
    panel: Panel | None,
    wanted: str,
    missing: str = "",
    status: int = 200,
) -> HttpResponse:
    """A whole page: a list with one of its cases open."""
    asker = asker_of(request)
    context = {
        "panel": panel,
        "wanted": wanted,
        "missing": missing,
        **list_context(asker, bench, listed),
        **choices(asker, bench.place),
    }
    return page(request, "desk/home.html", context, found=found, current=bench.code, status=status)


def bench_of(asker: Asker, shelves: tuple[Shelf, ...], asked: QueryDict) -> Bench:
    """The list an address names; without a queue the first in which anything waits."""
    narrowing = narrowing_of(asked, asker.setting)
    code = asked.get("queue") or ""
    lists = [s for s in shelves if not s.address]
    shelf = next((s for s in lists if s.queue.code == code), None)
    if shelf is None and code != ALL:
        shelf = next((s for s in lists if s.count), lists[0])
    return Bench(
        place=Place(name="desk:home", queue=shelf.queue.code if shelf else ALL, narrowing=narrowing), shelf=shelf
    )


def address_of(request: HttpRequest) -> QueryDict:
    """What the page's own address asks for, when htmx asks for a part of it; else what this request asks for."""
    told = request.headers.get("HX-Current-URL")
    if not told:
        return request.GET
    try:
        return QueryDict(urlsplit(told).query[:2000])
    except ValueError:
        return QueryDict()


def listing(asker: Asker, bench: Bench, cursor: str = "", size: int = ROWS, only: Q | None = None) -> Page:
    """A page of the list. `only` narrows it further."""
    filters = bench.filters(asker)
    if only is not None:
        filters = evolve(filters, extra=filters.extra & only)
    return read(asker, filters, cursor, size, order=bench.order)


def read(asker: Asker, filters: Filters, cursor: str, size: int = PAGE, *, order: Order) -> Page:
    """A page of cases; the first one for a cursor that is none of ours."""
    try:
        return read_page(filters, asker.setting, asker.now, cursor=cursor, size=size, order=order)
    except (ValueError, OverflowError):
        return read_page(filters, asker.setting, asker.now, size=size, order=order)


def list_context(asker: Asker, bench: Bench, listed: Page) -> dict[str, Any]:
    """What the list's own templates name."""
    return {
        "bench": bench,
        "place": bench.place,
        "viewing": bench.place.query(),
        "entries": entries(listed.lines, asker, bench),
        "chips": chips(bench.place, asker.setting, asker_names(asker)),
        "more": bench.place.address(cursor=listed.next) if listed.next else "",
        "cursor": listed.next,
        "batches": offered(asker.actor),
    }


@staff
def everything(request: HttpRequest) -> HttpResponse:
    """全部: every case in sight as a table, newest first, narrowed by what the address says."""
    asker, asked = asker_of(request), request.GET
    found = around(asker)
    narrowing = narrowing_of(asked, asker.setting)
    place = Place(name="desk:cases", queue="", narrowing=narrowing)
    order = Order(narrowing.sort or Order.NEW)
    listed = read(asker, narrowing.in_force(asker.now), asked.get("cursor", ""), order=order)
    beside = Bench(place=evolve(place, name="desk:home", queue=ALL), shelf=None)
    context = {
        "place": place,
        "beside": beside.place.address(),
        "keeps": beside.place.query(),
        "entries": entries(listed.lines, asker, beside, ended="已结束"),
        "chips": chips(place, asker.setting, asker_names(asker)),
        "next": place.address(cursor=listed.next) if listed.next else "",
        "paged": bool(asked.get("cursor")),
        **choices(asker, place),
    }
    return page(request, "desk/cases.html", context, found=found, current="table")


def choices(asker: Asker, place: Place) -> dict[str, Any]:
    """What one may narrow a list to, and the addresses of its orders."""
    return {
        "filters": place.narrowing.filters,
        "narrowing": place.narrowing,
        "options": narrowing_options(asker, place.narrowing),
        "sorts": [(code, label, place.address(sort=code)) for code, label in SORTS.items()],
    }
