"""The leaders' pages on a telephone: everything open fits, is in nobody's way, and is worked off with a thumb."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.case import Colour
from sipingtai.mechanisms.duty.rota import today
from tests.desk.browsing import screen
from tests.desk.test_flows import with_office
from tests.mechanisms.rotas import CHIEF, DAY, DEPUTY, HEAD, LEADER, room, roster
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = (360, 740)


def test_a_leader_and_an_office_do_their_part_on_a_telephone(live_server, chromium: Browser, wuxi: Township) -> None:
    case_id, _, office = with_office(wuxi)
    wuxi.act(office, case_id, A.SIGN)
    wuxi.act(CHIEF, case_id, A.SUPERVISE, colour=Colour.RED, reason="催了两次没有动。")
    wuxi.act(CHIEF, case_id, A.INSTRUCT, text="请查明原因，本周内报我。")
    day = today(wuxi.setting, room(wuxi), local(timezone.now()))
    roster(wuxi, day, [DEPUTY, LEADER, CHIEF], now=local(timezone.now()))
    desks = {
        name: screen(chromium, live_server.url, wuxi, name, size=PHONE, theme="dark") for name in (HEAD, DEPUTY, office)
    }
    for account, address in (
        (HEAD, f"/duty?month={day + DAY:%Y-%m}&day={day + DAY}"), (DEPUTY, "/instructions"), (DEPUTY, "/duty/log"),
        (office, "/cards"),
    ):  # fmt: skip
        desk = desks[account]
        desk.go(address)
        desk.page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true })")
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= PHONE[0], address
        assert desk.barriers() == [], address
        assert "今日值班领导" in desk.page.locator("header").inner_text()
    leader, replying = desks[DEPUTY].page, desks[office].page
    leader.get_by_role("button", name="确认接班").click()
    leader.locator(".flash-success").wait_for()
    assert "当时紧要的 1 件" in leader.locator("main").inner_text()
    replying.locator("main textarea").fill("配件周三到，周四装好。")
    replying.get_by_role("button", name="提交回复").click()
    replying.locator(".flash-success").wait_for()
    assert wuxi.case(case_id).cards[0].replied
    assert [desk.complaints for desk in desks.values()] == [[], [], []]
