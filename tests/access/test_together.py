"""Statements that travel together, and the connection they travel on."""

import psycopg
import pytest
from django.conf import settings
from django.db import DataError, connection, transaction

from sipingtai.access.together import together
from sipingtai.config.database import is_embedded
from sipingtai.ops.postgres.server import superuser_dsn


@pytest.mark.django_db
def test_what_was_asked_together_is_answered_afterwards() -> None:
    with connection.cursor() as one, connection.cursor() as other:
        with together():
            one.execute("SELECT %s::integer", [1])
            other.execute("SELECT 2")
        assert (one.fetchone(), other.fetchone()) == ((1,), (2,))


@pytest.mark.django_db
def test_what_goes_wrong_is_raised_at_the_end_as_djangos_own_error() -> None:
    with pytest.raises(DataError), transaction.atomic():
        _divide_by_nothing()


def _divide_by_nothing() -> None:
    with connection.cursor() as cursor, together():
        cursor.execute("SELECT 1 / %s::integer", [0])
        cursor.execute("SELECT 1")


@pytest.mark.skipif(not is_embedded(), reason="ends a connection as the embedded server's superuser")
@pytest.mark.django_db(transaction=True)
def test_a_connection_the_server_has_closed_is_seen_without_asking() -> None:
    connection.ensure_connection()
    assert connection.is_usable()
    with psycopg.connect(superuser_dsn(settings.SIPINGTAI_HOME), autocommit=True) as everything:
        everything.execute("SELECT pg_terminate_backend(%s, 5000)", [connection.connection.info.backend_pid])
    assert not connection.is_usable()
    connection.close()
