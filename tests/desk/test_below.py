"""A county looks down on its townships, a township on its villages: matters, who waits for whom, and since when."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from tests.desk.clerk import clerk, text
from tests.desk.test_statements import statements
from tests.township import Township

pytestmark = pytest.mark.django_db

COUNTY, CHIEF, ROOM_HEAD = "331125-dispatcher", "331125-chief", "331125-room-head"
INTAKE, DISPATCHER = "331125201-intake", "331125201-dispatcher"


def row(wuxi: Township, account: str) -> list[str]:
    """The figures of the township's line: 未办结, 待受理, 超期, 等它答复, 最久, 等我们答复, 最久."""
    line = text(clerk(wuxi, account).get("/below")).split("<tbody>")[1].split("</tr>")[0]
    return [re.sub(r"<[^>]+>", "", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", line, re.S)]


def address(wuxi: Township, account: str, words: str) -> str:
    found = re.search(rf'href="([^"]+)" aria-label="[^"]*{words} ', text(clerk(wuxi, account).get("/below")))
    assert found
    return found[1].replace("&amp;", "&")


def handed_down(wuxi: Township, days: int = 2) -> str:
    """The county gave it to the township some days ago."""
    then = local(timezone.now()) - timedelta(days=days)
    receipt = wuxi.report("民宿没有办手续。", by="331125-intake", channel=Channel.COUNTY, area="331125", now=then)
    wuxi.act("331125-intake", receipt.case_id, A.ACCEPT, now=then)
    below = wuxi.unit("331125201-指挥室")
    wuxi.act(COUNTY, receipt.case_id, A.HAND_DOWN, to=below, reason="请属地办理。", now=then)
    return receipt.number


def sent_up(wuxi: Township) -> str:
    receipt = wuxi.report("省道塌方。", by=INTAKE, category="17002")
    wuxi.act(INTAKE, receipt.case_id, A.ACCEPT)
    wuxi.act(DISPATCHER, receipt.case_id, A.ESCALATE, reason="省道归县里管。")
    return receipt.number


def test_matters_are_counted_where_they_stand_and_each_count_leads_to_them(wuxi: Township) -> None:
    wuxi.report("桥头路灯不亮。", by=INTAKE, category="17002")
    old = local(timezone.now()) - timedelta(days=30)
    receipt = wuxi.report("老早的路灯。", by=INTAKE, category="17002", now=old)
    wuxi.act(INTAKE, receipt.case_id, A.ACCEPT, now=old)
    for account in (COUNTY, CHIEF, ROOM_HEAD):
        assert row(wuxi, account)[:3] == ["2", "1", "1"]
    late = text(clerk(wuxi, COUNTY).get(address(wuxi, COUNTY, "超期")))
    assert "老早的路灯" in late
    assert "桥头路灯" not in late
    assert "在雾溪畲族乡" in late  # the filter in force, to be let go
    township = wuxi.unit("331125201-指挥室")
    assert f'<input type="hidden" name="under" value="{township}">' in late  # kept when one narrows further


def test_what_was_handed_down_is_awaited_until_the_township_answers(wuxi: Township) -> None:
    number = handed_down(wuxi)
    assert row(wuxi, COUNTY)[3:] == ["1", "已等 2 天", "0", "—"]
    listed = text(clerk(wuxi, COUNTY).get(address(wuxi, COUNTY, "等它答复")))
    assert number in listed
    assert "已等 2 天" in listed
    page = text(clerk(wuxi, COUNTY).see(number))
    stack = page.split("<h2>上下级</h2>")[1].split("</section>")[0]
    assert "雾溪畲族乡" in stack
    assert "现在指挥" in stack
    assert "等答复" in stack
    assert "起，已等 2 天，应于 " in stack


def test_what_was_sent_up_waits_for_us_and_is_not_counted_as_the_township_s(wuxi: Township) -> None:
    number = sent_up(wuxi)
    assert row(wuxi, COUNTY)[0] == "0"
    assert row(wuxi, COUNTY)[5:] == ["1", "已等 0 分"]
    assert number in text(clerk(wuxi, COUNTY).get(address(wuxi, COUNTY, "等我们答复")))
    assert "现在指挥" in text(clerk(wuxi, DISPATCHER).see(number))  # the township sees who has it, too


def test_what_a_township_awaits_from_its_village_is_its_own_business(wuxi: Township) -> None:
    receipt = wuxi.report("路灯不亮。", by=INTAKE, category="17002")
    wuxi.act(INTAKE, receipt.case_id, A.ACCEPT)
    wuxi.act(DISPATCHER, receipt.case_id, A.HAND_DOWN, to=wuxi.unit("331125201200-工作站"), reason="请村里办理。")
    assert row(wuxi, DISPATCHER)[3:5] == ["1", "已等 0 分"]
    assert row(wuxi, COUNTY)[3:] == ["0", "—", "0", "—"]
    ours = sent_up(wuxi)
    listed = text(clerk(wuxi, COUNTY).get(address(wuxi, COUNTY, "等我们答复")))
    assert ours in listed
    assert receipt.number not in listed


def test_a_township_looks_on_its_villages_an_office_on_nobody(wuxi: Township) -> None:
    page = text(clerk(wuxi, DISPATCHER).get("/below"))
    assert "<h1>各村站</h1>" in page
    assert clerk(wuxi, "331125201-office-01").get("/below").status_code == 404
    assert "/below" not in text(clerk(wuxi, "331125201-office-01").get("/"))


def test_the_page_asks_the_same_for_one_matter_and_many(wuxi: Township) -> None:
    desk = clerk(wuxi, COUNTY)
    handed_down(wuxi)
    desk.get("/below")
    few = len(statements(lambda: desk.get("/below")))
    for _ in range(8):
        handed_down(wuxi)
        sent_up(wuxi)
    assert len(statements(lambda: desk.get("/below"))) == few <= 12


def test_a_made_up_place_narrows_nothing(wuxi: Township) -> None:
    number = handed_down(wuxi)
    for made_up in ("under=999999999", "awaits=x", "under=-1&awaits=1e3", "under="):
        assert number in text(clerk(wuxi, COUNTY).get(f"/?queue=all&{made_up}"))
