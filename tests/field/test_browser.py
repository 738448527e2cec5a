"""A grid worker with a phone: report with a photo in a few touches, later verify what the office did."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.stages import Stage
from tests.phone import fits, phone
from tests.township import Township

WORKER, OFFICE = "331125201-grid-01", "331125201-office-06"


def _sign_in(page: Page, live_server: LiveServer, wuxi: Township, username: str) -> None:
    page.goto(f"{live_server.url}/field/")
    page.get_by_label("用户名").fill(username)
    page.get_by_label("密码").fill(wuxi.passwords[username])
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/field/")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_worker_reports_with_a_photo_and_later_verifies(
    wuxi: Township, live_server: LiveServer, chromium: Browser, theme: str, tmp_path: Path
) -> None:
    photo = tmp_path / "现场.jpg"
    Image.effect_noise((2400, 1800), 90).convert("RGB").save(photo)
    with phone(chromium, theme) as (page, complaints):
        _sign_in(page, live_server, wuxi, WORKER)
        assert fits(page)
        page.get_by_role("link", name="上报一件").click()
        page.set_input_files("#files", photo)
        page.get_by_label("发生了什么").fill("两家为宅基地征地补偿争执，村道边还有垃圾")
        page.locator("label.chip").first.click()
        assert fits(page)
        page.get_by_role("button", name="上报", exact=True).dblclick()
        page.wait_for_url("**/field/mine/")
        expect(page.locator(".flash-success")).to_contain_text("已上报")
        assert fits(page)
        with system_scope("测试"):
            row = models.Case.objects.get()
            assert models.Attachment.objects.filter(case=row, no=1).count() == 1
        _handle(wuxi, row.pk)
        page.goto(f"{live_server.url}/field/")
        page.locator(".entry-title").first.click()
        expect(page.locator("summary", has_text="核查通过")).to_be_visible()
        assert fits(page)
        page.locator("summary", has_text="核查通过").click()
        page.get_by_label("核查情况").fill("去看过，确实好了")
        assert fits(page)
        page.get_by_role("button", name="确定核查通过").click()
        expect(page.locator(".flash-success")).to_contain_text("核查通过")
        page.wait_for_load_state("networkidle")
        assert complaints == []
    assert wuxi.case(row.pk).stage is Stage.VERIFIED


def _handle(wuxi: Township, case_id: int) -> None:
    """What the others do meanwhile."""
    wuxi.act("331125201-intake", case_id, Action.ACCEPT)
    wuxi.act("331125201-analyst", case_id, Action.CLASSIFY, category="01003", reason="属实")
    wuxi.act("331125201-dispatcher", case_id, Action.DISPATCH, to=wuxi.unit("331125201-综治工作平台"))
    wuxi.act("331125201-platform-1-clerk", case_id, Action.FORWARD, to=wuxi.unit("331125201-综治办"))
    wuxi.act(OFFICE, case_id, Action.SIGN)
    wuxi.act(OFFICE, case_id, Action.FINISH, text="两家说好了", files=1)


def test_without_signal_a_report_stays_on_the_page_and_goes_by_itself(
    wuxi: Township, live_server: LiveServer, chromium: Browser
) -> None:
    with phone(chromium) as (page, _):
        _sign_in(page, live_server, wuxi, WORKER)
        page.get_by_role("link", name="上报一件").click()
        page.get_by_label("发生了什么").fill("山路塌方，只能过一辆车")
        page.context.set_offline(True)
        expect(page.locator("[data-net-words]")).to_contain_text("无信号")
        page.get_by_role("button", name="上报", exact=True).click()
        expect(page.locator(".flash-warning")).to_contain_text("有信号时会自动发出")
        assert page.get_by_label("发生了什么").input_value() == "山路塌方，只能过一辆车"
        page.get_by_label("发生了什么").fill("山路塌方，只能过一辆车，已放警示牌")
        page.context.set_offline(False)
        page.wait_for_url("**/field/mine/")
        expect(page.locator(".flash-success")).to_contain_text("已上报")
    with system_scope("测试"):
        assert models.Text.objects.get(name="text").content == "山路塌方，只能过一辆车，已放警示牌"
