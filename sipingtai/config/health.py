"""`/healthz`: whether this server can serve."""

from functools import lru_cache

from django.db import DatabaseError, InterfaceError, ProgrammingError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, HttpResponse


def healthz(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """200 `ok` when the database answers and has this release's tables, else 503. Says no more: anybody may ask."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            pending = _wanted() - set(cursor.fetchall())
    except ProgrammingError:  # not even the table of migrations
        pending = _wanted()
    except (DatabaseError, InterfaceError):
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
    if pending:
        return HttpResponse("migrations pending\n", status=503, content_type="text/plain")
    return HttpResponse("ok\n", content_type="text/plain")


@lru_cache(maxsize=1)
def _wanted() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)
