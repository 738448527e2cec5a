"""One request, one transaction: it knows the actor, and any error undoes all of it."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.http import HttpRequest
from django.utils import timezone

from sipingtai.access.actor_scope import scope
from sipingtai.access.models import Account
from sipingtai.core.calendar import local
from sipingtai.faces.asker import AskedRequest, Asker
from sipingtai.org.asking import asked_by

P = ParamSpec("P")
T = TypeVar("T")


def scoped(view: Callable[Concatenate[HttpRequest, P], T]) -> Callable[Concatenate[HttpRequest, P], T]:
    """Run the view inside the scope of the token's account. Errors are exceptions, and roll back."""

    @functools.wraps(view)
    def inside(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> T:
        account = cast(Account, request.auth)  # type: ignore[attr-defined]
        now = local(timezone.now())
        standing, setting = asked_by(account.pk, now)
        cast(AskedRequest, request).asker = Asker(account=account, standing=standing, setting=setting, now=now)
        with scope(account.pk, standing.units, standing.areas, standing.role):
            return view(request, *args, **kwargs)

    return inside
