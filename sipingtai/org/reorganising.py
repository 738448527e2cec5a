"""Changing a command's set-up (架构调整): what ends, what begins, who takes over; tried first, then done.

Trying is the real thing in a transaction that is rolled back, so that what is shown is what will happen.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime

from attrs import frozen
from django.db import connections, transaction

from sipingtai.access.models import Account
from sipingtai.access.routers import organisation_ahead
from sipingtai.core.calendar import local
from sipingtai.core.posts import Post, Seat
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.insight.grids import Area, GridIndex
from sipingtai.org import models
from sipingtai.org.packs.applying import Plan, apply, plan
from sipingtai.org.packs.codes import room_code, scheme_code
from sipingtai.org.packs.content import Pack
from sipingtai.org.packs.sheets import OWNER
from sipingtai.org.packs.shelf import Shelf
from sipingtai.org.packs.successions import named_heirs
from sipingtai.org.routes import Route, usual_routes
from sipingtai.org.setting import load, valid_on

Heirs = Mapping[int, tuple[int, ...]]


class CannotReorganise(ValueError):
    """The message says in Chinese why, and what to do."""


@frozen(kw_only=True)
class World:
    """The organisation at one state, as far as moving cases needs it."""

    setting: Setting
    routes: Mapping[str, Route]  # of the command
    seats: frozenset[tuple[int, Seat]]  # account and seat, own and as 替补
    grids: GridIndex[int]
    boundaries: Mapping[int, Area]  # by grid


@frozen(kw_only=True)
class Change:
    """A set-up and the one that follows it."""

    area: str
    name: str  # of the new scheme
    command: int
    before: World
    after: World
    heirs: Heirs  # for every unit that ended, was split or got another boundary; empty: nobody takes over
    plan: Plan
    idle: tuple[str, ...]  # accounts that lose their last seat

    @property
    def ended(self) -> list[int]:
        """Units that were in use and are not any more, in the order of their names."""
        units = self.before.setting.units
        return _by_name(self.after.setting, [u for u in units if units[u].active and not self._in_use(u)])

    @property
    def begun(self) -> list[int]:
        """Units that were not there, or had ended, and now work."""
        units, old = self.after.setting.units, self.before.setting.units
        return _by_name(self.after.setting, [u for u in units if units[u].active and not (u in old and old[u].active)])

    @property
    def rerouted(self) -> dict[tuple[Route | None, Route | None], list[str]]:
        """Categories that usually go another way than before: by the old way and the new."""
        found: dict[tuple[Route | None, Route | None], list[str]] = defaultdict(list)
        for code in sorted(self.before.routes.keys() | self.after.routes.keys()):
            way = self.before.routes.get(code), self.after.routes.get(code)
            if way[0] != way[1]:
                found[way].append(code)
        return found

    @property
    def successions(self) -> list[int]:
        """Units whose work goes elsewhere now: those that ended with this change, and those shared out."""
        units = self.after.setting.units
        shared = [u for u, heirs in self.heirs.items() if units[u].active and heirs != (u,)]
        return _by_name(self.after.setting, [u for u in self.heirs if u in {*self.ended, *shared}])

    def _in_use(self, unit: int) -> bool:
        return unit in self.after.setting.units and self.after.setting.units[unit].active


def pack_of(shelf: Shelf) -> Pack:
    """The one pack a reorganisation is about."""
    if len(shelf.packs) != 1:
        raise CannotReorganise("一次只调整一个地区的架构，请只写一个乡镇包。")
    return shelf.packs[0]


def preview(shelf: Shelf, now: datetime) -> Change:
    """What the reorganisation would come to; nothing is kept. Raises PackError and CannotReorganise."""
    with transaction.atomic(using=OWNER):
        change, _ = _changed(shelf, now)
        transaction.set_rollback(True, using=OWNER)
    return change


def carry_out(shelf: Shelf, now: datetime, expected: Plan) -> tuple[Change, dict[str, str]]:
    """Change the organisation in one transaction; returns the change and the initial passwords of new accounts.

    The cases are still where they were; the row in `Reorganisation` says so until `finish`. Raises MovedOn where the
    organisation is no longer what somebody agreed to.
    """
    with transaction.atomic(using=OWNER):
        change, passwords = _changed(shelf, now, expected)
        if (since := pack_of(shelf).first_day) > local(now).date():
            raise CannotReorganise(f"新架构自 {since} 起启用，请在当天或之后再运行；现在可以用 --dry-run 预览。")
        models.Reorganisation.objects.using(OWNER).create(
            command_id=change.command, name=change.name, started_at=now,
            heirs={str(old): list(new) for old, new in change.heirs.items()},
            idle=list(change.idle), scheme=_scheme(pack_of(shelf)),
        )  # fmt: skip
    return change, passwords


def unfinished(shelf: Shelf) -> models.Reorganisation | None:
    """A reorganisation of this command whose cases are still on their way."""
    rows = models.Reorganisation.objects.filter(command__code=room_code(pack_of(shelf).code), finished_at=None)
    return rows.order_by("pk").first()


def resumed(row: models.Reorganisation, shelf: Shelf, now: datetime) -> Change:
    """The change an interrupted run was carrying out: its own heirs, the organisation as it is."""
    pack = pack_of(shelf)
    here = _world(row.command_id, pack.code, local(now).date())
    heirs = {int(old): tuple(new) for old, new in row.heirs.items()}
    return Change(
        area=pack.code, name=row.name, command=row.command_id, before=here, after=here, heirs=heirs,
        plan=Plan(()), idle=tuple(row.idle),
    )  # fmt: skip


def finish(command: int, now: datetime) -> None:
    """Note that no open case is left behind."""
    models.Reorganisation.objects.using(OWNER).filter(command_id=command, finished_at=None).update(finished_at=now)


def _changed(shelf: Shelf, now: datetime, expected: Plan | None = None) -> tuple[Change, dict[str, str]]:
    """Apply the pack in the owner's open transaction and look at what that made."""
    pack = pack_of(shelf)
    room = models.Unit.objects.filter(code=room_code(pack.code)).first()
    if room is None:
        raise CannotReorganise(f"“{pack.name}”还没有建立，不存在架构调整。请先运行 sipingtai init。")
    today = local(now).date()
    before = _world(room.pk, pack.code, today)
    planned = plan(shelf)
    fresh = pack.scheme is not None and not _exists(pack)
    had = _people(pack.code, today)
    passwords = apply(shelf, today=today, expected=expected)
    day = max(today, pack.first_day)
    with organisation_ahead():
        after = _world(room.pk, pack.code, day)
        change = Change(
            area=pack.code, name=pack.scheme.name if pack.scheme else pack.name, command=room.pk, before=before,
            after=after, heirs=_heirs(pack, before, after, fresh=fresh), plan=planned,
            idle=tuple(sorted(had - _people(pack.code, day))),
        )  # fmt: skip
    for unit in change.ended:
        if after.setting.units[unit].kind is UnitKind.COMMAND:
            name = before.setting.units[unit].name
            raise CannotReorganise(f"“{name}”是一级指挥，不能随架构调整撤销。请保留它，或先把它的在办事件全部办结。")
    return change, passwords


def _exists(pack: Pack) -> bool:
    """Whether the tables know the pack's set-up already."""
    return _scheme(pack) is not None


def _scheme(pack: Pack) -> models.Scheme | None:
    code = scheme_code(pack.code, pack.scheme.name, pack.first_day) if pack.scheme else ""
    return models.Scheme.objects.using(OWNER).filter(code=code).first()


def _world(command: int, area: str, day: date) -> World:
    rows = models.PostHolding.objects.filter(valid_on(day), valid_on(day, "unit__"), account__is_active=True)
    rows = rows.filter(unit__area__code__startswith=area)
    seats = frozenset((a, Seat(u, Post(p))) for a, u, p in rows.values_list("account_id", "unit_id", "post"))
    grids = models.Unit.objects.filter(valid_on(day), kind=UnitKind.GRID.value, area__boundary__isnull=False)
    shapes: dict[int, Area] = {
        grid: shape
        for grid, shape in grids.filter(area__code__startswith=area).values_list("id", "area__boundary")
        if shape
    }
    return World(
        setting=load(day), routes=usual_routes(command, day), seats=seats, boundaries=shapes,
        grids=GridIndex(list(shapes.items())),
    )  # fmt: skip


def _people(area: str, day: date) -> set[str]:
    """Who holds any seat of their own in the area."""
    rows = models.PostHolding.objects.filter(
        valid_on(day), valid_on(day, "unit__"), unit__area__code__startswith=area, substitute_for=None
    )
    accounts = Account.objects.using(OWNER).filter(pk__in=set(rows.values_list("account_id", flat=True)))
    return set(accounts.values_list("username", flat=True))


def _heirs(pack: Pack, before: World, after: World, *, fresh: bool) -> dict[int, tuple[int, ...]]:
    """Who takes over from whom. A unit that goes on and is named as well (a split) counts only in a `fresh` set-up, or
    with its new boundary: what was given to it since then, it was given on purpose.
    """
    units = {pk: u for pk, u in after.setting.units.items() if u.area.startswith(pack.code)}
    ids = dict(models.Unit.objects.filter(pk__in=units).values_list("code", "pk"))
    names = {u.name: pk for pk, u in units.items() if u.kind is UnitKind.GRID}
    heirs: dict[int, tuple[int, ...]] = {
        pk: () for pk, u in units.items() if not u.active and u.kind is not UnitKind.COMMAND
    }
    reshaped = [g for g, shape in after.boundaries.items() if before.boundaries.get(g, shape) != shape]
    heirs |= {grid: (grid,) for grid in reshaped}
    for entry in named_heirs(pack):
        old = ids.get(entry.code) or ids.get(entry.name) or names.get(entry.name)
        if old is None or not (fresh or old in reshaped or not units[old].active):
            continue  # a unit of long ago that these tables never had
        kind = units[old].kind
        heirs[old] = tuple(ids[h] for h in entry.heirs if units[ids[h]].kind is kind)
    return heirs


def _by_name(setting: Setting, units: list[int]) -> list[int]:
    return sorted(units, key=lambda u: (setting.units[u].kind.value, setting.units[u].area, setting.units[u].name))


@contextmanager
def nothing_else() -> Iterator[None]:
    """One reorganisation at a time, from its first look to its last case."""
    with connections[OWNER].cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [LOCK])
        if not cursor.fetchone()[0]:
            raise CannotReorganise("另一个架构调整正在进行，请等它结束。")
        try:
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])


LOCK = 0x5349_5052
