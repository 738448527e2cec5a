"""What an open desk asks every few seconds: nothing when nothing happened, and only of what is one's own to see."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sipingtai.access.actor_scope import scope
from sipingtai.core.actions import Action as A
from sipingtai.desk.models import Presence
from tests.desk.clerk import Clerk, clerk, text
from tests.desk.test_statements import statements
from tests.township import Township

pytestmark = pytest.mark.django_db

INTAKE, DISPATCHER, OFFICE = "331125201-intake", "331125201-dispatcher", "331125201-office-07"


def since(desk: Clerk) -> str:
    found = re.search(r'data-since="([\d-]+)"', text(desk.get("/")))
    assert found
    return found[1]


def ask(desk: Clerk, known: str, tag: str = "", **more: object) -> HttpResponse:
    return desk.client.get("/live", {"since": known, **more}, headers={"If-None-Match": tag})


def refresh(desk: Clerk, shown: str, address: str = "/?queue=reported", **more: str) -> str:
    values = {"list": "1", "all": "1", "shown": shown, **more}
    answer = desk.client.post("/live/refresh", values, headers={"HX-Current-URL": f"http://testserver{address}"})
    assert answer.status_code == 200
    return text(answer)


def shown(page: str) -> str:
    return ",".join(f"{pk}:{mark}" for pk, mark in re.findall(r'data-case="(\d+)"[^>]*data-mark="(\w+)"', page))


def told(page: str) -> tuple[str, int]:
    """Which rows have gone, and how many are new."""
    found = re.search(r'data-gone="([\d,]*)" data-fresh="(\d+)"', page)
    assert found
    return found[1], int(found[2])


def test_who_knows_everything_is_told_so_in_one_statement_and_no_words(wuxi: Township) -> None:
    wuxi.report("路灯不亮。", by=INTAKE)
    desk = clerk(wuxi, DISPATCHER)
    first = ask(desk, since(desk))
    assert first.json()["changed"] is False
    asked = statements(lambda: ask(desk, first.json()["since"], first["ETag"]))
    assert len(asked) == 1
    assert "desk_news" in asked[0]
    again = ask(desk, first.json()["since"], first["ETag"])
    assert again.status_code == 304
    assert again.content == b""


def test_a_change_is_told_to_whom_it_concerns_and_to_nobody_else(wuxi: Township) -> None:
    receipt = wuxi.report("路灯不亮。", by=INTAKE)
    room, office = clerk(wuxi, DISPATCHER), clerk(wuxi, OFFICE)
    before = since(room), since(office)
    wuxi.act(INTAKE, receipt.case_id, A.ACCEPT)
    assert ask(room, before[0]).json()["changed"] is True
    elsewhere = ask(office, before[1]).json()
    assert elsewhere["changed"] is False
    assert elsewhere["since"] != before[1]  # it need not look at that step again


@pytest.mark.parametrize("kind", ["ordinary", "restricted", "about an office"])
def test_news_is_for_exactly_those_who_see_the_case(wuxi: Township, kind: str) -> None:
    about = frozenset({wuxi.unit("331125201-食安办")} if kind == "about an office" else ())
    wuxi.report("先有一件。", by=INTAKE)  # before it the journal has no end, and everything is news to everybody
    before = since(clerk(wuxi, DISPATCHER)).split("-")
    receipt = wuxi.report("办事人员态度不好。", by=INTAKE, restricted=kind == "restricted", about=about)
    people = {INTAKE, OFFICE, *wuxi.accounts[::6]}
    told = {account for account in people if news(wuxi, account, before)}
    assert told == {account for account in people if wuxi.seen_by(account, receipt.case_id)}
    assert 0 < len(told) < len(people)


def news(wuxi: Township, account: str, before: list[str]) -> bool:
    with wuxi.acting(account), connection.cursor() as cursor:
        cursor.execute("SELECT changed FROM desk_news(%s, %s)", before)
        return bool(cursor.fetchone()[0])


def test_a_restricted_case_is_no_news_to_who_has_no_part_in_it(wuxi: Township) -> None:
    wuxi.report("先有一件。", by=INTAKE)
    oversight = clerk(wuxi, "331125201-oversight")
    before = since(oversight)
    wuxi.report("涉及未成年人的事。", by=INTAKE, restricted=True)
    assert ask(oversight, before).json()["changed"] is False


def test_a_step_that_appears_behind_one_already_seen_is_news(wuxi: Township) -> None:
    wuxi.report("路灯不亮。", by=INTAKE)
    desk = clerk(wuxi, DISPATCHER)
    newest, _, present = since(desk).partition("-")
    # One fewer had been there when this desk looked: its transaction was still open.
    assert ask(desk, f"{newest}-{int(present) - 1}").json()["changed"] is True


@pytest.mark.parametrize("forged", ["", "-", "x-y", "9" * 30 + "-1", "-5", "1-2-3", "²-3"])
def test_a_forged_question_is_answered(wuxi: Township, forged: str) -> None:
    desk = clerk(wuxi, DISPATCHER)
    assert ask(desk, forged, case=forged, writing=forged).status_code == 200
    assert desk.client.post("/live/refresh", {"list": "1", "shown": forged}).status_code == 200


def test_asking_by_itself_does_not_keep_a_session_alive(wuxi: Township) -> None:
    desk = clerk(wuxi, DISPATCHER)
    known = since(desk)
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=3))
    before = Session.objects.get(pk=desk.client.session.session_key).expire_date
    answers = [
        ask(desk, known),
        desk.client.post("/live/refresh", {}),
        *(desk.get(address, **{"Desk-Renews": "1"}) for address in ("/cards", "/instructions")),
    ]
    assert all("session" not in answer.cookies for answer in answers)
    assert Session.objects.get(pk=desk.client.session.session_key).expire_date == before


def test_the_session_s_end_is_told_and_not_followed(wuxi: Township) -> None:
    desk = clerk(wuxi, DISPATCHER)
    desk.client.logout()
    answer = desk.client.get("/live", headers={"HX-Request": "true"})
    assert answer.status_code == 401


def test_rows_that_changed_left_or_are_new_are_told_apart(wuxi: Township) -> None:
    first, second = (wuxi.report(f"第 {no} 盏路灯不亮。", by=INTAKE) for no in (1, 2))
    desk = clerk(wuxi, INTAKE)
    rows = shown(text(desk.get("/?queue=reported")))
    assert told(refresh(desk, rows)) == ("", 0)
    assert "entry-title" not in refresh(desk, rows)  # nothing to say of what says the same
    wuxi.act(INTAKE, first.case_id, A.ACCEPT)
    wuxi.act(INTAKE, second.case_id, A.CLASSIFY, reason="更正", category="17002")
    wuxi.report("第 3 盏路灯不亮。", by=INTAKE)
    page = refresh(desk, rows)
    assert told(page) == (str(first.case_id), 1)
    assert re.findall(r'<li class="entry[^>]*data-case="(\d+)"', page) == [str(second.case_id)]
    assert '<span class="count" id="count-reported" data-count="reported">2</span>' in page


def test_looking_again_asks_the_same_for_one_row_and_thirty(wuxi: Township) -> None:
    desk = clerk(wuxi, INTAKE)
    wuxi.report("第 1 盏路灯不亮。", by=INTAKE)
    one = shown(text(desk.get("/?queue=reported")))
    few = len(statements(lambda: refresh(desk, one)))
    for no in range(2, 31):
        wuxi.report(f"第 {no} 盏路灯不亮。", by=INTAKE)
    many = shown(text(desk.get("/?queue=reported")))
    assert many.count(":") == 30
    assert len(statements(lambda: refresh(desk, many))) == few <= 6


def test_two_clerks_at_one_case_see_each_other_and_who_is_writing(wuxi: Township) -> None:
    receipt = wuxi.report("路灯不亮。", by=INTAKE)
    one, other = clerk(wuxi, INTAKE), clerk(wuxi, DISPATCHER)
    ask(one, "0-0", case=receipt.case_id)
    assert ask(one, "0-0", case=receipt.case_id).json()["others"] == []  # oneself is no other
    found: list[dict[str, Any]] = ask(other, "0-0", case=receipt.case_id).json()["others"]
    assert [(o["name"], o["writing"]) for o in found] == [("信息汇总岗", False)]
    assert re.fullmatch(r"\d\d:\d\d", found[0]["since"])
    ask(one, "0-0", case=receipt.case_id, writing=1)
    assert ask(other, "0-0", case=receipt.case_id).json()["others"][0]["writing"] is True


def test_nobody_is_seen_at_a_case_one_may_not_see_nor_put_there(wuxi: Township) -> None:
    receipt = wuxi.report("涉及未成年人的事。", by=INTAKE, restricted=True)
    ask(clerk(wuxi, INTAKE), "0-0", case=receipt.case_id)
    stranger = clerk(wuxi, "331125201-oversight")
    answer = ask(stranger, "0-0", case=receipt.case_id).json()
    assert (answer["steps"], answer["others"]) == (None, [])
    with wuxi.acting("331125201-oversight"):
        assert not Presence.objects.exists()


def test_who_left_is_forgotten(wuxi: Township) -> None:
    receipt = wuxi.report("路灯不亮。", by=INTAKE)
    ask(clerk(wuxi, INTAKE), "0-0", case=receipt.case_id)
    person = wuxi.account(INTAKE).pk
    standing = wuxi.standing(INTAKE)
    with scope(person, standing.units, standing.areas, standing.role):
        Presence.objects.update(seen=timezone.now() - timedelta(minutes=2))
    with wuxi.acting(DISPATCHER):
        assert not Presence.objects.exists()  # not even in the table, for anybody else
    ask(clerk(wuxi, DISPATCHER), "0-0", case=receipt.case_id)
    with scope(person, standing.units, standing.areas, standing.role):
        assert not Presence.objects.filter(account=person).exists()


def test_presence_is_written_every_other_time_and_no_more(wuxi: Township) -> None:
    receipt = wuxi.report("路灯不亮。", by=INTAKE)
    desk = clerk(wuxi, INTAKE)
    ask(desk, "0-0", case=receipt.case_id)
    with CaptureQueriesContext(connection) as captured:
        ask(desk, "0-0", case=receipt.case_id)
    assert not [q for q in captured.captured_queries if "INSERT INTO desk_presence" in q["sql"]]


def test_what_happened_to_the_open_case_is_told_with_who_did_it(wuxi: Township) -> None:
    receipt = wuxi.report("路灯不亮。", by=INTAKE)
    wuxi.act(INTAKE, receipt.case_id, A.ACCEPT)
    desk = clerk(wuxi, DISPATCHER)
    page = text(desk.get(f"/cases/{receipt.number}/since?seen=1"))
    assert "信息汇总岗 “受理”" in page
    assert clerk(wuxi, OFFICE).get(f"/cases/{receipt.number}/since?seen=1").status_code == 404
