"""Signing in as anybody with one click (选人登录): in a demo alone; anywhere else these addresses do not exist."""

from collections.abc import Callable
from functools import wraps
from itertools import groupby

from allauth.account.adapter import get_adapter
from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from sipingtai.access.models import Account
from sipingtai.core.posts import Post
from sipingtai.ops.demo import doorway
from sipingtai.ops.demo.people import Person, people

ON_THE_PHONE = {Post.GRID_WORKER.label, Post.GRID_HEAD.label, Post.STATION.label}
View = Callable[[HttpRequest], HttpResponse]


def _in_demo_alone(view: View) -> View:
    # The outermost test: without a demo not even a wrong method is told from an unknown address.
    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not doorway.is_open():
            raise Http404
        return view(request)

    return guarded


@_in_demo_alone
@never_cache
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """Everybody of the demo, by place and post; the townships before the counties above them."""
    listed = sorted(people() or [], key=lambda person: -len(_area(person)))
    places = [(people_there[0].place, people_there) for people_there in (list(f) for _, f in groupby(listed, _area))]
    return render(request, "ops/demo/people.html", {"places": places})


@_in_demo_alone
@never_cache
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of them, recorded like any sign-in; on to the face their post works at."""
    person = next((p for p in people() or [] if p.account == request.POST.get("account", "")), None)
    if person is None:
        raise Http404
    account = get_object_or_404(Account, username=person.account, is_active=True)
    logout(request)  # whoever was signed in before leaves nothing behind
    get_adapter(request).login(request, account)
    return redirect("/field/" if person.post in ON_THE_PHONE else "/")


def _area(person: Person) -> str:
    """The area code an account's name begins with: six digits a county, nine a township."""
    return person.account.partition("-")[0]
