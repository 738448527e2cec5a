"""What oversight has to do with one case, beside it: to whom a restricted one was shown, and the open inspections."""

from collections.abc import Sequence

from attrs import frozen
from django.db.models import Exists, OuterRef

from sipingtai.access.models import Account
from sipingtai.faces.asker import Asker
from sipingtai.loop.reading.page import CasePage
from sipingtai.mechanisms.oversight import granting
from sipingtai.mechanisms.oversight.looking import looked
from sipingtai.mechanisms.oversight.models import Grant, InspectedCase, Inspection
from sipingtai.mechanisms.oversight.standing import looks_on

MOST = 20  # open inspections that are offered


@frozen(kw_only=True)
class Shown:
    """To whom the case was shown, by whom, until when and why."""

    grant: Grant
    who: str
    by: str
    state: str


@frozen(kw_only=True)
class Watch:
    """The card's content."""

    shown: tuple[Shown, ...]
    looks_on: bool
    inspections: tuple[tuple[Inspection, bool], ...]  # whether the case is in it


def watch(asker: Asker, page: CasePage) -> Watch:
    """Nothing is asked for an ordinary case on an ordinary desk.

    A restricted one costs two statements; whoever looks on one more, and the day's first look at a granted case is
    written down.
    """
    restricted = page.case.restricted
    looked(page.number, restricted=restricted, account=asker.account, standing=asker.standing, now=asker.now)
    grants = list(granting.granted_on(page.id)) if restricted else []
    on = looks_on(asker.standing)
    return Watch(shown=_shown(grants, asker), looks_on=on, inspections=_inspections(page.id) if on else ())


def _shown(grants: Sequence[Grant], asker: Asker) -> tuple[Shown, ...]:
    wanted = {g.account for g in grants} | {g.decided_by or 0 for g in grants}
    names = {a.pk: str(a) for a in Account.objects.filter(pk__in=wanted)} if grants else {}
    return tuple(
        Shown(
            grant=g, who=names.get(g.account, ""), by=names.get(g.decided_by or 0, ""),
            state=granting.state(g, asker.now),
        )
        for g in grants
    )  # fmt: skip


def _inspections(case: int) -> tuple[tuple[Inspection, bool], ...]:
    taken_in = InspectedCase.objects.filter(inspection=OuterRef("pk"), case=case)
    rows = Inspection.objects.filter(closed_at=None).annotate(inside=Exists(taken_in))
    return tuple((row, row.inside) for row in rows.order_by("-id")[:MOST])
