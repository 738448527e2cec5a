"""Who asks: one transaction for every request of somebody signed in, in which the database knows the actor.

The transaction is rolled back when the answer is an error (4xx or 5xx), so that nothing is half-written.
"""

from collections.abc import Callable
from datetime import datetime
from typing import cast

from attrs import frozen
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from sipingtai.access.actor_scope import scope
from sipingtai.access.models import Account
from sipingtai.core.calendar import local
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting
from sipingtai.org.actors import Standing
from sipingtai.org.asking import asked_by


@frozen(kw_only=True)
class Asker:
    """What a view knows of whoever asks."""

    account: Account
    standing: Standing
    setting: Setting
    now: datetime

    @property
    def actor(self) -> Actor:
        return self.standing.actor


class AskedRequest(HttpRequest):
    """A request of somebody signed in."""

    asker: Asker


def asker_of(request: HttpRequest) -> Asker:
    """Who asks, as the middleware found it."""
    return cast(AskedRequest, request).asker


class AskerMiddleware:
    """Opens the scope for signed-in people; strangers get none, and see nothing unless a view opens one for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or request.path.startswith(OWN_SCOPE):
            return self.get_response(request)
        account = request.user
        now = local(timezone.now())
        standing, setting = asked_by(account.pk, now)
        with scope(account.pk, standing.units, standing.areas, standing.role):
            cast(AskedRequest, request).asker = Asker(account=account, standing=standing, setting=setting, now=now)
            response = self.get_response(request)
            # What one person may see is in no cache, neither the browser's nor one on the way.
            response.setdefault("Cache-Control", "private, no-store")
            if response.status_code >= 400:
                transaction.set_rollback(True)
        return response


# These open a scope of their own: a villager's tracking code, a program's token.
OWN_SCOPE = ("/p/", "/api/", "/accounts/", "/static/", "/healthz", "/metrics")
