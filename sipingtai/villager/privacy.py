"""What every villager's page says to the browser, and how much it may send."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

LARGEST = 64 * 1024 * 1024  # bytes of one request: six photos with room to spare

View = Callable[..., HttpResponseBase]


def private(view: View) -> View:
    """Nothing of the page is kept, and no other page is told where the visitor came from."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return wrapped


def bounded(view: View) -> View:
    """Refuse an outsized request by its announced length, before a byte of it is read.

    The token is looked for afterwards, because looking for it reads the body.
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        length = str(request.META.get("CONTENT_LENGTH") or "0")
        if length.isdigit() and int(length) > LARGEST:
            return render(request, "villager/too_large.html", status=413)
        return protected(request, *args, **kwargs)

    return wrapped
