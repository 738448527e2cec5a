"""What the pages of oversight share: who gets in, names of people and cases, dates and what came back from a form."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from functools import wraps
from typing import Concatenate, ParamSpec

from attrs import frozen
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict

from sipingtai.access.models import Account
from sipingtai.cases.models import Case
from sipingtai.core.stages import Stage
from sipingtai.desk.frame import staff
from sipingtai.faces.asker import asker_of
from sipingtai.loop.errors import DoorError, Invalid
from sipingtai.loop.reading.lists import first_text
from sipingtai.mechanisms.oversight.standing import looks_on

P = ParamSpec("P")


def overseer(view: Callable[Concatenate[HttpRequest, P], HttpResponse]) -> Callable[..., HttpResponseBase]:
    """A view for oversight accounts; for anybody else there is no such page."""

    for_staff = staff(view)

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated and not looks_on(asker_of(request).standing):
            raise Http404("没有找到这一页。")
        return for_staff(request, *args, **kwargs)

    return guarded


@frozen(kw_only=True)
class Typed:
    """A form that came back: what was typed, and the sentence at each field."""

    values: Mapping[str, str]
    faults: Mapping[str, str]

    @property
    def on_top(self) -> str:
        """What concerns no field of its own."""
        return self.faults.get("", "")


def typed(posted: QueryDict, error: DoorError) -> Typed:
    """What was posted, with what was wrong with it."""
    faults = error.fields if isinstance(error, Invalid) else {"": error.message}
    return Typed(values={name: posted.get(name, "") for name in posted}, faults=faults)


def day(text: str) -> date | None:
    """A day as a browser's date field sends it; None for anything else."""
    try:
        return date.fromisoformat(text) if len(text) == 10 else None
    except ValueError:
        return None


def numeral(text: str) -> int | None:
    """A positive number; None for anything else."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def people(accounts: Collection[int | None]) -> dict[int, str]:
    """Names by account: one statement."""
    rows = Account.objects.filter(pk__in={a for a in accounts if a})
    return {account.pk: str(account) for account in rows}


@frozen(kw_only=True)
class Shown:
    """A case as a page of oversight names it."""

    number: str
    title: str
    stage: str


def cases(ids: Collection[int | None]) -> dict[int, Shown]:
    """Those of these cases that the asker sees: one statement."""
    rows = Case.objects.filter(pk__in={i for i in ids if i}).only("number", "stage").annotate(title=first_text("title"))
    return {row.pk: Shown(number=row.number, title=row.title or "", stage=Stage(row.stage).label) for row in rows}
