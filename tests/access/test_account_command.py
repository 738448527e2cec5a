"""`sipingtai account`: what an administrator does when somebody has left, or a token or a phone is gone."""

import io

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from sipingtai.access import tokens
from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import Account, AuditEntry

pytestmark = pytest.mark.django_db
NAME, PASSWORD = "331125201-link", "青山绿水-2024"


@pytest.fixture
def account() -> Account:
    return Account.objects.create_user(NAME, PASSWORD, display_name="钱一")


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("account", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def signed_in(password: str = PASSWORD) -> Client:
    client = Client()
    client.post("/sign-in/", {"login": NAME, "password": password})
    return client


def test_it_tells_state_and_tokens_and_never_the_token_itself(account: Account) -> None:
    raw = tokens.issue(account, ["cases:read"], 10)
    told = run(NAME)
    assert "钱一 启用" in told
    assert raw[:10] in told
    assert raw not in told


def test_a_closed_account_opens_no_door_from_then_on(account: Account) -> None:
    raw, client = tokens.issue(account, ["cases:read"], 10), signed_in()
    assert client.get("/account/password/").status_code == 200
    run(NAME, "--close")
    assert client.get("/account/password/").status_code == 302
    assert signed_in().get("/account/password/").status_code == 302
    assert Client().get("/api/v1/cases", headers={"Authorization": f"Bearer {raw}"}).status_code == 401


def test_revoked_tokens_end_at_once_and_the_log_says_so(account: Account) -> None:
    raws = [tokens.issue(account, ["cases:read"], 10) for _ in range(2)]
    run(NAME.upper(), "--revoke-tokens")
    assert [tokens.authenticate(raw) for raw in raws] == [None, None]
    with system_scope("测试"):
        assert AuditEntry.objects.filter(subject=f"revoke tokens of {NAME}").exists()
    assert "令牌" not in run(NAME)


def test_a_temporary_password_stands_alone_works_once_and_ends_the_sessions(account: Account) -> None:
    client = signed_in()
    temporary = run(NAME, "--reset-password").strip()
    assert client.get("/account/password/").status_code == 302
    assert signed_in(temporary).get("/account/second-factor/")["Location"] == "/account/password/"


@pytest.mark.parametrize("arguments", [["nobody"], [NAME, "--close", "--reset-password"]])
def test_a_bad_order_is_refused(arguments: list[str]) -> None:
    with pytest.raises(CommandError):
        run(*arguments)
