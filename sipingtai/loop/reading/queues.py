"""Queues (我的待办): what waits for the actor, by kind of work, with counts in one statement.

Every condition names what an index begins with (see `cases.models`), and that
the case is open: a queue costs what waits in it, however many cases there are.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import frozen
from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Q, QuerySet

from sipingtai.cases.models import Assignment, Case, Clock
from sipingtai.core.clocks import ClockKind
from sipingtai.core.posts import Actor, Post, Seat
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.core.stages import Stage
from sipingtai.core.who import GRID_POSTS, OFFICE_POSTS, PLATFORM_POSTS

_ROOM = (Post.INTAKE, Post.ANALYST, Post.DISPATCHER, Post.ROOM_HEAD, Post.STATION)
_CHIEFS = (Post.CHIEF, Post.LEADER, Post.DUTY)


@frozen(kw_only=True)
class Queue:
    """A list of work. `code` stands in addresses, `label` on the screen."""

    code: str
    label: str
    where: Q
    awaiting: frozenset[int] = frozenset()  # commands that wait for an answer: their tracking clocks are shown


def queues(actor: Actor, setting: Setting, now: datetime) -> tuple[Queue, ...]:
    """The queues that make sense for the actor's posts, in the order of the loop."""
    seats = actor.seats | actor.substitute
    holding = _holding(seats, setting)
    rooms = _units(seats, _ROOM)
    offices, platforms = _units(seats, OFFICE_POSTS), _units(seats, PLATFORM_POSTS)
    deciding = _units(seats, (*_CHIEFS, Post.PLATFORM_HEAD))
    grids = _units(seats, GRID_POSTS)
    found: list[Queue] = []

    def add(code: str, label: str, where: Q, *, shown: bool = True, awaiting: frozenset[int] = frozenset()) -> None:
        if shown:
            found.append(Queue(code=code, label=label, where=where, awaiting=awaiting))

    add("reported", "待受理", holding & Q(stage=Stage.REPORTED), shown=bool(rooms))
    add("accepted", "待分流", holding & Q(stage=Stage.ACCEPTED), shown=bool(rooms | deciding))
    add("forward", "待转派", Q(holder__in=platforms, stage=Stage.DISPATCHED), shown=bool(platforms))
    add("sign", "待签收", Q(holder__in=offices, stage=Stage.DISPATCHED), shown=bool(offices))
    add("handling", "办理中", Q(holder__in=offices, stage=Stage.HANDLING), shown=bool(offices))
    assisting = Assignment.objects.filter(unit__in=offices, main=False, state__in=("sent", "signed"))
    add("assist", "协办", Q(pk__in=assisting.values("case")) & OPEN, shown=bool(offices))
    add("returning", "退单裁定", holding & Q(stage=Stage.RETURNING), shown=bool(rooms | deciding))
    add("asked", "延期挂起审批", Q(asked__overlap=list(deciding)) & SOMEBODY_ASKED, shown=bool(deciding))
    add("finished", "待核查", holding & Q(stage=Stage.FINISHED), shown=bool(rooms | deciding))
    add("grid", "属地核查", Q(grid__in=grids, stage=Stage.FINISHED), shown=bool(grids))
    add("verified", "待回访", holding & Q(stage=Stage.VERIFIED), shown=bool(rooms | deciding))
    add("waiting", "挂起与外转", holding & Q(stage__in=(Stage.SUSPENDED, Stage.REFERRED)), shown=bool(rooms | offices))
    tracked = Clock.objects.filter(kind=ClockKind.TRACK.value, ref__in=rooms)
    add("awaited", "等答复", Q(pk__in=tracked.values("case")) & OPEN, shown=bool(rooms), awaiting=rooms)
    commanded = rooms | _units(seats, _CHIEFS)
    under = {u.id for u in setting.units.values() if u.command in commanded}
    soon = Q(holder__in=sorted(under | offices | platforms)) if commanded else holding
    add("soon", "将到期", soon & Q(warn_at__lte=now, due_at__gt=now), shown=bool(commanded | offices | platforms))
    add("overdue", "超期", holding & Q(due_at__lt=now), shown=True)
    return tuple(found)


OPEN = Q(holder__isnull=False)
"""What is open is held by somebody (I1), and an index says so."""
SOMEBODY_ASKED = ~Q(asked=[])

MOST = 99
"""As far as a queue is counted; beyond it the count is MOST + 1."""


def capped(count: int) -> str:
    """A count as people read it: 12, 99+."""
    return str(count) if count <= MOST else f"{MOST}+"


def counts(found: tuple[Queue, ...], besides: Mapping[str, QuerySet[Any]] | None = None) -> Mapping[str, int]:
    """How many cases each queue holds, at most MOST + 1: one statement that looks at no more than it counts.

    `besides`: rows of other tables that are counted along, by code.
    """
    asked = {queue.code: Case.objects.filter(queue.where, OPEN) for queue in found} | dict(besides or {})
    parts: list[str] = []
    values: list[Any] = []
    for rows in asked.values():
        try:
            statement, its_values = rows.order_by().values("pk")[: MOST + 1].query.sql_with_params()
        except EmptyResultSet:  # the queue of somebody who holds nothing
            statement, its_values = "SELECT 1 WHERE false", ()
        parts.append(f"(SELECT count(*) FROM ({statement}) AS waiting)")  # noqa: S608  its values stay apart
        values += its_values
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(parts)}", values)
        return dict(zip(asked, cursor.fetchone(), strict=True))


def _units(seats: frozenset[Seat], posts: tuple[Post, ...]) -> frozenset[int]:
    return frozenset(seat.unit for seat in seats if seat.post in posts)


def _holding(seats: frozenset[Seat], setting: Setting) -> Q:
    """The cases the actor's seats hold: by unit, and in a command room by post (its head sees every post's work)."""
    where = Q(pk__in=())
    for unit in {seat.unit for seat in seats}:
        posts = {seat.post for seat in seats if seat.unit == unit}
        kind = setting.units[unit].kind if unit in setting.units else None
        if kind is not UnitKind.COMMAND:
            if posts & {*OFFICE_POSTS, *PLATFORM_POSTS}:
                where |= Q(holder=unit)
        elif posts & {Post.ROOM_HEAD, Post.STATION}:
            where |= Q(holder=unit, holder_post__in=[p.value for p in _ROOM])
        elif posts & set(_ROOM):
            where |= Q(holder=unit, holder_post__in=[p.value for p in posts & set(_ROOM)])
        if posts & set(_CHIEFS):
            where |= Q(holder=unit, holder_post__in=[p.value for p in _CHIEFS])
    return where
