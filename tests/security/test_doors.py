"""Every address × strangers, everybody with a post, villagers with a code, programs: who gets in, and what is told."""

import json
import re
import uuid
import zlib

import pytest
from django.http import HttpResponse
from django.test import Client

from sipingtai.access import tokens
from sipingtai.access.actor_scope import system_scope
from sipingtai.config.security import CONTENT_SECURITY_POLICY
from tests.fuzz.amount import TIMES
from tests.security.policy import BLIND, SEES
from tests.security.routes import BOTH, ROUTES, Door, address, served
from tests.security.world import World

pytestmark = pytest.mark.django_db
FILE = "00000000-0000-4000-8000-000000000000"
WEB = {route: found for route, found in ROUTES.items() if not route.startswith("api/")}
ABSENT = "331125201-20260101-999999"
UNSAFE = re.compile(rb"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|javascript:|(?:src|href)=[\"']?(?:https?:)?//", re.I)
TRACES = (b"Traceback", b"DATABASE", b"psycopg", b"sipingtai/", b"SECRET")


def signed_in(world: World, who: str, **rest: bool) -> Client:
    client = Client(raise_request_exception=False, **rest)
    client.force_login(world.accounts[who])
    return client


def sent(client: Client, method: str, route: str, number: str = ABSENT, **headers: str) -> HttpResponse:
    return client.generic(method, address(route, number, FILE), headers=headers)


def test_every_address_is_declared() -> None:
    assert served() == set(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_a_stranger_gets_no_further_than_the_door(world: World, route: str) -> None:
    found = ROUTES[route]
    for method in found.methods:
        answer = sent(Client(raise_request_exception=False), method, route, world.cases["reported"])
        told = (answer.status_code, answer.get("Location", ""))
        match found.door:
            case Door.OPEN:
                assert answer.status_code in ((200, 302) if method == "GET" else (200, 302, 422, 429)), told
            case Door.STAFF | Door.CASE:
                assert answer.status_code in (302, 405), told
                assert route == "sign-out/" or told[1].startswith("/sign-in/"), told
            case Door.TOKEN:
                assert answer.status_code == 401
                assert answer["WWW-Authenticate"] == "Bearer"
            case Door.CODE:
                assert (answer.status_code in (404, 409)) or told == (302, "/p/query/"), told
            case Door.DEMO | Door.NOTHING:
                assert answer.status_code == 404
        for name in world.cases.values():
            assert name.encode() not in answer.content or found.door is Door.CASE


@pytest.mark.parametrize("route", WEB)
def test_what_changes_something_needs_the_forms_token(world: World, route: str) -> None:
    """A form on another page cannot post here, neither a stranger's nor that of somebody signed in."""
    for client in (signed_in(world, "dispatcher", enforce_csrf_checks=True), Client(enforce_csrf_checks=True)):
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            answer = sent(client, method, route, world.cases["reported"])
            allowed = (403, 404, 405) if ROUTES[route].door is not Door.OPEN else (403, 405)
            assert answer.status_code in allowed or method != "POST", (method, answer.status_code)
            assert answer.status_code >= 400, (method, answer.status_code)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("who", ["dispatcher", "grid", "security", "nobody", ""])
def test_every_answer_is_guarded_against_the_browser(world: World, route: str, who: str) -> None:
    client = signed_in(world, who) if who else Client(raise_request_exception=False)
    for method in (*ROUTES[route].methods, "OPTIONS", "HEAD"):
        answer = sent(client, method, route, world.cases["reported"])
        assert answer.status_code < 500
        assert answer["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert answer["X-Frame-Options"] == "DENY"
        assert answer["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert not any(trace in answer.content for trace in TRACES)
        if answer["Content-Type"].startswith("text/html"):
            assert UNSAFE.search(answer.content) is None, UNSAFE.search(answer.content)
        for cookie in answer.cookies.values():
            if cookie["max-age"] == 0:  # taken away
                continue
            assert cookie["httponly"]
            assert cookie["samesite"] == "Lax"
        if ROUTES[route].door is not Door.OPEN and answer.status_code == 200:
            assert "no-store" in answer.get("Cache-Control", ""), answer.get("Cache-Control")


@pytest.mark.parametrize("who", ["chief", "dispatcher", "office", "platform clerk", "grid", "station", *sorted(BLIND)])
def test_whoever_is_signed_in_finds_their_pages_in_order(world: World, who: str) -> None:
    """No page of their own breaks for anybody, whatever post they hold or none."""
    client = signed_in(world, who)
    for route, found in WEB.items():
        if found.door is Door.STAFF and "GET" in found.methods:
            assert sent(client, "GET", route).status_code in (200, 302, 403, 404), route


def _like(body: bytes, number: str) -> str:
    """A page without what differs each time: the number asked for, the form's token, the form's key."""
    text = body.decode().replace(number, "N")
    return re.sub(r'(csrfmiddlewaretoken"|X-CSRFToken"?:?|name="key"|name="csrf-token")[^>]*', "", text)


READING = ("cases/<str:number>", "cases/<str:number>/accept", "field/case/<str:number>/", "cases/<str:number>/since")


@pytest.mark.parametrize("case", SEES)
def test_a_case_is_found_by_whom_the_design_names_and_does_not_exist_for_others(world: World, case: str) -> None:
    number = world.cases[case]
    for who in sorted(world.accounts):
        program = {"Authorization": f"Bearer {world.tokens[who]}"}
        seen = who in SEES[case]
        answer = Client().get(f"/api/v1/cases/{number}", headers=program)
        assert answer.status_code == (200 if seen else 404), who
        # Of the pages each one is asked for by some: they all look the case up in the same one place.
        which = zlib.crc32(f"{case}/{who}".encode()) % (len(READING) * (1 if TIMES > 1 else 4))
        for route in READING[which : which + 1]:
            client = signed_in(world, who)
            page = sent(client, "GET", route, number)
            assert page.status_code == (200 if seen else 404), (who, route)
            if not seen:
                assert _like(page.content, number) == _like(sent(client, "GET", route, ABSENT).content, ABSENT)


READERS = (
    "office", "other office", "platform head", "county office", "grid", "other grid", "station", "oversight", "intake",
    "foreign intake", "county intake",
)  # fmt: skip


@pytest.mark.parametrize("who", [*sorted(BLIND), *READERS])
def test_a_list_holds_what_its_reader_may_see_and_nothing_else(world: World, who: str) -> None:
    own = {world.cases[case] for case, names in SEES.items() if who in names}
    others = set(world.cases.values()) - own
    program = {"Authorization": f"Bearer {world.tokens[who]}"}
    listed = json.loads(Client().get("/api/v1/cases?limit=100", headers=program).content)["items"]
    assert {line["number"] for line in listed} & set(world.cases.values()) == own
    client = signed_in(world, who)
    pages = ["/", "/cases", "/cases?q=路灯", "/?queue=overdue", "/field/", "/field/mine/", "/live", "/grids"]
    for page in [*pages, *(f"/cases?q={number}" for number in sorted(others)[:2])]:
        text = client.get(page, follow=True).content.decode().replace(page, "")
        assert not any(f">{number}" in text or f"/{number}" in text for number in others), page


def test_a_scope_opens_what_it_names(world: World) -> None:
    """Each scope × each operation; a missing one is told before anything is looked up."""
    for scope in tokens.SCOPES:
        with system_scope("测试"):
            raw = tokens.issue(world.accounts["dispatcher"], [scope], 1)
        for route, found in ROUTES.items():
            if found.door is not Door.TOKEN:
                continue
            for method in found.methods:
                scopes = (
                    ("cases:write", "cases:report") if (route, method) == ("api/v1/cases", "POST") else found.scopes
                )
                answer = sent(Client(), method, route, world.cases["foreign"], Authorization=f"Bearer {raw}")
                told = json.loads(answer.content).get("code")
                assert (told == "scope") == (scope not in scopes), (scope, method, route, told)


def test_a_session_is_nothing_to_the_program_face_and_a_token_nothing_to_the_pages(world: World) -> None:
    for route, found in ROUTES.items():
        for method in found.methods:
            if found.door is Door.TOKEN:
                assert sent(signed_in(world, "dispatcher"), method, route).status_code == 401
            elif found.door in (Door.STAFF, Door.CASE) and method in BOTH:
                token = f"Bearer {world.tokens['dispatcher']}"
                assert sent(Client(), method, route, Authorization=token).status_code in (302, 405)


def test_a_code_opens_one_case_and_no_other(world: World) -> None:
    client = Client()
    assert client.get("/p/progress/").status_code == 302
    assert client.post("/p/query/", {"code": world.code}).status_code == 302
    page = client.get("/p/progress/").content.decode()
    assert world.cases[world.coded] in page
    assert not any(n in page for name, n in world.cases.items() if name != world.coded)
    other = client.post("/p/progress/withdraw/", {"number": world.cases["accepted"], "seen": "1"})
    assert other.status_code == 409
    assert client.get(f"/p/file/{uuid.uuid4()}/").status_code == 404
    assert client.get(f"/cases/{world.cases[world.coded]}").status_code == 302  # no way from there to the desk
