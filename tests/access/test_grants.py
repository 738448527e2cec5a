"""Every table is granted on purpose: in its own migration, or in the list for the libraries' tables."""

from django.db import connection
from django.db.migrations.loader import MigrationLoader

from sipingtai.access.grants import FRAMEWORK_TABLES
from sipingtai.access.rls import GrantApp

KINDS = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")


def granted() -> dict[str, set[str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname, array(SELECT kind FROM unnest(%s::text[]) AS kind"
            " WHERE has_table_privilege(current_user, pg_class.oid, kind)) FROM pg_class"
            " WHERE relkind IN ('r', 'p', 'v', 'm') AND relnamespace = 'public'::regnamespace",
            [list(KINDS)],
        )
        return {name: set(kinds) for name, kinds in cursor.fetchall()}


def declared() -> dict[str, set[str]]:
    ours: dict[str, set[str]] = {}
    for migration in MigrationLoader(None).disk_migrations.values():
        for operation in migration.operations:
            if isinstance(operation, GrantApp):
                ours.setdefault(operation.table, set()).update(
                    part.split("(")[0].strip() for part in operation.privileges.split(",")
                )
    return ours


def test_the_application_holds_exactly_what_is_declared(db: None) -> None:
    framework = {table: set(privileges.split(", ")) for table, privileges in FRAMEWORK_TABLES.items()}
    held = granted()
    assert {table: held.get(table) for table in framework} == framework
    # A grant on columns shows as none on the table: then it must be none.
    for table, kinds in held.items():
        if table not in framework:
            assert kinds <= declared().get(table, set()), table


def test_no_table_is_forgotten(db: None) -> None:
    forgotten = granted().keys() - FRAMEWORK_TABLES.keys() - declared().keys()
    assert forgotten == set(), "grant these in their migration (GrantApp), or list them in access/grants.py"
