"""Keeping one step in the tables (落库): case row, side tables, sealed step and texts, in one statement."""

from collections.abc import Mapping
from typing import Any

from django.db import connection

from sipingtai.access.actor_scope import as_system
from sipingtai.access.together import together
from sipingtai.cases import models
from sipingtai.cases.projection import assignment_row, clock_row
from sipingtai.loop.errors import Conflict
from sipingtai.loop.rows import columns_of, inserting, of_objects, of_values, source
from sipingtai.loop.writing import Written, folded

# What no step changes: where the case came from.
_APART = {"id", "number", "sender", "key", "contact", "tracking", "longitude", "latitude"}
_FOLDED = [column for column in columns_of(models.Case) if column not in _APART]
_KEEP = f"""
    WITH kept AS (
        UPDATE cases_case SET ({", ".join(_FOLDED)}) = ROW ({", ".join(f"given.{column}" for column in _FOLDED)})
        FROM {source(models.Case)} WHERE cases_case.id = %s AND cases_case.steps = %s RETURNING cases_case.id
    ), steps AS ({inserting(models.Step)}
    ), texts AS ({inserting(models.Text)}
    ), files AS ({inserting(models.Attachment)}
    ), precedents AS ({inserting(models.Precedent)}
    ), assignments AS (
        {inserting(models.Assignment)} ON CONFLICT (case_id, no) DO UPDATE
        SET unit = excluded.unit, state = excluded.state, person = excluded.person, sent_at = excluded.sent_at
    ), ended AS (
        DELETE FROM cases_clock
        WHERE case_id = %s AND (kind, ref) IN (SELECT given.kind, given.ref FROM {source(models.Clock)})
    ), clocks AS (
        {inserting(models.Clock)} ON CONFLICT (case_id, kind, ref) DO UPDATE
        SET owner = excluded.owner, started_at = excluded.started_at, warn_at = excluded.warn_at,
            due_at = excluded.due_at, red_at = excluded.red_at, paused_at = excluded.paused_at,
            next_at = excluded.next_at
    )
    SELECT id FROM kept
"""  # noqa: S608


def keep(row: Written) -> None:
    """Write what was decided, as the system. Raises Conflict when the case has moved on meanwhile."""
    before, after = row.decision.before, row.decision.after
    old_assignments = {a.no: a for a in before.assignments} if before else {}
    old_clocks = {(c.kind, c.ref): c for c in before.clocks} if before else {}
    clocks = {(c.kind, c.ref): c for c in after.clocks}
    gone = [key for key in old_clocks if key not in clocks]

    def of_case(found: Mapping[str, Any]) -> Mapping[str, Any]:
        return {"case_id": after.id, **found}

    parameters: list[Any] = [
        of_values([folded(after)]),
        after.id,
        after.steps - 1,
        of_objects([row.step]),
        of_objects(row.texts),
        of_objects(row.files),
        of_objects([row.precedent] if row.precedent else []),
        of_values(of_case(assignment_row(a)) for a in after.assignments if old_assignments.get(a.no) != a),
        after.id,
        of_values({"kind": kind.value, "ref": ref} for kind, ref in gone),
        of_values(of_case(clock_row(c, row.now)) for key, c in clocks.items() if old_clocks.get(key) != c),
    ]
    with connection.cursor() as cursor:
        with together(), as_system(f"动作 {row.decision.move.action.value}"):
            cursor.execute(_KEEP, parameters)
        if cursor.fetchone() is None:
            raise Conflict
