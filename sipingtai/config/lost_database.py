"""When the database is away (数据库暂时不可用): a calm answer that says so and comes back, never a failure of ours.

The database may be restarting after a power cut, or just be recovering: a matter of seconds. A person gets a page that
loads itself again, a program a 503 as problem+json, both with `Retry-After`.
"""

import logging
import sys
from typing import Any

import psycopg
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from sipingtai.api.problems import answer

AGAIN_SECONDS = 5
_PROGRAMS = "/api/"


def is_lost(error: BaseException | None) -> bool:
    """Whether the database did not answer; also where a later statement only met the broken transaction."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError | psycopg.InterfaceError):
            return True
        error = error.__cause__
    return False


def trouble(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
    """Django's handler of what nobody caught: 503 where the database is away, else the 500 page."""
    error = sys.exc_info()[1]  # Django calls this while it handles the error, and does not pass it on
    if request.path.startswith(_PROGRAMS) and error is not None:
        return answer(request, error)
    if not is_lost(error):
        return server_error(request, *args, **kwargs)
    # Without the request: what belongs to a page of somebody signed in would ask the database again.
    page = render_to_string("503.html", {"seconds": AGAIN_SECONDS, "again": request.method in ("GET", "HEAD")})
    return HttpResponse(page, status=503, headers={"Retry-After": str(AGAIN_SECONDS), "Cache-Control": "no-store"})


class OneLine(logging.Filter):
    """A lost database is told in one line a time; the trace would be the same a hundred times and say no more."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: nothing is left out but the trace."""
        if record.exc_info and is_lost(record.exc_info[1]):
            record.msg, record.args = "database away: %s", (record.getMessage(),)
            record.exc_info = record.exc_text = None
        return True
