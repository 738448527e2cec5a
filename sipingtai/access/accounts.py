"""What an administrator does to an account; each act is recorded in the administrator's name."""

import secrets

from allauth.mfa.models import Authenticator

from sipingtai.access import audit
from sipingtai.access.models import Account, AuditEvent

_LEGIBLE = "abcdefghjkmnpqrstuvwxyz23456789"
_TEMPORARY_LENGTH = 12


def reset_password(account: Account, by: Account | None) -> str:
    """Give a temporary password, to be changed at the next sign-in; returned once and ending all sessions."""
    temporary = "".join(secrets.choice(_LEGIBLE) for _ in range(_TEMPORARY_LENGTH))
    account.set_password(temporary)
    account.must_change_password = True
    account.save(update_fields=["password", "must_change_password"])
    audit.record(AuditEvent.PASSWORD, by, subject=f"reset {account.username}")
    return temporary


def reset_second_factor(account: Account, by: Account | None) -> None:
    """Forget the second factor of somebody whose phone is gone; where it is required, the next sign-in sets it up."""
    Authenticator.objects.filter(user=account).delete()
    audit.record(AuditEvent.SECOND_FACTOR, by, subject=f"reset {account.username}")


def close(account: Account, by: Account | None) -> None:
    """Close an account: its sessions and tokens end with the next request. What it did stays recorded."""
    Account.objects.filter(pk=account.pk).update(is_active=False)
    audit.record(AuditEvent.CONFIGURATION, by, subject=f"close {account.username}")
