"""分流推荐 at the desk: why, in words; the next best by one key; what contradicts it is shown; no percentage."""

import pytest
from playwright.sync_api import Browser, expect

from sipingtai.core.actions import Action as A
from sipingtai.core.stages import Stage
from tests.desk.browsing import screen
from tests.desk.clerk import clerk, text
from tests.desk.test_flows import DISPATCHER, INTAKE, PLATFORM, dispatched, taken_in, with_office
from tests.township import Township

pytestmark = pytest.mark.django_db

HEAD = "331125201-room-head"


def ruled(wuxi: Township, unit: str) -> str:
    """The second return of a matter, granted: such matters are this unit's from now on. The number of the case."""
    case_id, number, office = with_office(wuxi)
    to = wuxi.unit(unit)
    for answer in (A.REFUSE_RETURN, A.GRANT_RETURN):
        wuxi.act(office, case_id, A.REQUEST_RETURN, clause="第 8 条", to=to, reason="不是我们的职责。")
        holder = wuxi.case(case_id).holder
        assert holder is not None
        assert holder.post is not None
        decider = wuxi.holding(holder.unit, holder.post)
        wuxi.act(decider, case_id, answer, reason="经核对职责清单。")
    return number


def advice(page: str) -> str:
    return page.split('class="advised"')[1].split("</div>", maxsplit=1)[0]


def test_a_return_that_was_granted_is_followed_on_the_same_matter_and_whoever_gave_it_back_is_not_suggested(
    wuxi: Township,
) -> None:
    case_id, number, office = with_office(wuxi)
    wuxi.act(office, case_id, A.REQUEST_RETURN, clause="第 8 条", to=wuxi.unit("331125201-综治办"), reason="不归我们。")
    wuxi.act(DISPATCHER, case_id, A.GRANT_RETURN, reason="同意。")
    said = advice(text(clerk(wuxi, DISPATCHER).see(number)))
    assert "建议交 <strong>综治工作平台</strong>，由 <strong>综治办</strong> 承办" in said
    assert "同意村容村貌退单，退单时提出应交综治办" in said
    assert "与规则不一致" in said


def test_a_matter_whose_words_speak_for_another_category_is_doubted_before_it_is_given_out(wuxi: Township) -> None:
    receipt = wuxi.report("桥头路灯不亮好几天。", by=INTAKE, category="01001")
    wuxi.act(INTAKE, receipt.case_id, A.ACCEPT)
    said = advice(text(clerk(wuxi, DISPATCHER).see(receipt.number)))
    assert "也像“公共设施 · 路灯”；不对请先研判" in said
    assert "层级" in said


def test_ended_matters_of_the_category_are_counted_by_the_office_that_ended_them(wuxi: Township) -> None:
    case_id, _, office = with_office(wuxi)
    wuxi.act(office, case_id, A.SIGN)
    wuxi.act(office, case_id, A.FINISH, text="已换灯泡。", files=1)
    wuxi.act(HEAD, case_id, A.VERIFY, text="已到现场看过。")
    if wuxi.case(case_id).stage is not Stage.CLOSED:
        wuxi.act(DISPATCHER, case_id, A.FOLLOW_UP, text="满意。", verdict=True)
    assert wuxi.case(case_id).stage is Stage.CLOSED
    following, number = taken_in(wuxi)
    wuxi.act(INTAKE, following, A.ACCEPT)
    page = text(clerk(wuxi, DISPATCHER).see(number))
    assert "近一年同类事件由村容村貌办结 1 件" in page
    assert "%" not in advice(page)


def test_an_office_that_assisted_in_such_matters_is_offered_first_to_assist(wuxi: Township) -> None:
    case_id, _, office = with_office(wuxi)
    helper = wuxi.unit("331125201-派出所")
    wuxi.act(office, case_id, A.SIGN)
    wuxi.act(office, case_id, A.ENLIST, assists=(helper,), text="请配合。")
    police = wuxi.handler("331125201-派出所")
    wuxi.act(police, case_id, A.SIGN_ASSIST)
    wuxi.act(police, case_id, A.COMPLETE_ASSIST, text="已配合。")
    wuxi.act(office, case_id, A.FINISH, text="已换灯泡。", files=1)
    wuxi.act(HEAD, case_id, A.VERIFY, text="已到现场看过。")
    if wuxi.case(case_id).stage is not Stage.CLOSED:
        wuxi.act(DISPATCHER, case_id, A.FOLLOW_UP, text="满意。", verdict=True)
    following, number = taken_in(wuxi)
    wuxi.act(INTAKE, following, A.ACCEPT)
    first = text(clerk(wuxi, DISPATCHER).see(number)).split('name="assists"')[1].split("</label>", maxsplit=1)[0]
    assert "派出所（同类协办过 1 件）" in first


def test_whoever_forwards_finds_the_suggested_office_first_and_is_not_told_that_somebody_else_signs(
    wuxi: Township,
) -> None:
    _, number = dispatched(wuxi)
    page = text(clerk(wuxi, PLATFORM).see(number))
    assert "建议交 <strong>城乡建设管理中心</strong>" in advice(page)
    first = page.split('name="to"')[1].split("</label>", maxsplit=1)[0]
    assert "checked" in first
    assert "城乡建设管理中心" in first
    assert "还不能签收" not in page


@pytest.mark.django_db(transaction=True)
def test_one_key_shows_the_next_best_and_one_takes_what_is_shown(
    live_server, chromium: Browser, wuxi: Township
) -> None:
    ruling = ruled(wuxi, "331125201-综治办")
    case_id, number = taken_in(wuxi)
    wuxi.act(INTAKE, case_id, A.ACCEPT)
    desk = screen(chromium, live_server.url, wuxi, DISPATCHER, theme="dark")
    desk.go(f"/?queue=accepted&case={number}")
    page, to = desk.page, desk.page.locator("#move_to")
    first, second = wuxi.unit("331125201-综治工作平台"), wuxi.unit("331125201-综合执法平台")
    shown = page.locator(".advice:visible")
    expect(to).to_have_value(str(first))
    expect(shown).to_contain_text("作出退单终裁：综治办承办")
    expect(shown.get_by_role("link", name=ruling)).to_be_visible()
    page.locator("#move_text").fill("请先到现场看。")
    page.locator("#case-title").click()
    page.keyboard.press("]")
    expect(to).to_have_value(str(second))
    expect(shown).to_contain_text("分类对应：公共设施 · 路灯 → 综合执法平台")
    expect(shown).to_contain_text("终裁在先，交给这里与终裁不一致")
    page.keyboard.press("]")
    expect(to).to_have_value(str(first))  # round again
    other = page.locator("#move_to option").evaluate_all(
        f"all => all.map(o => o.value).find(v => v && v !== '{first}' && v !== '{second}')"
    )
    to.select_option(other)
    expect(page.get_by_text("没有终裁、规则、职责条款或同类事件指向它")).to_be_visible()
    assert desk.barriers() == []
    page.locator("#case-title").click()
    page.keyboard.press("]")
    expect(page.locator("#move_text")).to_have_value("请先到现场看。")
    button = page.locator("#move button[type=submit]").first
    expect(button).to_be_in_viewport()  # however much was said above it
    page.keyboard.press("d")
    flash = page.locator(".flash-success")
    flash.wait_for()
    main, main_after = wuxi.case(case_id).main, page.locator(".shell").bounding_box()
    assert main is not None
    assert main.unit == first
    told = flash.bounding_box()
    assert told is not None
    assert main_after is not None
    assert told["y"] >= main_after["y"] + main_after["height"] - 1  # it covers nothing
    assert desk.complaints == []
