"""The leaders' pages in a real browser: light and dark, the clerk's screen and the telephone."""

import pytest
from django.utils import timezone
from playwright.sync_api import Browser

from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.case import Colour
from sipingtai.mechanisms.duty.rota import today
from tests.desk.browsing import SCREEN, screen
from tests.desk.test_flows import with_office
from tests.mechanisms.rotas import CHIEF, DAY, DEPUTY, HEAD, LEADER, room, roster
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)

PHONE = (360, 740)


@pytest.mark.parametrize(("theme", "size"), [("light", SCREEN), ("dark", PHONE)], ids=["light-desk", "dark-phone"])
def test_the_leaders_pages_fit_and_put_nothing_in_anybody_s_way(
    live_server, chromium: Browser, wuxi: Township, theme: str, size: tuple[int, int]
) -> None:
    case_id, _, office = with_office(wuxi)
    wuxi.act(office, case_id, A.SIGN)
    wuxi.act(CHIEF, case_id, A.SUPERVISE, colour=Colour.RED, reason="催了两次没有动。")
    wuxi.act(CHIEF, case_id, A.INSTRUCT, text="请查明原因，本周内报我。")
    day = today(wuxi.setting, room(wuxi), local(timezone.now()))
    roster(wuxi, day, [DEPUTY, LEADER, CHIEF], now=local(timezone.now()))
    seen = {
        HEAD: (f"/duty?month={day + DAY:%Y-%m}&day={day + DAY}", "/duty/log"), DEPUTY: ("/duty/log", "/instructions"),
        office: ("/cards", "/duty"),
    }  # fmt: skip
    for account, addresses in seen.items():
        desk = screen(chromium, live_server.url, wuxi, account, size=size, theme=theme)
        for address in addresses:
            desk.go(address)
            desk.page.evaluate("document.querySelectorAll('main details').forEach(fold => { fold.open = true })")
            assert desk.page.evaluate("document.documentElement.scrollWidth") <= size[0], (account, address)
            assert desk.barriers() == [], (account, address)
            assert "今日值班领导" in desk.page.locator("header").inner_text()
        assert desk.complaints == []
        desk.page.context.close()


def test_a_reply_and_a_takeover_are_made_on_a_telephone(live_server, chromium: Browser, wuxi: Township) -> None:
    case_id, _, office = with_office(wuxi)
    wuxi.act(office, case_id, A.SIGN)
    wuxi.act(CHIEF, case_id, A.SUPERVISE, colour=Colour.RED, reason="催了两次没有动。")
    now = local(timezone.now())
    roster(wuxi, today(wuxi.setting, room(wuxi), now), [DEPUTY], now=now)
    leader = screen(chromium, live_server.url, wuxi, DEPUTY, size=PHONE)
    leader.go("/duty/log")
    leader.page.get_by_role("button", name="确认接班").click()
    leader.page.locator(".flash-success").wait_for()
    assert "当时紧要的 1 件" in leader.page.locator("main").inner_text()
    desk = screen(chromium, live_server.url, wuxi, office, size=PHONE)
    desk.go("/cards")
    desk.page.get_by_text("写回复", exact=True).click()
    desk.page.locator("textarea").fill("配件周三到，周四装好。")
    desk.page.get_by_role("button", name="提交回复").click()
    desk.page.locator(".flash-success").wait_for()
    assert wuxi.case(case_id).cards[0].replied
    assert leader.complaints == desk.complaints == []
