"""Several cases at once, in the same few statements for one or a hundred: what a batch is judged by."""

from collections.abc import Mapping, Sequence

from attrs import frozen

from sipingtai.cases import models
from sipingtai.core.case import Case
from sipingtai.loop.reading.lists import first_texts
from sipingtai.loop.reading.page import case_of


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
