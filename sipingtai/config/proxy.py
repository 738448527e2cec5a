"""Who the visitor is, behind one named proxy: its word on address and protocol counts, nobody else's."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_FORWARDED = (
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT",
    "HTTP_X_REAL_IP", "HTTP_FORWARDED",
)  # fmt: skip


def visitor(asked: dict[str, Any]) -> str:
    """The address of whoever asks, by WSGI's environment as the server made it."""
    address = str(asked.get("REMOTE_ADDR", ""))
    if settings.TRUSTED_PROXY and address == settings.TRUSTED_PROXY:
        # The proxy appends whom it saw: only the last entry is its own word.
        return str(asked.get("HTTP_X_FORWARDED_FOR", "")).rsplit(",", 1)[-1].strip() or address
    return address


class TrustedProxyMiddleware:
    """Take the last address and the protocol the proxy names; drop every such header, so that none misleads later."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        believed = settings.TRUSTED_PROXY and request.META.get("REMOTE_ADDR") == settings.TRUSTED_PROXY
        address = visitor(request.META)
        # WSGI's environment and META are one dictionary; Django reads the scheme from there.
        said = {name: request.META.pop(name) for name in _FORWARDED if name in request.META}
        if believed:
            request.META["REMOTE_ADDR"] = address
            if said.get("HTTP_X_FORWARDED_PROTO") == "https":
                request.META["wsgi.url_scheme"] = "https"
        return self.get_response(request)
