"""Django's PostgreSQL backend with a health check that costs no round trip.

Before the first statement of a request Django asks a kept connection `SELECT 1`. A server that ended or was killed has
closed its end of the socket, and that is seen by looking at the socket; one that vanished without a word (its machine,
the net between) would not answer `SELECT 1` either, and is noticed by the limits of `config.database.PATIENCE`.
"""

import psycopg
from django.db.backends.postgresql import base
from psycopg.pq import TransactionStatus


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection of one thread."""

    def is_usable(self) -> bool:
        """Whether the other end is still there, as far as the socket tells."""
        if self.connection is None:
            return False
        try:
            for _ in range(2):  # first what the server said on leaving, then that it has left
                self.connection.pgconn.consume_input()
        except psycopg.Error:
            return False
        # In a transaction that failed, `SELECT 1` fails as well: Django counts on being told so.
        return self.connection.pgconn.transaction_status not in (TransactionStatus.UNKNOWN, TransactionStatus.INERROR)
