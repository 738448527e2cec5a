"""A session lasts as long as somebody works, and is not written at every click."""

import time

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sipingtai.config.sessions import PROLONGED_EVERY
from tests.township import Township

pytestmark = pytest.mark.django_db


def writes(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/").status_code == 200
    return sum("django_session" in q["sql"] and q["sql"].startswith(("UPDATE", "INSERT")) for q in captured)


def clerk(wuxi: Township) -> Client:
    client = Client()
    client.force_login(wuxi.account("331125201-intake"))
    return client


def test_clicks_within_a_minute_write_no_session(wuxi: Township) -> None:
    client = clerk(wuxi)
    client.get("/")
    assert [writes(client) for _ in range(3)] == [0, 0, 0]


def test_after_a_minute_the_session_is_prolonged(wuxi: Township) -> None:
    client = clerk(wuxi)
    session = client.session
    session["prolonged"] = int(time.time()) - PROLONGED_EVERY
    super(type(session), session).save()
    before = Session.objects.get().expire_date
    assert writes(client) == 1
    assert Session.objects.get().expire_date > before
