"""各乡镇 (a township's: 各村站): what stands in each command below, and what waits for an answer, since when."""

from attrs import frozen
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from sipingtai.desk.frame import asker_names, page, staff
from sipingtai.desk.reach import commanded, title_for
from sipingtai.faces import words
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.errors import NotFound
from sipingtai.loop.reading.below import MOST, Awaited, Below, below


@frozen(kw_only=True)
class Cell:
    """A count, the list behind it, and since when the longest waits."""

    count: int
    address: str
    since: str = ""

    @property
    def shown(self) -> str:
        return str(self.count) if self.count <= MOST else f"{MOST}+"


@frozen(kw_only=True)
class Line:
    """One command below."""

    name: str
    open: Cell
    reported: Cell
    late: Cell
    asked: Cell
    asking: Cell


@staff
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The commands below one's own, in the pack's order: nobody is ranked."""
    asker = asker_of(request)
    title = title_for(asker)
    if not title:
        raise NotFound
    own = commanded(asker)
    lines = [_line(found, own, asker) for found in below(own, asker.setting)]
    return page(request, "desk/below.html", {"title": title, "lines": lines}, current="below")


def _line(found: Below, own: frozenset[int], asker: Asker) -> Line:
    unit = asker.setting.units[found.command]

    def cell(count: int, **narrowed: str | int) -> Cell:
        return Cell(count=count, address=_address(**narrowed))

    def waits(awaited: Awaited, **narrowed: str | int) -> Cell:
        since = f"已等 {words.length(asker.now - awaited.since)}" if awaited.since else ""
        return Cell(count=awaited.count, address=_address(**narrowed), since=since)

    return Line(
        name=asker_names(asker).areas.get(unit.area, unit.name),
        open=cell(found.open, under=found.command),
        reported=cell(found.reported, under=found.command, stage="reported"),
        late=cell(found.late, under=found.command, overdue="on"),
        asked=waits(found.asked, under=found.command, awaits=min(own)),
        asking=waits(found.asking, awaits=found.command),
    )


def _address(**narrowed: str | int) -> str:
    return f"{reverse('desk:home')}?{urlencode({'queue': 'all', **narrowed, 'sort': 'due'})}"
