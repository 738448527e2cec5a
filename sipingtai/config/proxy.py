"""Who the visitor is, behind one named proxy: its word on address and protocol counts, nobody else's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

_FORWARDED = (
    "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT",
    "HTTP_X_REAL_IP", "HTTP_FORWARDED",
)  # fmt: skip


class TrustedProxyMiddleware:
    """Take the last address and the protocol the proxy names; drop every such header, so that none misleads later."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        # WSGI's environment and META are one dictionary; Django reads the scheme from there.
        said = {name: request.META.pop(name) for name in _FORWARDED if name in request.META}
        if settings.TRUSTED_PROXY and request.META.get("REMOTE_ADDR") == settings.TRUSTED_PROXY:
            # The proxy appends whom it saw: only the last entry is its own word.
            visitor = said.get("HTTP_X_FORWARDED_FOR", "").rsplit(",", 1)[-1].strip()
            if visitor:
                request.META["REMOTE_ADDR"] = visitor
            if said.get("HTTP_X_FORWARDED_PROTO") == "https":
                request.META["wsgi.url_scheme"] = "https"
        return self.get_response(request)
