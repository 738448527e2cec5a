"""The desk in a real browser under the real policy: accept, dispatch and forward by keyboard alone."""

import pytest
from playwright.sync_api import Browser, Page

from sipingtai.core.stages import Stage
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)

SCREEN = {"width": 1366, "height": 768}


def signed_in(browser: Browser, server: str, wuxi: Township, account: str) -> tuple[Page, list[str]]:
    """A page of somebody's own, signed in by typing; and the list in which the browser's complaints are kept."""
    page = browser.new_context(viewport=SCREEN, locale="zh-CN").new_page()  # type: ignore[arg-type]
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{server}/")
    page.locator("[name=login]").focus()
    page.keyboard.type(account)
    page.keyboard.press("Tab")
    page.keyboard.type(wuxi.passwords[account])
    page.keyboard.press("Enter")
    page.wait_for_url(f"{server}/")
    return page, complaints


def fits_the_screen(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_accept_dispatch_and_forward_need_no_mouse(live_server, chromium: Browser, wuxi: Township) -> None:
    first = wuxi.report("水库边有人游泳。", by="331125201-intake", category="17002")
    second = wuxi.report("会溪桥头的路灯不亮了。", by="331125201-intake", category="17002")

    page, complaints = signed_in(chromium, live_server.url, wuxi, "331125201-intake")
    assert page.locator("h1").inner_text().startswith("水库边")  # the first by due time is open already
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**case={second.number}")
    page.locator("h1", has_text="会溪桥头").wait_for()
    assert page.locator(".entry[aria-current]").inner_text().startswith("会溪桥头")
    page.keyboard.press("a")
    page.locator(".flash-success").wait_for()
    assert f"{second.number} 已办“受理”" in page.locator(".flash-success").inner_text()
    assert wuxi.case(second.case_id).stage is Stage.ACCEPTED
    assert wuxi.case(first.case_id).stage is Stage.REPORTED
    assert fits_the_screen(page)
    assert complaints == []

    page, complaints = signed_in(chromium, live_server.url, wuxi, "331125201-dispatcher")
    page.goto(f"{live_server.url}/?queue=accepted")
    page.keyboard.press("c")  # look at another form first; its first field has the cursor
    page.locator("#move_category:focus").wait_for()
    page.keyboard.press("Escape")
    page.locator("#move_category").blur()
    page.keyboard.press("d")
    page.locator("#move_to:focus").wait_for()
    page.keyboard.press("Tab")
    page.keyboard.type("请尽快核实。")
    page.keyboard.press("Tab")  # 常用语
    assert page.locator(":focus").inner_text() == "请按职责办理，按期反馈。"
    page.keyboard.press("Enter")  # goes on behind what was written, with the cursor there
    page.locator("#move_text:focus").wait_for()
    assert page.locator("#move_text").input_value() == "请尽快核实。\n请按职责办理，按期反馈。"
    page.keyboard.press("Control+Enter")
    page.locator(".flash-success").wait_for()
    assert "现由综合执法平台承办" in page.locator(".flash-success").inner_text()
    assert complaints == []

    page, complaints = signed_in(chromium, live_server.url, wuxi, "331125201-platform-2-head")
    page.goto(f"{live_server.url}/?queue=forward")
    assert "请尽快核实。" in page.locator(".story").inner_text()
    for _ in range(60):  # to the member offices, then down their list
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "to":
            break
    page.keyboard.press("Space")
    page.keyboard.press("f")
    page.locator(".flash-success").wait_for()
    assert wuxi.case(second.case_id).main.by_platform  # type: ignore[union-attr]
    assert complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_of_the_desk_loads_without_a_complaint(
    live_server, chromium: Browser, wuxi: Township, theme: str
) -> None:
    receipt = wuxi.report("河道护栏缺损约四米。", by="331125201-intake", category="17002", phone="13812345678")
    page, complaints = signed_in(chromium, live_server.url, wuxi, "331125201-dispatcher")
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    for address in ("/", "/cases?q=护栏", "/new", f"/cases/{receipt.number}", f"/cases/{receipt.number}/void"):
        page.goto(f"{live_server.url}{address}", wait_until="networkidle")
        assert fits_the_screen(page), address
    page.goto(f"{live_server.url}/new")
    page.locator("textarea").focus()
    page.keyboard.type("桥头的路灯不亮")
    page.locator("#suggested input").wait_for()
    assert "路灯" in page.locator("#suggested").inner_text()
    page.goto(f"{live_server.url}/cases/{receipt.number}")
    page.locator(".fold summary", has_text="查看").press("Enter")
    page.locator("#why").press_sequentially("回访核实位置")
    page.keyboard.press("Enter")
    page.get_by_text("13812345678").wait_for()
    assert complaints == []


def test_without_script_a_move_is_still_made(live_server, chromium: Browser, wuxi: Township) -> None:
    receipt = wuxi.report("路灯不亮。", by="331125201-intake", category="17002")
    page = chromium.new_context(java_script_enabled=False, viewport=SCREEN).new_page()  # type: ignore[arg-type]
    page.goto(f"{live_server.url}/")
    page.fill("[name=login]", "331125201-intake")
    page.fill("[name=password]", wuxi.passwords["331125201-intake"])
    page.press("[name=password]", "Enter")
    page.click("a.btn:has-text('研判')")
    page.fill("[name=reason]", "更正类别。")
    page.click("button:has-text('研判')")
    assert "已办“研判”" in page.locator(".flash-success").inner_text()
    assert wuxi.case(receipt.case_id).steps == 2
