"""Who sits where: a pack's people and its staffing rules, spelled out as accounts with seats."""

from collections.abc import Iterator, Mapping

from attrs import evolve, field, frozen

from sipingtai.core.posts import Post

from .codes import grid_code, office_code, platform_code, room_code, station_code
from .content import Grid, Office, Pack, Platform, Staffing, Village

AT_PLATFORM = frozenset({Post.PLATFORM_HEAD, Post.PLATFORM_CLERK})
AT_OFFICE = frozenset({Post.OFFICE_HEAD, Post.HANDLER})


@frozen
class Appointment:
    """An account and what it holds. Seats are (unit code, post)."""

    account: str  # with the area code: 331125201-dispatcher
    display: str
    titles: tuple[str, ...]
    seats: tuple[tuple[str, Post], ...]
    substitute: str | None  # the account that acts for this one (B岗)
    part_time: Mapping[tuple[str, Post], bool] = field(factory=dict)  # 兼职 or 专职, of the seats where it is said


def seat_places(pack: Pack) -> dict[str, str]:
    """Where a seat may be, by name: its sort (平台, 机构, 行政村, 网格单元)."""
    sorts: dict[str, tuple[Platform | Office | Village | Grid, ...]] = {
        "平台": pack.platforms,
        "机构": pack.real_offices,
        "行政村": pack.villages,
        "网格单元": pack.grids,
    }
    return {item.name: sort for sort, items in sorts.items() for item in items}


def seat_codes(pack: Pack) -> dict[str, str]:
    """The unit code behind each name of `seat_places`."""
    return {
        **{v.name: station_code(v.code) for v in pack.villages},
        **{g.name: grid_code(g.code) for g in pack.grids},
        **{o.name: office_code(pack.code, o.name) for o in pack.real_offices},
        **{p.name: platform_code(pack.code, p.name) for p in pack.platforms},
    }


def appointments(pack: Pack) -> list[Appointment]:
    """All accounts of a checked pack, people first, then those of the staffing rules, in the pack's order."""
    named = {a.account: a for a in _named(pack)}
    for extra in _staffed(pack):
        held = named.get(extra.account)
        # Two rules may name one account: it then holds both seats.
        named[extra.account] = _both(held, extra) if held else extra
    return list(named.values())


def _both(one: Appointment, other: Appointment) -> Appointment:
    seats = tuple(dict.fromkeys(one.seats + other.seats))
    return evolve(one, seats=seats, part_time={**other.part_time, **one.part_time})


def _named(pack: Pack) -> Iterator[Appointment]:
    codes = seat_codes(pack)
    room = room_code(pack.code)
    for person in pack.people:
        roles = [title.role for ref in person.titles if (title := pack.title(ref.name)) and title.role]
        seats = [(room, role) for role in roles] + [(codes[seat.at.name], seat.role) for seat in person.seats]
        yield Appointment(
            account=account_name(pack, person.account),
            display=person.display,
            titles=tuple(ref.name for ref in person.titles),
            seats=tuple(dict.fromkeys(seats)),
            substitute=account_name(pack, person.substitute.name) if person.substitute else None,
            part_time={
                (codes[seat.at.name], seat.role): seat.part_time for seat in person.seats if seat.part_time is not None
            },
        )


def _staffed(pack: Pack) -> Iterator[Appointment]:
    codes = seat_codes(pack)
    for rule in pack.staffing:
        for number, name in enumerate(_targets(pack, rule), start=1):
            counted = str(number).zfill(rule.digits)
            substitute = rule.substitute.replace("{序}", counted)
            yield Appointment(
                account=account_name(pack, rule.account.replace("{序}", counted)),
                display=rule.display.replace("{单位}", name).replace("{序}", counted),
                titles=(),
                seats=((codes[name], rule.role),),
                substitute=account_name(pack, substitute) if substitute else None,
                part_time={} if rule.part_time is None else {(codes[name], rule.role): rule.part_time},
            )


def _targets(pack: Pack, rule: Staffing) -> list[str]:
    return [name for name, sort in seat_places(pack).items() if sort == rule.target]


def account_name(pack: Pack, name: str) -> str:
    """The whole name of a pack's account: 331125201-dispatcher."""
    return f"{pack.code}-{name}"
