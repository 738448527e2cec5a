"""将到期 by the pack's own marks: what one holds, for the room and leaders what stands in their command. Orders."""

import re
from datetime import datetime, timedelta

import pytest
from django.utils import timezone

from sipingtai.cases.models import Case
from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.setting import Urgency
from tests.desk.clerk import Clerk, clerk, text
from tests.township import Township

pytestmark = pytest.mark.django_db

INTAKE, DISPATCHER, CHIEF = "331125201-intake", "331125201-dispatcher", "331125201-chief"
COUNTY = "331125-dispatcher"


def ago(minutes: int) -> datetime:
    return local(timezone.now()) - timedelta(minutes=minutes)


def urgent(wuxi: Township, what: str, minutes: int) -> int:
    """An urgent matter is to be accepted within the hour, day and night; the mark comes after 42 minutes."""
    return wuxi.report(what, by=INTAKE, now=ago(minutes), urgency=Urgency.URGENT, category="17002").case_id


def soon(desk: Clerk) -> list[str]:
    return titles(desk, "/?queue=soon")


def titles(desk: Clerk, address: str) -> list[str]:
    return re.findall(r"data-marks-entry>([^<]+)<", text(desk.get(address)))


def count(wuxi: Township, account: str) -> str:
    found = re.search(r'id="count-soon"[^>]*>([^<]+)<', text(clerk(wuxi, account).get("/")))
    return found[1] if found else ""


def test_what_has_passed_its_warning_mark_and_is_not_yet_due_is_due_soon(wuxi: Township) -> None:
    urgent(wuxi, "刚刚登记的路灯。", 5)
    urgent(wuxi, "快到时限的路灯。", 50)
    urgent(wuxi, "已过时限的路灯。", 70)
    desk = clerk(wuxi, INTAKE)
    assert [t.rstrip("。") for t in soon(desk)] == ["快到时限的路灯"]
    assert count(wuxi, INTAKE) == "1"
    assert "将到期" in text(desk.get("/?queue=soon"))


def test_the_room_and_its_leaders_see_what_is_due_soon_anywhere_in_their_command_an_office_only_its_own(
    wuxi: Township,
) -> None:
    case_id = urgent(wuxi, "桥头路灯不亮。", 60)
    wuxi.act(INTAKE, case_id, A.ACCEPT, now=ago(55))
    wuxi.act(DISPATCHER, case_id, A.DISPATCH, to=wuxi.unit("331125201-综合执法平台"), now=ago(50))
    seen = {who: count(wuxi, who) for who in (INTAKE, CHIEF, "331125201-platform-2-head", "331125201-office-01")}
    assert seen == {INTAKE: "1", CHIEF: "1", "331125201-platform-2-head": "1", "331125201-office-01": "0"}
    assert count(wuxi, COUNTY) == "0"  # another command's


def test_a_suspended_or_ended_case_has_no_mark(wuxi: Township) -> None:
    case_id = urgent(wuxi, "登记错的路灯。", 50)
    wuxi.act("331125201-room-head", case_id, A.VOID, reason="登记错了，没有这件事。")
    with wuxi.acting(INTAKE):
        row = Case.objects.get(pk=case_id)
    assert (row.due_at, row.warn_at, row.began_at) == (None, None, None)
    assert count(wuxi, INTAKE) == "0"


def test_the_most_urgent_and_highest_come_first_and_what_has_stood_longest_comes_first(wuxi: Township) -> None:
    for what, minutes, urgency in (
        ("一般而早到", 300, Urgency.NORMAL),
        ("特急", 20, Urgency.EMERGENCY),
        ("紧急", 40, Urgency.URGENT),
        ("一般而晚到", 10, Urgency.NORMAL),
    ):
        wuxi.report(what, by=INTAKE, now=ago(minutes), urgency=urgency, category="17002")
    desk = clerk(wuxi, INTAKE)
    assert titles(desk, "/?queue=reported&sort=urgent")[:2] == ["特急", "紧急"]
    assert titles(desk, "/?queue=reported&sort=still") == ["一般而早到", "紧急", "特急", "一般而晚到"]
    assert titles(desk, "/?queue=reported&sort=new") == ["一般而晚到", "特急", "紧急", "一般而早到"]
    page = text(desk.get("/?queue=reported&sort=still"))
    assert "停留 5 小时" in page


@pytest.mark.parametrize("sort", ["due", "urgent", "still", "new"])
def test_every_order_is_paged_without_a_gap_or_a_repetition(
    wuxi: Township, sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sipingtai.desk.lists.ROWS", 2)
    for no, urgency in enumerate([*Urgency, *Urgency, Urgency.NORMAL]):
        wuxi.report(f"第{no}件", by=INTAKE, now=ago(10 + no // 2), urgency=urgency, category="17002")
    desk, found, address = clerk(wuxi, INTAKE), [], f"/?queue=reported&sort={sort}"
    while address:
        page = text(desk.get(address)).split('id="case"')[0]
        found += re.findall(r"data-marks-entry>([^<]+)<", page)
        more = re.search(r'class="entry-more".*?href="([^"]+)"', page)
        address = more[1].replace("&amp;", "&") if more else ""
    assert len(found) == 9
    assert len(set(found)) == 9
    assert found == titles_at_once(desk, sort, monkeypatch)


def titles_at_once(desk: Clerk, sort: str, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    monkeypatch.setattr("sipingtai.desk.lists.ROWS", 50)
    return titles(desk, f"/?queue=reported&sort={sort}")


@pytest.mark.parametrize("cursor", ["x", "9~x_1", "_", "~_1", "2026-01-01T00:00:00_1", "99999~2026-01-01_1"])
def test_a_cursor_of_nobody_shows_the_first_page(wuxi: Township, cursor: str) -> None:
    urgent(wuxi, "桥头路灯不亮。", 5)
    desk = clerk(wuxi, INTAKE)
    for sort in ("due", "urgent", "still", "new"):
        assert len(titles(desk, f"/?queue=reported&sort={sort}&cursor={cursor}")) == 1
