"""Signing in with one click: in a demo for everybody, in any other server for nobody."""

import json
from collections.abc import Iterator

import pytest
from django.test import Client
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import Account, AuditEntry, AuditEvent
from sipingtai.core.calendar import local
from sipingtai.ops.demo import doorway, people
from sipingtai.ops.demo.cast import gather_all
from tests.township import Township

pytestmark = pytest.mark.django_db(databases=["default", "owner"], transaction=True)


@pytest.fixture
def demo(wuxi: Township, monkeypatch: pytest.MonkeyPatch) -> Iterator[Township]:
    now = local(timezone.now())
    people.appoint(gather_all(now), now)
    monkeypatch.setenv(doorway.VARIABLE, "")  # put back afterwards, whatever `open_up` makes of it
    doorway.open_up()
    yield wuxi
    doorway._path().unlink()
    people.path().unlink()


@pytest.fixture
def browser() -> Client:
    return Client(enforce_csrf_checks=True)


def _token(browser: Client) -> str:
    page = browser.get("/demo/")
    return str(page.context["csrf_token"])


def test_one_click_signs_in_as_anybody_listed(demo: Township, browser: Client) -> None:
    page = browser.get("/demo/").content.decode()
    assert "演示" in page
    assert "331125201-dispatcher" in page
    assert "雾溪畲族乡" in page
    answer = browser.post("/demo/sign-in/", {"account": "331125201-dispatcher", "csrfmiddlewaretoken": _token(browser)})
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert browser.get("/").status_code == 200
    account = Account.objects.get(username="331125201-dispatcher")
    assert browser.session["_auth_user_id"] == str(account.pk)
    with system_scope("测试"):
        assert AuditEntry.objects.filter(event=AuditEvent.SIGN_IN, account=account).exists()


def test_a_grid_worker_lands_on_the_phone_and_the_one_before_is_signed_out(demo: Township, browser: Client) -> None:
    browser.post("/demo/sign-in/", {"account": "331125201-chief", "csrfmiddlewaretoken": _token(browser)})
    answer = browser.post("/demo/sign-in/", {"account": "331125201-grid-01", "csrfmiddlewaretoken": _token(browser)})
    assert answer["Location"] == "/field/"
    assert browser.session["_auth_user_id"] == str(Account.objects.get(username="331125201-grid-01").pk)


def test_the_sign_in_page_shows_the_way_in_a_demo_alone(demo: Township, browser: Client) -> None:
    assert 'href="/demo/"' in browser.get("/sign-in/").content.decode()
    doorway._path().write_text("另一个")
    assert 'href="/demo/"' not in browser.get("/sign-in/").content.decode()


def test_it_takes_a_post_with_a_token_and_a_listed_account(demo: Township, browser: Client) -> None:
    assert browser.get("/demo/sign-in/").status_code == 405
    assert browser.post("/demo/sign-in/", {"account": "331125201-chief"}).status_code == 403
    unlisted = Account.objects.exclude(username__in=[p.account for p in people.people() or []]).first()
    assert unlisted is not None
    for name in (unlisted.username, "", "nobody"):
        answer = browser.post("/demo/sign-in/", {"account": name, "csrfmiddlewaretoken": _token(browser)})
        assert answer.status_code == 404
    assert "_auth_user_id" not in browser.session


@pytest.mark.parametrize("left_over", ["nothing", "file", "variable", "both, not agreeing", "both empty"])
def test_no_other_server_has_these_pages(demo: Township, monkeypatch: pytest.MonkeyPatch, left_over: str) -> None:
    """A file or a variable left over from a demo opens nothing."""
    if left_over in ("nothing", "variable"):
        doorway._path().write_text("")
    if left_over in ("nothing", "file"):
        monkeypatch.delenv(doorway.VARIABLE)
    if left_over == "both, not agreeing":
        monkeypatch.setenv(doorway.VARIABLE, "x" * 43)
    if left_over == "both empty":
        doorway._path().write_text("")
        monkeypatch.setenv(doorway.VARIABLE, "")
    client = Client()
    assert client.get("/demo/").status_code == 404
    assert client.get("/demo/sign-in/").status_code == 404
    assert client.post("/demo/sign-in/", {"account": "331125201-chief"}).status_code == 404
    assert "_auth_user_id" not in client.session


def test_the_secret_is_its_owners_alone(demo: Township) -> None:
    assert doorway._path().stat().st_mode & 0o077 == 0
    assert len(doorway._path().read_text()) >= 43
    assert json.loads(people.path().read_text("utf-8"))[0]["place"] == "云和县"
