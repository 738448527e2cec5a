"""The database of a test run: an embedded server of its own, migrated as the owner, used as the application.

- `db`: one transaction, rolled back afterwards. Set rows up inside `system_scope("测试")`.
- `transactional_db`, `live_server`: really committed; every table is emptied afterwards, as the owner.
- `owner_connection`: the owner's psycopg connection, autocommit, for making tables of a test's own.
"""

import contextlib
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.test import TransactionTestCase
from hypothesis import HealthCheck
from hypothesis import settings as examples
from playwright.sync_api import Browser, sync_playwright
from pytest_django import DjangoDbBlocker

from sipingtai.config.database import is_embedded
from sipingtai.ops.postgres import server
from sipingtai.org.packs.shelf import delivered
from tests import township

# That a machine is busy is no fault of what is tested.
examples.register_profile("busy", examples(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
examples.load_profile("busy")


def _empty_all_tables(self: TransactionTestCase) -> None:
    """Only the owner may TRUNCATE; what migrations put there stays out of it."""
    kept = ["django_migrations", "django_content_type", "auth_permission", *township.kept()]
    with psycopg.connect(**owner_parameters(), autocommit=True, options="-c lock_timeout=20s") as connection:
        connection.execute(
            "DO $$ BEGIN EXECUTE (SELECT 'TRUNCATE ' || string_agg(format('%I', tablename), ', ') || ' CASCADE'"
            f" FROM pg_tables WHERE schemaname = 'public' AND tablename <> ALL ('{{{','.join(kept)}}}')); END $$"
        )


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    home = settings.SIPINGTAI_HOME
    with contextlib.ExitStack() as stack:
        if is_embedded():
            stack.callback(shutil.rmtree, home)
            stack.enter_context(server.running(home))
            _make_hasty(home)
        with django_db_blocker.unblock():
            call_command("migrate", verbosity=0, interactive=False)
            connections.close_all()
        yield
        with django_db_blocker.unblock():
            connections.close_all()


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
    # A table locked by the test's own transaction is an error, not a wait for ever: ask for the table before `db`.
    with psycopg.connect(**owner_parameters(), autocommit=True, options="-c lock_timeout=5s") as connection:
        yield connection


def owner_parameters() -> dict[str, str]:
    """How to connect as the owner."""
    owner = settings.DATABASES["owner"]
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    return {key: owner[name] for key, name in names.items() if owner[name]}


@pytest.fixture(scope="module")
def wuxi(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[township.Township]:
    """雾溪畲族乡 with its county, people and all, for every test of a module; see tests/township.py."""
    with standing(["331125", "331125201"], django_db_blocker) as found:
        yield found


@pytest.fixture(scope="module")
def townships(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[township.Township]:
    """Every delivered pack: five townships and their counties, for every test of a module."""
    with standing(delivered(), django_db_blocker) as found:
        yield found


@contextlib.contextmanager
def standing(packs: list[str], blocker: DjangoDbBlocker) -> Iterator[township.Township]:
    """Packs that stand in the tables, by file or area code, until the end."""
    with blocker.unblock():
        found = township.set_up(packs)
    yield found
    with blocker.unblock():
        township.take_down()
        _empty_all_tables(TransactionTestCase())


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium, one for the whole run; `make test` sees that there is one."""
    with sync_playwright() as playwright:
        # Playwright keeps an event loop in this thread, where Django would then refuse its database.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        _OPEN.append(browser)
        yield browser
        browser.close()


_OPEN: list[Browser] = []


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_teardown() -> None:
    """A page left open goes on asking for news, while the tables below it are being emptied."""
    for browser in _OPEN:
        for context in browser.contexts:
            context.close()
