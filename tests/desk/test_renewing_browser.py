"""Pages that are no list renew themselves as the queue does, and never under somebody's pen."""

import pytest
from playwright.sync_api import Browser, expect

from sipingtai.core.actions import Action as A
from sipingtai.core.case import Colour
from tests.desk.browsing import screen
from tests.desk.test_flows import DISPATCHER, INTAKE, with_office
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)

COUNTY, CHIEF, LEADER = "331125-dispatcher", "331125201-chief", "331125201-leader"
SOON = 5000  # ms within which a change by somebody else is seen


def test_what_somebody_else_does_shows_on_pages_that_are_no_list_but_never_under_one_s_pen(
    live_server, chromium: Browser, wuxi: Township
) -> None:
    (case_id, _, office), (other, _, _) = with_office(wuxi), with_office(wuxi)
    wuxi.act(CHIEF, case_id, A.SUPERVISE, colour=Colour.RED, reason="催了两次没有动。")
    county, leader, room, writer = (
        screen(chromium, live_server.url, wuxi, account) for account in (COUNTY, LEADER, DISPATCHER, office)
    )
    asked: list[str] = []
    county.page.on("request", lambda request: asked.append(f"{request.method} {request.url.split('/')[-1]}"))
    for desk, address in ((leader, "/cards"), (room, "/instructions"), (writer, "/cards"), (county, "/below")):
        desk.go(address)
    words = writer.page.get_by_label("回复内容")
    writer.page.get_by_text("写回复").click()
    words.fill("配件周三到，")
    county.page.locator("tbody a").first.focus()
    county.page.wait_for_timeout(4200)
    assert [one for one in asked if one in ("GET below", "POST refresh")] == ["GET below"]  # no news, no cost

    with writer.page.expect_response("**/live/refresh", timeout=SOON):
        wuxi.act(CHIEF, other, A.SUPERVISE, colour=Colour.YELLOW, reason="另发黄牌。")
        wuxi.act(CHIEF, case_id, A.INSTRUCT, text="本周内办结。")
        wuxi.report("井盖松动。", by=INTAKE, category="17002")
    expect(county.page.locator("tbody td").first).to_have_text("3", timeout=SOON)
    expect(leader.page.locator("h1")).to_have_text("督办牌 2", timeout=SOON)
    expect(room.page.get_by_text("本周内办结。").first).to_be_visible(timeout=SOON)
    assert county.page.evaluate("document.activeElement.getAttribute('aria-label')") == "雾溪畲族乡未办结 3 件"

    words.press_sequentially("周四装好。")
    assert words.input_value() == "配件周三到，周四装好。"
    assert writer.page.get_by_text("另发黄牌。").count() == 0
    words.fill("")
    writer.page.get_by_text("写回复").click()
    writer.page.locator("h1").click()
    expect(writer.page.get_by_text("另发黄牌。")).to_be_visible(timeout=SOON)
    assert county.complaints == leader.complaints == room.complaints == writer.complaints == []
