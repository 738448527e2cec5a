"""The pages of oversight in a real browser under the real policy: nothing bars anybody's way, in light and in dark."""

import pytest
from playwright.sync_api import Browser

from tests.desk.browsing import Screen, screen
from tests.mechanisms.oversight.cast import CHIEF, OVERSIGHT, applied, decided, restricted
from tests.mechanisms.oversight.test_inspecting import OFFICE, asked, opened, recorded
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)


def barriers(desk: Screen) -> list[str]:
    """What bars the way on this page, in light and then in dark."""
    found = []
    for theme in ("light", "dark"):
        desk.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        found += [f"{theme}: {barrier}" for barrier in desk.barriers()]
    return found


def test_nothing_bars_the_way_on_the_pages_of_oversight(live_server, chromium: Browser, wuxi: Township) -> None:
    _, number = restricted(wuxi)
    _, waiting = restricted(wuxi)
    decided(wuxi, applied(wuxi, number))
    applied(wuxi, waiting)
    found = opened(wuxi)
    asked(wuxi, found)
    recorded(wuxi, inspection=found.pk)
    desk = screen(chromium, live_server.url, wuxi, OVERSIGHT)
    seen = {}
    for address in (
        "/", f"/cases/{number}", "/oversight/sight", "/oversight/inspections", "/oversight/inspections/new",
        f"/oversight/inspections/{found.pk}", "/oversight/records", "/oversight/records/new", "/oversight/reveals",
    ):  # fmt: skip
        desk.go(address)
        seen[address] = barriers(desk)
        assert desk.page.evaluate("document.documentElement.scrollWidth") <= 1366, address
    desk.go(f"/oversight/inspections/{found.pk}")
    desk.page.get_by_text("记录发现的问题").click()
    desk.page.locator("#finding").fill("两天没有签收。")
    desk.page.get_by_role("button", name="记录", exact=True).click()
    desk.page.locator(".flash-success").wait_for()
    for who, address in ((CHIEF, "/decisions"), (wuxi.handler(OFFICE), "/explanations")):
        other = screen(chromium, live_server.url, wuxi, who)
        other.go(address)
        for opens in other.page.locator("main summary").all():
            opens.click()
        seen[address] = barriers(other)
        other.page.set_viewport_size({"width": 360, "height": 640})  # leaders decide on a telephone
        assert other.page.evaluate("document.documentElement.scrollWidth") <= 360, address
        assert other.complaints == []
    assert {address: found for address, found in seen.items() if found} == {}
    assert desk.complaints == []
