"""The workbench in a real browser under the real policy: two clerks, the keyboard alone, batches, accessibility."""

import re
import time

import pytest
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, expect

from sipingtai.core.actions import Action as A
from sipingtai.core.stages import Stage
from tests.desk.browsing import SCREEN, WIDE, Screen, screen
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)

INTAKE, DISPATCHER, HEAD = "331125201-intake", "331125201-dispatcher", "331125201-room-head"
SOON = 5000  # ms within which a change by somebody else is seen


def lamps(wuxi: Township, count: int) -> list[str]:
    return [wuxi.report(f"第 {no} 盏路灯不亮。", by=INTAKE, category="17002").number for no in range(1, count + 1)]


def focused(desk: Screen) -> str:
    return str(desk.page.evaluate("document.activeElement.textContent")).strip()


@pytest.mark.parametrize("size", [SCREEN, WIDE], ids=["1366", "1920"])
def test_what_one_clerk_does_the_other_sees_while_typing_on(
    live_server, chromium: Browser, wuxi: Township, size: tuple[int, int]
) -> None:
    first, second, third = lamps(wuxi, 3)
    writer = screen(chromium, live_server.url, wuxi, INTAKE, size=size)
    other = screen(chromium, live_server.url, wuxi, HEAD, size=size)
    writer.go(f"/?queue=reported&case={first}")
    other.go(f"/?queue=reported&case={second}")
    page = writer.page
    page.locator(f'.entry[data-number="{third}"] .pick').check()
    page.locator("#move_text").focus()
    page.keyboard.type("正在写的话，")
    page.wait_for_timeout(700)  # the half second in which what moves would still be put down to the typing
    writer.watch_shifts()

    other.page.keyboard.press("a")
    other.page.locator(".flash-success").wait_for()
    made = time.monotonic()
    expect(page.locator("#count-reported")).to_have_text("2", timeout=SOON)
    wuxi.report("井盖松动。", by=INTAKE, category="17002")
    expect(page.locator("[data-fresh-words]")).to_have_text("1 件新到", timeout=SOON)
    assert time.monotonic() - made < 2 * SOON / 1000
    gone = page.locator(f'.entry[data-number="{second}"]')
    assert "entry-gone" in (gone.get_attribute("class") or "")
    assert "已离开这个列表" in gone.inner_text()
    assert page.locator(".entry").count() == 3  # nothing jumps under the cursor
    assert writer.shifts() == 0

    page.keyboard.type("没有断。")
    assert page.locator("#move_text").input_value() == "正在写的话，没有断。"
    assert page.locator(f'.entry[data-number="{third}"] .pick').is_checked()
    page.locator("[data-fresh]").click()
    page.locator(".entry", has_text="井盖松动").wait_for()
    assert page.locator(".entry-gone").count() == 0
    assert page.locator(f'.entry[data-number="{third}"] .pick').is_checked()
    assert page.locator("#move_text").input_value() == "正在写的话，没有断。"
    assert writer.complaints == other.complaints == []


def test_two_clerks_at_one_case_see_each_other_and_neither_loses_a_word(
    live_server, chromium: Browser, wuxi: Township
) -> None:
    (number,) = lamps(wuxi, 1)
    one = screen(chromium, live_server.url, wuxi, INTAKE)
    two = screen(chromium, live_server.url, wuxi, HEAD)
    for desk in (one, two):
        desk.go(f"/?queue=reported&case={number}")
    one.page.locator("#move_text").focus()
    one.page.keyboard.type("我写的意见")
    expect(two.page.locator("[data-others]")).to_contain_text("信息汇总岗正在填写", timeout=SOON)
    expect(one.page.locator("[data-others]")).to_contain_text("指挥室主任也在看", timeout=SOON)
    one.page.wait_for_timeout(600)
    one.watch_shifts()
    two.page.keyboard.press("c")
    two.page.locator("#move_reason").fill("更正类别。")
    two.page.locator("#move_reason").press("Control+Enter")
    two.page.locator(".flash-success").wait_for()
    told = one.page.locator("[data-changed]")
    expect(told).to_contain_text("指挥室主任 “研判”", timeout=SOON)
    assert one.shifts() == 0
    # Sent all the same: the form comes back with what was typed, and says what changed and by whom.
    one.page.locator("#move button[type=submit]").click()
    expect(one.page.locator("#case [role=alert]")).to_contain_text("指挥室主任 “研判”")
    assert one.page.locator("#move_text").input_value() == "我写的意见"
    assert wuxi.numbered(number).stage is Stage.REPORTED
    assert [c for c in one.complaints if "409" not in c] == []


def test_the_newest_is_shown_on_request_and_brings_the_draft_along(
    live_server, chromium: Browser, wuxi: Township
) -> None:
    number, other = lamps(wuxi, 2)
    desk = screen(chromium, live_server.url, wuxi, INTAKE)
    desk.go(f"/?queue=reported&case={number}")
    page = desk.page
    page.locator("#move_text").fill("还没有写完")
    wuxi.act(HEAD, wuxi.numbered(number).id, A.ANNOTATE, text="请留意")
    page.locator("[data-shows-newest]").click()
    page.locator(".story", has_text="请留意").wait_for()
    assert page.locator("#move_text").input_value() == "还没有写完"
    # Nor is it lost by looking at another case in between.
    page.locator(f'.entry[data-number="{other}"] .entry-title').click()
    page.locator("h1", has_text="第 2 盏").wait_for()
    assert page.locator("#move_text").input_value() == ""
    page.locator(f'.entry[data-number="{number}"] .entry-title').click()
    page.locator("h1", has_text="第 1 盏").wait_for()
    assert page.locator("#move_text").input_value() == "还没有写完"
    assert desk.complaints == []


def test_the_keyboard_alone_walks_moves_goes_and_picks(live_server, chromium: Browser, wuxi: Township) -> None:
    numbers = lamps(wuxi, 4)
    desk = screen(chromium, live_server.url, wuxi, HEAD)
    desk.go("/?queue=reported")
    page = desk.page
    page.keyboard.press("j")
    assert "第 2 盏" in focused(desk)
    page.locator("h1", has_text="第 2 盏").wait_for()  # it opens by itself
    assert page.locator("[data-position]").inner_text() == "2 / 4"
    page.keyboard.press("a")  # accepts it; the next one opens and has the focus
    page.locator("h1", has_text="第 3 盏").wait_for()
    expect(page.locator(".entry-title:focus")).to_contain_text("第 3 盏")
    assert page.locator(".entry").count() == 3
    assert desk.count("reported") == "3"
    assert desk.count("accepted") == "1"
    assert f"case={numbers[2]}" in page.url

    page.keyboard.press("k")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("Shift+X")
    assert page.locator(".pick:checked").count() == 3
    assert page.locator("#picked").inner_text().startswith("3 件")
    page.keyboard.press("Escape")
    assert page.locator("#picked").is_hidden()

    page.keyboard.press("?")
    assert page.locator("#keys").is_visible()
    assert "待分流" in page.locator("#keys").inner_text()
    page.keyboard.press("Escape")
    page.keyboard.press("\\")
    page.locator("#narrow").wait_for()
    page.locator("#narrow [name=q]").fill("第 4")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert page.locator(".entry").count() == 1
    page.keyboard.press("g")
    page.keyboard.press("d")
    page.wait_for_url("**queue=accepted")
    assert page.locator(".entry").count() == 1
    page.keyboard.press("/")
    page.keyboard.type("路灯")
    page.keyboard.press("Enter")
    page.wait_for_url("**queue=all*")
    assert page.locator(".entry").count() == 4
    assert desk.complaints == []


def test_a_batch_is_shown_made_and_taken_back(live_server, chromium: Browser, wuxi: Township) -> None:
    numbers = lamps(wuxi, 4)
    ids = [wuxi.numbered(number).id for number in numbers]
    for case_id in ids[:3]:
        wuxi.act(INTAKE, case_id, A.ACCEPT)
    desk = screen(chromium, live_server.url, wuxi, HEAD)
    desk.go("/?queue=all")
    page = desk.page
    page.locator(".pick-all").check()
    page.keyboard.press("d")
    dialog = page.locator("#batch")
    expect(dialog.locator(".batch-sum")).to_contain_text("可以分流交办 3 件，1 件不能")
    assert dialog.locator("tr[data-can]").count() == 3
    assert "综合执法平台" in dialog.locator("tr[data-can] select").first.evaluate("e => e.selectedOptions[0].text")
    assert desk.barriers() == []
    dialog.locator("[name=text]").fill("请尽快核实。")
    dialog.locator("button[type=submit]").click()
    expect(dialog.locator(".batch-sum")).to_contain_text("办成 3 件")
    assert [wuxi.case(pk).stage for pk in ids] == [Stage.DISPATCHED] * 3 + [Stage.REPORTED]

    wuxi.act("331125201-platform-2-head", ids[0], A.FORWARD, to=wuxi.unit("331125201-村容村貌"))
    page.keyboard.press("Escape")  # closed and looked at the list: it can still be taken back
    assert dialog.is_hidden()
    page.locator(".flash", has_text="办成 3 件").wait_for()
    page.keyboard.press("z")
    expect(dialog.locator(".batch-sum")).to_contain_text("撤回：办成 2 件，没办成 1 件")
    stages = [wuxi.case(pk).stage for pk in ids]
    assert stages == [Stage.DISPATCHED, Stage.ACCEPTED, Stage.ACCEPTED, Stage.REPORTED]
    assert "✗" in dialog.locator(f'tr[data-one-case="{numbers[0]}"]').inner_text()
    page.keyboard.press("Enter")  # 关闭 has the focus
    assert dialog.is_hidden()
    expect(page.locator(".pick:checked")).to_have_count(0)
    assert [c for c in desk.complaints if "422" not in c] == []


def test_a_lost_connection_is_told_calmly_and_its_return_as_well(
    live_server, chromium: Browser, wuxi: Township
) -> None:
    first, other = lamps(wuxi, 2)
    desk = screen(chromium, live_server.url, wuxi, INTAKE)
    desk.go("/?queue=reported")
    page = desk.page
    page.locator("#move_text").fill("断网时写的")
    page.wait_for_timeout(600)
    desk.watch_shifts()
    page.route("**/live*", lambda route: route.abort())
    expect(page.locator("#link-state")).to_contain_text("连不上服务器，正在重试", timeout=14_000)
    assert desk.shifts() == 0
    page.route("**/accept", lambda route: route.abort())
    page.locator("#move button[type=submit]").click()
    page.locator(".flash-error", has_text="没有送出").wait_for()
    page.unroute("**/accept")
    page.unroute("**/live*")
    expect(page.locator("#link-state")).to_have_text("", timeout=14_000)
    # What was written is still there, also after a look at another case.
    page.locator(f'.entry[data-number="{other}"] .entry-title').click()
    page.locator("h1", has_text="第 2 盏").wait_for()
    page.locator(f'.entry[data-number="{first}"] .entry-title').click()
    page.locator("h1", has_text="第 1 盏").wait_for()
    assert page.locator("#move_text").input_value() == "断网时写的"


def test_when_the_session_ends_one_signs_in_beside_and_goes_on_where_one_was(
    live_server, chromium: Browser, wuxi: Township
) -> None:
    (number,) = lamps(wuxi, 1)
    writer = screen(chromium, live_server.url, wuxi, INTAKE)
    writer.go(f"/?queue=reported&case={number}")
    page = writer.page
    page.locator("#move_text").fill("写了很久的意见。")
    Session.objects.all().delete()
    page.locator("#move_text").press("Control+Enter")
    expect(page.locator(".flash-warning")).to_contain_text("您写的还在这一页")
    assert page.locator("#move_text").input_value() == "写了很久的意见。"
    with page.expect_popup() as opened:
        page.get_by_role("link", name="重新登录").click()
    beside = opened.value
    beside.get_by_label("用户名").fill(INTAKE)
    beside.get_by_label("密码").fill(wuxi.passwords[INTAKE])
    beside.get_by_role("button", name="登录").click()
    beside.wait_for_url(f"{live_server.url}/")
    beside.close()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".flash-success")).to_contain_text("可以继续办")
    page.locator("#move_text").press("Control+Enter")
    expect(page.locator(".flash-success")).to_contain_text("已办“受理”")


def test_a_hidden_desk_asks_nothing(live_server, chromium: Browser, wuxi: Township) -> None:
    desk = screen(chromium, live_server.url, wuxi, INTAKE)
    desk.page.add_init_script("Object.defineProperty(document, 'hidden', { get: () => true })")
    asked: list[str] = []
    desk.page.on("request", lambda request: asked.append(request.url) if "/live" in request.url else None)
    desk.go("/")
    desk.page.wait_for_timeout(5000)
    assert asked == []


def test_a_view_is_saved_from_its_filters(live_server, chromium: Browser, wuxi: Township) -> None:
    lamps(wuxi, 1)
    desk = screen(chromium, live_server.url, wuxi, HEAD)
    desk.go("/?queue=reported&q=路灯")
    page = desk.page
    page.get_by_role("button", name="存为视图").click()
    page.locator("#view-name").fill("路灯的事")
    page.keyboard.press("Enter")
    expect(page.locator("#views-body")).to_contain_text("已存好")
    page.keyboard.press("Escape")
    expect(page.locator("#view-list")).to_contain_text("路灯的事")
    desk.go("/")
    page.locator("#view-list a").click()
    page.wait_for_url("**q=*")
    assert page.locator(".chip").count() == 1
    assert desk.complaints == []


def test_the_list_goes_on_by_itself(live_server, chromium: Browser, wuxi: Township) -> None:
    lamps(wuxi, 60)
    desk = screen(chromium, live_server.url, wuxi, INTAKE)
    desk.go("/?queue=reported")
    page = desk.page
    assert page.locator(".entry").count() == 30
    page.locator("#entries").hover()
    page.mouse.wheel(0, 6000)
    expect(page.locator(".entry")).to_have_count(60)
    assert page.locator(".entry-more").count() == 0
    assert desk.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_bars_anybody_s_way(live_server, chromium: Browser, wuxi: Township, theme: str) -> None:
    first, second = lamps(wuxi, 2)
    wuxi.report("危房漏雨。", by=INTAKE, category="17002", restricted=True)
    wuxi.act(INTAKE, wuxi.numbered(second).id, A.ACCEPT)
    desk = screen(chromium, live_server.url, wuxi, HEAD, theme=theme)
    found = {}
    for address in ("/?queue=reported", "/?queue=all&q=路灯", f"/?queue=all&case={first}", "/?queue=carded", "/cases"):
        desk.go(address)
        found[address] = desk.barriers()
    desk.go("/?queue=all&q=路灯")
    for dialog in ("keys", "views", "narrow", "keep-view"):
        desk.page.evaluate(f"document.getElementById('{dialog}').showModal()")
        found[dialog] = desk.barriers()
        desk.page.evaluate(f"document.getElementById('{dialog}').close()")
    desk.page.locator(".pick").first.check()
    found["picked"] = desk.barriers()
    assert {where: what for where, what in found.items() if what} == {}
    assert not re.search("Content Security Policy", " ".join(desk.complaints))
