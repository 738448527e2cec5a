"""Sessions in the database: prolonged once a minute, and told apart from a lost database.

Django's take any error of the database for a session that somebody ended, and answer 400: the person would be told that
the request was wrong, and that half-way through a restart. And they are written at every request to be prolonged.
"""

import time

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError

PROLONGED_EVERY = 60  # seconds; by as much less than SESSION_COOKIE_AGE a session may last without a request
_PROLONGED = "prolonged"


class SessionStore(db.SessionStore):
    """Django's, but for when it writes and what it says when the database is away."""

    def save(self, must_create: bool = False) -> None:
        """Raises OperationalError or InterfaceError when the database is away; else as Django's."""
        now = int(time.time())
        if not must_create and not self.modified and now < self.get(_PROLONGED, 0) + PROLONGED_EVERY:
            return
        self[_PROLONGED] = now
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError | InterfaceError):
                raise error.__context__ from None
            raise
