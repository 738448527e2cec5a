"""The applications that wait for somebody's decision (待批申请), each with what one decides by."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from attrs import frozen
from django.db.models import OuterRef

from sipingtai.access.models import Account
from sipingtai.cases.models import Case as Row
from sipingtai.cases.models import Step
from sipingtai.core.actions import Action
from sipingtai.core.case import Application, ApplicationKind, Case
from sipingtai.core.clocks import ClockKind
from sipingtai.core.decide import permitted
from sipingtai.core.effects.applications import APPROVE_REF
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting
from sipingtai.core.who import fits
from sipingtai.loop.reading.lists import first_text
from sipingtai.loop.reading.page import RunningClock, case_of, running
from sipingtai.loop.reading.queues import queues

MOST = 30  # shown at once; the rest comes up as these are decided
DECIDED_BY = {
    ApplicationKind.RETURN: (Action.GRANT_RETURN, Action.REFUSE_RETURN),
    ApplicationKind.EXTENSION: (Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION),
    ApplicationKind.SUSPENSION: (Action.GRANT_SUSPENSION, Action.REFUSE_SUSPENSION),
}
_ASKED_BY = {
    ApplicationKind.RETURN: Action.REQUEST_RETURN,
    ApplicationKind.EXTENSION: Action.REQUEST_EXTENSION,
    ApplicationKind.SUSPENSION: Action.REQUEST_SUSPENSION,
}


@frozen(kw_only=True)
class Asking:
    """One application, as whoever decides it reads it."""

    number: str
    title: str
    place: str
    case: Case
    application: Application
    person: str  # who asks
    reason: str
    clock: RunningClock | None  # until when to decide
    may: tuple[Action, ...]  # of granting and refusing, what is this person's to do


def to_decide(actor: Actor, setting: Setting, now: datetime) -> tuple[Asking, ...]:
    """The most pressing first; three statements, however many there are."""
    where = [q.where for q in queues(actor, setting) if q.code in ("returning", "asked")]
    if not where:
        return ()
    wanted = where[0]
    for more in where[1:]:
        wanted |= more
    rows = Row.objects.filter(wanted).annotate(title=first_text("title"), place=first_text("place"))
    found: list[tuple[Any, Case]] = [(row, case_of(row)) for row in rows.order_by("due_at", "id")[:MOST]]
    reasons = _reasons([row.pk for row, _ in found])
    names = _names([p.person for _, case in found for p in case.applications])
    return tuple(
        Asking(
            number=row.number,
            title=row.title or "",
            place=row.place or "",
            case=case,
            application=application,
            person=names.get(application.person, ""),
            reason=reasons.get((row.pk, _ASKED_BY[application.kind].value), ""),
            clock=_clock(case, application, setting, now),
            may=tuple(a for a in DECIDED_BY[application.kind] if a in _moves(case, actor, setting, now)),
        )
        for row, case in found
        for application in case.applications
        if fits(actor, application.decider, setting)
    )


def _moves(case: Case, actor: Actor, setting: Setting, now: datetime) -> frozenset[Action]:
    return frozenset(row.action for row in permitted(case, actor, now, setting))


def _clock(case: Case, application: Application, setting: Setting, now: datetime) -> RunningClock | None:
    if application.kind is ApplicationKind.RETURN:
        clock = case.clock(ClockKind.RULING)
    else:
        ref = APPROVE_REF[application.kind]
        clock = next((c for c in case.clocks if c.kind is ClockKind.APPROVE and c.ref == ref), None)
    return running(clock, setting, now) if clock else None


def _reasons(ids: Sequence[int]) -> dict[tuple[int, str], str]:
    """What each application said for itself, by case and action: the last one counts. One statement."""
    if not ids:
        return {}
    actions = [action.value for action in _ASKED_BY.values()]
    said = first_text("reason", case="case", no=OuterRef("no"))
    steps = Step.objects.filter(case_id__in=ids, action__in=actions).annotate(said=said).order_by("no")
    return {(case, action): text or "" for case, action, text in steps.values_list("case_id", "action", "said")}


def _names(people: Sequence[int]) -> dict[int, str]:
    wanted = set(people) - {0}
    return dict(Account.objects.filter(pk__in=wanted).values_list("pk", "display_name")) if wanted else {}
