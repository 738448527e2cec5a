"""While the database is away people meet a calm page and programs a 503; when it is back, the first request works."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.contrib.sessions.backends.base import UpdateError
from django.db import OperationalError, connection
from django.test import Client, RequestFactory
from pytest_django.live_server_helper import LiveServer

from sipingtai.access import tokens
from sipingtai.access.actor_scope import system_scope
from sipingtai.config.lost_database import trouble
from sipingtai.config.sessions import SessionStore
from sipingtai.loop.moves import lock
from tests.township import Township

DISPATCHER = "331125201-dispatcher"


class Lost:
    """The database goes away, as when its server was killed: nobody listens any more."""

    def __init__(self, nowhere: Path) -> None:
        self._known, self._nowhere = connection.settings_dict["HOST"], str(nowhere)

    def now(self) -> None:
        connection.close()
        connection.settings_dict["HOST"] = self._nowhere

    def back(self) -> None:
        connection.close()
        connection.settings_dict["HOST"] = self._known


@pytest.fixture
def database(transactional_db: None, tmp_path: Path) -> Iterator[Lost]:
    found = Lost(tmp_path)
    yield found
    found.back()


@pytest.fixture
def dispatcher(wuxi: Township, database: Lost) -> Client:
    client = Client(raise_request_exception=False)
    client.force_login(wuxi.account(DISPATCHER))
    return client


@pytest.mark.parametrize("page", ["/", "/cases/", "/field/"])
def test_a_page_says_so_calmly_and_comes_back_by_itself(dispatcher: Client, database: Lost, page: str) -> None:
    database.now()
    found = dispatcher.get(page)
    assert (found.status_code, found["Retry-After"]) == (503, "5")
    told = found.content.decode()
    assert "系统正在恢复" in told
    assert '<meta http-equiv="refresh" content="5">' in told
    database.back()
    assert dispatcher.get(page).status_code in (200, 302, 404)


def test_what_was_sent_is_not_sent_again_without_the_person(dispatcher: Client, database: Lost) -> None:
    database.now()
    found = dispatcher.post("/cases/331125201-20260302-000001/accept", {"reason": "属实"})
    assert found.status_code == 503
    assert "先刷新看结果，再决定是否重做" in found.content.decode()
    assert "refresh" not in found.content.decode()


@pytest.mark.parametrize(("site", "shown"), [("same-origin", True), ("cross-site", False)])
def test_what_was_written_is_shown_to_be_copied(dispatcher: Client, database: Lost, site: str, shown: bool) -> None:
    database.now()
    form = {"reason": "反映人说的<b>情况</b>属实", "seen": "3"}
    found = dispatcher.post("/cases/x/accept", form, headers={"Sec-Fetch-Site": site})
    assert found.status_code == 503
    assert ("反映人说的&lt;b&gt;情况&lt;/b&gt;属实" in found.content.decode()) is shown


@pytest.mark.parametrize(("page", "home"), [("/p/", "/p/"), ("/field/mine/", "/field/"), ("/cases", "/")])
def test_the_way_back_is_to_ones_own_face(rf: RequestFactory, page: str, home: str) -> None:
    for error in (ZeroDivisionError, OperationalError):
        try:
            raise error
        except error:
            assert f'href="{home}">回到首页' in trouble(rf.get(page)).content.decode()


def test_a_program_gets_a_problem_that_says_when_to_come_back(wuxi: Township, database: Lost) -> None:
    with system_scope("测试"):
        token = tokens.issue(wuxi.account(DISPATCHER), ["cases:read"], 1)
    database.now()
    found = Client(raise_request_exception=False).get("/api/v1/cases", headers={"Authorization": f"Bearer {token}"})
    assert (found.status_code, found["Content-Type"]) == (503, "application/problem+json")
    assert found["Retry-After"] == "5"
    assert json.loads(found.content)["detail"] == "系统暂时繁忙，请稍后再试。"


def test_health_says_that_the_database_is_away(client: Client, database: Lost) -> None:
    database.now()
    assert client.get("/healthz").status_code == 503


def test_at_the_door_a_lost_database_is_no_conflict(database: Lost) -> None:
    database.now()
    with pytest.raises(OperationalError):
        lock(1)


def test_a_session_that_cannot_be_saved_now_was_not_ended_by_anybody(database: Lost) -> None:
    session = SessionStore()
    session.create()
    database.now()
    with pytest.raises(OperationalError):
        session.save()
    database.back()
    session.delete()
    with pytest.raises(UpdateError):  # signed out meanwhile, somewhere else
        session.save()


def test_a_failure_of_ours_stays_a_failure(rf: RequestFactory) -> None:
    try:
        _ = 1 / 0
    except ZeroDivisionError:
        found = trouble(rf.get("/"))
    assert found.status_code == 500
    assert "系统出错了" in found.content.decode()


def test_the_first_request_after_every_connection_was_cut_works(live_server: LiveServer) -> None:
    address = f"{live_server.url}/healthz"
    for _ in range(3):
        assert urllib.request.urlopen(address, timeout=10).status == 200
        cut_every_connection()


def cut_every_connection() -> None:
    known = {key: value for key, value in connection.get_connection_params().items() if key in PLACE}
    connection.close()
    with psycopg.connect(**known, autocommit=True) as own:
        own.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE usename = current_user AND pid <> pg_backend_pid()"
        )


PLACE = ("host", "port", "dbname", "user", "password")
