"""Sessions in the database, which tell a lost database from a session that somebody ended.

Django's take any error of the database for the second, and answer 400: the person would be told that the request was
wrong, and that half-way through a restart.
"""

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.db import InterfaceError, OperationalError


class SessionStore(db.SessionStore):
    """Django's, but for what it says when the database is away."""

    def save(self, must_create: bool = False) -> None:
        """Raises OperationalError or InterfaceError when the database is away; else as Django's."""
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, OperationalError | InterfaceError):
                raise error.__context__ from None
            raise
