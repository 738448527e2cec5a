"""Lockout (登录锁定): failures are counted per account name and per client address in the database, for all processes.

A name that does not exist is counted and locked like any other, so that the answer tells nothing about it.
"""

import datetime as dt
import ipaddress

from django.db import connection
from django.utils import timezone

from sipingtai.access.keys import installed_keys
from sipingtai.access.models import SignInFailures
from sipingtai.access.sm import hmac_sm3

ACCOUNT_FAILURES = 5
ADDRESS_FAILURES = 50  # a township's office shares one address
WINDOW = dt.timedelta(minutes=15)  # failures older than this no longer count
LOCK = dt.timedelta(minutes=15)


class LockedOut(Exception):
    """登录暂时锁定。 `until` says for how long, the message says it in Chinese."""

    def __init__(self, until: dt.datetime) -> None:
        # Rounded up: a person who comes back at the minute named must find the door open.
        shown = timezone.localtime(until + dt.timedelta(seconds=59))
        super().__init__(f"登录失败次数过多，请于 {shown:%H:%M} 之后再试。如忘记密码，请联系本单位管理员。")
        self.until = until


def begin(username: str, address: str) -> None:
    """Count an attempt before the password is looked at. Raises LockedOut.

    Counting first holds the row's lock to the end of the transaction: guesses sent at once take their turn
    and cannot slip through together. :func:`succeeded` takes the count back.
    """
    for key in (_address_key(address), _name_key(username)):
        locked = SignInFailures.objects.filter(key=key, locked_until__gt=timezone.now()).first()
        if locked and locked.locked_until:
            raise LockedOut(locked.locked_until)
    until = _count(_name_key(username), ACCOUNT_FAILURES + 1)
    if until:
        raise LockedOut(until)


def failed(address: str) -> None:
    """The attempt just begun was wrong: count it for the client's address, too."""
    _count(_address_key(address), ADDRESS_FAILURES)


def succeeded(username: str) -> None:
    """The attempt was right: the account's count starts anew. The address keeps its own."""
    SignInFailures.objects.filter(key=_name_key(username)).delete()


def forget_old() -> int:
    """Remove counts that no longer matter; returns how many. For the periodic job."""
    now = timezone.now()
    old = SignInFailures.objects.filter(counted_from__lt=now - WINDOW).exclude(locked_until__gt=now)
    return old.delete()[0]


def _count(key: bytes, limit: int) -> dt.datetime | None:
    """Add one failure in one statement; the end of the lock that this failure met or caused."""
    now = timezone.now()
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, {"key": key, "now": now, "old": now - WINDOW, "limit": limit, "until": now + LOCK})
        (until,) = cursor.fetchone()
    return until if until and until > now else None


_COUNT = """
INSERT INTO access_signinfailures AS f (key, failures, counted_from, locked_until)
VALUES (%(key)s, 1, %(now)s, NULL)
ON CONFLICT (key) DO UPDATE SET
    failures = CASE WHEN f.counted_from < %(old)s OR f.locked_until < %(now)s THEN 1 ELSE f.failures + 1 END,
    counted_from = CASE WHEN f.counted_from < %(old)s OR f.locked_until < %(now)s THEN %(now)s ELSE f.counted_from END,
    locked_until = CASE
        WHEN f.locked_until > %(now)s THEN f.locked_until
        WHEN f.counted_from < %(old)s OR f.locked_until < %(now)s THEN NULL
        WHEN f.failures + 1 >= %(limit)s THEN %(until)s
    END
RETURNING locked_until
"""


def _name_key(username: str) -> bytes:
    return _key(f"name:{username.strip().lower()}")


def _address_key(address: str) -> bytes:
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return _key(f"address:{address}")
    # One subscriber owns a whole /64.
    return _key(f"address:{ipaddress.ip_network((ip, 32 if ip.version == 4 else 64), strict=False)}")


def _key(plain: str) -> bytes:
    return hmac_sm3(installed_keys().current("vault").derive(b"sign-in-failures"), plain.encode())
