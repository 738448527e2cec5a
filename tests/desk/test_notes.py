"""便签: one's own note on a case. Nobody else reads it, and it is no part of the journal."""

import psycopg
import pytest
from django.db import connection

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import Step
from sipingtai.desk.models import Note, View
from tests.desk.clerk import clerk, text
from tests.desk.test_flows import DISPATCHER, INTAKE, with_office
from tests.meanwhile import meanwhile
from tests.township import Township

pytestmark = pytest.mark.django_db

WORDS = "先打电话问清楚是哪一盏"


def steps() -> int:
    with system_scope("测试"):
        return Step.objects.count()


def test_a_note_stays_with_whoever_wrote_it(wuxi: Township) -> None:
    _, number, office = with_office(wuxi)
    before = steps()
    desk = clerk(wuxi, DISPATCHER)
    assert desk.client.post(f"/cases/{number}/note", {"note": WORDS}).status_code == 302
    assert WORDS in text(desk.see(number))
    for other in (INTAKE, office, "331125201-room-head", "331125201-chief"):
        assert WORDS not in text(clerk(wuxi, other).see(number))
    assert steps() == before


def test_the_database_itself_shows_a_note_to_nobody_else(wuxi: Township) -> None:
    _, number, _ = with_office(wuxi)
    clerk(wuxi, DISPATCHER).client.post(f"/cases/{number}/note", {"note": WORDS})
    seen = {}
    for account in (DISPATCHER, "331125201-room-head", "331125201-audit"):
        with wuxi.acting(account), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM desk_note")
            seen[account] = cursor.fetchone()[0]
    assert seen == {DISPATCHER: 1, "331125201-room-head": 0, "331125201-audit": 0}


def test_an_emptied_note_is_thrown_away_and_a_long_one_is_kept_in_the_field(wuxi: Township) -> None:
    _, number, _ = with_office(wuxi)
    desk = clerk(wuxi, DISPATCHER)
    desk.client.post(f"/cases/{number}/note", {"note": WORDS})
    answer = desk.client.post(f"/cases/{number}/note", {"note": "长" * 501}, headers={"HX-Request": "true"})
    assert answer.status_code == 422
    assert "长" * 501 in text(answer)
    assert "最多 500 个字" in text(answer)
    assert WORDS in text(desk.see(number))
    desk.client.post(f"/cases/{number}/note", {"note": "  "})
    assert WORDS not in text(desk.see(number))


def test_a_button_pressed_twice_saves_once(
    wuxi: Township, transactional_db: None, owner_connection: psycopg.Connection
) -> None:
    """The first press is still under way when the second comes: both find nothing there yet."""
    case_id, number, _ = with_office(wuxi)
    me, desk = wuxi.account(DISPATCHER).pk, clerk(wuxi, DISPATCHER)
    note = 'INSERT INTO desk_note ("case", account, content, at) VALUES (%s, %s, %s, now())'
    with meanwhile(owner_connection, note, [case_id, me, "先打电话"]):
        assert desk.client.post(f"/cases/{number}/note", {"note": WORDS}).status_code == 302
    view = "INSERT INTO desk_view (account, name, query, position, created_at) VALUES (%s, '我的', '', 1, now())"
    with meanwhile(owner_connection, view, [me]):
        assert desk.client.post("/views", {"name": "我的", "query": "queue=all"}).status_code == 302
    with wuxi.acting(DISPATCHER):
        assert Note.objects.values_list("content", flat=True).get() == WORDS
        assert View.objects.values_list("query", flat=True).get() == "queue=all"


def test_nobody_writes_on_a_case_out_of_sight(wuxi: Township) -> None:
    receipt = wuxi.report("路灯坏了。", by=INTAKE, category="17002")
    stranger = clerk(wuxi, wuxi.handler("331125201-村容村貌"))
    assert stranger.client.post(f"/cases/{receipt.number}/note", {"note": WORDS}).status_code == 404
