"""Splitting (拆分) a matter that is several (一件事): the parts come in as cases of their own, below the first one."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from attrs import frozen

from sipingtai.cases.models import Text
from sipingtai.core.actions import Action
from sipingtai.core.case import Case
from sipingtai.core.moves import Move
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting
from sipingtai.loop.errors import Invalid
from sipingtai.loop.intake.report import Receipt, Report, take_in
from sipingtai.loop.moves import lock, move
from sipingtai.loop.writing import Moved

MOST = 10  # parts at once


@frozen(kw_only=True)
class Split:
    """What a split came to: the parent after it, and its new children."""

    parent: Moved
    children: tuple[Receipt, ...]


def split(
    case_id: int,
    parts: Sequence[str],
    *,
    reason: str,
    actor: Actor,
    now: datetime,
    setting: Setting,
    unit: int | None = None,
    seen: int | None = None,
) -> Split:
    """Make a child of every part, then let the parent know them, in the caller's transaction.

    1. Lock the parent, so that two splits at once follow each other.
    2. Take each part in; it inherits place, category, urgency, visibility and whom the matter is about.
    3. Move the parent. Where that is refused, or somebody was first, the caller rolls back, children and all.

    Raises NotFound, Conflict, Refused, Invalid.
    """
    parent = lock(case_id).case
    place = Text.objects.filter(case_id=case_id, no=1, name="place").values_list("content", flat=True).first() or ""
    children = tuple(
        take_in(part.report, sender=part.sender, key=part.key, actor=actor, now=now, setting=setting, unit=unit)
        for part in parts_of(parent, parts, place)
    )
    asked = Move(action=Action.SPLIT, reason=reason, members=tuple(child.case_id for child in children))
    moved = move(case_id, asked, actor=actor, now=now, setting=setting, unit=unit, seen=seen)
    return Split(parent=moved, children=children)


@frozen(kw_only=True)
class Part:
    """A child to be taken in; `sender` and `key` make the same split sent twice one split."""

    report: Report
    sender: str
    key: uuid.UUID


def parts_of(parent: Case, parts: Sequence[str], place: str) -> list[Part]:
    """What each part comes in as: it inherits from its parent all but the text. Raises Invalid."""
    wanted = [part.strip() for part in parts if part.strip()]
    if not 2 <= len(wanted) <= MOST:
        raise Invalid({"parts": f"请写明 2 至 {MOST} 个子件的内容，每件一格。"})
    return [
        Part(
            report=Report(
                channel=parent.channel,
                text=part,
                place=place,
                category=parent.category,
                urgency=parent.urgency,
                area=parent.area,
                grid=parent.grid,
                reported_at=parent.reported_at,
                restricted=parent.restricted,
                about=parent.shunned,
                about_people=parent.shunned_people,
                kind=parent.kind,
                parent=parent,
            ),
            sender=f"split:{parent.id}",
            key=uuid.uuid5(_PARTS, f"{parent.id}:{parent.steps}:{no}"),
        )
        for no, part in enumerate(wanted)
    ]


_PARTS = uuid.UUID("6f1d6c0e-3a52-4a4e-9a0b-2f6c1c5d7e11")  # the space of names of the parts' keys
