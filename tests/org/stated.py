"""Plain forms of what a pack says, for comparing with facts taken from the document by hand."""

from sipingtai.org.packs.content import Pack
from sipingtai.org.packs.section import Ref

Names = tuple[str, ...]


def names(refs: tuple[Ref, ...]) -> Names:
    return tuple(ref.name for ref in refs)


def heads(pack: Pack) -> dict[str, str | None]:
    """Each platform's head; modules are left out."""
    return {p.name: p.head and p.head.name for p in pack.platforms if not p.module}


def modules(pack: Pack) -> list[str]:
    return [p.name for p in pack.platforms if p.module]


def parts(pack: Pack, platform: str) -> dict[str, Names]:
    """The offices of a platform by their part, and nothing where the document names none."""
    found: dict[str, Names] = {}
    for role, ref in next(p for p in pack.platforms if p.name == platform).parts():
        found[role] = (*found.get(role, ()), ref.name)
    return found


def fact(pack: Pack, platform: str, key: str) -> str | list[str] | None:
    """What is kept as written of a platform."""
    return next(p for p in pack.platforms if p.name == platform).facts.get(key)


def rulings(pack: Pack) -> list[tuple[str, Names]]:
    return [(r.matter, names(r.by)) for r in pack.rulings]


def watch(pack: Pack) -> list[Names]:
    return [names(o.by) for o in pack.oversight]


def escalations(pack: Pack) -> list[tuple[str, str]]:
    return [(e.to, e.through) for e in pack.escalations]


def meetings(pack: Pack) -> list[tuple[str, str, int]]:
    """Name, cadence and how many platforms hold it."""
    return [(m.name, m.cadence, len(m.platforms)) for m in pack.meetings]


def statement(pack: Pack, key: str, field: str) -> list[str]:
    """All values of one field of a statement."""
    found: list[str] = []
    for part in pack.statements.get(key, []):
        value = part.get(field, [])
        found += [value] if isinstance(value, str) else value
    return found


def dispatched(pack: Pack) -> set[str]:
    return {o.name for o in pack.offices if o.dispatched}


def left_out(pack: Pack) -> bool:
    """No document names accounts, grids, limits, hours, a catalogue or who may do what in this system."""
    ours = (pack.people, pack.staffing, pack.villages, pack.grids, pack.limits, pack.sessions, pack.routes)
    return not any(ours) and pack.catalogue is None and not pack.live and all(t.role is None for t in pack.titles)
