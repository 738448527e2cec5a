"""Which post may bring matters in through which channel (来源), by a program or from a phone.

At the desk offices write down visits and the like as well, see `desk.writing_down`.
"""

from collections.abc import Mapping

from attrs import frozen

from sipingtai.core.case import Channel
from sipingtai.core.posts import Actor, Post
from sipingtai.core.setting import Setting

_OFFICIAL = frozenset(
    {
        Channel.HOTLINE, Channel.VISIT, Channel.LIAISON, Channel.INSPECTION, Channel.DEPARTMENT, Channel.COUNTY,
        Channel.POLICE, Channel.SENSOR, Channel.MEETING,
    }
)  # fmt: skip
_AT_STATION = frozenset({Channel.STATION, Channel.VISIT})
_FROM_GRID = frozenset({Channel.GRID})

# The villager's channel is nobody's: it opens without an account. No program reports for a platform or an office.
CHANNELS: Mapping[Post, frozenset[Channel]] = {
    Post.LEADER: _OFFICIAL,
    Post.CHIEF: _OFFICIAL,
    Post.DUTY: _OFFICIAL,
    Post.ROOM_HEAD: _OFFICIAL,
    Post.INTAKE: _OFFICIAL,
    Post.ANALYST: _OFFICIAL,
    Post.DISPATCHER: _OFFICIAL,
    Post.STATION: _AT_STATION,
    Post.GRID_HEAD: _FROM_GRID,
    Post.GRID_WORKER: _FROM_GRID,
}


@frozen
class Entry:
    """Where somebody stands who brings a matter in: the unit they act for, and the area they may report from."""

    unit: int
    area: str  # the narrowest of what was asked for and what is theirs


class NotAdmitted(Exception):
    """None of the actor's seats admits the channel."""


class AreaNotTheirs(Exception):
    """The area lies outside every area the actor may report from through this channel."""


def channels_of(actor: Actor) -> frozenset[Channel]:
    """Every channel the actor may use."""
    return frozenset(c for seat in actor.seats | actor.substitute for c in CHANNELS.get(seat.post, ()))


def entry(actor: Actor, channel: Channel, area: str, setting: Setting) -> Entry:
    """The seat through which the actor brings a matter in. `area` is a code of any length, empty for one's own.

    An area wider than the seat's is narrowed to it: who says no more than the county reports from their own place.
    Raises NotAdmitted, AreaNotTheirs.
    """
    held = actor.seats | actor.substitute
    seats = [s for s in held if channel in CHANNELS.get(s.post, ()) and s.unit in setting.units]
    if not seats:
        raise NotAdmitted
    # The narrowest place first, so that a county clerk with a grid of their own reports from the grid.
    for seat in sorted(seats, key=lambda s: (-len(setting.units[s.unit].area), s)):
        theirs = setting.units[seat.unit].area
        if area.startswith(theirs):
            return Entry(seat.unit, area)
        if theirs.startswith(area):
            return Entry(seat.unit, theirs)
    raise AreaNotTheirs
