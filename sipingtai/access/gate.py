"""The gate behind sign-in: who must change a password or set up the second factor does so before anything else."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from sipingtai.access.models import Account

# What a person needs in order to do so, or to leave.
_OPEN = frozenset(
    {"account_login", "account_logout", "account_change_password", "account_reauthenticate", "mfa_authenticate"}
    | {"mfa_reauthenticate", "mfa_activate_totp"}
)


class GateMiddleware:
    """Stop an account that has something to do first; stands behind allauth's middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., HttpResponseBase], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        """Answer in the view's place, or None to let it answer."""
        name = request.resolver_match.url_name if request.resolver_match else None
        account = request.user
        if name in _OPEN or not isinstance(account, Account):
            return None
        if account.must_change_password:
            return _first(request, "account_change_password", "请先修改初始密码，再继续操作。")
        if account.second_factor_required and not is_mfa_enabled(account, [Authenticator.Type.TOTP]):
            return _first(request, "mfa_activate_totp", "本账号须启用动态口令，请先完成设置。")
        return None


def _first(request: HttpRequest, name: str, why: str) -> HttpResponse:
    address = reverse(name)
    if request.headers.get("HX-Request"):
        return HttpResponse(status=200, headers={"HX-Redirect": address})
    if "text/html" in request.headers.get("Accept", "text/html"):
        return HttpResponseRedirect(address)
    problem = {"type": "about:blank", "status": 403, "code": "account_not_ready", "detail": why}
    return JsonResponse(
        problem, status=403, content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )
