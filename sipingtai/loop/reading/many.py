"""Several cases at once, in the same few statements for one or a hundred: what a batch is judged by."""

from collections.abc import Mapping, Sequence
from datetime import date

from attrs import frozen

from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.case import Case
from sipingtai.core.setting import Setting
from sipingtai.loop.reading.lists import first_texts
from sipingtai.loop.reading.options import Choice, suggested
from sipingtai.loop.reading.page import case_of
from sipingtai.org.routes import Route, usual_routes


@frozen(kw_only=True)
class Named:
    """A case with what people know it by."""

    case: Case
    number: str
    title: str


def cases_numbered(numbers: Sequence[str]) -> Mapping[str, Named]:
    """The cases of these numbers as far as the actor may see them, by number: two statements."""
    rows = list(models.Case.objects.filter(number__in=numbers))
    titles = first_texts([row.id for row in rows])
    return {
        row.number: Named(case=case_of(row), number=row.number, title=titles.get(row.id, {}).get("title", ""))
        for row in rows
    }


def suggestions(cases: Sequence[Case], setting: Setting, at: date, action: Action) -> Mapping[int, Choice]:
    """Where each of these cases goes and why, by case, where anything says so: two statements for each command."""
    routes: dict[int, dict[str, Route]] = {}
    rulings: dict[tuple[int, str], int | None] = {}
    for command in {case.command for case in cases}:
        routes[command] = usual_routes(command, at)
        ruled = models.Precedent.objects.filter(command=command, granted=True, proposed__isnull=False)
        latest = ruled.order_by("category", "-decided_at").distinct("category")
        rulings |= {(command, category): unit for category, unit in latest.values_list("category", "proposed")}
    found = {
        case.id: suggested(case, setting, routes[case.command], rulings.get((case.command, case.category)), action)
        for case in cases
    }
    return {pk: choice for pk, choice in found.items() if choice is not None}
