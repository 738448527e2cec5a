"""When the database is away (数据库暂时不可用): a calm answer that says so and comes back, never a failure of ours.

The database may be restarting after a power cut, or just be recovering: a matter of seconds. A person gets a page that
loads itself again, a program a 503 as problem+json, both with `Retry-After`.
"""

import logging
import sys
from typing import Any

import psycopg
from django.core.exceptions import SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string

from sipingtai.api.problems import answer
from sipingtai.faces.written import kept

AGAIN_SECONDS = 5
_PROGRAMS = "/api/"


def is_lost(error: BaseException | None) -> bool:
    """Whether the database did not answer; also where a later statement only met the broken transaction."""
    while error is not None:
        if isinstance(error, OperationalError | InterfaceError | psycopg.OperationalError | psycopg.InterfaceError):
            return True
        error = error.__cause__
    return False


def trouble(request: HttpRequest) -> HttpResponse:
    """Django's handler of what nobody caught: 503 where the database is away, else the 500 page."""
    error = sys.exc_info()[1]  # Django calls this while it handles the error, and does not pass it on
    if request.path.startswith(_PROGRAMS) and error is not None:
        return answer(request, error)
    # Without the request: what belongs to a page of somebody signed in would ask the database again.
    context = {"path": request.path, **_kept(request)}
    if not is_lost(error):
        return HttpResponseServerError(render_to_string("500.html", context))
    context |= {"seconds": AGAIN_SECONDS, "again": request.method in ("GET", "HEAD")}
    page = render_to_string("503.html", context)
    return HttpResponse(page, status=503, headers={"Retry-After": str(AGAIN_SECONDS), "Cache-Control": "no-store"})


def _kept(request: HttpRequest) -> dict[str, Any]:
    try:
        return kept(request)
    except (OSError, SuspiciousOperation, MultiPartParserError):  # what could not be read may be what went wrong
        return {}


class OneLine(logging.Filter):
    """A lost database is told in one line a time; the trace would be the same a hundred times and say no more."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: nothing is left out but the trace."""
        if record.exc_info and is_lost(record.exc_info[1]):
            record.msg, record.args = "database away: %s", (record.getMessage(),)
            record.exc_info = record.exc_text = None
        return True
