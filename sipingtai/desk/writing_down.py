"""Who writes down at the desk what others report, and through which channels it came (来源)."""

from sipingtai.core.case import Channel
from sipingtai.core.posts import Actor, Post

_WRITTEN_DOWN = (
    Channel.HOTLINE, Channel.VISIT, Channel.LIAISON, Channel.INSPECTION, Channel.DEPARTMENT, Channel.COUNTY,
    Channel.POLICE, Channel.MEETING,
)  # fmt: skip
_ROOM = frozenset({Post.INTAKE, Post.ANALYST, Post.DISPATCHER, Post.ROOM_HEAD})
_LEADERS = frozenset({Post.LEADER, Post.CHIEF, Post.DUTY})
_OFFICES = frozenset({Post.PLATFORM_HEAD, Post.PLATFORM_CLERK, Post.OFFICE_HEAD, Post.HANDLER, Post.STATION})


def channels(actor: Actor) -> tuple[Channel, ...]:
    """The channels somebody may write down: the room all, leaders and offices what reaches them. Empty: none."""
    posts = {seat.post for seat in actor.seats | actor.substitute}
    if posts & _ROOM:
        return _WRITTEN_DOWN
    found: set[Channel] = set()
    if posts & _LEADERS:
        found |= {Channel.LIAISON, Channel.INSPECTION, Channel.MEETING}
    if posts & _OFFICES:
        found |= {Channel.VISIT, Channel.LIAISON, Channel.INSPECTION, Channel.DEPARTMENT}
    return tuple(c for c in _WRITTEN_DOWN if c in found)
