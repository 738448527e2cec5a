"""Lists: the asker's queues with the case beside them, and all cases with filters that live in the address."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from attrs import evolve, frozen
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from sipingtai.access.plain_text import clean
from sipingtai.core.case import Channel
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.core.stages import Stage
from sipingtai.core.who import GRID_POSTS
from sipingtai.desk.frame import Shelf, asker_names, is_partial, page, staff, waiting
from sipingtai.desk.panel import panel
from sipingtai.faces import words
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.errors import NotFound
from sipingtai.loop.reading.lists import Filters, Page, confirmed
from sipingtai.loop.reading.lists import page as read_page
from sipingtai.loop.reading.page import find
from sipingtai.loop.reading.places import Names, areas_within, categories, category_name
from sipingtai.org.actors import after

LONGEST_QUERY = 50  # characters


@staff
def home(request: HttpRequest) -> HttpResponse:
    """待办: the queues, the chosen one's cases by due time, and the case one works on."""
    asker = asker_of(request)
    posts = {seat.post for seat in asker.actor.seats | asker.actor.substitute}
    if posts and posts <= set(GRID_POSTS):
        return HttpResponseRedirect("/field/")
    shelves = waiting(asker)
    chosen = chosen_shelf(shelves, request.GET.get("queue", ""))
    listed = queue_page(asker, chosen, request.GET.get("cursor", ""))
    if is_partial(request) and request.GET.get("cursor"):
        return render(request, "desk/parts/entries.html", queue_context(asker, chosen, listed))
    wanted = request.GET.get("case", "") or (listed.lines[0].number if listed.lines else "")
    return queue_screen(request, shelves, chosen, listed, wanted=wanted)


def queue_screen(
    request: HttpRequest, shelves: tuple[Shelf, ...], chosen: Shelf, listed: Page, *, wanted: str
) -> HttpResponse:
    """A queue with one of its cases open."""
    asker = asker_of(request)
    context: dict[str, Any] = {"shelves": shelves, "chosen": chosen, **queue_context(asker, chosen, listed)}
    context["wanted"] = wanted
    if wanted:
        try:
            context["panel"] = panel(asker, find(wanted), queue=chosen.queue.code)
        except NotFound as error:
            context["missing"] = error.message
    return page(request, "desk/home.html", context, current=chosen.queue.code)


def chosen_shelf(shelves: tuple[Shelf, ...], code: str) -> Shelf:
    """The queue asked for, else the first in which anything waits."""
    named = next((s for s in shelves if s.queue.code == code), None)
    return named or next((s for s in shelves if s.count), shelves[0])


def queue_page(asker: Asker, shelf: Shelf, cursor: str = "") -> Page:
    filters = Filters(extra=shelf.queue.where, open_only=True, awaiting=shelf.queue.awaiting)
    return _page(filters, asker, cursor, by_due=True)


def _page(filters: Filters, asker: Asker, cursor: str, *, by_due: bool) -> Page:
    """A page; a cursor that is none of ours shows the first one."""
    try:
        found = read_page(filters, asker.setting, asker.now, cursor=cursor, by_due=by_due)
    except (ValueError, OverflowError):
        found = read_page(filters, asker.setting, asker.now, by_due=by_due)
    # Only words, not a number, are looked up by pairs of characters.
    if filters.query and not filters.query.replace("-", "").isdigit():
        return evolve(found, lines=confirmed(found.lines, filters.query))
    return found


def queue_context(asker: Asker, shelf: Shelf, listed: Page) -> dict[str, Any]:
    more = urlencode({"queue": shelf.queue.code, "cursor": listed.next}) if listed.next else ""
    return {
        "queue": shelf.queue.code,
        "rows": [words.row(line, asker.now) for line in listed.lines],
        "more": f"{reverse('desk:home')}?{more}" if more else "",
    }


@frozen(kw_only=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    address: str


@staff
def everything(request: HttpRequest) -> HttpResponse:
    """全部: every case in sight, newest first, narrowed by what the address says."""
    asker, asked = asker_of(request), request.GET
    found = asker_names(asker)
    filters = filters_of(asked, asker.setting)
    listed = _page(filters, asker, asked.get("cursor", ""), by_due=False)
    context = {
        "rows": [words.row(line, asker.now) for line in listed.lines],
        "chips": chips(filters, asker.setting, found),
        "filters": filters,
        "stages": [(s.value, s.label) for s in Stage],
        "channels": [(c.value, c.label) for c in Channel],
        "categories": categories(found, asker.setting),
        "areas": areas_within(found, ranges(asker)),
        "holders": _holders(asker.setting, asker),
        "next": _address(filters, cursor=listed.next) if listed.next else "",
        "paged": bool(asked.get("cursor")),
    }
    return page(request, "desk/cases.html", context, current="all")


def filters_of(asked: QueryDict, setting: Setting) -> Filters:
    """The filters an address names; a value nobody knows narrows nothing."""

    def known(name: str, values: Any) -> str:
        value = (asked.get(name) or "").strip()
        return value if value in values else ""

    area, holder = (asked.get("area") or "").strip(), (asked.get("holder") or "").strip()
    category = (asked.get("category") or "").strip().split(" ")[0]
    return Filters(
        stage=known("stage", {s.value for s in Stage}),
        category=category if category in setting.categories else "",
        area=area if area.isascii() and area.isdigit() and len(area) <= 15 else "",
        channel=known("channel", {c.value for c in Channel}),
        holder=int(holder) if holder.isascii() and holder.isdigit() and len(holder) < 19 else None,
        query=clean((asked.get("q") or "")[: LONGEST_QUERY * 2], LONGEST_QUERY * 2, "搜索")[:LONGEST_QUERY],
        overdue=asked.get("overdue") == "on",
        open_only=asked.get("overdue") == "on",
    )


def _values(filters: Filters) -> Mapping[str, str]:
    return {
        "q": filters.query,
        "stage": filters.stage,
        "category": filters.category,
        "area": filters.area,
        "channel": filters.channel,
        "holder": str(filters.holder or ""),
        "overdue": "on" if filters.overdue else "",
    }


def _address(filters: Filters, **changed: str) -> str:
    values = {name: value for name, value in {**_values(filters), **changed}.items() if value}
    return f"{reverse('desk:cases')}?{urlencode(values)}" if values else reverse("desk:cases")


def chips(filters: Filters, setting: Setting, found: Names) -> list[Chip]:
    """The filters in force, each with the address that lets it go."""
    holder = setting.units.get(filters.holder or 0)
    labels = {
        "q": f"含“{filters.query}”",
        "stage": Stage(filters.stage).label if filters.stage else "",
        "category": category_name(found, setting, filters.category),
        "area": found.areas.get(filters.area, filters.area),
        "channel": Channel(filters.channel).label if filters.channel else "",
        "holder": holder.name if holder else str(filters.holder or ""),
        "overdue": "已到期未办",
    }
    return [
        Chip(label=labels[name], address=_address(filters, **{name: ""}))
        for name, value in _values(filters).items()
        if value
    ]


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
