"""Who takes over from the units of an earlier set-up (接替): what a reorganisation carries the open work by."""

from collections.abc import Iterator

from attrs import frozen

from .codes import grid_code, office_code, platform_code
from .content import Pack, Succession
from .findings import Findings, suggestion
from .section import Section


def successions(sections: list[Section]) -> tuple[Succession, ...]:
    """Read the list `接替`."""
    found = []
    for s in sections:
        found.append(Succession(name=s.name(), heirs=s.words("由"), clause=s.clause(), place=s.place))
        s.finish()
    return tuple(found)


def check_successions(pack: Pack, findings: Findings) -> None:
    """Note heirs the pack does not have, and units named twice. The former unit itself need not stand in the pack."""
    known = _codes(pack)
    seen: set[str] = set()
    for entry in pack.successions:
        if entry.name in seen:
            findings.add(entry.place, f"“接替”里“{entry.name}”写了两次", "合成一项，几家接替的一起写在“由”里")
        seen.add(entry.name)
        for heir in entry.heirs:
            if heir.name not in known:
                remedy = suggestion(heir.name, sorted(known))
                findings.add(heir.place, f"没有写明接替“{entry.name}”的“{heir.name}”", remedy)
    for office in pack.offices:
        if office.successor and pack.office_name(office.successor.name) == office.name:
            continue  # told elsewhere
        if office.successor and any(
            o.name == pack.office_name(office.successor.name) and o.successor for o in pack.offices
        ):
            findings.add(
                office.successor.place, f"接替“{office.name}”的机构本身也被接替", "写成最后接手的机构，不要一环接一环"
            )


@frozen
class Named:
    """A former unit, by its code or the name its grid had, and the codes of those who take over."""

    code: str  # of the unit, as `codes` makes it
    name: str
    heirs: tuple[str, ...]


def named_heirs(pack: Pack) -> Iterator[Named]:
    """Everything the pack says of succession: 接替 (offices' and its own list), and a platform's 前身."""
    codes = _codes(pack)
    for entry in pack.successions:
        heirs = tuple(codes[h.name] for h in entry.heirs)
        yield Named(codes.get(entry.name) or office_code(pack.code, entry.name), entry.name, heirs)
    said = {entry.name for entry in pack.successions}
    for office in pack.offices:
        if office.successor and office.name not in said:
            heir = office_code(pack.code, pack.office_name(office.successor.name))
            yield Named(office_code(pack.code, office.name), office.name, (heir,))
    for platform in pack.platforms:
        before = platform.facts.get("前身", [])
        for name in [before] if isinstance(before, str) else before:
            if name not in said and name != platform.name:
                yield Named(platform_code(pack.code, name), name, (platform_code(pack.code, platform.name),))


def _codes(pack: Pack) -> dict[str, str]:
    """Units of the pack by name; grids by code as well."""
    return {
        **{o.name: office_code(pack.code, pack.office_name(o.name)) for o in pack.offices},
        **{p.name: platform_code(pack.code, p.name) for p in pack.platforms},
        **{g.name: grid_code(g.code) for g in pack.grids},
        **{g.code: grid_code(g.code) for g in pack.grids},
    }
