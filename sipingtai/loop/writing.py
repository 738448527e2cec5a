"""What a decision leaves behind: the rows of one step, and the moves it causes. Shared by all who keep cases.

The door (`moves.py`) keeps them in the tables at once, one case under lock; a simulation (`bulk.py`) keeps thousands in
memory and stores them together. Both come through here, so that there is one encoder and one order of things.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from attrs import frozen

from sipingtai.access.keys import KeyProvider
from sipingtai.cases import models
from sipingtai.cases.encode import encode
from sipingtai.cases.journal import write
from sipingtai.cases.projection import Row, columns
from sipingtai.core.actions import Action
from sipingtai.core.case import ApplicationKind, Case
from sipingtai.core.decide import decide
from sipingtai.core.moves import Decision, Echo, Move, Refusal
from sipingtai.core.posts import SYSTEM, Actor
from sipingtai.core.setting import Setting


@frozen(kw_only=True)
class Locked:
    """A case nobody else can move meanwhile, with the link its next step is chained to."""

    case: Case
    link: bytes


@frozen(kw_only=True)
class Moved:
    """What a move came to: the case after it, echoes on itself included."""

    case: Case
    step: int  # number of the step the move made


@frozen(kw_only=True)
class Written:
    """One decision, and the rows that keep it beside the case's own."""

    decision: Decision
    now: datetime
    step: models.Step
    texts: tuple[models.Text, ...]
    files: tuple[models.Attachment, ...]
    precedent: models.Precedent | None


class Keeper(Protocol):
    """Whoever keeps cases."""

    def lock(self, case_id: int) -> Locked: ...

    def keep(self, written: Written) -> None: ...


def written(
    decision: Decision,
    previous: bytes,
    *,
    actor: Actor,
    unit: int | None,
    now: datetime,
    texts: Mapping[str, str],
    files: Sequence[models.Attachment],
    keys: KeyProvider,
) -> Written:
    """The rows of one decision, sealed onto the step before it."""
    sealed = write(
        decision, actor=actor, unit=unit, now=now, previous=previous, texts=texts, files=files, keys=keys
    )  # fmt: skip
    return Written(
        decision=decision,
        now=now,
        step=sealed.step,
        texts=sealed.texts,
        files=tuple(files),
        precedent=_precedent(decision, now),
    )


def folded(case: Case) -> Row:
    """The columns of a case's row that follow from its steps."""
    return {"state": encode(case), **columns(case)}


def spoken(asked: Move) -> dict[str, str]:
    """The free texts of a move, by the name they are kept under."""
    return {"reason": asked.reason, "note": asked.text}


def carry_out(
    echoes: Sequence[Echo], case: Case, keeper: Keeper, *, now: datetime, setting: Setting, keys: KeyProvider
) -> Case:
    """The moves a decision causes. They come from the table as well: one that is refused there is a fault, and loud."""
    waiting = list(echoes)
    while waiting:
        echo = waiting.pop(0)
        locked = keeper.lock(echo.case)
        decision = decide(locked.case, echo.move, SYSTEM, now, setting)
        if isinstance(decision, Refusal):
            if echo.move.action in (Action.ADOPT, Action.LET_GO, Action.CLOSE, Action.UNMERGE) or echo.case == case.id:
                raise RuntimeError(f"echo {echo.move.action} on case {echo.case} was refused: {decision.code}")
            continue  # a follower's rating that comes too late changes nothing
        keeper.keep(
            written(
                decision, locked.link, actor=SYSTEM, unit=None, now=now, texts=spoken(echo.move), files=(), keys=keys
            )
        )
        waiting += decision.echoes
        if echo.case == case.id:
            case = decision.after
    return case


def _precedent(decision: Decision, now: datetime) -> models.Precedent | None:
    """A second ruling on a return is final, and guides routing from then on (先例)."""
    before, after = decision.before, decision.after
    if before is None or decision.move.action not in (Action.GRANT_RETURN, Action.REFUSE_RETURN):
        return None
    application = before.application(ApplicationKind.RETURN)
    count = next((t.count for t in after.returns if t.command == before.command), 0)
    if application is None or count < 2:
        return None
    return models.Precedent(
        case_id=after.id,
        command=before.command,
        category=before.category,
        returned_by=application.unit,
        proposed=application.proposed,
        granted=decision.move.action is Action.GRANT_RETURN,
        decided_at=now,
    )
