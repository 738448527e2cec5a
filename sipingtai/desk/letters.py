"""Letters (来件): what waits for somebody's word and is no case.

Explanations that were asked of a unit, and applications for sight of a restricted case.
"""

from typing import Any

from attrs import frozen
from django.db.models import QuerySet
from django.urls import reverse

from sipingtai.faces.asker import Asker
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
    actor, setting = asker.actor, asker.setting
    found: list[Letter] = []
    units = [unit for unit in asker.standing.units if speaks_for(actor, unit, setting)]
    if units:
        rows = Explanation.objects.filter(unit__in=units, answered_at=None, lapsed_at=None)
        found.append(Letter(code="explain", label="书面说明", address=reverse("desk:explanations"), rows=rows))
    if chief_of(actor, list(setting.commands), setting):
        asked = waiting_for(asker.now).filter(deciders__overlap=list(asker.standing.units))
        found.append(Letter(code="sight", label="限知查看申请", address=reverse("desk:decisions"), rows=asked))
    return tuple(found)
