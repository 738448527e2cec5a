"""The commands below one's own (县看乡镇、乡镇看村): what stands in each, and who waits for whose answer since when.

Matters are counted, never people. What stands in a command is counted by the units that hold it, by the queue's index
and no further than `MOST`; answers by the tracking clocks, of which there are as many as matters wait for one.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime

from attrs import evolve, frozen
from django.db import connection

from sipingtai.core.setting import Setting
from sipingtai.core.stages import Stage

MOST = 999
"""As far as what stands in a command is counted; beyond it the count is MOST + 1."""

_STANDING = """
    SELECT asked.command,
        (SELECT count(*) FROM (SELECT 1 FROM cases_case
            WHERE holder = ANY (asked.units) AND holder IS NOT NULL LIMIT %(most)s) AS open),
        (SELECT count(*) FROM (SELECT 1 FROM cases_case
            WHERE holder = ANY (asked.units) AND holder IS NOT NULL AND stage = %(reported)s LIMIT %(most)s) AS new),
        (SELECT count(*) FROM (SELECT 1 FROM cases_case
            WHERE holder = ANY (asked.units) AND holder IS NOT NULL AND due_at < now() LIMIT %(most)s) AS late)
    FROM jsonb_to_recordset(%(asked)s::jsonb) AS asked (command bigint, units bigint[])
"""
# Whoever waits is the clock's `ref`; where the matter stands now, its holder.
_AWAITED = """
    SELECT k.ref, c.holder, count(*), min(k.started_at)
    FROM cases_clock k JOIN cases_case c ON c.id = k.case_id
    WHERE k.kind = 'track' AND k.ref = ANY (%s) AND c.holder IS NOT NULL
    GROUP BY k.ref, c.holder
"""


@frozen(kw_only=True)
class Awaited:
    """Matters that wait for an answer."""

    count: int = 0
    since: datetime | None = None  # the longest


@frozen(kw_only=True)
class Below:
    """One command below."""

    command: int
    open: int
    reported: int
    late: int
    asked: Awaited = Awaited()  # handed down, and not answered yet
    asking: Awaited = Awaited()  # sent up from there, and not answered yet


def commands_below(commands: Collection[int], setting: Setting) -> tuple[int, ...]:
    """The commands directly below these, in the pack's order; those with an area that is no more are left out."""
    return tuple(
        c.id
        for c in setting.commands.values()
        if c.parent in commands and c.id not in commands and c.id in setting.units and setting.units[c.id].active
    )


def units_under(command: int, setting: Setting) -> tuple[int, ...]:
    """Every unit of a command and of the commands below it, itself included."""
    under = {command}
    while more := {c.id for c in setting.commands.values() if c.parent in under} - under:
        under |= more
    return tuple(sorted(u.id for u in setting.units.values() if u.command in under))


def below(own: Collection[int], setting: Setting) -> tuple[Below, ...]:
    """What stands in each command below these: two statements, however many there are."""
    found = commands_below(own, setting)
    units = {command: units_under(command, setting) for command in found}
    if not found:
        return ()
    asked = json.dumps([{"command": command, "units": units[command]} for command in found])
    with connection.cursor() as cursor:
        cursor.execute(_STANDING, {"asked": asked, "reported": Stage.REPORTED.value, "most": MOST + 1})
        standing = {
            command: Below(command=command, open=opened, reported=reported, late=late)
            for command, opened, reported, late in cursor.fetchall()
        }
        cursor.execute(_AWAITED, [[*own, *found]])
        waits = _waits(cursor.fetchall(), own, units)
    return tuple(
        evolve(standing[command], asked=waits[command, True], asking=waits[command, False]) for command in found
    )


def _waits(
    rows: Collection[tuple[int, int, int, datetime]], own: Collection[int], units: Mapping[int, Collection[int]]
) -> Mapping[tuple[int, bool], Awaited]:
    """By command below, and whether it is asked or asks."""
    found: defaultdict[tuple[int, bool], Awaited] = defaultdict(Awaited)
    for waiting, holder, count, since in rows:
        if waiting in own:
            keys = [(command, True) for command, held in units.items() if holder in held]
        else:  # what it awaits from further down is its own business
            keys = [] if holder in units[waiting] else [(waiting, False)]
        for key in keys:
            known = found[key]
            found[key] = Awaited(count=known.count + count, since=min(filter(None, (known.since, since))))
    return found
