"""移交: in a reorganisation every open case moves, in one step of its own, to whoever takes over."""

from collections.abc import Mapping

from attrs import evolve

from sipingtai.core import clocks
from sipingtai.core.case import Assignment, AssignmentState, Card, Case, Holder
from sipingtai.core.clocks import ClockKind
from sipingtai.core.effects.flow import change_main, chief_holder, enter_accepted
from sipingtai.core.moves import Attempt
from sipingtai.core.posts import Seat
from sipingtai.core.setting import Setting, UnitKind


def rehome(a: Attempt) -> Case:
    """Holder, assignments, applications, cards and clocks move to the named successors, with the time already used.

    A main assignment whose office has no successor, or one that must not see the case (回避), goes back to accepted; an
    assist without one is released; what a lost platform, or a seat nobody holds any more, had to decide or to reply
    falls to the chief. Who left is no longer the person in charge (经办人) of any assignment.
    """
    case, named = a.case, a.move.mapping
    shunned = case.shunned | {named[u] for u in case.shunned if named.get(u)}
    heirs = _lawful(case, named, shunned, a.setting)
    main = case.main
    if main and main.state.live and heirs.get(main.unit) == 0:
        case = enter_accepted(a, case)
    chief = chief_holder(case, a.setting)

    def moved(unit: int) -> int:
        return heirs.get(unit) or unit

    def held(holder: Holder) -> Holder:
        vacated = holder.post is not None and Seat(holder.unit, holder.post) in a.move.vacated
        return chief if vacated or heirs.get(holder.unit) == 0 else evolve(holder, unit=moved(holder.unit))

    case = evolve(case, assignments=tuple(_moved(a, x, heirs) for x in case.assignments))
    case = _without_doubles(a, case)
    ended = {x.no for x in case.assignments if not x.state.live}
    applications = tuple(
        evolve(p, unit=moved(p.unit), decider=held(p.decider), proposed=p.proposed and moved(p.proposed))
        for p in case.applications
    )
    return evolve(
        case,
        holder=case.holder and held(case.holder),
        applications=applications,
        cards=tuple(_owed(c, heirs, chief.unit) for c in case.cards),
        handlers=case.handlers | {named[u] for u in case.handlers if named.get(u)},
        shunned=shunned,
        area=_area(case, named, a.setting),
        grid=_grid(case.grid, named),
        reporter=evolve(case.reporter, grid=_grid(case.reporter.grid, named)),
        left=tuple(clocks.hand_over(c, moved(c.owner)) for c in case.left),
        clocks=tuple(
            clocks.hand_over(c, chief.unit if heirs.get(c.owner) == 0 else moved(c.owner))
            for c in case.clocks
            if not (c.kind is ClockKind.ASSIST and c.ref in ended)
        ),
    )


def _lawful(case: Case, named: Mapping[int, int], shunned: frozenset[int], setting: Setting) -> dict[int, int]:
    """Where work may go: old unit → new unit, 0 for nowhere.

    When the office complained about becomes part of the one at work, that one has to let go too. A grid's own work
    stays under its station: a grid of another village does not take it.
    """
    working = {x.unit for x in case.assignments} | {x.platform for x in case.assignments}
    working |= {p.decider.unit for p in case.applications} | {case.holder.unit if case.holder else None}
    heirs = dict(named)
    for unit in (working | set(named)) - {None}:
        known = setting.units.get(unit or 0)
        if unit is None or known is None or known.kind is UnitKind.COMMAND:
            continue
        heir = named.get(unit, unit)
        if heir in shunned or (heir and setting.units[heir].command != known.command):
            heirs[unit] = 0
    return heirs


def _moved(a: Attempt, assignment: Assignment, heirs: Mapping[int, int]) -> Assignment:
    if assignment.state is AssignmentState.ENDED:
        return assignment  # where it was is what it was
    if assignment.person in a.move.leavers and assignment.state.live:
        assignment = evolve(assignment, person=None)
    if heirs.get(assignment.unit) == 0 and assignment.state.live:
        return evolve(assignment, state=AssignmentState.ENDED, ended_at=a.now)
    platform = assignment.platform
    lost = platform is not None and heirs.get(platform) == 0
    return evolve(
        assignment,
        unit=heirs.get(assignment.unit) or assignment.unit,
        platform=None if lost else platform and (heirs.get(platform) or platform),
        by_platform=assignment.by_platform and not lost,
    )


def _without_doubles(a: Attempt, case: Case) -> Case:
    """Two offices that became one do not assist themselves, nor twice."""
    main, seen = case.main, set[int]()
    if main and main.state.live:
        seen.add(main.unit)
    for assist in case.assists:
        if assist.unit in seen:
            case = change_main(case, evolve(assist, state=AssignmentState.ENDED, ended_at=a.now))
        seen.add(assist.unit)
    return case


def _owed(card: Card, heirs: Mapping[int, int], chief: int) -> Card:
    """A card nobody is left to reply to is the chief's; one replied to or lifted stays with whom it was issued to."""
    if heirs.get(card.unit) == 0:
        return card if card.lifted or card.replied else evolve(card, unit=chief)
    return evolve(card, unit=heirs.get(card.unit) or card.unit)


def _grid(grid: int | None, named: Mapping[int, int]) -> int | None:
    return None if grid is None else named.get(grid, grid) or None


def _area(case: Case, named: Mapping[int, int], setting: Setting) -> str:
    """Where a case is known to lie in its grid, its area goes with the grid; else it lies where it lay."""
    new = named.get(case.grid or 0, 0)
    if not new or case.grid is None or case.area != setting.units[case.grid].area:
        return case.area
    return setting.units[new].area
