"""Moving the open cases of a reorganisation: a transaction each, until none is left where it cannot stay.

May be interrupted at any moment and run again: a case that has moved needs no move, so nothing is done twice.
"""

import time
from collections.abc import Callable, Iterator
from datetime import datetime

from attrs import frozen
from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases import models
from sipingtai.cases.encode import decode
from sipingtai.core.calendar import local
from sipingtai.core.posts import SYSTEM
from sipingtai.core.stages import ENDED, Stage
from sipingtai.loop.errors import Conflict
from sipingtai.loop.moves import lock, move
from sipingtai.loop.reorganise.homes import Point, Removal, removal
from sipingtai.org.reorganising import Change

WHY = "架构调整"
OPEN = tuple(stage.value for stage in Stage if stage not in ENDED)
BATCH = 500  # cases read at once
IN_HAND = 30  # seconds to wait for what others have in hand


@frozen(kw_only=True)
class Moved:
    """What a run came to."""

    moved: int
    left: int  # cases somebody else had in hand all the time


def waiting(change: Change) -> Iterator[tuple[str, Removal]]:
    """Number and removal of every open case that has to move. Reads only, inside a system scope."""
    now = local(timezone.now())
    rows = concerned(change).filter(stage__in=OPEN).order_by("id")
    for row in rows.iterator(chunk_size=BATCH):
        case = decode(row.state, case_id=row.id, steps=row.steps)
        if found := removal(case, point_of(row), change, now):
            yield row.number, found


def concerned(change: Change) -> QuerySet[models.Case]:
    """Cases of the area, and those of other places that its units have, or had, a part in."""
    own = [u.id for u in change.after.setting.units.values() if u.area.startswith(change.area)]
    return models.Case.objects.filter(Q(area__startswith=change.area) | Q(sight__overlap=own))


def point_of(row: models.Case) -> Point:
    """Where the matter lies, where that is known."""
    return (row.longitude, row.latitude) if row.longitude is not None and row.latitude is not None else None


def move_all(change: Change, *, progress: Callable[[int], None] = lambda _: None) -> Moved:
    """Move every open case that has to, and wait for those that others are about to dispatch by the old set-up.

    1. Find what has to move; each is locked, looked at again and moved in a transaction of its own.
    2. Requests that began before the change may still send a case to a unit that has ended: wait for them, look again.
    3. What somebody else holds locked is tried again, at most for `IN_HAND` seconds.
    """
    done, until, began = 0, time.monotonic() + IN_HAND, _database_s_now()
    while True:
        with system_scope(WHY):
            todo = [found.before.id for _, found in waiting(change)]
        busy = 0
        for case_id in todo:
            try:
                done += _move(case_id, change)
            except Conflict:
                busy += 1
            progress(done)
        late = time.monotonic() > until
        if not todo and (late or not _others_since(began)):
            return Moved(moved=done, left=0)
        if busy and late:
            return Moved(moved=done, left=busy)
        if busy or not todo:
            time.sleep(0.2)


def _move(case_id: int, change: Change) -> bool:
    with system_scope(WHY):
        case, now = lock(case_id).case, local(timezone.now())
        row = models.Case.objects.only("longitude", "latitude").get(pk=case_id)
        found = removal(case, point_of(row), change, now)
        if found is None:
            return False
        move(case_id, found.move, actor=SYSTEM, now=now, setting=change.after.setting)
        return True


def _database_s_now() -> datetime:
    """By the database's clock, which its transactions are timed by: another machine's may be ahead of it or behind."""
    with system_scope(WHY), connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def _others_since(moment: datetime) -> bool:
    """Whether a transaction is still open that began before: it may have read the organisation as it was."""
    with system_scope(WHY), connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
            " AND datname = current_database() AND usename = current_user AND xact_start < %s)",
            [moment],
        )
        return bool(cursor.fetchone()[0])
