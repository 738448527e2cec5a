"""Queues (我的待办): what waits for the actor, by kind of work, with counts in one statement.

Every condition names what an index begins with (see `cases.models`), and that
the case is open: a queue costs what waits in it, however many cases there are.

Conditions rest on seats alone, and their moment is the database's (`NOW`). So they are written once for each set of
seats, and the statement that counts is put together once for each set of queues: the list and its count are
made of the one condition.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import psycopg
from attrs import frozen
from django.contrib.postgres.functions import TransactionNow
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from sipingtai.cases.models import Assignment, Case, Clock
from sipingtai.core.clocks import ClockKind
from sipingtai.core.posts import Actor, Post, Seat
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.core.stages import Stage
from sipingtai.core.who import GRID_POSTS, OFFICE_POSTS, PLATFORM_POSTS

ROOM = (Post.INTAKE, Post.ANALYST, Post.DISPATCHER, Post.ROOM_HEAD, Post.STATION)  # who does a command room's work
_CHIEFS = (Post.CHIEF, Post.LEADER, Post.DUTY)


KEPT = 512  # people whose queues and counts are kept ready, in each process

NOW = TransactionNow()
"""The moment of the request, the same in all its statements."""


@frozen(kw_only=True, eq=False)  # told apart by identity: conditions cannot be compared
class Queue:
    """A list of work. `code` stands in addresses, `label` on the screen."""

    code: str
    label: str
    where: Q
    awaiting: frozenset[int] = frozenset()  # commands that wait for an answer: their tracking clocks are shown


def queues(actor: Actor, setting: Setting) -> tuple[Queue, ...]:
    """The queues that make sense for the actor's posts, in the order of the loop; the same objects as last time."""
    seats = actor.seats | actor.substitute
    commanded = _units(seats, (*ROOM, *_CHIEFS))
    return _queues(
        holding=_holding(seats, setting),
        rooms=_units(seats, ROOM),
        offices=_units(seats, OFFICE_POSTS),
        platforms=_units(seats, PLATFORM_POSTS),
        deciding=_units(seats, (*_CHIEFS, Post.PLATFORM_HEAD)),
        grids=_units(seats, GRID_POSTS),
        under=frozenset(u.id for u in setting.units.values() if u.command in commanded) if commanded else frozenset(),
    )


@lru_cache(maxsize=KEPT)
def _queues(
    *,
    holding: frozenset["Held"],
    rooms: frozenset[int],
    offices: frozenset[int],
    platforms: frozenset[int],
    deciding: frozenset[int],
    grids: frozenset[int],
    under: frozenset[int],  # what stands under the commands one sits at
) -> tuple[Queue, ...]:
    held = _held(holding)
    found: list[Queue] = []

    def add(code: str, label: str, where: Q, *, shown: bool = True, awaiting: frozenset[int] = frozenset()) -> None:
        if shown:
            found.append(Queue(code=code, label=label, where=where, awaiting=awaiting))

    add("reported", "待受理", held & Q(stage=Stage.REPORTED), shown=bool(rooms))
    add("accepted", "待分流", held & Q(stage=Stage.ACCEPTED), shown=bool(rooms | deciding))
    add("forward", "待转派", Q(holder__in=platforms, stage=Stage.DISPATCHED), shown=bool(platforms))
    add("sign", "待签收", Q(holder__in=offices, stage=Stage.DISPATCHED), shown=bool(offices))
    add("handling", "办理中", Q(holder__in=offices, stage=Stage.HANDLING), shown=bool(offices))
    assisting = Assignment.objects.filter(unit__in=offices, main=False, state__in=("sent", "signed"))
    add("assist", "协办", Q(pk__in=assisting.values("case")) & OPEN, shown=bool(offices))
    add("returning", "退单裁定", held & Q(stage=Stage.RETURNING), shown=bool(rooms | deciding))
    add("asked", "延期挂起审批", Q(asked__overlap=list(deciding)) & SOMEBODY_ASKED, shown=bool(deciding))
    add("finished", "待核查", held & Q(stage=Stage.FINISHED), shown=bool(rooms | deciding))
    add("grid", "属地核查", Q(grid__in=grids, stage=Stage.FINISHED), shown=bool(grids))
    add("verified", "待回访", held & Q(stage=Stage.VERIFIED), shown=bool(rooms | deciding))
    add("waiting", "挂起与外转", held & Q(stage__in=(Stage.SUSPENDED, Stage.REFERRED)), shown=bool(rooms | offices))
    tracked = Clock.objects.filter(kind=ClockKind.TRACK.value, ref__in=rooms)
    add("awaited", "等答复", Q(pk__in=tracked.values("case")) & OPEN, shown=bool(rooms), awaiting=rooms)
    soon = Q(holder__in=sorted(under | offices | platforms)) if under else held
    add("soon", "将到期", soon & Q(warn_at__lte=NOW, due_at__gt=NOW), shown=bool(under | offices | platforms))
    add("overdue", "超期", held & Q(due_at__lt=NOW), shown=True)
    return tuple(found)


OPEN = Q(holder__isnull=False)
"""What is open is held by somebody (I1), and an index says so."""
SOMEBODY_ASKED = ~Q(asked=RawSQL("'{}'::bigint[]", ()))

MOST = 99
"""As far as a queue is counted; beyond it the count is MOST + 1."""


def capped(count: int) -> str:
    """A count as people read it: 12, 99+."""
    return str(count) if count <= MOST else f"{MOST}+"


def counts(found: tuple[Queue, ...]) -> Mapping[str, int]:
    """How many cases each queue holds, at most MOST + 1: one statement that looks at no more than it counts."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counting(found)}")
        return dict(zip((queue.code for queue in found), cursor.fetchone(), strict=True))


@lru_cache(maxsize=KEPT)
def counting(found: tuple[Queue, ...], besides: tuple[QuerySet[Any], ...] = ()) -> str:
    """The columns that count these queues, and then these other rows, for a statement that asks for more as well.

    With the values written into it: a statement without any is planned once on a connection and no more. With values
    the planner would look at some twenty conditions under their policies anew each time, for ten times what they take.
    """
    every = [Case.objects.filter(queue.where, OPEN) for queue in found] + list(besides)
    return ", ".join(_counted(rows) for rows in every)


def _counted(rows: QuerySet[Any]) -> str:
    try:
        statement, values = rows.order_by().values("pk")[: MOST + 1].query.sql_with_params()
    except EmptyResultSet:  # the queue of somebody who holds nothing
        return "0"
    connection.ensure_connection()
    told = psycopg.ClientCursor(connection.connection).mogrify(statement, values)
    return f"(SELECT count(*) FROM ({told}) AS waiting)"  # noqa: S608  quoted by the driver


def _units(seats: frozenset[Seat], posts: tuple[Post, ...]) -> frozenset[int]:
    return frozenset(seat.unit for seat in seats if seat.post in posts)


Held = tuple[int, frozenset[str]]
"""A unit, and the holder's posts of which one sees the work; none: whatever the unit holds."""


def _holding(seats: frozenset[Seat], setting: Setting) -> frozenset[Held]:
    """What the actor's seats hold: by unit, and in a command room by post (its head sees every post's work)."""
    found: set[Held] = set()
    for unit in {seat.unit for seat in seats}:
        posts = {seat.post for seat in seats if seat.unit == unit}
        kind = setting.units[unit].kind if unit in setting.units else None
        if kind is not UnitKind.COMMAND:
            if posts & {*OFFICE_POSTS, *PLATFORM_POSTS}:
                found.add((unit, frozenset()))
        elif posts & {Post.ROOM_HEAD, Post.STATION}:
            found.add((unit, frozenset(p.value for p in ROOM)))
        elif posts & set(ROOM):
            found.add((unit, frozenset(p.value for p in posts & set(ROOM))))
        if posts & set(_CHIEFS):
            found.add((unit, frozenset(p.value for p in _CHIEFS)))
    return frozenset(found)


def _held(holding: frozenset[Held]) -> Q:
    """The cases they hold."""
    where = Q(pk__in=())
    for unit, posts in sorted(holding, key=lambda held: (held[0], sorted(held[1]))):
        where |= Q(holder=unit, holder_post__in=sorted(posts)) if posts else Q(holder=unit)
    return where
