"""What the application role cannot do, however it is asked."""

from collections.abc import Iterator

import psycopg
import pytest
from django.db import ProgrammingError, connection, connections


@pytest.fixture
def locked_table(owner_connection: psycopg.Connection) -> Iterator[str]:
    owner_connection.execute("CREATE TABLE not_for_you (id int)")
    yield "not_for_you"
    owner_connection.execute("DROP TABLE not_for_you")


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TABLE mine (id int)",
        "DROP TABLE not_for_you",
        "SELECT * FROM not_for_you",
        "ALTER TABLE not_for_you DISABLE ROW LEVEL SECURITY",
        "TRUNCATE django_session",
        "SET ROLE sipingtai_owner",
        "CREATE SCHEMA mine",
        "CREATE TEMPORARY TABLE mine (id int)",
        "ALTER ROLE CURRENT_USER BYPASSRLS",
        "COPY django_session TO PROGRAM 'cat'",
    ],
)
def test_the_application_may_not(locked_table: str, db: None, statement: str) -> None:
    refused = r"permission denied|must be owner|must be superuser"  # the last: PostgreSQL 15 of COPY … TO PROGRAM
    with connection.cursor() as cursor, pytest.raises(ProgrammingError, match=refused):
        cursor.execute(statement)


@pytest.mark.django_db(databases=["default", "owner"])
def test_neither_role_is_a_superuser_or_stands_above_policies() -> None:
    for alias in ("default", "owner"):
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT rolsuper, rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = current_user")
            assert cursor.fetchone() == (False, False, False)
