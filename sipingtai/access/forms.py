"""allauth's forms with our counting: every guess at a password or code counts towards the lockout."""

from collections.abc import Iterator
from contextlib import contextmanager

from allauth.account.forms import ChangePasswordForm
from allauth.core import context
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from django.core.cache import cache
from django.core.exceptions import ValidationError

from sipingtai.access import audit, lockout
from sipingtai.access.models import Account, AuditEvent
from sipingtai.access.sign_in import SecondFactorAdapter, client_address

_CODE_LIFE = 120  # seconds; a code is good for 90 at most


@contextmanager
def _counted(account: Account, what: str) -> Iterator[None]:
    """Count one guess; the block raises ValidationError when it was wrong. Raises ValidationError when locked out."""
    name, address = f"{what}:{account.pk}", client_address(context.request)
    try:
        lockout.begin(name, address)
    except lockout.LockedOut as locked:
        raise ValidationError(str(locked), code="locked_out") from None
    try:
        yield
    except ValidationError:
        lockout.failed(address)
        audit.record(AuditEvent.SIGN_IN_FAILED, account, subject=what, address=address)
        raise
    lockout.succeeded(name)


def _once(account: Account, code: str) -> str:
    # allauth remembers a code for one period, but accepts it for three.
    if not cache.add(f"second-factor-used:{account.pk}:{code.strip()}", 1, _CODE_LIFE):
        raise ValidationError(SecondFactorAdapter.error_messages["incorrect_code"], code="incorrect_code")
    return code


class SecondFactorForm(AuthenticateForm):
    """The code, at sign-in."""

    def clean_code(self) -> str:
        with _counted(self.user, "second-factor"):
            return _once(self.user, super().clean_code())


class SecondFactorAgainForm(ReauthenticateForm):
    """The code, before something sensitive."""

    def clean_code(self) -> str:
        with _counted(self.user, "second-factor"):
            return _once(self.user, super().clean_code())


class NewPasswordForm(ChangePasswordForm):
    """A new password, after the current one."""

    def clean_oldpassword(self) -> str:
        with _counted(self.user, "current-password"):
            return str(super().clean_oldpassword())
