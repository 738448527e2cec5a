"""The rows the packs want, table by table, in the order in which they can be written."""

from collections.abc import Iterable, Iterator

from attrs import asdict
from django.db.models import Q

from sipingtai.core.posts import Post
from sipingtai.core.setting import Level, UnitKind
from sipingtai.org import models

from .codes import grid_code, office_code, platform_code, room_code, scheme_code, station_code
from .content import Pack
from .desired_catalogue import calendar, categories, route_rows, version, version_code
from .desired_document import document
from .people import appointments
from .sheets import Row, Sheet
from .shelf import Shelf


def sheets(shelf: Shelf, known_areas: Iterable[str]) -> Iterator[Sheet]:
    """All tables but people. `known_areas` are the area codes in the database: a parent may be there already."""
    packs = shelf.packs
    areas = {p.code for p in packs} | set(known_areas)
    codes = [p.code for p in packs]
    rooms = [room_code(c) for c in codes]
    commands = [code for p in packs for code in _commands(p)]
    yield Sheet(
        label="区域", model=models.Area, key=("code",), named=("code", "name"), once=("valid_from",),
        wanted=[row for p in packs for row in _areas(p, areas)],
        present=models.Area.objects.filter(within("code", codes)), retired_by="valid_to",
    )  # fmt: skip
    yield Sheet(
        label="单位", model=models.Unit, key=("code",), named=("code",), once=("valid_from",),
        wanted=[row for p in packs for row in _units(p)],
        present=models.Unit.objects.filter(within("area__code", codes)), retired_by="valid_to",
    )  # fmt: skip
    yield Sheet(
        label="指挥层级", model=models.Command, key=("unit__code",),
        wanted=[row for p in packs for row in _command_rows(p, areas)],
        present=models.Command.objects.filter(unit__code__in=commands),
    )  # fmt: skip
    yield Sheet(
        label="总指挥", model=models.ChiefSeat, key=("command__code", "position"),
        wanted=[row for p in packs for row in _chiefs(p)],
        present=models.ChiefSeat.objects.filter(command__code__in=commands),
    )  # fmt: skip
    yield Sheet(
        label="裁定", model=models.Arbiter, key=("command__code", "position"), named=("command__code", "title"),
        wanted=[row for p in packs for row in _arbiters(p)],
        present=models.Arbiter.objects.filter(command__code__in=commands),
    )  # fmt: skip
    yield Sheet(
        label="架构", model=models.Scheme, key=("code",), once=("valid_from",),
        wanted=[row for p in packs for row in _schemes(p)],
        present=models.Scheme.objects.filter(command__code__in=rooms), retired_by="valid_to", ends_with_next=True,
    )  # fmt: skip
    current = [scheme_code(p.code, p.scheme.name, p.first_day) for p in packs if p.scheme]
    yield Sheet(
        label="平台成员", model=models.PlatformMembership,
        key=("scheme__code", "platform__code", "office__code", "role"),
        named=("platform__code", "office__code", "role"),
        wanted=[row for p in packs for row in _members(p)],
        present=models.PlatformMembership.objects.filter(scheme__code__in=current),
    )  # fmt: skip
    yield Sheet(
        label="职责", model=models.DutyClause, key=("office__code", "number"),
        wanted=[row for p in packs for row in _duties(p)],
        present=models.DutyClause.objects.filter(within("office__area__code", codes)), retired_by="valid_to",
    )  # fmt: skip
    yield Sheet(
        label="条线", model=models.Line, key=("command__code", "name"),
        wanted=[_named(p, x.name, x.clause) for p in packs for x in p.lines],
        present=models.Line.objects.filter(command__code__in=rooms),
    )  # fmt: skip
    yield Sheet(
        label="专项", model=models.Campaign, key=("command__code", "name"),
        wanted=[_named(p, x.name, x.clause) for p in packs for x in p.campaigns],
        present=models.Campaign.objects.filter(command__code__in=rooms),
    )  # fmt: skip
    yield Sheet(
        label="会议", model=models.MeetingRule, key=("command__code", "name"),
        wanted=[row for p in packs for row in _meetings(p)],
        present=models.MeetingRule.objects.filter(command__code__in=rooms),
    )  # fmt: skip
    versions = [version_code(c) for c in shelf.catalogues.values()]
    yield Sheet(
        label="分类目录", model=models.CatalogueVersion, key=("code",), once=("valid_from",),
        wanted=[version(c) for c in shelf.catalogues.values()],
        present=models.CatalogueVersion.objects.filter(name__in=list(shelf.catalogues)), retired_by="valid_to",
    )  # fmt: skip
    yield Sheet(
        label="分类", model=models.Category, key=("catalogue__code", "code"), named=("code", "name"),
        wanted=[row for c in shelf.catalogues.values() for row in categories(c)],
        present=models.Category.objects.filter(catalogue__code__in=versions), retired_by="active",
    )  # fmt: skip
    yield Sheet(
        label="分类对应", model=models.CategoryRoute, key=("scheme__code", "category"),
        named=("category", "scheme__code"),
        wanted=[row for p in packs for row in route_rows(p, shelf.catalogue(p))],
        present=models.CategoryRoute.objects.filter(scheme__code__in=current),
    )  # fmt: skip
    yield Sheet(
        label="调休", model=models.CalendarDay, key=("day",), once=("works", "note"), keep=True,
        wanted=list(calendar()), present=models.CalendarDay.objects.all(),
    )  # fmt: skip


def holdings(shelf: Shelf) -> Sheet:
    """Who holds which post. The accounts must exist."""
    wanted: dict[tuple[object, ...], Row] = {}
    for pack in shelf.packs:
        people = {a.account: a for a in appointments(pack)}
        for person in people.values():
            own = [(person.account, seat, None) for seat in person.seats]
            lent = [(person.substitute, seat, person.account) for seat in person.seats if person.substitute]
            for account, (unit, post), absent in (*own, *lent):
                row: Row = {
                    "account__username": account,
                    "unit__code": unit,
                    "post": post.value,
                    "substitute_for__username": absent,
                    "part_time": person.part_time.get((unit, post)) if absent is None else None,
                    "valid_from": pack.first_day,
                }
                wanted[(account, unit, post, absent)] = row
    return Sheet(
        label="任职", model=models.PostHolding,
        key=("account__username", "unit__code", "post", "substitute_for__username"),
        named=("account__username", "unit__code", "post"), once=("valid_from",), wanted=list(wanted.values()),
        present=models.PostHolding.objects.filter(within("unit__area__code", [p.code for p in shelf.packs])),
        retired_by="valid_to",
    )  # fmt: skip


def within(lookup: str, codes: list[str]) -> Q:
    """Rows of these areas themselves; a township's villages and grids belong to it, a county's townships do not."""
    condition = Q(pk__in=[])
    for code in codes:
        inside = Q(**{f"{lookup}__startswith": code}) if len(code) > 6 else Q(**{lookup: code})
        condition |= inside
    return condition


def _commands(pack: Pack) -> list[str]:
    return [room_code(pack.code), *(station_code(v.code) for v in pack.villages if pack.station)]


def _areas(pack: Pack, areas: set[str]) -> Iterator[Row]:
    parent = pack.parent if pack.parent in areas else None
    yield _area(pack, pack.code, pack.name, parent)
    for village in pack.villages:
        yield _area(pack, village.code, village.name, pack.code)
    homes = {v.name: v.code for v in pack.villages}
    for grid in pack.grids:
        yield _area(pack, grid.code, grid.name, homes[grid.village.name], grid.boundary)


def _area(pack: Pack, code: str, name: str, parent: str | None, ring: tuple[tuple[float, float], ...] = ()) -> Row:
    boundary = {"type": "Polygon", "coordinates": [[list(point) for point in ring]]} if ring else None
    return {"code": code, "name": name, "parent__code": parent, "boundary": boundary, "valid_from": pack.first_day}


def _units(pack: Pack) -> Iterator[Row]:
    room = room_code(pack.code)
    yield _unit(
        pack,
        room,
        UnitKind.COMMAND,
        pack.room.name.name if pack.room and pack.room.name else f"{pack.name}指挥室",
        command=None,
        area=pack.code,
    )
    for position, platform in enumerate(pack.platforms, start=1):
        code = platform_code(pack.code, platform.name)
        row = _unit(pack, code, UnitKind.PLATFORM, platform.name, command=room, area=pack.code)
        yield {**row, "position": position, "clause": platform.clause}
    for position, office in enumerate(pack.real_offices, start=1):
        row = _unit(
            pack, office_code(pack.code, office.name), UnitKind.OFFICE, office.name, command=room, area=pack.code
        )
        heir = office_code(pack.code, pack.office_name(office.successor.name)) if office.successor else None
        extra = {"position": position, "clause": office.clause, "dispatched": office.dispatched}
        # An office that is taken over has ended with the set-up before; it stays in the list for the order of accounts.
        yield {**row, **extra, "successor__code": heir, **({"valid_to": pack.first_day} if heir else {})}
    for position, village in enumerate(pack.villages, start=1):
        if pack.station:
            code = station_code(village.code)
            row = _unit(pack, code, UnitKind.COMMAND, f"{village.name}工作站", command=None, area=village.code)
            yield {**row, "position": position}
    homes = {v.name: v.code for v in pack.villages}
    for position, grid in enumerate(pack.grids, start=1):
        over = station_code(homes[grid.village.name]) if pack.station else room
        yield {
            **_unit(pack, grid_code(grid.code), UnitKind.GRID, grid.name, command=over, area=grid.code),
            "position": position,
        }


def _unit(pack: Pack, code: str, kind: UnitKind, name: str, *, command: str | None, area: str) -> dict[str, object]:
    return {
        "code": code, "kind": kind.value, "name": name, "command__code": command, "area__code": area,
        "dispatched": False, "successor__code": None, "position": 0, "clause": "", "valid_from": pack.first_day,
    }  # fmt: skip


def _command_rows(pack: Pack, areas: set[str]) -> Iterator[Row]:
    housed_in = pack.room.housed_in if pack.room else None
    own = office_code(pack.code, pack.office_name(housed_in.name)) if housed_in else None
    caps = {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(pack.caps).items() if v is not None}
    shared = {
        "live": pack.live,
        "caps": caps,
        "limits": [[r.clock.value, r.level, r.urgency.value, str(r.limit)] for r in pack.limits],
        "sessions": [[f"{a:%H:%M}", f"{b:%H:%M}"] for a, b in pack.sessions],
    }
    yield {
        **shared, "unit__code": room_code(pack.code), "level": pack.level.value, "hops": pack.hops or 1,
        "parent__code": room_code(pack.parent) if pack.parent in areas and pack.parent else None,
        "answer_owed": pack.answer_owed is not False, "station_first": pack.station_first is True,
        "own_office__code": own, "document": document(pack),
    }  # fmt: skip
    for village in pack.villages:
        if pack.station:
            yield {
                **shared, "unit__code": station_code(village.code), "level": Level.VILLAGE.value, "hops": 1,
                "parent__code": room_code(pack.code), "answer_owed": pack.station.answer_owed is not False,
                "station_first": False, "own_office__code": None, "document": {},
            }  # fmt: skip


def _chiefs(pack: Pack) -> Iterator[Row]:
    roles = {t.role for t in pack.titles}
    chiefs = [post for post in (Post.CHIEF, Post.LEADER) if post in roles]
    for command in _commands(pack):
        for position, post in enumerate(chiefs):
            yield {
                "command__code": command, "position": position,
                "unit__code": room_code(pack.code), "post": post.value,
            }  # fmt: skip


def _arbiters(pack: Pack) -> Iterator[Row]:
    named = [(r, pack.title(ref.name)) for r in pack.rulings for ref in r.by]
    seats = [(ruling, title.name, title.role) for ruling, title in named if title and title.role]
    for command in _commands(pack):
        for position, (ruling, name, role) in enumerate(seats):
            yield {
                "command__code": command, "position": position, "unit__code": room_code(pack.code),
                "post": role.value, "title": name, "matter": ruling.matter, "clause": ruling.clause,
            }  # fmt: skip


def _schemes(pack: Pack) -> Iterator[Row]:
    if pack.scheme:
        yield {
            "code": scheme_code(pack.code, pack.scheme.name, pack.first_day), "command__code": room_code(pack.code),
            "name": pack.scheme.name, "document": pack.document.title, "valid_from": pack.first_day,
        }  # fmt: skip


def _members(pack: Pack) -> Iterator[Row]:
    if pack.scheme is None:
        return
    scheme = scheme_code(pack.code, pack.scheme.name, pack.first_day)
    for platform in pack.platforms:
        seen = set()
        for part, ref in platform.parts():
            if (part, pack.office_name(ref.name)) in seen:  # two names of one office
                continue
            seen.add((part, pack.office_name(ref.name)))
            yield {
                "scheme__code": scheme, "platform__code": platform_code(pack.code, platform.name),
                "office__code": office_code(pack.code, pack.office_name(ref.name)), "role": part,
                "stated": pack.stated(ref.place),
            }  # fmt: skip


def _duties(pack: Pack) -> Iterator[Row]:
    for office in pack.real_offices:
        for duty in office.duties:
            code = office_code(pack.code, office.name)
            yield {"office__code": code, "number": duty.number, "text": duty.text, "clause": duty.clause}


def _named(pack: Pack, name: str, clause: str) -> Row:
    return {"command__code": room_code(pack.code), "name": name, "clause": clause}


def _meetings(pack: Pack) -> Iterator[Row]:
    for meeting in pack.meetings:
        yield {
            **_named(pack, meeting.name, meeting.clause), "cadence": meeting.cadence, "topics": list(meeting.topics),
            "conveners": [office_code(pack.code, pack.office_name(r.name)) for r in meeting.conveners],
            "platforms": [platform_code(pack.code, r.name) for r in meeting.platforms],
        }  # fmt: skip
