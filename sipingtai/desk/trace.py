"""监督跟踪: what somebody who looks on finds open in their area, by what they ask first. Nothing of it is work."""

from functools import lru_cache

from django.db.models import Q

from sipingtai.cases.models import CARDED, WENT_BACK
from sipingtai.cases.stored import state_has
from sipingtai.core.posts import Actor, Post
from sipingtai.core.setting import Setting
from sipingtai.loop.reading.queues import KEPT, NOW, Queue
from sipingtai.mechanisms.oversight.models import InspectedCase

CODES = frozenset({"open", "late", "cards", "back", "inspected"})  # queues of several stages
# A yellow or red card that was not lifted.
_HAS_COLOUR = state_has('$.cards[*] ? (!exists(@.lifted) && @.colour != "plain")')


def traced(actor: Actor, setting: Setting) -> tuple[Queue, ...]:
    """The queues of an oversight account.

    Which cases of these it sees is the database's to say; by holder, because the index of queues begins with it.
    """
    seats = [s for s in actor.seats | actor.substitute if s.post is Post.OVERSIGHT and s.unit in setting.units]
    areas = {setting.units[s.unit].area for s in seats}
    # Whoever may hold a matter of the area: its own units, those of its villages, and those above it.
    near = (u.id for u in setting.units.values() if any(u.area.startswith(a) or a.startswith(u.area) for a in areas))
    return _traced(tuple(sorted(near)))


@lru_cache(maxsize=KEPT)
def _traced(near: tuple[int, ...]) -> tuple[Queue, ...]:
    held = Q(holder__in=near)
    looked_at = InspectedCase.objects.filter(inspection__closed_at=None)
    return (
        Queue(code="open", label="在办事件", where=held),
        Queue(code="late", label="已经超期", where=held & Q(due_at__lt=NOW)),
        Queue(code="cards", label="黄牌红牌", where=held & CARDED & Q(_HAS_COLOUR)),
        Queue(code="back", label="退回返工", where=held & WENT_BACK),
        Queue(code="inspected", label="正在检查", where=Q(pk__in=looked_at.values("case"))),
    )
