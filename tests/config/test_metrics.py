"""`/metrics` and `/healthz` as monitoring meets them: who may ask, what is told, and nothing of anybody."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from pytest_django import Settings

from sipingtai.core.actions import Action as A
from tests.anchored import anchored
from tests.township import Township

TOKEN = "k" * 40
HERE = {"headers": {"Host": "localhost:8000"}}


@pytest.fixture
def token(settings: Settings) -> Iterator[str]:
    path = Path(settings.KEYS) / "metrics.token"
    path.write_text(TOKEN + "\n", encoding="ascii")
    path.chmod(0o600)
    yield TOKEN
    path.unlink()


def figures(client: Client) -> dict[str, float]:
    answer = client.get("/metrics", **HERE)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = answer.content.decode().splitlines()
    assert all(re.fullmatch(r'# (HELP|TYPE) .+|[a-z_]+(\{[a-z]+="[^"]+"\})? [0-9.e+-]+', line) for line in lines), lines
    return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in lines if not line.startswith("#")}


def test_the_figures_follow_the_work(
    wuxi: Township, db: None, client: Client, settings: Settings, tmp_path: Path
) -> None:
    settings.SIPINGTAI_ANCHORS = tmp_path
    before = figures(client)
    assert "sipingtai_anchor_age_seconds" not in before
    first, _second = (wuxi.report("路灯不亮了。", category="17002").case_id for _ in range(2))
    wuxi.act("331125201-intake", first, A.ACCEPT)
    anchored()
    after = figures(client)
    told = {stage: after[f'sipingtai_cases_open{{stage="{stage}"}}'] for stage in ("reported", "accepted", "handling")}
    assert told == {"reported": 1, "accepted": 1, "handling": 0}
    assert 0 <= after["sipingtai_anchor_age_seconds"] < 60
    assert after["sipingtai_database_bytes"] > 1_000_000
    assert after['sipingtai_jobs{state="failed"}'] == 0
    assert not [name for name in after if "closed" in name]


def test_others_find_nothing_there(db: None, client: Client, settings: Settings) -> None:
    assert client.get("/metrics", **HERE).status_code == 200
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3", **HERE).status_code == 404
    settings.ALLOWED_HOSTS = ["sipingtai.example"]
    assert client.get("/metrics", headers={"Host": "sipingtai.example"}).status_code == 404, "through a proxy"
    settings.TRUSTED_PROXY = "127.0.0.1"
    assert client.get("/metrics", headers={"Host": "sipingtai.example"}).status_code == 404
    settings.ALLOWED_HOSTS = ["localhost"]
    assert client.get("/metrics", **HERE).status_code == 404, "a proxy that names itself as the host"
    assert client.post("/metrics", **HERE).status_code in (403, 404)


@pytest.mark.parametrize(
    ("said", "status"),
    [(f"Bearer {TOKEN}", 200), (f"Bearer {TOKEN}x", 404), ("Bearer ", 404), (TOKEN, 404), ("Bearer \u4e00", 404)],
)
def test_a_token_lets_monitoring_of_another_machine_in(
    db: None, client: Client, token: str, said: str, status: int
) -> None:
    answer = client.get("/metrics", REMOTE_ADDR="10.1.2.3", HTTP_AUTHORIZATION=said)
    assert answer.status_code == status


def test_a_token_that_others_can_read_or_that_is_too_short_lets_nobody_in(db: None, client: Client, token: str) -> None:
    path = Path(settings.KEYS) / "metrics.token"
    asked = {"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": f"Bearer {TOKEN}"}
    path.chmod(0o644)
    assert client.get("/metrics", **asked).status_code == 404
    path.chmod(0o600)
    path.write_text("short", encoding="ascii")
    assert client.get("/metrics", REMOTE_ADDR="10.1.2.3", HTTP_AUTHORIZATION="Bearer short").status_code == 404


def test_a_signed_in_person_on_this_machine_may_ask_too(wuxi: Township, db: None, client: Client) -> None:
    client.force_login(wuxi.account("331125201-intake"))
    assert client.get("/metrics", **HERE).status_code == 200


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_healthz_says_when_tables_are_of_another_release_and_nothing_else(
    client: Client, owner_connection: psycopg.Connection[object]
) -> None:
    assert client.get("/healthz").content == b"ok\n"
    changed = "UPDATE django_migrations SET name = %s WHERE app = 'access' AND name = %s"
    owner_connection.execute(changed, ["0000_other", "0003_protection"])
    try:
        answer = client.get("/healthz")
    finally:
        owner_connection.execute(changed, ["0003_protection", "0000_other"])
    assert (answer.status_code, answer.content) == (503, b"migrations pending\n")


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_healthz_of_a_database_without_tables(client: Client, owner_connection: psycopg.Connection[object]) -> None:
    owner_connection.execute("ALTER TABLE django_migrations RENAME TO away")
    try:
        answer = client.get("/healthz")
    finally:
        owner_connection.execute("ALTER TABLE away RENAME TO django_migrations")
    assert (answer.status_code, answer.content) == (503, b"migrations pending\n")
    connection.close()
