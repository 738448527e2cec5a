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

from attrs import evolve
from django.db import OperationalError, connection

from sipingtai.access.actor_scope import as_system
from sipingtai.access.keys import installed_keys
from sipingtai.cases import models
from sipingtai.cases.encode import decode
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Case
from sipingtai.core.decide import decide
from sipingtai.core.moves import Move, Refusal
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting
from sipingtai.loop.errors import Conflict, NotFound, Refused
from sipingtai.loop.keeping import keep
from sipingtai.loop.writing import Locked, Moved, carry_out, spoken, written

# The link is looked up in the list and not joined: a statement that waited for the lock sees the newest row of the case
# but the steps as they were before, and a join would then find no row at all. See `lock`.
_LOCK = """
    SELECT c.id, c.state, c.steps, (SELECT s.link FROM cases_step s WHERE s.case_id = c.id AND s.no = c.steps)
    FROM cases_case c WHERE c.{} = %s FOR UPDATE OF c
"""


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
    locked: Locked | None = None,
) -> Moved:
    """Make one move. `unit` is the unit the actor acts for, `seen` the version the asker looked at.

    `locked`: the case, where the caller holds it already.

    `texts` are kept beside the step by name; without it the move's own reason and text are.
    Raises NotFound, Conflict, Refused. After any of them the caller's transaction is to be rolled back.
    """
    locked = locked or lock(case_id)
    if seen is not None and seen != locked.case.steps:
        raise Conflict(_since(case_id, seen))
    if asked.action is Action.SETTLE:
        asked = evolve(asked, sampled=asked.sampled or _drawn(locked.case, setting))
    decision = decide(locked.case, asked, actor, now, setting)
    if isinstance(decision, Refusal):
        raise Refused(decision)
    keys = installed_keys()
    said = texts or spoken(asked)
    keep(written(decision, locked.link, actor=actor, unit=unit, now=now, texts=said, files=files, keys=keys))
    if not decision.echoes:
        return Moved(case=decision.after, step=decision.after.steps)
    with as_system(f"动作 {asked.action.value}"):
        after = carry_out(decision.echoes, decision.after, _TABLES, now=now, setting=setting, keys=keys)
    return Moved(case=after, step=decision.after.steps)


def _drawn(case: Case, setting: Setting) -> bool:
    """Whether a settled case is drawn for verification (抽查): by lot, so that nobody knows beforehand."""
    return secrets.randbelow(100) < setting.rules(case.command).settle_sample_percent


def lock(case_id: int) -> Locked:
    """Lock a case the present actor may see. Raises NotFound; Conflict when others hold it too long."""
    return _lock(_LOCK.format("id"), case_id)


def lock_numbered(number: str) -> Locked:
    """Lock the case of a number. Raises as `lock` does."""
    if len(number) > 32 or "\x00" in number:
        raise NotFound
    return _lock(_LOCK.format("number"), number)


def _lock(statement: str, which: int | str) -> Locked:
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, [which])
            row = cursor.fetchone()
            if row is not None and row[3] is None:  # it waited: under the lock, a new statement sees the last step
                cursor.execute(statement, [which])
                row = cursor.fetchone()
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", None) not in ("40001", "40P01", "55P03"):
            raise  # the database is away: nobody was first
        # A deadlock or a lock timeout: the other one wins, this one may try again.
        raise Conflict from error
    if row is None:
        raise NotFound
    return Locked(case=decode(json.loads(row[1]), case_id=row[0], steps=row[2]), link=bytes(row[3]))


class _Tables:
    """Keeps cases where they live: one at a time, at once."""

    lock, keep = staticmethod(lock), staticmethod(keep)


_TABLES = _Tables()


def _since(case_id: int, seen: int) -> list[str]:
    """What happened after the version somebody looked at, as short Chinese phrases."""
    steps = models.Step.objects.filter(case_id=case_id, no__gt=seen).order_by("no").values_list("at", "action")[:5]
    return [f"{local(at).strftime('%H:%M')} {Action(action).label}" for at, action in steps]
