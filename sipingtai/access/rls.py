"""Migration operations for grants and row-level security, and the SQL a policy is written with.

    operations = [
        GrantApp("cases_case", "SELECT, INSERT, UPDATE"),
        EnableRLS("cases_case"),
        Policy("cases_case", "seen", "SELECT", using=f"{SYSTEM} OR holder_id = {ANY_UNIT} OR {in_areas('area_code')}"),
    ]

A query keeps its index under a policy only for conditions of its own that are leakproof: equality and ranges of
numbers, dates and text in collation C; never LIKE, ILIKE or functions. A table with RLS and no policy for a command is
empty to it. The owner is not bound. Migrations that write policies depend on ("access", "0002_actor").
"""

from typing import Any

from django.conf import settings
from django.db.migrations.operations.base import Operation

# Each is a subquery, so that it is worked out once a statement and not once a row.
ROLE = "(SELECT actor_role())"
ACCOUNT = "(SELECT actor_account())"
ANY_UNIT = "ANY ((SELECT actor_units())::bigint[])"
SYSTEM = "(SELECT actor_role() = 'system')"


def in_areas(column: str) -> str:
    """The condition that `column` (text COLLATE "C") lies in one of the actor's ranges of area codes.

    The bounds around all ranges may use an index; where there are several, which of them it is, is then looked up.
    """
    sole = "(SELECT count(*) = 1 FROM actor_areas())"  # once a statement: the bounds are then the range itself
    one = f"SELECT 1 FROM actor_areas() AS range WHERE {column} >= range.low AND {column} < range.high"  # noqa: S608
    bounds = f"{column} >= (SELECT actor_areas_from()) AND {column} < (SELECT actor_areas_to())"
    return f"({bounds} AND ({sole} OR EXISTS ({one})))"


class _Statement(Operation):
    """SQL forwards and backwards, run as the owner; changes no model state."""

    reduces_to_sql = True
    reversible = True

    def forwards(self) -> str:
        raise NotImplementedError

    def backwards(self) -> str:
        raise NotImplementedError

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Models know nothing of grants and policies."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        schema_editor.execute(self.forwards())

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:  # noqa: ARG002
        schema_editor.execute(self.backwards())


class GrantApp(_Statement):
    """Let the application role do `privileges` (for example "SELECT, INSERT") on `table`."""

    def __init__(self, table: str, privileges: str) -> None:
        self.table, self.privileges = table, privileges

    def forwards(self) -> str:
        return f"GRANT {self.privileges} ON {_quoted(self.table)} TO {app_role()}"

    def backwards(self) -> str:
        return f"REVOKE {self.privileges} ON {_quoted(self.table)} FROM {app_role()}"

    def describe(self) -> str:
        return f"Grant {self.privileges} on {self.table} to the application"


class EnableRLS(_Statement):
    """Show the application no row of `table` that no policy lets through."""

    def __init__(self, table: str) -> None:
        self.table = table

    def forwards(self) -> str:
        return f"ALTER TABLE {_quoted(self.table)} ENABLE ROW LEVEL SECURITY"

    def backwards(self) -> str:
        return f"ALTER TABLE {_quoted(self.table)} DISABLE ROW LEVEL SECURITY"

    def describe(self) -> str:
        return f"Enable row-level security on {self.table}"


class Policy(_Statement):
    """Let through, for `command` (SELECT, INSERT, UPDATE, DELETE or ALL), the rows that fulfil `using` and `check`.

    `using` judges rows that are there (not for INSERT), `check` rows as they are written. Policies of a command add up.
    """

    def __init__(self, table: str, name: str, command: str, using: str | None = None, check: str | None = None) -> None:
        self.table, self.name, self.command, self.using, self.check = table, name, command, using, check

    def forwards(self) -> str:
        using = f" USING ({self.using})" if self.using else ""
        check = f" WITH CHECK ({self.check})" if self.check else ""
        return f"CREATE POLICY {_quoted(self.name)} ON {_quoted(self.table)} FOR {self.command}{using}{check}"

    def backwards(self) -> str:
        return f"DROP POLICY {_quoted(self.name)} ON {_quoted(self.table)}"

    def describe(self) -> str:
        return f"Policy {self.name} for {self.command} on {self.table}"


def app_role() -> str:
    """The application's role, quoted."""
    return _quoted(settings.DATABASES["default"]["USER"])


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
