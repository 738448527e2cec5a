"""Letters (来件): what waits for somebody's word and is no case.

Explanations that were asked of a unit, and applications for sight of a restricted case.
"""

from functools import lru_cache
from typing import Any

from attrs import frozen
from django.db.models import QuerySet
from django.urls import reverse

from sipingtai.faces.asker import Asker
from sipingtai.loop.reading.queues import KEPT, NOW
from sipingtai.mechanisms.oversight.granting import chief_of, waiting_for
from sipingtai.mechanisms.oversight.inspecting import speaks_for
from sipingtai.mechanisms.oversight.models import Explanation


@frozen(kw_only=True)
class Letter:
    """One line of the navigation, shown while anything waits there."""

    code: str
    label: str
    address: str
    rows: QuerySet[Any]  # to be counted with the queues, in their one statement


def letters(asker: Asker) -> tuple[Letter, ...]:
    """The lines that may come up for somebody's posts; none for whoever has no say for any unit."""
    actor, setting, units = asker.actor, asker.setting, asker.standing.units
    chief = chief_of(actor, list(setting.commands), setting)
    return _letters(
        speaking=tuple(unit for unit in units if speaks_for(actor, unit, setting)), deciding=units if chief else ()
    )


@lru_cache(maxsize=KEPT)  # the same objects as last time: the statement that counts them is kept by them
def _letters(*, speaking: tuple[int, ...], deciding: tuple[int, ...]) -> tuple[Letter, ...]:
    found: list[Letter] = []
    if speaking:
        rows = Explanation.objects.filter(unit__in=speaking, answered_at=None, lapsed_at=None)
        found.append(Letter(code="explain", label="书面说明", address=reverse("desk:explanations"), rows=rows))
    if deciding:
        asked = waiting_for(NOW).filter(deciders__overlap=list(deciding))
        found.append(Letter(code="sight", label="限知查看申请", address=reverse("desk:decisions"), rows=asked))
    return tuple(found)
