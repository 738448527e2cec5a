"""What the clock does by itself: close what was not rated in time, resume what was suspended, archive, erase contacts.

Every case is done in a transaction of its own, through the door, as the system. Any of it may run twice, in two workers
at once, or be killed: whoever is first has locked the case, and the other leaves it alone. A case that fails is told
loudly and stops no other; it is tried again the next time. After an outage thousands may be due at once: a run ends
after a while and the next one goes on, so that none runs into another and the people at work keep most of the machine.
"""

import logging
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from attrs import frozen
from django.db import InterfaceError, OperationalError, connection, transaction

from sipingtai.access import vault
from sipingtai.access.actor_scope import system_scope
from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Case
from sipingtai.core.clocks import ClockKind
from sipingtai.core.effects.ending import follow_up_lapses
from sipingtai.core.moves import Move
from sipingtai.core.posts import SYSTEM
from sipingtai.core.setting import Setting
from sipingtai.core.stages import Stage
from sipingtai.loop.errors import Refused
from sipingtai.loop.moves import lock, move
from sipingtai.org.setting import load

log = logging.getLogger(__name__)

AT_MOST = 2_000  # cases of one run; what is left is due the next minute as well
ENOUGH = timedelta(seconds=40)  # of one run, so that it ends before the next begins


@frozen(kw_only=True)
class Swept:
    """What a run came to."""

    moved: int = 0  # cases the system moved
    passed: int = 0  # cases where a mark passed and nothing was to be done
    left: int = 0  # cases somebody else has in hand just now, or has done meanwhile
    failed: int = 0
    waiting: int = 0  # cases there was no time for


def sweep_clocks(now: datetime, *, within: timedelta = ENOUGH) -> Swept:
    """Look at every clock whose next mark has passed. The cost is what is due, never what is open.

    1. Find the cases with such a clock, the longest due first, by the index on `next_at` alone.
    2. In a transaction each: lock the case, or leave it if somebody has it in hand.
    3. A suspension that is over resumes; a follow-up that has lapsed closes. What the table refuses stays as it is.
    4. Move `next_at` on to the next mark, by compare-and-set: a clock that was changed meanwhile is looked at again.
       Of several marks that have passed, as after an outage, the last one counts: each clock is looked at once.
    """
    with system_scope("定时：时限"), connection.cursor() as cursor:
        cursor.execute(_DUE, [now, AT_MOST])
        due = [row[0] for row in cursor.fetchall()]
    return _each(due, now, _on_time, within=within)


_DUE = "SELECT case_id FROM cases_clock WHERE next_at <= %s GROUP BY case_id ORDER BY min(next_at) LIMIT %s"


def close_settled(now: datetime) -> Swept:
    """Close what was settled on the spot, not drawn for verification, and yet stayed open: there should be none."""
    with system_scope("定时：自结"):
        found = models.Case.objects.filter(stage=Stage.FINISHED.value, state__settled=True)
        waiting = list(found.exclude(state__sampled=True).values_list("id", flat=True)[:AT_MOST])
    return _each(waiting, now, _moves(Action.CLOSE))


def archive(now: datetime) -> Swept:
    """Archive what was closed and can no longer be reopened, by each command's own time for it."""
    by_days: dict[int, list[int]] = defaultdict(list)
    for command in load(local(now).date()).commands.values():
        by_days[command.rules.reopen_days].append(command.id)
    waiting: list[int] = []
    with system_scope("定时：归档"):
        for days, commands in by_days.items():
            over = models.Case.objects.filter(
                stage=Stage.CLOSED.value, command__in=commands, closed_at__lt=now - timedelta(days=days)
            )
            waiting += over.order_by("closed_at").values_list("id", flat=True)[:AT_MOST]
    return _each(waiting[:AT_MOST], now, _moves(Action.ARCHIVE))


def erase_contacts(now: datetime) -> int:
    """Erase the contacts whose retention has ended; returns how many."""
    with system_scope("定时：联系方式到期"):
        return vault.erase_due(local(now).date())


Done = bool | None  # whether the case was moved; None: nothing was due any more


def _each(
    cases: Sequence[int], now: datetime, do: Callable[[Case, datetime, Setting], Done], *, within: timedelta = ENOUGH
) -> Swept:
    """Do the cases one by one. Raises OperationalError or InterfaceError when the database goes away."""
    setting = load(local(now).date())
    count = dict.fromkeys(("moved", "passed", "left", "failed"), 0)
    until = time.monotonic() + within.total_seconds()
    for done, case_id in enumerate(cases):
        if time.monotonic() > until:
            return Swept(**count, waiting=len(cases) - done)
        try:
            count[_one(case_id, now, do, setting)] += 1
        except (OperationalError, InterfaceError):
            if not connection.is_usable():
                raise  # not this case's fault, and no other's turn
            count["left"] += 1  # somebody had it in hand for too long
        except Exception:
            log.exception("定时任务未能处理事件（内部编号 %s），下次再试", case_id)
            count["failed"] += 1
    return Swept(**count)


def _one(case_id: int, now: datetime, do: Callable[[Case, datetime, Setting], Done], setting: Setting) -> str:
    with system_scope("定时"):
        if not _take(case_id):
            return "left"
        done = do(lock(case_id).case, now, setting)
        return "left" if done is None else "moved" if done else "passed"


def _take(case_id: int) -> bool:
    """Lock the case unless it is locked. The case comes first, as at the door, so that the two never wait crosswise."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM cases_case WHERE id = %s FOR UPDATE SKIP LOCKED", [case_id])
        return cursor.fetchone() is not None


def _on_time(case: Case, now: datetime, setting: Setting) -> Done:
    if not models.Clock.objects.filter(case_id=case.id, next_at__lte=now).exists():
        return None  # another worker was here since we looked
    action = _called_for(case, now, setting)
    lapse = follow_up_lapses(case, setting)
    done = action is not None and _moves(action)(case, now, setting)
    for clock in models.Clock.objects.filter(case_id=case.id, next_at__lte=now):
        marks = [clock.warn_at, clock.due_at, clock.red_at]  # it runs: a paused one has no next mark
        marks += [lapse] if lapse and clock.kind == ClockKind.FOLLOW_UP else []
        after = min((mark for mark in marks if mark > now), default=None)
        models.Clock.objects.filter(pk=clock.pk, next_at=clock.next_at).update(next_at=after)
    return done


def _called_for(case: Case, now: datetime, setting: Setting) -> Action | None:
    """What the system does when this case's time has come."""
    if case.stage is Stage.SUSPENDED and case.suspended_until is not None and case.suspended_until <= now:
        return Action.RESUME
    lapse = follow_up_lapses(case, setting)
    if case.stage is Stage.VERIFIED and lapse is not None and lapse <= now:
        return Action.CLOSE
    return None


def _moves(action: Action) -> Callable[[Case, datetime, Setting], bool]:
    """One move of the system; False where the table does not permit it any more, or not yet."""

    def do(case: Case, now: datetime, setting: Setting) -> bool:
        try:
            with transaction.atomic():
                move(case.id, Move(action=action), actor=SYSTEM, now=now, setting=setting)
        except Refused:
            return False
        return True

    return do
