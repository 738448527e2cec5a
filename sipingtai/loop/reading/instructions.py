"""Instructions (批示) in sight and what became of each: those without an answer first, then all, newest first."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen
from django.db.models import Exists, OuterRef, Q

from sipingtai.cases.models import Case, Step, literal
from sipingtai.core.actions import Action
from sipingtai.core.setting import Setting
from sipingtai.core.stages import Stage
from sipingtai.loop.reading import cursors
from sipingtai.loop.reading.lists import first_text
from sipingtai.loop.reading.page import unit_name
from sipingtai.loop.reading.said import Said, dressed, said, with_words

PAGE = 20
UNANSWERED = 50  # shown at most
AS_FAR_BACK = timedelta(days=180)  # an instruction nobody answered in half a year is looked for in the list of all
SHOWN = 2  # answers of each: the first and the latest
ANSWERS = (
    Action.PROGRESS, Action.FINISH, Action.REPLY_SUPERVISION, Action.COMPLETE_ASSIST, Action.ANSWER,
)  # fmt: skip


@frozen(kw_only=True)
class Instruction:
    """One instruction."""

    number: str
    title: str
    stage: Stage
    holder: str  # who must act now; empty where the case has ended
    said: Said
    answers: tuple[Said, ...]  # since then


@frozen(kw_only=True)
class Page:
    """One page of all."""

    found: tuple[Instruction, ...]
    next: str = ""  # cursor; empty: this was the last


def unanswered(setting: Setting, now: datetime) -> tuple[Instruction, ...]:
    """Of open cases, those nobody has answered yet, the oldest first: two statements."""
    later = Step.objects.filter(case=OuterRef("case"), no__gt=OuterRef("no"), action__in=[a.value for a in ANSWERS])
    rows = _all().filter(~Exists(later), at__gt=now - AS_FAR_BACK, case__holder__isnull=False).order_by("at", "id")
    return _told(list(rows[:UNANSWERED]), setting)


def page(setting: Setting, *, cursor: str = "", size: int = PAGE) -> Page:
    """A page of all instructions, newest first: three statements. Raises ValueError for a strange cursor."""
    rows = _all().order_by("-at", "-id")
    if cursor:
        at, key = cursors.at_a_moment(cursor)
        rows = rows.filter(Q(at__lt=at) | Q(at=at, id__lt=cursors.number(key)), at__lte=at)
    steps = list(rows[: size + 1])
    more, steps = len(steps) > size, steps[:size]
    last = cursors.cursor(steps[-1].at, steps[-1].pk) if more else ""
    return Page(found=_told(steps, setting, with_answers=True), next=last)


def _all() -> Any:
    return with_words(Step.objects.filter(action=literal(Action.INSTRUCT.value)))


def _told(steps: Sequence[Any], setting: Setting, *, with_answers: bool = False) -> tuple[Instruction, ...]:
    ids = sorted({step.case_id for step in steps})
    rows = Case.objects.filter(pk__in=ids).only("number", "stage", "holder").annotate(title=first_text("title"))
    cases: dict[int, Any] = {row.pk: row for row in rows}
    words = dressed(steps, setting)
    since = said(ids, ANSWERS, setting) if with_answers else {}
    by_step = {(each.case, each.no): each for found in words.values() for each in found}
    found = []
    for step in steps:
        if (case := cases.get(step.case_id)) is None:
            continue
        answers = [each for each in since.get(step.case_id, []) if each.no > step.no]
        found.append(
            Instruction(
                number=case.number, title=case.title or "", stage=Stage(case.stage),
                holder=unit_name(setting, case.holder), said=by_step[step.case_id, step.no],
                answers=tuple(answers if len(answers) <= SHOWN else (answers[0], answers[-1])),
            )
        )  # fmt: skip
    return tuple(found)
