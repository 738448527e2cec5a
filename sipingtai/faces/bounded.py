"""How much one request may carry, whatever its address: files posted to a page that takes none fill the disk too."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render

LARGEST = 64 * 1024 * 1024  # bytes of one request: six photos with room to spare


class BoundedMiddleware:
    """Refuse an outsized request by its announced length, before a byte of it is read.

    Stands before whatever reads a body: looking for the form's token does. Programs have limits of their own
    (api.bearer). A body without an announced length is never read.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isdigit() and int(length) > LARGEST:
            return render(request, "faces/too_large.html", status=413)
        return self.get_response(request)
