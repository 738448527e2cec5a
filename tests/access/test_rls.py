"""A protected table under policies: nobody without an actor, each actor its own, and indexes still used."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import connection, transaction

from sipingtai.access.actor_scope import scope, system_scope
from sipingtai.access.rls import ACCOUNT, ANY_UNIT, SYSTEM, EnableRLS, GrantApp, Policy, in_areas

OPERATIONS = [
    GrantApp("matter", "SELECT, INSERT"),
    EnableRLS("matter"),
    Policy(
        "matter", "seen", "SELECT",
        using=f"{SYSTEM} OR author = {ACCOUNT} OR unit = {ANY_UNIT} OR {in_areas('area')}",
    ),
    Policy("matter", "written", "INSERT", check=f"author = {ACCOUNT}"),
]  # fmt: skip


@pytest.fixture
def matter(owner_connection: psycopg.Connection) -> Iterator[None]:
    owner_connection.execute('CREATE TABLE matter (id int, author bigint, unit bigint, area text COLLATE "C")')
    owner_connection.execute("CREATE INDEX matter_area ON matter (area)")
    owner_connection.execute(
        "INSERT INTO matter SELECT n, mod(n, 7), mod(n, 11), to_char(331100000000 + n, 'FM000000000000')"
        " FROM generate_series(1, 20000) n"
    )
    owner_connection.execute("ANALYZE matter")
    for operation in OPERATIONS:
        owner_connection.execute(operation.forwards())
    yield
    owner_connection.execute("DROP TABLE matter")


def ask(query: str, *values: object) -> list[tuple[object, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return cursor.fetchall()


def count() -> int:
    return int(str(ask("SELECT count(*) FROM matter")[0][0]))


def test_without_an_actor_a_protected_table_is_empty(matter: None, db: None) -> None:
    assert count() == 0


def test_after_a_scope_a_protected_table_is_empty_again(matter: None, db: None) -> None:
    with system_scope("测试"):
        assert count() == 20000
    assert count() == 0


def test_after_a_failed_scope_a_protected_table_is_empty_again(matter: None, db: None) -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic(), system_scope("测试"):
        raise ZeroDivisionError
    assert count() == 0


def test_an_actor_sees_the_rows_of_its_account_units_and_areas(matter: None, db: None) -> None:
    with scope(3, [], [], "post"):
        assert count() == ask("SELECT count(*) FROM generate_series(1, 20000) n WHERE mod(n, 7) = 3")[0][0]
    with scope(None, [4, 5], [], "post"):
        assert count() == ask("SELECT count(*) FROM generate_series(1, 20000) n WHERE mod(n, 11) IN (4, 5)")[0][0]
    with scope(None, [], [("331100000100", "331100000110"), ("331100000300", "331100000301")], "post"):
        assert count() == 11


def test_an_actor_writes_in_its_own_name_only(matter: None, db: None) -> None:
    with scope(3, [], [], "post"), connection.cursor() as cursor:
        cursor.execute("INSERT INTO matter VALUES (0, 3, 1, '33')")
    with (
        pytest.raises(Exception, match="row-level security"),
        scope(3, [], [], "post"),
        connection.cursor() as cursor,
    ):
        cursor.execute("INSERT INTO matter VALUES (0, 4, 1, '33')")


@pytest.mark.parametrize(
    ("condition", "values"),
    [
        ("area = %s", ("331100000100",)),
        ("area >= %s AND area < %s", ("331100000100", "331100000110")),
    ],
)
def test_a_query_keeps_its_index_under_a_policy(
    matter: None, db: None, condition: str, values: tuple[str, ...]
) -> None:
    with scope(3, [4], [("3311", "3312")], "post"):
        plan = "\n".join(str(line[0]) for line in ask(f"EXPLAIN SELECT id FROM matter WHERE {condition}", *values))
    assert "Index Cond" in plan, plan
    assert "matter_area" in plan, plan


def test_each_operation_can_be_taken_back(matter: None, db: None, owner_connection: psycopg.Connection) -> None:
    connection.close()
    for operation in reversed(OPERATIONS):
        owner_connection.execute(operation.backwards())
    held = owner_connection.execute(
        "SELECT relrowsecurity, has_table_privilege('sipingtai_app', oid, 'SELECT'),"
        " (SELECT count(*) FROM pg_policy WHERE polrelid = pg_class.oid) FROM pg_class WHERE relname = 'matter'"
    ).fetchone()
    assert held == (False, False, 0)
