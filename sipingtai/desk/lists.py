"""Lists: a queue or everything, narrowed and sorted by the address, with the case one works on beside it."""

from typing import Any
from urllib.parse import urlsplit
from zlib import crc32

from attrs import evolve, frozen
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render

from sipingtai.core.case import Channel
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.core.stages import Stage
from sipingtai.core.who import GRID_POSTS
from sipingtai.desk.batches import offered
from sipingtai.desk.filters import DAYS, SORTS, Place, chips, narrowing_of
from sipingtai.desk.frame import Shelf, asker_names, is_partial, journal_end, page, staff, waiting
from sipingtai.desk.panel import Panel, panel
from sipingtai.desk.trace import CODES
from sipingtai.faces import words
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.errors import NotFound
from sipingtai.loop.reading.lists import PAGE, Filters, Line, Page, confirmed
from sipingtai.loop.reading.lists import page as read_page
from sipingtai.loop.reading.orders import Order
from sipingtai.loop.reading.page import find
from sipingtai.loop.reading.places import areas_within, categories
from sipingtai.org.actors import after

ROWS = 30  # of a queue at once: three screens of a clerk's; more comes as one gets there

SORTED = {Order.NEW: "新到", Order.DUE: "时限", Order.URGENT: "紧急", Order.STILL: "停留"}  # as the list's head says it
ALL = "all"  # the queue that is none: everything in sight
MIXED = CODES | {"waiting", "awaited", "carded", "soon", "overdue"}  # queues of several stages


@frozen(kw_only=True)
class Bench:
    """One list: its place in the addresses, and the queue it is where it is one."""

    place: Place
    shelf: Shelf | None

    @property
    def code(self) -> str:
        return self.shelf.queue.code if self.shelf else ALL

    @property
    def label(self) -> str:
        return self.shelf.queue.label if self.shelf else "全部事件"

    @property
    def order(self) -> Order:
        return Order(self.place.narrowing.sort or (Order.DUE if self.shelf else Order.NEW))

    @property
    def sorted_by(self) -> str:
        return SORTED[self.order]

    def filters(self, asker: Asker) -> Filters:
        found = self.place.narrowing.in_force(asker.now)
        if self.shelf is None:
            return found
        queue = self.shelf.queue
        return evolve(found, extra=found.extra & queue.where, open_only=True, awaiting=queue.awaiting)


@frozen(kw_only=True)
class Entry:
    """A row as the list shows it."""

    row: words.Row
    mark: str  # the same for as long as the row says the same


@staff
def home(request: HttpRequest) -> HttpResponse:
    """待办: the queues, the chosen one's cases by due time, and the case one works on."""
    asker = asker_of(request)
    posts = {seat.post for seat in asker.actor.seats | asker.actor.substitute}
    if posts and posts <= set(GRID_POSTS):
        return HttpResponseRedirect("/field/")
    cursor, since = request.GET.get("cursor", ""), journal_end()
    shelves = () if cursor and request.GET.get("queue") == ALL else waiting(asker)
    bench = bench_of(asker, shelves, request.GET)
    listed = listing(asker, bench, cursor)
    if is_partial(request) and (cursor or request.GET.get("part") == "rows"):
        return render(request, "desk/parts/entries.html", list_context(asker, bench, listed))
    wanted = request.GET.get("case", "") or (listed.lines[0].number if listed.lines else "")
    found, missing = None, ""
    if wanted:
        try:
            found = panel(asker, find(wanted), queue=bench.code)
        except NotFound as error:
            missing = error.message
    return bench_screen(request, shelves, bench, listed, panel=found, wanted=wanted, missing=missing, since=since)


def bench_screen(
    request: HttpRequest,
    shelves: tuple[Shelf, ...],
    bench: Bench,
    listed: Page,
    *,
    panel: Panel | None,
    wanted: str,
    missing: str = "",
    since: str = "",
    status: int = 200,
) -> HttpResponse:
    """A whole page: a list with one of its cases open."""
    asker = asker_of(request)
    context = {
        "shelves": shelves or waiting(asker),
        "panel": panel,
        "wanted": wanted,
        "missing": missing,
        "since": since,
        **list_context(asker, bench, listed),
        **choices(asker, bench.place),
    }
    return page(request, "desk/home.html", context, current=bench.code, status=status)


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
    """A page of the list; a cursor that is none of ours shows the first one. `only` narrows it further."""
    filters = bench.filters(asker)
    if only is not None:
        filters = evolve(filters, extra=filters.extra & only)
    return read(asker, filters, cursor, size, order=bench.order)


def read(asker: Asker, filters: Filters, cursor: str, size: int = PAGE, *, order: Order) -> Page:
    """A page of cases, of which every one really contains the words searched for."""
    try:
        found = read_page(filters, asker.setting, asker.now, cursor=cursor, size=size, order=order)
    except (ValueError, OverflowError):
        found = read_page(filters, asker.setting, asker.now, size=size, order=order)
    # Only words, not a number, are looked up by pairs of characters.
    if filters.query and not filters.query.replace("-", "").isdigit():
        return evolve(found, lines=confirmed(found.lines, filters.query))
    return found


def list_context(asker: Asker, bench: Bench, listed: Page) -> dict[str, Any]:
    """What the list's own templates name."""
    return {
        "bench": bench,
        "place": bench.place,
        "viewing": bench.place.query(),
        "entries": entries(listed, asker),
        "chips": chips(bench.place, asker.setting, asker_names(asker)),
        "more": bench.place.address(cursor=listed.next) if listed.next else "",
        "cursor": listed.next,
        **row_words(bench, asker),
        "batches": offered(asker.actor),
    }


def row_words(bench: Bench, asker: Asker) -> dict[str, Any]:
    """What a row tells besides the matter: not who has it in a queue of one's own, not the stage in a stage's queue."""
    mixed = bench.shelf is None or bench.code in MIXED
    return {
        "with_stage": mixed,
        "with_holder": mixed or (bench.shelf is not None and bench.shelf.followed),
        "own_units": {asker.setting.units[u].name for u in asker.actor.units if u in asker.setting.units},
    }


def entries(listed: Page, asker: Asker) -> list[Entry]:
    """The lines of a list, dressed."""
    return [entry(line, asker) for line in listed.lines]


def entry(line: Line, asker: Asker) -> Entry:
    """One line in words, with a mark that changes when anything shown of it does."""
    row = words.row(line, asker.now)
    shown = (
        line.title, line.place, line.category, line.stage.value, line.holder, line.restricted,
        row.state, row.chip, row.channel, row.urgency, row.received, row.awaited,
    )  # fmt: skip
    return Entry(row=row, mark=f"{crc32(repr(shown).encode()):08x}")


@staff
def everything(request: HttpRequest) -> HttpResponse:
    """全部: every case in sight as a table, newest first, narrowed by what the address says."""
    asker, asked, since = asker_of(request), request.GET, journal_end()
    narrowing = narrowing_of(asked, asker.setting)
    place = Place(name="desk:cases", queue="", narrowing=narrowing)
    order = Order(narrowing.sort or Order.NEW)
    listed = read(asker, narrowing.in_force(asker.now), asked.get("cursor", ""), order=order)
    beside = evolve(place, name="desk:home", queue=ALL)
    context = {
        "since": since,
        "place": place,
        "beside": beside,
        "keeps": beside.query(),
        "entries": entries(listed, asker),
        "chips": chips(place, asker.setting, asker_names(asker)),
        "next": place.address(cursor=listed.next) if listed.next else "",
        "paged": bool(asked.get("cursor")),
        **choices(asker, place),
    }
    return page(request, "desk/cases.html", context, current="table")


def choices(asker: Asker, place: Place) -> dict[str, Any]:
    """What one may narrow a list to, and the addresses of its orders."""
    found = asker_names(asker)
    return {
        "filters": place.narrowing.filters,
        "narrowing": place.narrowing,
        "stages": [(s.value, s.label) for s in Stage],
        "channels": [(c.value, c.label) for c in Channel],
        "categories": categories(found, asker.setting),
        "areas": areas_within(found, ranges(asker)),
        "holders": _holders(asker.setting, asker),
        "days": DAYS.items(),
        "sorts": [(code, label, place.address(sort=code)) for code, label in SORTS.items()],
    }


def ranges(asker: Asker) -> tuple[tuple[str, str], ...]:
    """The areas somebody may name: what they stand over, else where their units are."""
    if asker.standing.areas:
        return asker.standing.areas
    codes = {asker.setting.units[u].area for u in asker.actor.units if u in asker.setting.units}
    return tuple((code, after(code)) for code in sorted(codes))


def _holders(setting: Setting, asker: Asker) -> list[tuple[int, str]]:
    """Who may hold a case where the asker works."""
    commands = {setting.units[u].command for u in asker.actor.units if u in setting.units}
    kinds = (UnitKind.COMMAND, UnitKind.PLATFORM, UnitKind.OFFICE)
    return [(u.id, u.name) for u in setting.units.values() if u.command in commands and u.active and u.kind in kinds]
