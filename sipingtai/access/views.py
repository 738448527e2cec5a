"""The few pages everybody passes: sign in and out, password, second factor. allauth does the work."""

from typing import Any

from allauth.account.views import LoginView, LogoutView, PasswordChangeView, ReauthenticateView
from allauth.mfa.base import views as mfa
from allauth.mfa.totp import views as totp
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.decorators import method_decorator

from sipingtai.access import audit
from sipingtai.access.models import Account, AuditEvent
from sipingtai.access.sign_in import client_address


class SignIn(LoginView):
    """登录"""

    template_name = "access/sign_in.html"


class SignOut(LogoutView):
    """退出: by POST alone, so that no picture or link on another page can sign anybody out."""

    http_method_names = ["post"]


@method_decorator(login_required, name="dispatch")
class ChangePassword(PasswordChangeView):
    """修改密码"""

    template_name = "access/change_password.html"

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        Account.objects.filter(pk=self.request.user.pk).update(must_change_password=False)
        audit.record(AuditEvent.PASSWORD, self.request.user, address=client_address(self.request))
        messages.success(self.request, "密码已修改。")
        return answer

    def get_default_success_url(self) -> str:
        return "/"


@method_decorator(login_required, name="dispatch")
class Reauthenticate(ReauthenticateView):
    """再次输入密码, before something sensitive."""

    template_name = "access/confirm.html"
    extra_context = {"heading": "请再次输入密码", "lead": "接下来的操作涉及账号安全，请确认是本人。"}


class SecondFactorSignIn(mfa.AuthenticateView):
    """动态口令, the second step of signing in."""

    template_name = "access/second_factor_sign_in.html"


@method_decorator(login_required, name="dispatch")
class SecondFactorAgain(mfa.ReauthenticateView):
    """动态口令, before something sensitive."""

    template_name = "access/confirm.html"
    extra_context = {"heading": "请输入动态口令", "lead": "接下来的操作涉及账号安全，请确认是本人。"}


class SecondFactor(mfa.IndexView):
    """动态口令: whether it is in use."""

    template_name = "access/second_factor.html"


@method_decorator(login_required, name="dispatch")
class ActivateSecondFactor(totp.ActivateTOTPView):
    """启用动态口令"""

    template_name = "access/second_factor_activate.html"

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        audit.record(
            AuditEvent.SECOND_FACTOR, self.request.user, subject="activated", address=client_address(self.request)
        )
        messages.success(self.request, "动态口令已启用，下次登录时需要输入。")
        return answer


class DeactivateSecondFactor(totp.DeactivateTOTPView):
    """停用动态口令"""

    template_name = "access/second_factor_deactivate.html"

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        audit.record(
            AuditEvent.SECOND_FACTOR, self.request.user, subject="deactivated", address=client_address(self.request)
        )
        messages.success(self.request, "动态口令已停用。")
        return answer
