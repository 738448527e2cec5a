"""Whether what a move names can take it: units to send work to, offices to assist, a master, a successor."""

from sipingtai.core.moves import Attempt
from sipingtai.core.setting import UnitKind
from sipingtai.core.stages import Stage


def _office_here(a: Attempt, unit: int) -> bool:
    found = a.setting.units.get(unit)
    return bool(found and found.active and found.command == a.case.command and found.kind is UnitKind.OFFICE)


def target_here(a: Attempt) -> bool:
    """A platform or an office of this command that is in use; a station's offices are its own grids."""
    found = a.setting.units.get(a.move.to or 0)
    if found is None or not found.active or found.command != a.case.command:
        return False
    return found.kind in (UnitKind.OFFICE, UnitKind.PLATFORM, UnitKind.GRID)


def through_platform(a: Attempt) -> bool:
    """Where the pack has two hops, an office that belongs to a platform gets its work through the platform."""
    found = a.setting.units.get(a.move.to or 0)
    if found is None or found.kind is not UnitKind.OFFICE:
        return True
    return a.setting.rules(a.case.command).hops == 1 or not found.platforms


def forward_fits(a: Attempt) -> bool:
    """An office in use that is a member of the platform that has the work."""
    found, main = a.setting.units.get(a.move.to or 0), a.case.main
    if found is None or main is None or not found.active:
        return False
    return found.kind is UnitKind.OFFICE and main.unit in found.platforms


def not_shunned(a: Attempt) -> bool:
    """Nobody named in the move is whom the complaint is about (回避)."""
    named = {a.move.to or 0, *a.move.assists}
    return not named & a.case.shunned


def assists_fit(a: Attempt) -> bool:
    """Offices of this command in use, each once, none of them the main office."""
    main = a.case.main
    assisting = {x.unit for x in a.case.assists}
    if a.move.to in assisting:
        return False
    taken = assisting | ({main.unit} if main and main.state.live else set()) | {a.move.to or 0}
    wanted = a.move.assists
    return len(set(wanted)) == len(wanted) and all(_office_here(a, u) and u not in taken for u in wanted)


def master_fits(a: Attempt) -> bool:
    """Open, before finished, unmerged, of the same command, not the parent, not with an office complained about."""
    master = a.move.other
    if master is None or master.id == a.case.id or master.command != a.case.command or master.master is not None:
        return False
    if master.id == a.case.parent or any(x.unit in a.case.shunned for x in master.assignments if x.state.live):
        return False
    return master.stage.open and master.stage not in (Stage.FINISHED, Stage.VERIFIED, Stage.MERGED)


def proposal_fits(a: Attempt) -> bool:
    """A unit in use, other than the one that sends it back; the proposal binds nobody."""
    found, main = a.setting.units.get(a.move.to or 0), a.case.main
    return found is not None and found.active and (main is None or found.id != main.unit)


def rehome_fits(a: Attempt) -> bool:
    """Known units below a command, each to one in use that does the same work, or to nobody."""
    for old, new in a.move.mapping.items():
        gone, successor = a.setting.units.get(old), a.setting.units.get(new)
        if gone is None or gone.kind is UnitKind.COMMAND or (new and (successor is None or not successor.active)):
            return False
        if successor and successor.kind is not gone.kind:
            return False
        # A grid may go over to another village; an office's work stays under its command.
        if successor and successor.command != gone.command and gone.kind is not UnitKind.GRID:
            return False
    return bool(a.move.mapping or a.move.leavers or a.move.vacated)
