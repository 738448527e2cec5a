"""What was said in certain steps of several cases, and by whom: two statements, however many."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen
from django.db.models import OuterRef, Q, Subquery

from sipingtai.access.models import Account
from sipingtai.cases.models import Step, Text
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
    return dressed(list(with_names(rows).order_by("case_id", "no")), setting)


def with_names(rows: Any) -> Any:
    """Steps with the name of who made them."""
    name = Account.objects.filter(pk=OuterRef("account")).values("display_name")
    return rows.defer("body").annotate(who=Subquery(name))


def dressed(steps: Sequence[Any], setting: Setting) -> dict[int, list[Said]]:
    """Steps read by `with_names`, with their texts: one statement."""
    where = Q(pk__in=())
    for case in {step.case_id for step in steps}:
        where |= Q(case_id=case, no__in=[step.no for step in steps if step.case_id == case])
    texts: dict[tuple[int, int], str] = {}
    for text in Text.objects.filter(where).order_by("name") if steps else ():
        if text.content != "":
            texts.setdefault((text.case_id, text.no), ERASED if text.content is None else text.content)
    found: dict[int, list[Said]] = {}
    for step in steps:
        found.setdefault(step.case_id, []).append(
            Said(
                case=step.case_id, no=step.no, at=step.at, action=Action(step.action), unit=step.unit,
                who=step.who or PARTIES[step.actor_kind], unit_name=unit_name(setting, step.unit),
                text=texts.get((step.case_id, step.no), ""),
            )
        )  # fmt: skip
    return found
