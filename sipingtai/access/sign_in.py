"""How allauth lets people in: by user name and password, counted and recorded, with a second factor where required.

There is no self-registration, no e-mail and no answer that tells whether an account exists.
"""

import base64
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from sipingtai.access import audit, lockout, sm
from sipingtai.access.keys import installed_keys
from sipingtai.access.models import Account, AuditEvent

_MISMATCH = "用户名或密码不正确，请重新输入。"


def client_address(request: HttpRequest) -> str:
    """The client's IP address; whom to believe about it, the outermost middleware has settled."""
    return str(request.META.get("REMOTE_ADDR", ""))


class AccountAdapter(DefaultAccountAdapter):
    """allauth's hooks: who may come in, and what is recorded of it."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "username_password_mismatch": _MISMATCH,
        "email_password_mismatch": _MISMATCH,
        "incorrect_password": "密码不正确，请重新输入。",
        "enter_current_password": "当前密码不正确，请重新输入。",
    }

    def is_ajax(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Never: the pages are pages to whoever asks.

        A form that came back as JSON would come with 400, the request's transaction would be rolled back, and with it
        the count of the guess that was wrong.
        """
        return False

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002
        """Accounts are made by an administrator."""
        return False

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Account | None:
        """The account whose name and password these are; None also where it is closed. Counts towards the lockout."""
        username, address = str(credentials.get("username", "")), client_address(request)
        try:
            lockout.begin(username, address)
        except lockout.LockedOut as locked:
            raise ValidationError(str(locked), code="locked_out") from None
        account = authenticate(request, username=username, password=credentials.get("password"))
        AuthenticationBackend.unstash_authenticated_user()  # a closed account answers like a wrong password
        if isinstance(account, Account):
            lockout.succeeded(username)
            return account
        lockout.failed(address)
        # What was typed is not recorded: it may be a password in the wrong field.
        known = Account.objects.filter(username=username.strip().lower()).first()
        audit.record(AuditEvent.SIGN_IN_FAILED, known, address=address)
        return None

    def login(self, request: HttpRequest, user: Account) -> None:
        """Sign in, after every factor was right."""
        super().login(request, user)
        audit.record(AuditEvent.SIGN_IN, user, address=client_address(request))

    def logout(self, request: HttpRequest) -> None:
        """Sign out."""
        if isinstance(request.user, Account):
            audit.record(AuditEvent.SIGN_OUT, request.user, address=client_address(request))
        super().logout(request)

    def add_message(  # noqa: PLR0917 - the signature is allauth's
        self,
        request: HttpRequest,
        level: int,
        message_template: str | None = None,  # noqa: ARG002
        message_context: dict[str, Any] | None = None,  # noqa: ARG002
        extra_tags: str = "",
        message: str | None = None,
    ) -> None:
        """Show our own messages only; allauth's templates speak of e-mail and greet at every turn."""
        if message:
            messages.add_message(request, level, message, extra_tags=extra_tags)


class SecondFactorAdapter(DefaultMFAAdapter):
    """The second factor (动态口令): its secrets lie encrypted, and where it is required it cannot be put away."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": "动态口令不正确或已用过，请等待下一个口令再输入。",
        "cannot_delete_authenticator": "本账号须使用动态口令，不能停用。如更换手机，请联系管理员。",
    }

    def get_totp_issuer(self) -> str:
        """What the authenticator app shows beside the user name."""
        return "四平台"

    def encrypt(self, text: str) -> str:
        """Seal a secret for the database."""
        key = installed_keys().current("vault")
        return base64.b64encode(sm.encrypt(text.encode(), key_id=key.id, key=key.sm4(), aad=_SECRET)).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a sealed secret."""
        return sm.decrypt(
            base64.b64decode(encrypted_text),
            key_of=lambda key_id: installed_keys().get("vault", key_id).sm4(),
            aad=_SECRET,
        ).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether the person may put it away without an administrator."""
        return not Account.objects.filter(pk=authenticator.user_id, second_factor_required=True).exists()


_SECRET = b"mfa_authenticator"
