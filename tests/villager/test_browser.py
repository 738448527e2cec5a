"""A villager with a phone: report with a photo, keep the code, see the progress. And two fingers at once."""

import io
import uuid
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from PIL import Image
from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.file_store import installed_files
from sipingtai.cases import models
from tests.phone import fits, phone
from tests.township import Township
from tests.villager.pages import FORM, filled, receipt


@pytest.fixture
def large_photo(tmp_path: Path) -> Path:
    path = tmp_path / "现场.jpg"
    Image.effect_noise((3000, 2000), 90).convert("RGB").save(path, quality=90)
    return path


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_villager_reports_and_sees_the_progress(
    wuxi: Township, live_server: LiveServer, chromium: Browser, theme: str, large_photo: Path
) -> None:
    with phone(chromium, theme) as (page, complaints):
        page.goto(f"{live_server.url}/p/")
        assert fits(page)
        page.get_by_text("反映一件事").click()
        assert fits(page)
        page.get_by_label("反映什么事").fill("村口桥边护栏被撞坏")
        page.get_by_label("在哪里").select_option("331125201200")
        page.set_input_files("#photos", large_photo)
        expect(page.locator(".shot img")).to_have_count(1)
        page.get_by_text("加上位置（可不填）").click()
        page.get_by_role("button", name="用我现在的位置").click()
        expect(page.get_by_label("经度")).to_have_value("119.500000")
        page.get_by_label("经度").fill("")
        page.get_by_label("纬度").fill("")
        assert fits(page)
        page.get_by_role("button", name="提交").dblclick()
        page.wait_for_url("**/p/receipt/")
        code = page.locator("#code").inner_text()
        page.reload()
        assert page.locator("#code").inner_text() == code
        assert fits(page)
        page.goto(f"{live_server.url}/p/query/")
        page.get_by_label("查询码").fill(code.lower())
        page.get_by_role("button", name="查询").click()
        expect(page.get_by_role("heading", name="已收到")).to_be_visible()
        page.wait_for_load_state("networkidle")
        assert fits(page)
        assert complaints == []
    with system_scope("测试"):
        assert models.Case.objects.count() == 1
        photo = models.Attachment.objects.get()
    with installed_files().open(photo.digest) as content:
        assert max(Image.open(io.BytesIO(content.read())).size) == 1600


def test_the_form_works_without_script(wuxi: Township, live_server: LiveServer, chromium: Browser) -> None:
    page = chromium.new_page(java_script_enabled=False)
    page.goto(f"{live_server.url}{FORM}")
    page.get_by_label("反映什么事").fill("路灯坏了")
    page.get_by_label("在哪里").select_option("331125201")
    page.get_by_role("button", name="提交").click()
    expect(page.locator("#code")).to_be_visible()
    page.close()


def test_sent_twice_at_once_it_is_one_case_with_one_code(wuxi: Township, transactional_db: None) -> None:
    first = Client()
    first.get(FORM)
    form = filled(key=str(uuid.uuid4()))

    def post(_: int) -> tuple[str, str]:
        client = Client()
        client.cookies["visitor"] = first.cookies["visitor"].value
        try:
            assert client.post(FORM, form).status_code == 302
            return receipt(client)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as threads:
        receipts = set(threads.map(post, range(4)))
    assert len(receipts) == 1
    with system_scope("测试"):
        assert models.Case.objects.count() == 1
