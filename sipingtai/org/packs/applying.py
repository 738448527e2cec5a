"""Bring checked packs into the tables: all of it or none, and nothing where nothing changed."""

from collections.abc import Iterator
from datetime import date

from attrs import frozen
from django.db import connections, transaction

from sipingtai.org import models
from sipingtai.org.changes import mark_changed

from .accounts import create_people, missing_people
from .desired import holdings, sheets
from .desired_teams import teams
from .findings import Finding, PackError
from .gaps import gaps
from .sheets import OWNER, Change, Sheet, compare, write
from .shelf import Shelf

LOCK = 0x5349_5049  # one init at a time


class MovedOn(Exception):
    """Somebody changed the organisation between the showing and the doing."""


@frozen
class Plan:
    """What applying the packs would change, as shown to whoever decides."""

    lines: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.lines)


def refuse_gaps(shelf: Shelf) -> None:
    """Raise PackError where a pack says 上线 while it has a gap."""
    findings = [
        Finding(pack.place, f"“{pack.name}”标为上线，但{gap}", "补上缺口，或先把“状态”写成“试运行”")
        for pack in shelf.packs
        if pack.live
        for gap in gaps(pack, shelf.catalogue(pack))
    ]
    if findings:
        raise PackError(findings)


def plan(shelf: Shelf) -> Plan:
    """Compare the packs with the tables; writes nothing. Raises PackError for a gap in a live pack."""
    refuse_gaps(shelf)
    lines = [line for change in _changes(shelf) for line in change.lines()]
    people = missing_people(shelf)
    if people:
        lines.append(f"新增 账号 {len(people)} 个：{'、'.join(people[:3])} 等")
    lines += [line for sheet in _of_people(shelf) for line in compare(sheet).lines()]
    return Plan(tuple(lines))


def apply(shelf: Shelf, *, today: date, expected: Plan | None = None) -> dict[str, str]:
    """Write the packs in one transaction; returns the initial password of each account made.

    `expected` is the plan somebody agreed to: MovedOn is raised where another one would now be carried out.
    A second call changes nothing, and leaves even the version as it was.
    """
    with transaction.atomic(using=OWNER):
        with connections[OWNER].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        now = plan(shelf)
        if expected is not None and now != expected:
            raise MovedOn
        if not now:
            return {}
        days = {pack.code: pack.first_day for pack in shelf.packs}
        for sheet in _sheets(shelf):
            change = compare(sheet)
            if change:
                write(change, today, days)
        passwords = create_people(shelf)
        for sheet in _of_people(shelf):
            held = compare(sheet)
            if held:
                write(held, today, days)
        mark_changed()
    return passwords


def _sheets(shelf: Shelf) -> Iterator[Sheet]:
    return sheets(shelf, models.Area.objects.using(OWNER).values_list("code", flat=True))


def _of_people(shelf: Shelf) -> tuple[Sheet, ...]:
    """The tables that name accounts, which must be there first."""
    return holdings(shelf), teams(shelf)


def _changes(shelf: Shelf) -> list[Change]:
    return [change for sheet in _sheets(shelf) if (change := compare(sheet))]
