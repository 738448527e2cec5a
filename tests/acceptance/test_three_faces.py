"""In Chromium: a villager reports on /p/, three people handle it on / in two hops, the grid verifies on /field/."""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from sipingtai.core.stages import Stage
from tests.acceptance.people import People

pytestmark = pytest.mark.django_db(transaction=True)

T = "331125201-"
DESK, PHONE = {"width": 1366, "height": 768}, {"width": 360, "height": 640}


class Screens:
    """Pages of a browser each with cookies of its own; whatever a console complains of is a fault."""

    def __init__(self, browser: Browser, people: People) -> None:
        self.browser, self.people, self.complaints = browser, people, list[str]()

    def open(self, size: dict[str, int], username: str = "") -> Page:
        page = self.browser.new_context(viewport=size, locale="zh-CN").new_page()  # type: ignore[arg-type]
        page.on("console", lambda m: self.complaints.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: self.complaints.append(str(e)))
        if username:
            page.goto(self.people.base + "/sign-in/")
            page.get_by_label("用户名").fill(username)
            page.get_by_label("密码").fill(self.people.township.passwords[username])
            page.get_by_role("button", name="登录").click()
            expect(page).not_to_have_url(re.compile("sign-in"))
        return page


@pytest.fixture
def screens(chromium: Browser, people: People) -> Iterator[Screens]:
    found = Screens(chromium, people)
    yield found
    for context in chromium.contexts:
        context.close()
    assert found.complaints == []


def do(page: Page, number: str, action: str, fill: dict[str, str] | None = None, to: str = "") -> None:
    """One move on the desk: open its form, fill it in, send it."""
    page.goto(urljoin(page.url, f"/cases/{number}/{action}"))
    form = page.locator(f'form[action$="/{action}"]')
    if to and form.locator('select[name="to"]').count():
        form.locator('select[name="to"]').select_option(to)
    elif to:
        form.locator(f'[name="to"][value="{to}"]').check()
    for name, text in (fill or {}).items():
        form.locator(f'[name="{name}"]').fill(text)
    form.locator('button[type="submit"]').click()
    expect(page.get_by_role("status").first).not_to_be_empty()


def test_a_villagers_report_is_handled_in_two_hops_and_verified_by_the_grid(screens: Screens, people: People) -> None:
    villager = screens.open(PHONE)
    villager.goto(people.base + "/p/report/331125201/")
    villager.get_by_label("反映什么事").fill("桥头的护栏被撞断了两米，孩子放学要经过。")
    villager.get_by_label("在哪里").select_option("331125201200001")
    villager.get_by_role("button", name="提交").click()
    expect(villager.get_by_role("heading", name="已收到您的反映")).to_be_visible()
    number = villager.locator("dd.number").inner_text().strip()

    clerk = screens.open(DESK, T + "dispatcher")
    room = screens.open(DESK, T + "intake")
    do(room, number, "accept")
    do(clerk, number, "dispatch", to=people.unit(T + "综合执法平台"))
    head = screens.open(DESK, T + "platform-2-head")
    do(head, number, "forward", to=people.unit(T + "村容村貌"))
    handler = screens.open(DESK, people.handler(T + "村容村貌"))
    do(handler, number, "sign")
    do(handler, number, "finish", fill={"text": "护栏已焊好刷漆。"})
    analyst = screens.open(DESK, T + "analyst")
    analyst.goto(f"{people.base}/cases/{number}/classify")
    form = analyst.locator('form[action$="/classify"]')
    form.locator('[name="category"]').first.fill("17003")
    form.locator('[name="reason"]').fill("桥梁护栏")
    form.locator('button[type="submit"]').click()
    expect(analyst.get_by_role("status").first).not_to_be_empty()

    grid = screens.open(PHONE, people.grid("331125201200001"))
    grid.goto(f"{people.base}/field/case/{number}/")
    form = grid.locator('form[action*="/verify/"]')
    if not form.is_visible():
        grid.locator("summary", has_text="核查通过").click()
    form.locator('button[type="submit"]').click()
    expect(grid.get_by_text("已办：核查通过", exact=False).first).to_be_visible()
    assert people.case(number).stage is Stage.VERIFIED

    villager.get_by_role("button", name="现在就看进度").click()
    expect(villager.get_by_text("护栏已焊好刷漆。").first).to_be_visible()
    villager.get_by_label("满意，可以办结", exact=False).first.check()
    villager.get_by_role("button", name="提交评价").click()
    expect(villager.get_by_role("heading", name="已办结")).to_be_visible()
    assert people.case(number).stage is Stage.CLOSED
