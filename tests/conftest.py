"""The database of a test run: an embedded server of its own, migrated as the owner, used as the application.

- `db`: one transaction, rolled back afterwards. Set rows up inside `system_scope("测试")`.
- `transactional_db`, `live_server`: really committed; every table is emptied afterwards, as the owner.
- `owner_connection`: the owner's psycopg connection, autocommit, for making tables of a test's own.
"""

import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from sipingtai.config.database import is_embedded
from sipingtai.ops.postgres import server


def _empty_all_tables(self: TransactionTestCase) -> None:
    """Only the owner may TRUNCATE; what migrations put there stays out of it."""
    with connections["owner"].cursor() as cursor:
        kept = ["django_migrations", "django_content_type", "auth_permission"]
        tables = [name for name in connections["owner"].introspection.table_names(cursor) if name not in kept]
        cursor.execute(f"TRUNCATE {', '.join(connections['owner'].ops.quote_name(name) for name in tables)} CASCADE")


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    home = settings.SIPINGTAI_HOME
    try:
        with django_db_blocker.unblock():
            if is_embedded():
                server.start(home)
                _make_hasty(home)
            call_command("migrate", verbosity=0, interactive=False)
            connections.close_all()
        yield
    finally:
        with django_db_blocker.unblock():
            connections.close_all()
        if is_embedded():
            server.stop(home)
            shutil.rmtree(home)


@pytest.fixture(scope="session", autouse=True)
def _empty_tables_as_owner() -> None:
    TransactionTestCase._fixture_teardown = _empty_all_tables


def _make_hasty(home: Path) -> None:
    """A test's database need not survive a power cut; the tests of recovery start servers of their own."""
    with psycopg.connect(server.superuser_dsn(home), autocommit=True) as connection:
        for name in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {name} = off")
        connection.execute("SELECT pg_reload_conf()")


@pytest.fixture
def owner_connection(django_db_setup: None) -> Iterator[psycopg.Connection]:
    with psycopg.connect(**owner_parameters(), autocommit=True) as connection:
        yield connection


def owner_parameters() -> dict[str, str]:
    """How to connect as the owner."""
    owner = settings.DATABASES["owner"]
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    return {key: owner[name] for key, name in names.items() if owner[name]}
