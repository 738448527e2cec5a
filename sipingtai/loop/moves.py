"""The one door: every change of a case goes through `move`, in one transaction.

1. Lock the case, as far as the asker may see it (lookup is authorisation).
2. Compare the version the asker saw; a clerk who acts on old sight gets a conflict that tells what happened (I8).
3. Let `core` decide.
4. As the system: store the new state, its side tables, the sealed step and the texts beside it.
5. Carry out the echoes: moves the decision causes on this case, its followers, its master or its parent.

The caller opens the actor's scope, which is the transaction.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import evolve, frozen
from django.db import OperationalError, connection

from sipingtai.access.actor_scope import as_system
from sipingtai.access.keys import installed_keys
from sipingtai.cases import models
from sipingtai.cases.encode import decode, encode, sparse
from sipingtai.cases.journal import write
from sipingtai.cases.projection import columns, save_side_tables
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import ApplicationKind, Case
from sipingtai.core.decide import decide
from sipingtai.core.moves import Decision, Echo, Move, Refusal
from sipingtai.core.posts import SYSTEM, Actor
from sipingtai.core.setting import Setting
from sipingtai.loop.errors import Conflict, NotFound, Refused

# The link is looked up in the list and not joined: a statement that waited for the lock sees the newest row of the case
# but the steps as they were before, and a join would then find no row at all. See `lock`.
_LOCK = """
    SELECT c.id, c.state, c.steps, (SELECT s.link FROM cases_step s WHERE s.case_id = c.id AND s.no = c.steps)
    FROM cases_case c WHERE c.id = %s FOR UPDATE OF c
"""


@frozen(kw_only=True)
class Locked:
    """A case under lock, with the link its next step is chained to."""

    case: Case
    link: bytes


@frozen(kw_only=True)
class Moved:
    """What a move came to: the case after it, echoes on itself included."""

    case: Case
    step: int  # number of the step the move made


def move(
    case_id: int,
    asked: Move,
    *,
    actor: Actor,
    now: datetime,
    setting: Setting,
    unit: int | None = None,
    seen: int | None = None,
    texts: Mapping[str, str] | None = None,
    files: Sequence[models.Attachment] = (),
) -> Moved:
    """Make one move. `unit` is the unit the actor acts for, `seen` the version the asker looked at.

    `texts` are kept beside the step by name; without it the move's own reason and text are.
    Raises NotFound, Conflict, Refused. After any of them the caller's transaction is to be rolled back.
    """
    locked = lock(case_id)
    if seen is not None and seen != locked.case.steps:
        raise Conflict(_since(case_id, seen))
    if asked.action is Action.SETTLE:
        asked = evolve(asked, sampled=asked.sampled or _drawn(locked.case, setting))
    decision = decide(locked.case, asked, actor, now, setting)
    if isinstance(decision, Refusal):
        raise Refused(decision)
    with as_system(f"动作 {asked.action.value}"):
        _store(decision, locked.link, actor=actor, unit=unit, now=now, texts=texts or spoken(asked), files=files)
        after = _carry_out(decision.echoes, decision.after, now=now, setting=setting)
    return Moved(case=after, step=decision.after.steps)


def _drawn(case: Case, setting: Setting) -> bool:
    """Whether a settled case is drawn for verification (抽查): by lot, so that nobody knows beforehand."""
    return secrets.randbelow(100) < setting.rules(case.command).settle_sample_percent


def spoken(asked: Move) -> dict[str, str]:
    """The free texts of a move, by the name they are kept under."""
    return {"reason": asked.reason, "note": asked.text}


def lock(case_id: int) -> Locked:
    """Lock a case the present actor may see. Raises NotFound; Conflict when others hold it too long."""
    try:
        with connection.cursor() as cursor:
            cursor.execute(_LOCK, [case_id])
            row = cursor.fetchone()
            if row is not None and row[3] is None:  # it waited: under the lock, a new statement sees the last step
                cursor.execute(_LOCK, [case_id])
                row = cursor.fetchone()
    except OperationalError as error:
        # A deadlock or a lock timeout: the other one wins, this one may try again.
        raise Conflict from error
    if row is None:
        raise NotFound
    return Locked(case=decode(json.loads(row[1]), case_id=row[0], steps=row[2]), link=bytes(row[3]))


def _carry_out(echoes: Sequence[Echo], case: Case, *, now: datetime, setting: Setting) -> Case:
    """The moves a decision causes. They come from the table as well: one that is refused there is a fault, and loud."""
    waiting = list(echoes)
    while waiting:
        echo = waiting.pop(0)
        locked = lock(echo.case)
        decision = decide(locked.case, echo.move, SYSTEM, now, setting)
        if isinstance(decision, Refusal):
            if echo.move.action in (Action.ADOPT, Action.LET_GO, Action.CLOSE, Action.UNMERGE) or echo.case == case.id:
                raise RuntimeError(f"echo {echo.move.action} on case {echo.case} was refused: {decision.code}")
            continue  # a follower's rating that comes too late changes nothing
        _store(decision, locked.link, actor=SYSTEM, unit=None, now=now, texts=spoken(echo.move), files=())
        waiting += decision.echoes
        if echo.case == case.id:
            case = decision.after
    return case


def _store(
    decision: Decision,
    previous: bytes,
    *,
    actor: Actor,
    unit: int | None,
    now: datetime,
    texts: Mapping[str, str],
    files: Sequence[models.Attachment],
) -> None:
    """Write what was decided: state, side tables, step, texts."""
    after = decision.after
    sealed = write(
        decision, actor=actor, unit=unit, now=now, previous=previous, texts=texts, files=files, keys=installed_keys()
    )
    changed = models.Case.objects.filter(id=after.id, steps=after.steps - 1).update(
        state=sparse(encode(after)), **columns(after)
    )
    if changed != 1:
        raise Conflict
    save_side_tables(decision.before, after, now)
    sealed.step.save(force_insert=True)
    if sealed.texts:
        models.Text.objects.bulk_create(sealed.texts)
    if files:
        models.Attachment.objects.bulk_create(files)
    _keep_precedent(decision, now)


def _keep_precedent(decision: Decision, now: datetime) -> None:
    """A second ruling on a return is final, and guides routing from then on (先例)."""
    before, after = decision.before, decision.after
    if before is None or decision.move.action not in (Action.GRANT_RETURN, Action.REFUSE_RETURN):
        return
    application = before.application(ApplicationKind.RETURN)
    count = next((t.count for t in after.returns if t.command == before.command), 0)
    if application is None or count < 2:
        return
    models.Precedent.objects.create(
        case_id=after.id,
        command=before.command,
        category=before.category,
        returned_by=application.unit,
        proposed=application.proposed,
        granted=decision.move.action is Action.GRANT_RETURN,
        decided_at=now,
    )


def _since(case_id: int, seen: int) -> list[str]:
    """What happened after the version somebody looked at, as short Chinese phrases."""
    steps = models.Step.objects.filter(case_id=case_id, no__gt=seen).order_by("no").values_list("at", "action")[:5]
    return [f"{local(at).strftime('%H:%M')} {Action(action).label}" for at, action in steps]
