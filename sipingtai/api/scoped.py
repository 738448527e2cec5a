"""One request, one transaction: it knows the actor, and any error undoes all of it."""

import functools
from collections.abc import Callable
from typing import Concatenate, ParamSpec, TypeVar, cast

from django.http import HttpRequest

from sipingtai.access.actor_scope import scope
from sipingtai.faces.asker import AskedRequest, Asker
from sipingtai.org.asking import Program

P = ParamSpec("P")
T = TypeVar("T")


def scoped(view: Callable[Concatenate[HttpRequest, P], T]) -> Callable[Concatenate[HttpRequest, P], T]:
    """Run the view inside the scope of the token's account. Errors are exceptions, and roll back."""

    @functools.wraps(view)
    def inside(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> T:
        program = cast(Program, request.auth)  # type: ignore[attr-defined]
        account, standing = program.account, program.standing
        cast(AskedRequest, request).asker = Asker(
            account=account, standing=standing, setting=program.setting, now=program.now
        )
        with scope(account.pk, standing.units, standing.areas, standing.role):
            return view(request, *args, **kwargs)

    return inside
