"""Whoever is not signed in, or no longer: on to the sign-in page, and nothing that was written is lost."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from sipingtai.faces.written import kept, written_in

P = ParamSpec("P")


def signed_in(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A view for people who are signed in."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(request, *args, **kwargs) if request.user.is_authenticated else to_sign_in(request)

    return guarded


def to_sign_in(request: HttpRequest) -> HttpResponseBase:
    """The way to the sign-in page; of a form sent too late first what was written, to be copied.

    A part asked for by htmx is answered with 401: a form keeps its place on the page, anything else leads on.
    """
    if request.headers.get("HX-Request"):
        leads_on = {"HX-Redirect": reverse("account_login")} if request.method != "POST" else None
        return HttpResponse(status=401, headers=leads_on)
    way = redirect_to_login(_page_of(request))
    written = written_in(request) if request.method == "POST" else []
    if not written:
        return way
    context = {"written": written, "way": way["Location"], "had_files": bool(request.FILES)}
    return render(request, "faces/signed_out.html", context, status=401)


def stale_form(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Django's CSRF_FAILURE_VIEW: a form with an old token, as after signing in anew on another tab.

    What was written is shown where the browser vouches that our own page sent it, and nobody else's.
    """
    return render(request, "403_csrf.html", kept(request), status=403)


def _page_of(request: HttpRequest) -> str:
    """The page one was on: of a form the one it stands on, for its own address may answer nobody who only looks."""
    came = urlsplit(request.headers.get("Referer", ""))
    here = came.netloc == request.get_host() and came.path[:1] == "/" != came.path[1:2]
    if request.method == "POST" and here:
        return came.path + (f"?{came.query}" if came.query else "")
    return request.get_full_path()
