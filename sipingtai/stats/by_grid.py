"""Work by grid (按每个网格的具体工作量): what grids are split and merged by. It measures grids, never people.

Where a grid has one worker, its figures are that person's. They are shown to that worker alone, and to command posts
only in groups of five or more grids: `shown_to` is the one way to a screen.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from attrs import frozen
from django.db.models import Count, F, Q

from sipingtai.cases.models import Case, Step
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.posts import Actor, Post, Seat
from sipingtai.core.setting import UnitKind
from sipingtai.core.stages import ENDED, Stage
from sipingtai.org.actors import after, role_of
from sipingtai.org.models import PostHolding, Unit
from sipingtai.org.setting import valid_on

FEWEST = 5  # grids in a group that may be shown
TOWNSHIP, VILLAGE = 9, 12  # digits of an area code


@frozen(kw_only=True)
class GridWorkload:
    """What became of the matters of one grid that came in during a period."""

    grid: int
    name: str
    area: str  # 15 digits
    ended: bool  # it is no longer in force at the end of the period
    workers: int  # grid workers who held the post on the first and on the last day of the period
    reported: int = 0  # matters that came in, whoever reported them
    settled: int = 0  # of these: settled on the spot (即办自结)
    handled_open: int = 0  # of these: not ended yet
    verified: int = 0  # of these: how often the grid itself verified or rejected what was done


@frozen(kw_only=True)
class Shown:
    """A grid by itself or a group of grids, as it may be shown."""

    grids: tuple[str, ...]  # names
    areas: tuple[str, ...]  # the village's code, or several
    own: bool  # the asker's own grid, shown to nobody else in this way
    reported: int
    settled: int
    handled_open: int
    verified: int


@frozen(kw_only=True)
class Showing:
    """What may be shown, and how many grids are not because they are too few for a group."""

    rows: tuple[Shown, ...]
    withheld: int


def workload(command: int, since: datetime, until: datetime) -> tuple[GridWorkload, ...]:
    """The grids of the command's area by code, those that ended included; half-open period. Test entries (作废) apart.

    Inside a scope that sees the area. Two statements over the period's cases. Not for the screen: see `shown_to`.
    """
    area = Unit.objects.values_list("area__code", flat=True).get(pk=command)
    first, last = local(since).date(), _last_day(until)
    grids = Unit.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=first),
        kind=UnitKind.GRID.value, area__code__gte=area, area__code__lt=after(area), valid_from__lte=last,
    )  # fmt: skip
    rows = list(grids.order_by("area__code").values_list("id", "name", "area__code", "valid_to"))
    ids = [row[0] for row in rows]
    workers = _workers(ids, first, last)
    arose: dict[str, Any] = {
        "area__gte": area, "area__lt": after(area), "received_at__gte": since, "received_at__lt": until,
        "grid__in": ids,
    }  # fmt: skip
    cases = Case.objects.filter(**arose).exclude(stage=Stage.VOID.value).values("grid")
    counted: dict[Any, Any] = {
        row["grid"]: row for row in cases.annotate(n=Count("id"), open=Count("id", filter=~Q(stage__in=list(ENDED))))
    }
    within = {f"case__{lookup}": value for lookup, value in arose.items()}
    steps = Step.objects.filter(**within, action__in=[Action.SETTLE, Action.VERIFY, Action.REJECT])
    done: dict[Any, Any] = {
        row["case__grid"]: row
        for row in steps.exclude(case__stage=Stage.VOID.value).values("case__grid").annotate(
            settled=Count("case", filter=Q(action=Action.SETTLE), distinct=True),
            verified=Count("id", filter=~Q(action=Action.SETTLE) & Q(unit=F("case__grid"))),
        )
    }  # fmt: skip
    return tuple(
        GridWorkload(
            grid=pk, name=name, area=code, ended=end is not None and end <= last, workers=workers.get(pk, 0),
            reported=counted.get(pk, {}).get("n", 0), handled_open=counted.get(pk, {}).get("open", 0),
            settled=done.get(pk, {}).get("settled", 0), verified=done.get(pk, {}).get("verified", 0),
        )
        for pk, name, code, end in rows
    )  # fmt: skip


def shown_to(actor: Actor, found: Sequence[GridWorkload]) -> Showing:
    """What of these figures the actor may see.

    A grid with two workers or more stands by itself, for command posts (指挥岗位). The others stand in groups of at
    least `FEWEST`: a village that has so many by itself, small villages of a township together. A grid worker sees
    the own grid alone; anybody else sees nothing.
    """
    own = tuple(
        _row([grid], own=True)
        for grid in found
        if Seat(grid.grid, Post.GRID_WORKER) in actor.seats  # a substitute is not that worker
    )
    if role_of({seat.post for seat in actor.seats | actor.substitute}) != "command":
        return Showing(rows=own, withheld=0)
    alone = [grid for grid in found if grid.workers > 1]
    rows = [_row([grid]) for grid in alone]
    withheld = 0
    townships: dict[str, list[GridWorkload]] = defaultdict(list)
    for grid in found:
        if grid.workers <= 1:
            townships[grid.area[:TOWNSHIP]].append(grid)
    for grids in townships.values():
        groups = _groups(grids)
        rows += [_row(group) for group in groups]
        withheld += 0 if groups else len(grids)
    return Showing(rows=(*own, *sorted(rows, key=lambda row: row.areas)), withheld=withheld)


def _groups(grids: Iterable[GridWorkload]) -> list[list[GridWorkload]]:
    """Groups of at least `FEWEST`, villages whole; none where there are fewer in all."""
    villages: dict[str, list[GridWorkload]] = defaultdict(list)
    for grid in sorted(grids, key=lambda g: g.area):
        villages[grid.area[:VILLAGE]].append(grid)
    large = [group for group in villages.values() if len(group) >= FEWEST]
    joined: list[list[GridWorkload]] = []
    rest: list[GridWorkload] = []
    for group in villages.values():
        if len(group) < FEWEST:
            rest += group
        if len(rest) >= FEWEST:
            joined.append(rest)
            rest = []
    if rest and (home := joined or large):
        home[-1].extend(rest)  # too few for a group of their own
    return large + joined


def _row(grids: Sequence[GridWorkload], *, own: bool = False) -> Shown:
    return Shown(
        grids=tuple(f"{grid.name}（已撤销）" if grid.ended else grid.name for grid in grids),
        areas=tuple(sorted({grid.area[:VILLAGE] for grid in grids})),
        own=own,
        reported=sum(grid.reported for grid in grids),
        settled=sum(grid.settled for grid in grids),
        handled_open=sum(grid.handled_open for grid in grids),
        verified=sum(grid.verified for grid in grids),
    )


def _workers(grids: Sequence[int], first: date, last: date) -> dict[int, int]:
    """Who joins or leaves within the period is not counted: for part of it the figures were somebody else's alone."""
    held = PostHolding.objects.filter(
        valid_on(first), valid_on(last), unit_id__in=grids, post=Post.GRID_WORKER.value, substitute_for=None
    )
    found = held.values("unit_id").annotate(n=Count("account_id", distinct=True))
    return dict(found.values_list("unit_id", "n"))


def _last_day(until: datetime) -> date:
    return local(until - timedelta(microseconds=1)).date()
