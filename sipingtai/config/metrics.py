"""`/metrics` for a monitoring system (Prometheus): from this machine itself, or with the token of this installation."""

import hmac
import ipaddress
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.utils import timezone

from sipingtai.ops.gauges import gauges, spelled
from sipingtai.ops.secret_files import UnsafeSecretFile, read_or_create

TOKEN = "metrics.token"  # noqa: S105  the name of a file in keys/, made by an administrator who wants it
SHORTEST = 32  # characters


def metrics(request: HttpRequest) -> HttpResponse:
    """The figures as text; 404 for whoever may not ask, 503 when the database is away."""
    if request.method not in ("GET", "HEAD") or not (_has_token(request) or _from_here(request)):
        return HttpResponseNotFound("not found\n", content_type="text/plain")
    try:
        text = spelled(gauges(timezone.now()))
    except (DatabaseError, InterfaceError):
        return HttpResponse("database unavailable\n", status=503, content_type="text/plain")
    return HttpResponse(
        text, content_type="text/plain; version=0.0.4; charset=utf-8", headers={"Cache-Control": "no-store"}
    )


def _from_here(request: HttpRequest) -> bool:
    """Whether somebody on this machine asks. Behind a proxy on this machine everybody would seem to: the token then."""
    if settings.TRUSTED_PROXY:
        return False
    host = request.get_host().rsplit(":", 1)[0].strip("[]")
    return all(name == "localhost" or _is_loopback(name) for name in (request.META.get("REMOTE_ADDR", ""), host))


def _is_loopback(name: str) -> bool:
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def _has_token(request: HttpRequest) -> bool:
    path = Path(settings.KEYS) / TOKEN
    try:
        known = read_or_create(path) if path.exists() else ""
    except (UnsafeSecretFile, OSError, UnicodeDecodeError):
        return False
    said = request.headers.get("Authorization", "")
    return len(known) >= SHORTEST and hmac.compare_digest(said.encode(), f"Bearer {known}".encode())
