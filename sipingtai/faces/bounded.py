"""How much one request may carry."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt, csrf_protect

LARGEST = 64 * 1024 * 1024  # bytes of one request: six photos with room to spare

View = Callable[..., HttpResponseBase]


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
            return render(request, "faces/too_large.html", status=413)
        return protected(request, *args, **kwargs)

    return wrapped
