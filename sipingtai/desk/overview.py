"""跟踪: what a command room gave out and follows until it is done. One's own work comes from loop.reading.queues."""

from functools import lru_cache

from django.db.models import Q

from sipingtai.cases.models import CARDED
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.core.stages import Stage
from sipingtai.loop.reading.queues import KEPT, ROOM, Queue

_GIVEN_TO = (UnitKind.PLATFORM, UnitKind.OFFICE, UnitKind.GRID)

# Queues of loop.reading.queues that are followed rather than worked off.
FOLLOWED = frozenset({"waiting", "awaited", "soon", "overdue"})


def overview(actor: Actor, setting: Setting) -> tuple[Queue, ...]:
    """待签收, 办理中 and 督办 of the units under the actor's command rooms; none for anybody else.

    By holder, which the index of queues begins with, not by command.
    """
    rooms = {seat.unit for seat in actor.seats | actor.substitute if seat.post in ROOM}
    if not rooms:
        return ()
    given = sorted(u.id for u in setting.units.values() if u.command in rooms and u.kind in _GIVEN_TO)
    return _overview(tuple(given), tuple(sorted(rooms)))


@lru_cache(maxsize=KEPT)
def _overview(given: tuple[int, ...], rooms: tuple[int, ...]) -> tuple[Queue, ...]:
    with_them = Q(holder__in=given)
    carded = Q(holder__in=[*given, *rooms]) & CARDED
    return (
        Queue(code="sent", label="待签收", where=with_them & Q(stage=Stage.DISPATCHED)),
        Queue(code="inhand", label="办理中", where=with_them & Q(stage=Stage.HANDLING)),
        Queue(code="carded", label="督办", where=carded),
    )
