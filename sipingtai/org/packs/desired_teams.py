"""The rows the packs want of the grids' service teams (组团服务)."""

from sipingtai.org import models

from .codes import grid_code, office_code
from .content import Pack
from .desired import within
from .people import account_name
from .sheets import Row, Sheet
from .shelf import Shelf


def teams(shelf: Shelf) -> Sheet:
    """Who is attached to which grid. The accounts must exist."""
    return Sheet(
        label="组团服务", model=models.GridTeam, key=("grid__code", "office__code", "account__username"),
        wanted=[row for pack in shelf.packs for row in _rows(pack)],
        present=models.GridTeam.objects.filter(within("grid__area__code", [pack.code for pack in shelf.packs])),
    )  # fmt: skip


def _rows(pack: Pack) -> list[Row]:
    codes = {grid.name: grid_code(grid.code) for grid in pack.grids}
    found: dict[tuple[str, str | None, str | None], Row] = {}
    # What is said of one grid comes before what is said of all.
    for team in sorted(pack.teams, key=lambda t: bool(t.grids)):
        office = office_code(pack.code, pack.office_name(team.office.name)) if team.office else None
        person = account_name(pack, team.person.name) if team.person else None
        for grid in [codes[ref.name] for ref in team.grids] or codes.values():
            found[(grid, office, person)] = {
                "grid__code": grid, "office__code": office, "account__username": person,
                "role": team.role, "stated": pack.stated(team.place), "clause": team.clause,
            }  # fmt: skip
    return list(found.values())
