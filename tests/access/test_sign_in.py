"""Signing in, over HTTP and the real database: names and passwords, lockout, second factor, what is not reachable."""

import datetime as dt
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from sipingtai.access import accounts, lockout
from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import Account, AuditEntry, SignInFailures

pytestmark = pytest.mark.django_db

NAME, PASSWORD = "331125201-dispatcher", "青山绿水-2024"
MISMATCH = "用户名或密码不正确"


@pytest.fixture
def account() -> Account:
    return Account.objects.create_user(NAME, PASSWORD, display_name="钱一")


def sign_in(client: Client, name: str = NAME, password: str = PASSWORD, address: str = "10.1.2.3", **extra: str):  # type: ignore[no-untyped-def]
    return client.post("/sign-in/", {"login": name, "password": password, **extra}, REMOTE_ADDR=address)


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def events() -> list[str]:
    with system_scope("测试"):
        return list(AuditEntry.objects.order_by("at").values_list("event", flat=True))


def code_of(secret: str, at: float | None = None) -> str:
    return format_hotp_value(hotp_value(secret, int(at or time.time()) // 30))


def activate(client: Client) -> str:
    page = client.get("/account/second-factor/activate/", follow=True)
    if page.redirect_chain:
        page = client.post(page.redirect_chain[-1][0], {"password": PASSWORD}, follow=True)
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page.content.decode())
    assert secret
    answer = client.post("/account/second-factor/activate/", {"code": code_of(secret[1])})
    assert answer.status_code == 302
    return secret[1]


@pytest.mark.usefixtures("account")
def test_the_page_asks_in_chinese_and_sets_no_inline_style(client: Client) -> None:
    page = client.get("/sign-in/").content.decode()
    for part in ("<h1>登录</h1>", "用户名", "密码", "请联系管理员重置", "csrfmiddlewaretoken"):
        assert part in page
    assert "style=" not in page
    assert "<script>" not in page


def test_name_and_password_let_in(client: Client, account: Account) -> None:
    answer = sign_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(account.pk)
    assert events() == ["sign-in"]


@pytest.mark.usefixtures("account")
def test_the_name_is_found_in_any_case(client: Client) -> None:
    sign_in(client, f" {NAME.upper()} ")
    assert signed_in(client)


@pytest.mark.usefixtures("account")
def test_a_foreign_address_to_go_on_to_is_ignored(client: Client) -> None:
    assert sign_in(client, next="https://evil.example/").headers["Location"] == "/"
    client.logout()
    assert sign_in(client, next="/field/").headers["Location"] == "/field/"


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize(("name", "password"), [
    (NAME, "wrong"), ("nobody", PASSWORD), ("a@b.example", PASSWORD), ("x\x00y", PASSWORD), ("' OR 1=1 --", PASSWORD),
])  # fmt: skip
def test_wrong_name_and_wrong_password_answer_alike(client: Client, name: str, password: str) -> None:
    answer = sign_in(client, name, password)
    assert answer.status_code == 200
    assert not signed_in(client)
    if "\x00" not in name:
        assert MISMATCH in answer.content.decode()


def test_a_closed_account_answers_like_a_wrong_password(client: Client, account: Account) -> None:
    accounts.close(account, None)
    answer = sign_in(client)
    assert answer.status_code == 200
    assert MISMATCH in answer.content.decode()


def test_closing_an_account_ends_its_session(client: Client, account: Account) -> None:
    sign_in(client)
    assert client.get("/account/password/").status_code == 200
    accounts.close(account, None)
    assert client.get("/account/password/").status_code == 302


@pytest.mark.parametrize("name", [NAME, "nobody-at-all"])
@pytest.mark.usefixtures("account")
def test_five_failures_lock_any_name_and_say_until_when(name: str) -> None:
    for attempt in range(lockout.ACCOUNT_FAILURES):
        # From a different address each: it is the account that is guarded.
        assert MISMATCH in sign_in(Client(), name, "wrong", address=f"10.1.{attempt}.1").content.decode()
    page = sign_in(Client(), name, PASSWORD).content.decode()
    (shown,) = re.findall(r"登录失败次数过多，请于 (\d\d:\d\d) 之后再试", page)
    expected = timezone.localtime() + lockout.LOCK
    assert shown in {f"{expected:%H:%M}", f"{expected + dt.timedelta(minutes=1):%H:%M}"}
    assert MISMATCH not in page


@pytest.mark.usefixtures("account")
def test_a_lock_opens_at_its_end_and_counts_anew(client: Client) -> None:
    for _ in range(lockout.ACCOUNT_FAILURES + 1):
        sign_in(client, password="wrong")
    sign_in(client)
    assert not signed_in(client)
    SignInFailures.objects.update(
        locked_until=timezone.now() - dt.timedelta(seconds=1), counted_from=timezone.now() - lockout.LOCK
    )
    sign_in(client, password="wrong")
    sign_in(client)
    assert signed_in(client)


@pytest.mark.usefixtures("account")
def test_old_failures_are_forgotten(client: Client) -> None:
    for _ in range(lockout.ACCOUNT_FAILURES):
        sign_in(client, password="wrong")
    SignInFailures.objects.update(counted_from=timezone.now() - lockout.WINDOW - dt.timedelta(seconds=1))
    sign_in(client)
    assert signed_in(client)
    assert lockout.forget_old() == 1  # the address's


@pytest.mark.usefixtures("account")
def test_a_right_password_starts_the_count_anew(client: Client) -> None:
    for _ in range(3):
        for _ in range(lockout.ACCOUNT_FAILURES - 1):
            sign_in(client, password="wrong")
        sign_in(client)
        assert signed_in(client)
        client.post("/sign-out/")


@pytest.mark.usefixtures("account")
def test_one_address_trying_many_names_is_locked_for_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lockout, "ADDRESS_FAILURES", 4)
    for number in range(4):
        sign_in(Client(), f"name-{number}", "wrong", address="10.9.9.9")
    assert "登录失败次数过多" in sign_in(Client(), address="10.9.9.9").content.decode()
    other = Client()
    sign_in(other, address="10.9.9.10")
    assert signed_in(other)


@pytest.mark.usefixtures("account")
def test_no_typed_name_or_address_is_kept(client: Client) -> None:
    sign_in(client, "my-secret-password", "x", address="10.1.2.3")
    stored = str(list(SignInFailures.objects.values()))
    with system_scope("测试"):
        stored += str(list(AuditEntry.objects.values()))
    assert "my-secret-password" not in stored
    assert "10.1.2.3" not in stored
    assert events() == ["sign-in-failed"]


@pytest.mark.usefixtures("account")
def test_signing_out_takes_a_post(client: Client) -> None:
    sign_in(client)
    assert client.get("/sign-out/").status_code == 405
    assert signed_in(client)
    assert client.post("/sign-out/").headers["Location"] == "/sign-in/"
    assert not signed_in(client)
    assert events() == ["sign-in", "sign-out"]


@pytest.mark.usefixtures("account")
def test_a_form_from_elsewhere_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert sign_in(strict).status_code == 403


@pytest.mark.parametrize("name", [
    "account_signup", "account_reset_password", "account_email", "account_set_password", "account_confirm_email",
    "account_request_login_code", "socialaccount_connections", "mfa_login_webauthn", "mfa_signup_webauthn",
])  # fmt: skip
def test_what_allauth_offers_beyond_is_not_reachable(name: str) -> None:
    with pytest.raises(NoReverseMatch):
        reverse(name)


@pytest.mark.parametrize("address", ["/accounts/signup/", "/signup/", "/password/reset/", "/admin/"])
def test_usual_addresses_are_not_there(client: Client, address: str) -> None:
    assert client.get(address).status_code == 404


@pytest.mark.parametrize(("password", "message"), [
    ("短密码", "10"), ("0123456789", "常见"), ("83746592018", "数字"), ("331125201-Dispatcher", "用户名"),
    ("password123", "常见"),
])  # fmt: skip
def test_a_weak_password_is_refused_in_chinese(client: Client, account: Account, password: str, message: str) -> None:
    sign_in(client)
    form = {"oldpassword": PASSWORD, "password1": password, "password2": password}
    answer = client.post("/account/password/", form)
    assert answer.status_code == 200
    assert message in "".join(answer.context["form"].errors["password1"])
    account.refresh_from_db()
    assert account.check_password(PASSWORD)


def test_a_temporary_password_must_be_changed_first(client: Client, account: Account) -> None:
    temporary = accounts.reset_password(account, None)
    sign_in(client, password=temporary)
    answer = client.get("/account/second-factor/")
    assert answer.headers["Location"] == "/account/password/"
    refused = client.get("/account/second-factor/", headers={"Accept": "application/json"})
    assert (refused.status_code, refused.json()["code"]) == (403, "account_not_ready")
    form = {"oldpassword": temporary, "password1": "新的密码-很长-2025", "password2": "新的密码-很长-2025"}
    assert client.post("/account/password/", form).status_code == 302
    assert client.get("/account/second-factor/").status_code == 200


def test_a_new_password_ends_the_other_sessions(client: Client, account: Account) -> None:
    sign_in(client)
    accounts.reset_password(account, None)
    assert client.get("/account/password/").status_code == 302


@pytest.mark.usefixtures("account")
def test_guessing_the_current_password_is_counted(client: Client) -> None:
    sign_in(client)
    form = {"oldpassword": "wrong", "password1": "新的密码-很长-2025", "password2": "新的密码-很长-2025"}
    for _ in range(lockout.ACCOUNT_FAILURES):
        assert "当前密码不正确" in client.post("/account/password/", form).content.decode()
    assert "登录失败次数过多" in client.post("/account/password/", form).content.decode()


@pytest.mark.usefixtures("account")
@pytest.mark.parametrize("headers", [{"X-Requested-With": "XMLHttpRequest"}, {"Accept": "application/json"}])
@pytest.mark.parametrize(("address", "form"), [
    ("/account/password/", {"oldpassword": "wrong", "password1": "新的密码-很长-5", "password2": "新的密码-很长-5"}),
    ("/account/confirm/", {"password": "wrong"}),
])  # fmt: skip
def test_guesses_count_however_the_answer_is_asked_for(
    client: Client, address: str, form: dict[str, str], headers: dict[str, str]
) -> None:
    """As an answer to a script a wrong guess would be an error, and an error takes back what was written."""
    sign_in(client)
    for _ in range(lockout.ACCOUNT_FAILURES):
        client.post(address, form, headers=headers)
    assert "登录失败次数过多" in client.post(address, form).content.decode()
    assert events().count("sign-in-failed") == lockout.ACCOUNT_FAILURES


@pytest.mark.usefixtures("account")
def test_with_a_second_factor_the_password_alone_does_not_let_in(client: Client) -> None:
    sign_in(client)
    secret = activate(client)
    client.post("/sign-out/")
    assert sign_in(client).headers["Location"] == "/sign-in/code/"
    assert not signed_in(client)
    assert "动态口令不正确" in client.post("/sign-in/code/", {"code": "000000"}).content.decode()
    client.post("/sign-in/code/", {"code": code_of(secret)})
    assert signed_in(client)


@pytest.mark.usefixtures("account")
def test_a_code_works_once(client: Client) -> None:
    sign_in(client)
    secret = activate(client)
    client.post("/sign-out/")
    code = code_of(secret)
    sign_in(client)
    client.post("/sign-in/code/", {"code": code})
    assert signed_in(client)
    other = Client()
    sign_in(other)
    assert "动态口令不正确或已用过" in other.post("/sign-in/code/", {"code": code}).content.decode()


@pytest.mark.usefixtures("account")
def test_guessing_codes_is_locked_too(client: Client) -> None:
    sign_in(client)
    secret = activate(client)
    client.post("/sign-out/")
    sign_in(client)
    for number in range(lockout.ACCOUNT_FAILURES):
        client.post("/sign-in/code/", {"code": f"00000{number}"})
    assert "登录失败次数过多" in client.post("/sign-in/code/", {"code": code_of(secret)}).content.decode()


@pytest.mark.usefixtures("account")
def test_the_second_factors_secret_lies_encrypted(client: Client) -> None:
    sign_in(client)
    secret = activate(client)
    assert secret not in str(Authenticator.objects.get().data)


def test_where_it_is_required_it_is_set_up_first_and_stays(client: Client, account: Account) -> None:
    Account.objects.update(second_factor_required=True)
    sign_in(client)
    assert client.get("/account/second-factor/").headers["Location"] == "/account/second-factor/activate/"
    activate(client)
    assert client.get("/account/second-factor/").status_code == 200
    page = client.post("/account/second-factor/deactivate/", follow=True)
    assert Authenticator.objects.filter(user=account).exists()
    assert page.status_code == 200
    accounts.reset_second_factor(account, None)
    assert client.get("/account/second-factor/").status_code == 302


@pytest.mark.usefixtures("account")
def test_a_person_may_put_away_what_is_not_required(client: Client) -> None:
    sign_in(client)
    activate(client)
    client.post("/account/second-factor/deactivate/")
    assert not Authenticator.objects.exists()
    assert "second-factor" in events()
