"""The browser's side by hand: sessions, redirects, host names, logs, error pages, what the server asks of others."""

import ast
import logging
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

import sipingtai
from sipingtai.access.models import Account
from sipingtai.cases.models import Attachment
from sipingtai.faces.file_answer import file_answer

pytestmark = pytest.mark.django_db
NAME, PASSWORD = "331125201-dispatcher", "青山绿水-2024"
SOURCE = Path(sipingtai.__file__).parent
ELSEWHERE = (
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "https:evil.example",
    "http:///evil.example", "javascript:alert(1)", "/%09/evil.example", "\t//evil.example", "//evil.example/%2f..",
    "data:text/html,x", "/sign-in/?next=//evil.example", "https://testserver@evil.example/",
)  # fmt: skip


@pytest.fixture
def account() -> Account:
    return Account.objects.create_user(NAME, PASSWORD, display_name="钱一")


def sign_in(client: Client, **extra: str) -> str:
    answer = client.post("/sign-in/", {"login": NAME, "password": PASSWORD, **extra})
    assert answer.status_code == 302
    return str(answer["Location"])


def test_a_session_from_before_signing_in_is_not_the_one_after(account: Account) -> None:
    """Whoever slipped somebody a session identifier has nothing of it."""
    client = Client()
    session = client.session
    session["planted"] = "x"
    session.save()
    client.cookies["session"] = session.session_key
    sign_in(client)
    assert client.session.session_key != session.session_key
    stranger = Client()
    stranger.cookies["session"] = session.session_key
    assert stranger.get("/").status_code == 302


def test_signing_out_ends_the_session_on_the_server(account: Account) -> None:
    client = Client()
    sign_in(client)
    kept = client.session.session_key
    client.post("/sign-out/")
    thief = Client()
    thief.cookies["session"] = kept
    assert thief.get("/account/password/").status_code == 302


@pytest.mark.parametrize("address", ELSEWHERE)
def test_signing_in_leads_nowhere_else(account: Account, address: str) -> None:
    went = sign_in(Client(), next=address)
    assert went.startswith("/")
    assert not went.startswith(("//", "/\\"))
    client = Client()
    client.force_login(account)
    confirmed = client.post(f"/account/confirm/?next={address}", {"password": PASSWORD, "next": address})
    assert re.match(r"/(?![/\\])", confirmed.get("Location", "/"))


@pytest.mark.parametrize("host", ["evil.example", "testserver.evil.example", "testserver@evil.example", "a b", ""])
def test_a_foreign_host_name_is_refused_and_not_repeated(host: str) -> None:
    answer = Client(raise_request_exception=False).get("/sign-in/", headers={"host": host} if host else {})
    if host:
        assert answer.status_code == 400
        assert b"evil" not in answer.content
    forwarded = Client().get("/", headers={"x-forwarded-host": "evil.example"})
    assert "evil" not in forwarded["Location"]


@pytest.mark.parametrize("path", ["/cases/x%0d%0aERROR forged line", "/p/report/%0aERROR forged line/", "/%1b[31mred"])
def test_an_address_writes_one_line_into_the_log(caplog: pytest.LogCaptureFixture, account: Account, path: str) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(account)
    with caplog.at_level(logging.INFO):
        client.get(path)
        client.post("/sign-in/", {"login": "a\nERROR forged", "password": "b\nERROR forged"})
    told = "\n".join(record.getMessage() for record in caplog.records)
    assert len(told.splitlines()) == len(caplog.records)
    assert "\x1b" not in told


@pytest.mark.parametrize("address", ["/sign-in/", "/p/query/", "/p/report/331125201/", "/new", "/duty/table", "/none"])
def test_an_outsized_request_is_refused_before_it_is_read_wherever_it_goes(address: str) -> None:
    """What a form's token is looked for in is read first, files and all: a stranger could fill the disk."""
    answer = Client(enforce_csrf_checks=True).post(address, {"text": "x"}, CONTENT_LENGTH=str(65 * 1024 * 1024))
    assert answer.status_code == 413
    assert "64 MB" in answer.content.decode()
    assert "Content-Security-Policy" in answer


def test_a_failure_shows_a_calm_page_and_nothing_of_itself(
    account: Account, monkeypatch: pytest.MonkeyPatch, settings: pytest.FixtureRequest
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("绝密 13812345678 SELECT")

    monkeypatch.setattr("sipingtai.desk.lists.asker_of", broken)
    client = Client(raise_request_exception=False)
    client.force_login(account)
    answer = client.get("/cases")
    assert answer.status_code == 500
    page = answer.content.decode()
    assert "Traceback" not in page
    assert "绝密" not in page
    assert "RuntimeError" not in page
    assert re.search(r"[\u4e00-\u9fff]", page)


def test_what_is_downloaded_is_called_and_typed_by_us(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only pictures are shown in the page; a name cannot write a header."""
    content = tmp_path / "x"
    content.write_bytes(b"%PDF-1.4")
    monkeypatch.setattr("sipingtai.access.file_store.FileStore.open", lambda *_: content.open("rb"))
    for name in ("a\r\nSet-Cookie: b.pdf", '"; filename="b.html', "报告.pdf", "../../x.pdf"):
        answer = file_answer(Attachment(name=name.replace("\r\n", ""), mime="application/pdf", digest="0" * 64))
        said = answer["Content-Disposition"]
        assert said.startswith("attachment")
        assert "\n" not in said
        assert answer["Cache-Control"] == "private, no-store"
        answer.close()


def test_the_server_asks_nobody_anything() -> None:
    """No request of ours takes an address from outside, because there are none: no client for HTTP is imported."""
    clients = {"requests", "httpx", "aiohttp", "urllib3", "http.client", "urllib.request", "ftplib", "smtplib"}
    for path in SOURCE.rglob("*.py"):
        if path.relative_to(SOURCE).parts[0] in ("ops", "links"):  # commands; links speak to named systems alone
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not clients & set(names), path


def test_under_tls_cookies_are_bound_to_it_and_debugging_is_off() -> None:
    told = subprocess.run(
        [sys.executable, "-c", "from django.conf import settings as s; print(s.DEBUG, s.SESSION_COOKIE_SECURE,"
         " s.CSRF_COOKIE_SECURE, s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SESSION_COOKIE_HTTPONLY)"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "sipingtai.config.settings", "SIPINGTAI_SECURE_COOKIES": "1"},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert told.stdout.split() == ["False", "True", "True", "__Host-session", "__Host-csrf", "True"]


def test_the_way_to_sign_in_is_the_way_back(account: Account) -> None:
    asked = Client().get("/cases?stage=accepted")
    assert asked["Location"].startswith(reverse("account_login"))
    assert "evil" not in Client().get("/cases?next=//evil.example")["Location"].partition("?next=")[0]
