"""Programs go straight to their operation: sessions, CSRF, sign-in and messages are for people alone.

A token is all that counts here (`bearer`). What stands before this in the settings (the proxy's word, the headers of
every answer, the host's name) is for programs too. It saves a call 0.2 ms of processor time.
"""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.urls import resolve

ADDRESSES = "/api/v1/"


class StraightMiddleware:
    """Answers calls of programs; whoever else asks goes on to the middleware that people need."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(ADDRESSES):
            return self.get_response(request)
        request.resolver_match = match = resolve(request.path_info)  # every address below is somebody's: api.urls
        answer: HttpResponseBase = match.func(request, *match.args, **match.kwargs)
        return answer
