"""Where one case goes in a reorganisation: the move that takes it there, and what it would come to."""

from collections.abc import Sequence
from datetime import datetime

from attrs import evolve, frozen

from sipingtai.cases.verification_state import units_of
from sipingtai.core.actions import Action
from sipingtai.core.case import Case, Holder
from sipingtai.core.decide import decide
from sipingtai.core.moves import Move, Refusal
from sipingtai.core.posts import SYSTEM, Actor, ActorKind, Seat
from sipingtai.core.setting import UnitKind
from sipingtai.core.who import fits
from sipingtai.org.reorganising import Change, World

Point = tuple[float, float] | None  # longitude, latitude


@frozen(kw_only=True)
class Removal:
    """A case that has to move: as it is, how, and as it will be."""

    before: Case
    move: Move
    after: Case


def removal(case: Case, point: Point, change: Change, now: datetime) -> Removal | None:
    """What has to happen to a case; None where it may stay as it is. The same case is never moved twice."""
    if not case.stage.open:
        return None
    mapping = {old: heir for old, heir in _mapping(case, point, change).items() if old != heir}
    leavers, vacated = _leavers(case, mapping, change.after), _vacated(case, mapping, change)
    if not (mapping or leavers or vacated):
        return None
    reason = f"架构调整：{change.name}"
    asked = Move(action=Action.REHOME, mapping=mapping, leavers=leavers, vacated=vacated, reason=reason)
    found = decide(case, asked, SYSTEM, now, change.after.setting)
    if isinstance(found, Refusal):
        raise RuntimeError(f"rehoming case {case.id} was refused: {found.code}")
    if evolve(found.after, steps=case.steps) == case:
        return None
    return Removal(before=case, move=asked, after=found.after)


def _mapping(case: Case, point: Point, change: Change) -> dict[int, int]:
    """Old unit → new unit for every unit the case names; offices first, for platforms go by them."""
    units = change.after.setting.units
    named = {u for u in units_of(case) | {c.owner for c in case.left} if u in change.heirs}
    mapping: dict[int, int] = {}
    for old in sorted(named, key=lambda u: (units[u].kind is UnitKind.PLATFORM, u)):
        heirs = change.heirs[old]
        if units[old].kind is UnitKind.GRID:
            mapping[old] = _grid(old, heirs, case, point, change.after)
        else:
            mapping[old] = _heir(old, heirs, case, mapping, change.after)
    return mapping


def _grid(old: int, heirs: Sequence[int], case: Case, point: Point, world: World) -> int:
    """The grid the point lies in now, if the case lay in this one; else the first that takes over."""
    found = world.grids.locate(*point) if point and old == case.grid else None
    return found or next(iter(heirs), 0)


def _heir(old: int, heirs: Sequence[int], case: Case, mapping: dict[int, int], world: World) -> int:
    """Of several: the platform whose member has the work, or whoever the category usually goes to; else the first."""
    if len(heirs) < 2:
        return next(iter(heirs), 0)
    units, main = world.setting.units, case.main
    if units[old].kind is UnitKind.PLATFORM and main is not None:
        office = mapping.get(main.unit, main.unit)
        holding = units[office].platforms if office in units else frozenset()
        if len(found := [h for h in heirs if h in holding]) == 1:
            return found[0]
    route = world.routes.get(case.category)
    usual = (route.platform, route.office) if route else ()
    return next((h for h in heirs if h in usual), heirs[0])


def _leavers(case: Case, mapping: dict[int, int], world: World) -> frozenset[int]:
    """Persons sent to the work (经办人) who have no seat where the work will be."""
    staying = {(account, seat.unit) for account, seat in world.seats}
    return frozenset(
        x.person
        for x in case.assignments
        if x.state.live and x.person and (x.person, mapping.get(x.unit, x.unit)) not in staying
    )


def _vacated(case: Case, mapping: dict[int, int], change: Change) -> frozenset[Seat]:
    """Seats that hold the case, or have to decide an application, and where nobody sits any more."""
    holders = {p.decider for p in case.applications} | ({case.holder} if case.holder else set())
    return frozenset(
        Seat(holder.unit, holder.post)
        for holder in holders
        if holder.post and not staffed(evolve(holder, unit=mapping.get(holder.unit) or holder.unit), change)
    )


def staffed(holder: Holder, change: Change) -> bool:
    """Whether anybody can act for this holder. Whoever sits outside the area is not this reorganisation's affair."""
    known = change.after.setting.units.get(holder.unit)
    if known is None or not known.area.startswith(change.area):
        return True
    everybody = Actor(kind=ActorKind.PERSON, seats=frozenset(seat for _, seat in change.after.seats))
    return fits(everybody, holder, change.after.setting)
