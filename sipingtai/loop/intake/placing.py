"""Where a matter lies and who receives it: point → grid → command. Boundaries and commands are data."""

from attrs import frozen

from sipingtai.core.setting import Level, Setting, UnitKind
from sipingtai.insight.grids import GridIndex
from sipingtai.org.models import Unit


@frozen(kw_only=True)
class Place:
    """Where a matter lies, as far as it is known."""

    area: str  # area code: 15 digits when the grid is known, else as short as what was given
    grid: int | None
    command: int  # who receives it
    outside: bool  # the point lies in no grid of that command's area: taken in all the same, and flagged


class NoCommand(ValueError):
    """No command room is in charge of the area."""

    def __init__(self) -> None:
        super().__init__("这个地方还没有开通指挥室，请核对区划代码。")


KEPT = 4  # settings whose boundaries are kept: today's, and those of days an import or a simulation walks through
_kept: list[tuple[Setting, GridIndex[int]]] = []


def grid_index(setting: Setting) -> GridIndex[int]:
    """The boundaries of the grids in force on the setting's day: none that has ended, none that is yet to begin.

    Read once for each setting, and there is one for every day and state of the organisation (org.setting.load).
    """
    for known, index in _kept:
        if known is setting:
            return index
    grids = [unit.id for unit in setting.units.values() if unit.kind is UnitKind.GRID and unit.active]
    rows = Unit.objects.filter(pk__in=grids, area__boundary__isnull=False).values_list("id", "area__boundary")
    index = GridIndex([(unit, boundary) for unit, boundary in rows if boundary])
    _kept[:] = [(setting, index), *_kept[: KEPT - 1]]
    return index


def place(
    setting: Setting, *, area: str = "", grid: int | None = None, point: tuple[float, float] | None = None
) -> Place:
    """Find grid and command. A point decides over a grid that was only assumed; `area` may be any prefix of a code.

    Raises NoCommand.
    """
    found = grid_index(setting).locate(*point) if point else None
    if found is not None and area and not _within(setting.units[found].area, area):
        found = None  # somewhere else than the area it is reported for
    known = found if found is not None else grid if point is None else None
    if known is not None:
        unit = setting.units[known]
        return Place(area=unit.area, grid=known, command=_first(setting, unit.command), outside=False)
    command = command_of(setting, area or (setting.units[grid].area if grid in setting.units and grid else ""))
    return Place(area=area or setting.units[command].area, grid=None, command=command, outside=point is not None)


def _first(setting: Setting, station: int) -> int:
    """Who receives first what a grid reports: its village station, or, by the pack, the command room above it."""
    found = setting.commands[station]
    if found.level is not Level.VILLAGE or found.parent is None or setting.rules(found.parent).station_first:
        return station
    return found.parent


def command_of(setting: Setting, area: str) -> int:
    """The lowest command, from the township up, whose area the code lies in. Raises NoCommand."""
    inside = [
        c
        for c in setting.commands.values()
        if c.level is not Level.VILLAGE and _within(area, setting.units[c.id].area) and setting.units[c.id].active
    ]
    if not inside:
        raise NoCommand
    return min(inside, key=lambda c: (c.level, c.id)).id


def _within(area: str, wider: str) -> bool:
    return area.startswith(wider)
