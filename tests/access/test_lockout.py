"""The lockout under guesses sent at once, over connections of their own."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction

from sipingtai.access import lockout
from sipingtai.access.models import SignInFailures


def _guess(_number: int) -> bool:
    """One wrong guess in a transaction of its own; whether the password was looked at."""
    try:
        with transaction.atomic():
            try:
                lockout.begin("331125201-chief", "10.1.2.3")
            except lockout.LockedOut:
                return False
            lockout.failed("10.1.2.3")
            return True
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_guesses_sent_at_once_cannot_slip_through_together() -> None:
    with ThreadPoolExecutor(8) as crowd:
        looked_at = list(crowd.map(_guess, range(24)))
    assert sum(looked_at) == lockout.ACCOUNT_FAILURES
    assert SignInFailures.objects.filter(locked_until__isnull=False).count() == 1


@pytest.mark.django_db
def test_an_address_counts_as_its_network_only_in_ipv6() -> None:
    lockout.failed("2001:db8::1")
    lockout.failed("2001:db8::2")
    assert SignInFailures.objects.get().failures == 2
    lockout.failed("10.0.0.1")
    lockout.failed("10.0.0.2")
    assert SignInFailures.objects.count() == 3
