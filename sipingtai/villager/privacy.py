"""What every villager's page says to the browser."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponseBase

View = Callable[..., HttpResponseBase]


def private(view: View) -> View:
    """Nothing of the page is kept, and no other site is told where the visitor came from.

    The pages' own <meta name="referrer"> loosens this to the same origin: under no-referrer a browser sends its forms
    with the origin "null", which the protection against forged requests must refuse.
    """

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        response["Referrer-Policy"] = "no-referrer"
        return response

    return wrapped
