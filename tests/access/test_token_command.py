"""`sipingtai token`."""

import io

import pytest
from django.core.management import CommandError, call_command

from sipingtai.access import tokens
from sipingtai.access.models import Account, Token

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> str:
    out = io.StringIO()
    call_command("token", *arguments, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def test_a_token_is_printed_alone_and_works() -> None:
    account = Account.objects.create_user("331125201-link", "not-a-secret-1")
    raw = run("331125201-LINK", "--scope", "cases:read", "--scope", "cases:write", "--days", "10")
    assert tokens.authenticate(raw.strip()) == (account, frozenset({"cases:read", "cases:write"}))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nobody"], "没有账号“nobody”"),
        (["331125201-link", "--scope", "root"], "权限范围应"),
        (["331125201-link", "--days", "0"], "有效期应"),
    ],
)
def test_a_bad_order_is_refused_in_chinese(arguments: list[str], message: str) -> None:
    Account.objects.create_user("331125201-link", "not-a-secret-1")
    with pytest.raises(CommandError, match=message):
        run(*arguments)
    assert not Token.objects.exists()
