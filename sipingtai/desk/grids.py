"""网格工作量: what came in by grid, for command posts, and for a grid worker the own grid. Never a list of people."""

from datetime import datetime

from attrs import frozen
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from sipingtai.core.setting import UnitKind
from sipingtai.desk.frame import asker_names, page, staff
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.errors import NotFound
from sipingtai.loop.reading.places import Names
from sipingtai.stats.by_grid import FEWEST, Showing, Shown, shown_to, workload

PERIODS = {"month": "本月", "last-month": "上月", "year": "今年", "last-year": "去年"}


@frozen(kw_only=True)
class Line:
    """A row of the table."""

    title: str
    grids: tuple[str, ...]
    figures: Shown


@staff
@require_GET
def workloads(request: HttpRequest) -> HttpResponse:
    """The figures of the period the address names; 404 for whoever has no part in them."""
    asker = asker_of(request)
    asked = request.GET.get("period", "")
    period = asked if asked in PERIODS else "month"
    commands = _commands(asker)
    if not commands:
        raise NotFound
    since, until = bounds(period, asker.now)
    found = [grid for command in commands for grid in workload(command, since, until)]
    showing = shown_to(asker.actor, found)
    names = asker_names(asker)
    context = {
        "lines": [_line(row, names) for row in showing.rows],
        "withheld": showing.withheld,
        "explained": _explained(asker, showing),
        "fewest": FEWEST,
        "periods": list(PERIODS.items()),
        "period": period,
    }
    return page(request, "desk/grids.html", context, current="grids")


def bounds(period: str, now: datetime) -> tuple[datetime, datetime]:
    """First moment of the period, and first moment after it."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    year = month.replace(month=1)
    if period == "last-month":
        before = (
            month.replace(year=month.year - 1, month=12) if month.month == 1 else month.replace(month=month.month - 1)
        )
        return before, month
    if period == "year":
        return year, now
    if period == "last-year":
        return year.replace(year=year.year - 1), year
    return month, now


def _commands(asker: Asker) -> list[int]:
    """The outermost commands the asker has a seat at, and the stations of the grids they work in."""
    units = [asker.setting.units[u] for u in asker.actor.units if u in asker.setting.units]
    if asker.standing.role == "command":
        found = {unit.area: unit.id for unit in units if unit.kind is UnitKind.COMMAND}
        return [pk for area, pk in sorted(found.items()) if not any(area != o and area.startswith(o) for o in found)]
    return sorted({unit.command for unit in units if unit.kind is UnitKind.GRID})


def _line(row: Shown, names: Names) -> Line:
    villages = "、".join(names.areas.get(area, area) for area in row.areas)
    title = row.grids[0] if len(row.grids) == 1 else f"{villages}（{len(row.grids)} 个网格）"
    return Line(title=title, grids=row.grids if len(row.grids) > 1 else (), figures=row)


def _explained(asker: Asker, showing: Showing) -> str:
    if asker.standing.role != "command":
        return "这是您自己网格的数字，只供您自己看，不与别人比较。"
    words = f"用来调整网格的划分与数量。只有一名网格员的网格，{FEWEST} 个以上合在一起看。"
    if showing.withheld:
        words += f"另有 {showing.withheld} 个网格不足 {FEWEST} 个，不显示。"
    return words
