"""What was said in certain steps of several cases, and by whom: one statement, however many."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen
from django.db.models import OuterRef, Subquery
from django.db.models.expressions import RawSQL

from sipingtai.access.models import Account
from sipingtai.cases.models import Step
from sipingtai.core.actions import Action
from sipingtai.core.setting import Setting
from sipingtai.loop.reading.lists import ERASED
from sipingtai.loop.reading.page import PARTIES, unit_name


@frozen(kw_only=True)
class Said:
    """One step with its words."""

    case: int
    no: int
    at: datetime
    action: Action
    who: str
    unit: int | None
    unit_name: str
    text: str


def said(cases: Collection[int], actions: Sequence[Action], setting: Setting) -> dict[int, list[Said]]:
    """The steps of these actions by case, oldest first."""
    if not cases:
        return {}
    rows = Step.objects.filter(case_id__in=cases, action__in=[a.value for a in actions])
    return dressed(list(with_words(rows).order_by("case_id", "no")), setting)


# The first of a step's texts that says anything.
_TEXT = f"""
    SELECT COALESCE(t.content, '{ERASED}') FROM cases_text t
    WHERE t.case_id = cases_step.case_id AND t.no = cases_step.no AND t.content IS DISTINCT FROM ''
    ORDER BY t.name LIMIT 1
"""  # noqa: S608


def with_words(rows: Any) -> Any:
    """Steps with the name of who made them, and what they said."""
    name = Account.objects.filter(pk=OuterRef("account")).values("display_name")
    return rows.defer("body").annotate(who=Subquery(name), said=RawSQL(_TEXT, ()))  # noqa: S611  ours


def dressed(steps: Sequence[Any], setting: Setting) -> dict[int, list[Said]]:
    """Steps read by `with_words`, by case."""
    found: dict[int, list[Said]] = {}
    for step in steps:
        found.setdefault(step.case_id, []).append(
            Said(
                case=step.case_id, no=step.no, at=step.at, action=Action(step.action), unit=step.unit,
                who=step.who or PARTIES[step.actor_kind], unit_name=unit_name(setting, step.unit), text=step.said or "",
            )
        )  # fmt: skip
    return found
