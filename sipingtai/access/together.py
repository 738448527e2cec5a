"""Several statements in one round trip (合并往返): psycopg's pipeline mode, where nobody waits in between."""

import contextlib
from collections.abc import Iterator

from django.db import connection


@contextlib.contextmanager
def together() -> Iterator[None]:
    """Send what is executed inside at once, and wait for all of it at the end.

    Within a transaction: what one of them raises is raised at the end, and the transaction is lost. Inside nothing may
    depend on an answer, so neither the ORM nor `rowcount`; results are fetched afterwards, from the cursor that asked.
    """
    connection.ensure_connection()
    with connection.wrap_database_errors, connection.connection.pipeline():
        yield
