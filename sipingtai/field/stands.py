"""Where somebody with a phone stands when they report: their own grid, their village, the places they look after."""

from attrs import frozen

from sipingtai.core.case import Channel
from sipingtai.core.posts import Actor, Post, Seat
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.core.who import GRID_POSTS
from sipingtai.loop.intake.channels import CHANNELS
from sipingtai.loop.reading.places import Names, area_name

TOWNSHIP_DIGITS = 9


@frozen(kw_only=True)
class Stand:
    """One place to report from. `key` stands in the form."""

    channel: Channel
    unit: int  # the unit one reports for
    area: str  # within which a point on the map must lie
    grid: int | None
    label: str

    @property
    def key(self) -> str:
        return f"{self.channel.value}-{self.unit}-{self.area}-{self.grid or 0}"


def stands(actor: Actor, setting: Setting, names: Names) -> tuple[Stand, ...]:
    """Own grids first, then a station's village and its grids, then whatever a command room or a leader looks after."""
    found: dict[str, Stand] = {}
    for seat in sorted(actor.seats | actor.substitute, key=lambda s: (_rank(s), s)):
        for stand in _of(seat, setting, names):
            found.setdefault(stand.key, stand)
    return tuple(found.values())


def may_report(actor: Actor) -> bool:
    """Whether this person may report from the phone."""
    return any(_rank(seat) < _NEVER for seat in actor.seats | actor.substitute)


_NEVER = 9


def _rank(seat: Seat) -> int:
    if seat.post in GRID_POSTS:
        return 0
    if seat.post is Post.STATION:
        return 1
    return 2 if Channel.LIAISON in CHANNELS.get(seat.post, ()) else _NEVER


def _of(seat: Seat, setting: Setting, names: Names) -> list[Stand]:
    unit, rank = setting.units.get(seat.unit), _rank(seat)
    if unit is None or rank == _NEVER:
        return []
    if rank == 0:
        wide = unit.area[:TOWNSHIP_DIGITS]
        label = area_name(names, unit.area)
        return [Stand(channel=Channel.GRID, unit=unit.id, area=wide, grid=unit.id, label=label)]
    if rank == 1:
        grids = [u for u in setting.units.values() if u.kind is UnitKind.GRID and u.command == unit.id and u.active]
        whole = Stand(
            channel=Channel.STATION, unit=unit.id, area=unit.area, grid=None, label=area_name(names, unit.area)
        )
        return [whole] + [
            Stand(channel=Channel.STATION, unit=unit.id, area=unit.area, grid=g.id, label=area_name(names, g.area))
            for g in grids
        ]
    places = [code for code in names.areas if code.startswith(unit.area) and len(code) <= len(unit.area) + 3]
    return [
        Stand(channel=Channel.LIAISON, unit=unit.id, area=code, grid=None, label=area_name(names, code))
        for code in places
    ]
