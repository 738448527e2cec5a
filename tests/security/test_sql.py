"""The same questions in SQL, as the application's role: what a forgotten filter, or a query nobody wrote, would show.

The boundary is written down in docs/security.md: policies hold against forgotten filters and wrong joins, not against
somebody who can run SQL of their own as the application, for the application itself says who asks.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

import sipingtai
from sipingtai.access.actor_scope import scope, system_scope
from sipingtai.core.calendar import local
from sipingtai.org.actors import actor_for
from tests.security.policy import BLIND, SEES
from tests.security.tables import DEFINERS, IN_POLICIES, TABLES, Kind
from tests.security.world import World

pytestmark = pytest.mark.django_db
DENIED = "42501"
GUARDED = sorted(table for table, kind in TABLES.items() if kind not in (Kind.KNOWN, Kind.MACHINE))
OF_CASES = sorted(table for table, kind in TABLES.items() if kind is Kind.CASE)
SOURCE = Path(sipingtai.__file__).parent


def ask(query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall() if cursor.description else []


def attempt(query: str, *values: object) -> tuple[str, int]:
    """SQLSTATE, "" where it went through, and how many rows it touched; undone."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(query, values)
                touched = cursor.rowcount
            transaction.set_rollback(True)
            return "", touched
    except DatabaseError as error:
        return str(getattr(error.__cause__, "sqlstate", "")), 0


@contextmanager
def as_(world: World, who: str) -> Iterator[None]:
    standing = actor_for(world.accounts[who].pk, local(timezone.now()))
    with scope(world.accounts[who].pk, standing.units, standing.areas, standing.role):
        yield


def test_every_table_is_declared() -> None:
    found = ask(
        "SELECT relname FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace"
        " WHERE relkind IN ('r', 'p', 'v', 'm', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema')"
        " AND nspname NOT LIKE 'pg_toast%%' AND %s",
        True,
    )
    assert {str(row[0]) for row in found} == set(TABLES)


def test_what_is_guarded_has_policies_and_what_has_none_is_declared() -> None:
    under = {str(row[0]) for row in ask("SELECT relname FROM pg_class WHERE relrowsecurity AND relkind IN ('r', 'p')")}
    assert under == set(GUARDED)


def test_the_applications_role_is_nobody_special() -> None:
    assert ask(
        "SELECT rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolreplication,"
        " (SELECT count(*) FROM pg_auth_members WHERE member = pg_roles.oid),"
        " (SELECT count(*) FROM pg_class WHERE relowner = pg_roles.oid),"
        " has_schema_privilege('public', 'CREATE'), has_database_privilege(current_database(), 'CREATE, TEMP')"
        " FROM pg_roles WHERE rolname = current_user"
    ) == [(False, False, False, False, False, 0, 0, False, False)]


@pytest.mark.parametrize(
    "query",
    ["SET ROLE sipingtai_owner", "SET SESSION AUTHORIZATION sipingtai_owner", "CREATE TEMP TABLE cases_case (id int)",
     "CREATE FUNCTION actor_role() RETURNS text LANGUAGE sql AS 'SELECT ''system'''",
     "ALTER TABLE cases_case DISABLE ROW LEVEL SECURITY",
     "DROP POLICY seen ON cases_case", "COPY cases_case TO PROGRAM 'cat'", "SELECT pg_read_file('PG_VERSION')",
     "TRUNCATE access_auditentry", "CREATE EXTENSION vector"],
)  # fmt: skip
def test_the_application_cannot_lift_its_own_bonds(query: str) -> None:
    assert attempt(query)[0] == DENIED


def test_row_security_switched_off_is_an_error_and_no_way_round(world: World) -> None:
    with as_(world, "office"):
        assert attempt("SET LOCAL row_security = off; SELECT count(*) FROM cases_case") == (DENIED, 0)


@pytest.mark.parametrize("table", GUARDED)
def test_without_an_actor_there_is_nothing(world: World, table: str) -> None:
    assert ask(f'SELECT count(*) FROM "{table}"') == [(0,)]
    column = ask("SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum = 1", table)[0][0]
    assert attempt(f'UPDATE "{table}" SET "{column}" = "{column}"') in ((DENIED, 0), ("", 0))
    assert attempt(f'DELETE FROM "{table}"') in ((DENIED, 0), ("", 0))
    # Sign-ins are recorded before anybody is known: the one table that takes a line from nobody.
    if table != "access_auditentry":
        assert attempt(f'INSERT INTO "{table}" DEFAULT VALUES')[0] == DENIED


@pytest.mark.parametrize("table", sorted(table for table, kind in TABLES.items() if kind is Kind.KNOWN))
def test_how_the_township_is_organised_is_written_by_nobody(world: World, table: str) -> None:
    with system_scope("测试"):
        for query in (f"DELETE FROM {table}", f"INSERT INTO {table} DEFAULT VALUES", f"TRUNCATE {table}"):
            assert attempt(query)[0] == DENIED


@pytest.mark.parametrize("who", sorted({*BLIND, *set().union(*SEES.values()), "other platform", "other grid",
                                        "county platform", "county office"}))  # fmt: skip
def test_everybody_sees_the_rows_of_their_cases_and_changes_none(world: World, who: str) -> None:
    known = {pk: name for name, pk in world.ids.items()}
    expected = {pk for pk, name in known.items() if who in SEES[name]}
    with as_(world, who):
        for table in OF_CASES:
            column = "id" if table == "cases_case" else "case_id"
            seen = {row[0] for row in ask(f"SELECT DISTINCT {column} FROM {table}")}
            assert seen & known.keys() <= expected, table
            if table in ("cases_case", "cases_step", "cases_text"):
                assert seen & known.keys() == expected, table
            for query in (f"UPDATE {table} SET {column} = {column}", f"DELETE FROM {table}"):
                assert attempt(query) in ((DENIED, 0), ("", 0)), query
            assert attempt(f"INSERT INTO {table} SELECT * FROM {table} LIMIT 1") in ((DENIED, 0), ("", 0))
            assert attempt(f"INSERT INTO {table} DEFAULT VALUES") == (DENIED, 0)
        assert ask("SELECT count(*) FROM cases_anchor") == [(0,)]
        foreign = world.ids["foreign" if who not in SEES["foreign"] else "restricted"]
        assert ask("SELECT id FROM cases_case WHERE id = %s FOR UPDATE", foreign) == []


def test_constraints_tell_nothing_of_what_one_may_not_see(world: World) -> None:
    """A line that would clash with a hidden one is refused before anything is compared."""
    with system_scope("测试"):
        number, sender, key = ask("SELECT number, sender, key FROM cases_case WHERE id = %s", world.ids["foreign"])[0]
    columns = "id, number, state, steps, kind, channel, stage, category, level, urgency, area, command, holder_post," \
        " restricted, asked, sight, shunned, shunned_people, reported_at, received_at, sender, key"  # fmt: skip
    insert = (
        f"INSERT INTO cases_case ({columns}) VALUES (1, %s, '{{}}', 1, 'incident', 'grid', 'reported', '1', 1,"
        " 'normal', '331126', 1, '', false, '{}', '{}', '{}', '{}', now(), now(), %s, %s)"
    )
    with as_(world, "intake"):
        for way in ("", " ON CONFLICT DO NOTHING", " ON CONFLICT (sender, key) DO UPDATE SET steps = 2"):
            assert attempt(insert + way, number, sender, key) == (DENIED, 0)
        unknown = attempt(insert, "no-such-number", "nobody", "00000000-0000-4000-8000-000000000000")
        assert unknown == (DENIED, 0)


def test_statistics_of_the_planner_are_closed() -> None:
    """`pg_stats` would list the commonest values of a column, hidden rows included."""
    assert ask("SELECT tablename FROM pg_stats WHERE tablename = ANY (%s)", GUARDED) == []
    assert attempt("SELECT * FROM pg_statistic")[0] == DENIED


def test_the_vault_opens_to_whoever_works_on_cases_and_only_sealed(world: World) -> None:
    with system_scope("测试"):
        everything = ask("SELECT sealed FROM access_contact")
    assert everything
    for (sealed,) in everything:
        assert b"138" not in bytes(sealed)
        assert "张".encode() not in bytes(sealed)
    for who in ("intake", "office", "grid", "station", "county intake"):
        with as_(world, who):
            assert attempt("UPDATE access_contact SET sealed = NULL") == ("", 0)
            assert attempt("DELETE FROM access_contact")[0] == DENIED
    for who in sorted(BLIND):
        with as_(world, who):
            assert ask("SELECT count(*) FROM access_contact") == [(0,)], who
    # The keys lie in files, never in the database.
    assert not [
        table
        for (table,) in ask("SELECT DISTINCT table_name FROM information_schema.columns WHERE column_name ~ 'secret'")
        if str(table) not in ("", "pg_catalog") and str(table) in TABLES
    ]


def test_the_logs_grow_in_ones_own_name_and_are_read_by_the_auditor(world: World) -> None:
    mine, other = world.accounts["intake"].pk, world.accounts["analyst"].pk
    entry = (
        "INSERT INTO access_auditentry (id, at, account_id, event, subject, network)"
        " VALUES (gen_random_uuid(), now(), %s, %s, 'x', '')"
    )
    reveal = (
        "INSERT INTO access_reveallog (id, contact_id, account_id, reason, subject, at)"
        " SELECT gen_random_uuid(), id, %s, 'x', 'x', now() FROM access_contact LIMIT 1"
    )
    with as_(world, "intake"):
        assert attempt(entry, mine, "export") == ("", 1)
        assert attempt(entry, other, "export")[0] == DENIED  # no line in another's name
        assert attempt(reveal, mine) == ("", 1)
        assert attempt(reveal, other)[0] == DENIED
        for table in ("access_auditentry", "access_reveallog"):
            assert attempt(f"UPDATE {table} SET subject = ''")[0] == DENIED
            assert attempt(f"DELETE FROM {table}")[0] == DENIED
    with system_scope("测试"), connection.cursor() as cursor:
        cursor.execute(entry, [other, "export"])
    with as_(world, "intake"):
        assert ask("SELECT count(*) FROM access_auditentry WHERE account_id = %s", other) == [(0,)]
    with as_(world, "audit"):
        assert ask("SELECT count(*) > 0 FROM access_auditentry WHERE account_id = %s", other) == [(True,)]


def test_what_runs_as_the_owner_is_known_and_closed_to_others() -> None:
    found = ask(
        "SELECT proname, proconfig, has_function_privilege('public', p.oid, 'EXECUTE') FROM pg_proc p"
        " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
    )
    assert {str(row[0]) for row in found} == set(DEFINERS)
    for name, config, public in found:
        assert not public, name
        assert any(str(c).startswith("search_path=") for c in config or ()), name


def test_policies_call_nothing_that_leaks() -> None:
    assert ask("SELECT proname FROM pg_proc WHERE proleakproof AND pronamespace = 'public'::regnamespace") == []
    for table, name, text in ask(
        "SELECT polrelid::regclass::text, polname,"
        " coalesce(pg_get_expr(polqual, polrelid), '') || ' ' || coalesce(pg_get_expr(polwithcheck, polrelid), '')"
        " FROM pg_policy"
    ):
        called = {word.lower() for word in re.findall(r"(\w+)\s*\(", str(text))} - {"where", "from", "on"}
        assert called <= IN_POLICIES, (table, name, called - IN_POLICIES)


def test_the_policies_own_functions_are_bound_and_cannot_be_shadowed() -> None:
    """Written in SQL's own body, they were resolved when they were made: no search path leads them elsewhere."""
    loose = ask(
        "SELECT proname FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND proname LIKE 'actor%%'"
        " AND prosqlbody IS NULL"
    )
    assert loose == []


def test_who_asks_ends_with_the_transaction(world: World) -> None:
    with as_(world, "intake"):
        assert ask("SELECT actor_role()") == [("command",)]
    assert ask("SELECT actor_role(), actor_account(), actor_units()") == [("", None, [])]


def test_one_file_alone_says_who_asks_and_no_face_speaks_as_the_owner() -> None:
    """Whoever can run SQL as the application can name any actor: so nothing else may, and no query is put together."""
    sources = {path.relative_to(SOURCE).as_posix(): path.read_text("utf-8") for path in SOURCE.rglob("*.py")}
    naming = {
        name for name, text in sources.items() if re.search(r"set_config\('sipingtai|SET (LOCAL )?sipingtai", text)
    }
    assert naming <= {"access/actor_scope.py"}
    faces = ("desk/", "field/", "villager/", "api/", "faces/", "loop/", "cases/", "stats/")
    asking = {
        name
        for name, text in sources.items()
        if name.startswith(faces) and "migrations/" not in name and re.search(r"connections\[|using\(.owner", text)
    }
    assert asking == set()
