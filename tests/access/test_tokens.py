"""API tokens: shown once, found in one query, ended by time, revocation or a closed account."""

import datetime as dt

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from sipingtai.access import tokens
from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import Account, AuditEntry, Token

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return Account.objects.create_user("331125201-link", "not-a-secret-1")


def test_a_token_says_whose_it_is_and_what_it_may_do(account: Account) -> None:
    raw = tokens.issue(account, ["cases:write", "cases:read"], 30)
    assert tokens.authenticate(raw) == (account, frozenset({"cases:read", "cases:write"}))


def test_only_digest_and_prefix_are_kept(account: Account) -> None:
    raw = tokens.issue(account, ["cases:read"], 30)
    token = Token.objects.get()
    assert raw.startswith(token.prefix)
    assert len(token.prefix) == 10
    assert raw not in str(Token.objects.values().get())
    assert len(bytes(token.digest)) == 32


def test_finding_a_token_takes_one_query(account: Account, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    raw = tokens.issue(account, ["cases:read"], 30)
    tokens.authenticate(raw)
    with django_assert_num_queries(1):
        assert tokens.authenticate(raw)
    with django_assert_num_queries(1):
        assert tokens.authenticate(raw[:-1] + ("A" if raw[-1] != "A" else "B")) is None


def test_the_first_use_of_a_day_is_recorded_once(account: Account) -> None:
    raw = tokens.issue(account, ["cases:read"], 30)
    for _ in range(3):
        tokens.authenticate(raw, "2001:db8:1:2::5")
    assert Token.objects.get().last_used_on == timezone.localdate()
    with system_scope("测试"):
        entry = AuditEntry.objects.get()
    assert (entry.event, entry.account, entry.subject, entry.network) == (
        "token", account, raw[:10], "2001:db8:1::/48",
    )  # fmt: skip


def test_an_expired_token_ends(account: Account) -> None:
    raw = tokens.issue(account, ["cases:read"], 1)
    Token.objects.update(expires_at=timezone.now() - dt.timedelta(seconds=1))
    assert tokens.authenticate(raw) is None


def test_a_revoked_token_ends_at_once(account: Account) -> None:
    raw = tokens.issue(account, ["cases:read"], 1)
    tokens.revoke(Token.objects.get())
    assert tokens.authenticate(raw) is None


def test_a_closed_account_closes_its_tokens(account: Account) -> None:
    raw = tokens.issue(account, ["cases:read"], 1)
    Account.objects.update(is_active=False)
    assert tokens.authenticate(raw) is None
    account.refresh_from_db()
    with pytest.raises(ValueError, match="账号已停用"):
        tokens.issue(account, ["cases:read"], 1)


@pytest.mark.parametrize("raw", ["", "spt_", "Bearer x", "spt_令牌", "spt_" + "a" * 10_000, "spt_\x00"])
def test_anything_else_is_no_token(raw: str) -> None:
    assert tokens.authenticate(raw) is None


@pytest.mark.parametrize(
    ("scopes", "days", "message"),
    [
        ([], 30, "权限范围应"),
        (["admin"], 30, "权限范围应"),
        (["cases:read"], 0, "有效期应"),
        (["cases:read"], 731, "有效期应"),
    ],
)
def test_a_bad_order_for_a_token_is_refused(account: Account, scopes: list[str], days: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        tokens.issue(account, scopes, days)
    assert not Token.objects.exists()
