"""Queues (我的待办): what waits for the actor, by kind of work, with counts in one statement."""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen
from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from sipingtai.cases.models import Assignment, Case, Clock
from sipingtai.core.clocks import ClockKind
from sipingtai.core.posts import Actor, Post, Seat
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.core.stages import ENDED, Stage
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
    assisting = Assignment.objects.filter(
        case=OuterRef("pk"), unit__in=offices, main=False, state__in=("sent", "signed")
    )
    add("assist", "协办", Q(Exists(assisting)) & Q(stage__in=_OPEN), shown=bool(offices))
    add("returning", "退单裁定", holding & Q(stage=Stage.RETURNING), shown=bool(rooms | deciding))
    add("asked", "延期挂起审批", Q(asked__overlap=list(deciding)), shown=bool(deciding))
    add("finished", "待核查", holding & Q(stage=Stage.FINISHED), shown=bool(rooms | deciding))
    add("grid", "属地核查", Q(grid__in=grids, stage=Stage.FINISHED), shown=bool(grids))
    add("verified", "待回访", holding & Q(stage=Stage.VERIFIED), shown=bool(rooms | deciding))
    add("waiting", "挂起与外转", holding & Q(stage__in=(Stage.SUSPENDED, Stage.REFERRED)), shown=bool(rooms | offices))
    tracked = Clock.objects.filter(case=OuterRef("pk"), kind=ClockKind.TRACK.value, ref__in=rooms)
    add("awaited", "等答复", Q(Exists(tracked)) & Q(stage__in=_OPEN), shown=bool(rooms), awaiting=rooms)
    add("overdue", "超期", holding & Q(stage__in=_OPEN, due_at__lt=now), shown=True)
    return tuple(found)


_OPEN = tuple(stage.value for stage in Stage if stage not in ENDED)


def counts(found: tuple[Queue, ...]) -> Mapping[str, int]:
    """How many cases each queue holds: one statement over the open cases in sight."""
    rows: QuerySet[Case] = Case.objects.filter(stage__in=_OPEN)
    return rows.aggregate(**{queue.code: Count("pk", filter=queue.where) for queue in found})


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
