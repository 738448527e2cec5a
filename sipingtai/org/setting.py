"""The organisation as core's plain values, read from the tables once and kept until `init` changes them."""

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any

from attrs import frozen
from django.db.models import Q, QuerySet

from sipingtai.core.calendar import WorkCalendar
from sipingtai.core.clocks import ClockKind
from sipingtai.core.limits import Limit
from sipingtai.core.posts import Post, Seat
from sipingtai.core.setting import Category, Command, Level, Limits, Rules, Setting, Unit, UnitKind, Urgency
from sipingtai.org import models

log = logging.getLogger(__name__)

Role = models.PlatformMembership.Role
ACROSS = Q(matter="跨平台")  # the pack format's word for what crosses platforms; other rulings grade by weight
KEPT = 4  # days kept in memory: today, and those a simulation or an import walks through


@frozen
class Stamp:
    """Tells one state of the organisation from any other."""

    number: int
    changed_at: datetime | None


_kept: dict[tuple[Stamp, date], Setting] = {}
_warned: set[int] = set()


def load(at: date) -> Setting:
    """The setting on a day. Costs one small query while nothing has changed; holds the newest state for any thread."""
    return kept(current_version(), at)


def kept(stamp: Stamp, at: date) -> Setting:
    """As `load`, for whoever knows already which state of the organisation is the present one."""
    found = _kept.get((stamp, at))
    if found is None:
        found = _read(at, stamp.number)
        for key in [key for key in list(_kept) if key[0] != stamp]:
            _kept.pop(key, None)
        for key in list(_kept)[: -(KEPT - 1)]:  # the oldest, so that with this one there are no more than so many
            _kept.pop(key, None)
        _kept[(stamp, at)] = found
    if at.year not in _warned and not found.calendar.covers(at.year):
        _warned.add(at.year)
        log.warning(
            "没有 %s 年的节假日与调休安排，暂按周一至周五计算工作日。请更新后重新运行 sipingtai init。", at.year
        )
    return found


def current_version() -> Stamp:
    """How often the organisation has changed, and when last."""
    found = models.Version.objects.filter(pk=1).values_list("number", "changed_at").first()
    return Stamp(*found) if found else Stamp(0, None)


def valid_on(at: date, prefix: str = "") -> Q:
    """The condition that a row holds on a day; `prefix` leads to the row, such as "scheme__"."""
    ends = Q(**{f"{prefix}valid_to": None}) | Q(**{f"{prefix}valid_to__gt": at})
    return ends & Q(**{f"{prefix}valid_from__lte": at})


def duty_clauses(at: date) -> QuerySet[models.DutyClause]:
    """The clauses of all duty lists (职责清单) on a day: what a set-up announced ahead leaves out holds until then."""
    return models.DutyClause.objects.filter(Q(valid_to=None) | Q(valid_to__gt=at))


def _read(at: date, version: int) -> Setting:
    rows = list(models.Command.objects.order_by("unit__area__code"))
    catalogue = _catalogue(at)
    chiefs = _seats(models.ChiefSeat)
    arbiters, across = _seats(models.Arbiter), _seats(models.Arbiter, ACROSS)
    return Setting(
        units=_units(at),
        commands={
            row.unit_id: _command(row, chiefs[row.unit_id], arbiters[row.unit_id], across[row.unit_id]) for row in rows
        },
        categories=_categories(catalogue),
        catalogue=catalogue,
        calendar=_calendar(rows),
        version=version,
    )


def _units(at: date) -> dict[int, Unit]:
    platforms: dict[int, set[int]] = defaultdict(set)
    managing: dict[int, int] = {}
    members = models.PlatformMembership.objects.filter(valid_on(at, "scheme__"))
    for platform, office, role in members.values_list("platform_id", "office_id", "role"):
        platforms[office].add(platform)
        if role == Role.MANAGING:
            managing[platform] = office
    columns = ("id", "kind", "name", "command_id", "area__code", "valid_from", "valid_to")
    rows = models.Unit.objects.order_by("position", "id").values_list(
        *columns
    )  # every list offers them as the pack does
    return {
        pk: Unit(
            id=pk,
            kind=UnitKind(kind),
            name=name,
            command=command or pk,
            area=area,
            platforms=frozenset(platforms[pk]),
            managing_office=managing.get(pk),
            active=since <= at and (until is None or at < until),
        )
        for pk, kind, name, command, area, since, until in rows
    }


def _seats(model: type[models.ChiefSeat | models.Arbiter], which: Q | None = None) -> dict[int, tuple[Seat, ...]]:
    found: dict[int, tuple[Seat, ...]] = defaultdict(tuple)
    rows = model.objects.filter(which or Q()).order_by("command_id", "position")
    for command, unit, post in rows.values_list("command_id", "unit_id", "post"):
        seat = Seat(unit, Post(post))
        if seat not in found[command]:  # one post may settle several matters
            found[command] += (seat,)
    return found


def _command(
    row: models.Command, chiefs: tuple[Seat, ...], arbiters: tuple[Seat, ...], across: tuple[Seat, ...]
) -> Command:
    limits = {
        (ClockKind(clock), int(level), Urgency(urgency)): Limit.parse(text)
        for clock, level, urgency, text in row.limits
    }
    caps: dict[str, Any] = {
        key: frozenset(value) if key == "settle_levels" else value for key, value in row.caps.items()
    }
    rules = Rules(
        hops=row.hops,
        chiefs=chiefs,
        arbiters=arbiters,
        cross_arbiters=across,
        own_office=row.own_office_id,
        answer_owed=row.answer_owed,
        station_first=row.station_first,
        limits=Limits(limits),
        **caps,
    )
    return Command(id=row.unit_id, level=Level(row.level), parent=row.parent_id, rules=rules)


def _catalogue(at: date) -> int:
    """The newest catalogue version in force; 0 where there is none."""
    versions = models.CatalogueVersion.objects.filter(valid_on(at)).order_by("-valid_from", "-pk")
    return versions.values_list("pk", flat=True).first() or 0


def _categories(catalogue: int) -> dict[str, Category]:
    rows = models.Category.objects.filter(catalogue_id=catalogue, active=True)
    return {
        row.code: Category(
            code=row.code,
            name=row.name,
            level=row.level,
            handle=Limit.parse(row.handle) if row.handle else None,
            total=Limit.parse(row.total) if row.total else None,
            restricted=row.restricted,
            photo=row.photo,
            residual=row.residual,
            hazard=row.hazard,
        )
        for row in rows.order_by("code")
    }


def _calendar(commands: Iterable[models.Command]) -> WorkCalendar:
    days = dict(models.CalendarDay.objects.values_list("day", "works"))
    years = frozenset(day.year for day in days)
    # One calendar for all: the county's hours where it states them, else the first township's.
    sessions = next((row.sessions for row in commands if row.sessions), None)
    if sessions is None:
        return WorkCalendar(exceptions=days, years=years)
    spans = tuple((time.fromisoformat(opens), time.fromisoformat(closes)) for opens, closes in sessions)
    return WorkCalendar(exceptions=days, years=years, sessions=spans)
