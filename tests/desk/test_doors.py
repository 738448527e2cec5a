"""What must not happen: seeing what is not one's own, a crash on any input, a page without a way back."""

import re
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sipingtai.core.actions import Action
from sipingtai.core.actions import Action as A
from sipingtai.core.case import Channel
from tests.desk.clerk import clerk, text
from tests.township import Township

pytestmark = pytest.mark.django_db

INTAKE, DISPATCHER = "331125201-intake", "331125201-dispatcher"


def test_a_stranger_is_led_to_sign_in(wuxi: Township) -> None:
    for address in ("/", "/cases", "/new", "/cases/331125201-20260302-000001"):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in/")
    answer = Client().get("/cases", headers={"HX-Request": "true"})
    assert answer["HX-Redirect"] == "/sign-in/"


def test_a_restricted_case_is_not_found_by_who_has_no_part_in_it(wuxi: Township) -> None:
    receipt = wuxi.report("涉及未成年人的事。", by=INTAKE, restricted=True)
    assert clerk(wuxi, INTAKE).see(receipt.number).status_code == 200
    other = clerk(wuxi, "331125201-office-07")
    for answer in (other.see(receipt.number), other.move(receipt.number, "progress", text="看看")):
        assert answer.status_code == 404
        assert "没有找到" in text(answer)
    assert receipt.number not in text(clerk(wuxi, "331125201-oversight").get("/cases"))


def test_a_complaint_is_not_seen_by_the_office_it_is_about(wuxi: Township) -> None:
    desk = clerk(wuxi, INTAKE)
    office = wuxi.unit("331125201-食安办")
    answer = desk.report("办事人员态度恶劣。", about=[office])
    number = answer["Location"].rsplit("/", 1)[1]
    assert "回避" in text(desk.see(number))
    accused = clerk(wuxi, "331125201-office-07")  # 食安办
    assert wuxi.standing("331125201-office-07").units == (office,)
    assert accused.see(number).status_code == 404
    desk.move(number, "accept")
    answer = clerk(wuxi, DISPATCHER).move(number, "dispatch", to=office)
    assert answer.status_code == 422


def test_a_file_is_found_by_who_sees_the_case_and_by_nobody_else(wuxi: Township) -> None:
    desk = clerk(wuxi, INTAKE)
    paper = SimpleUploadedFile("情况.pdf", b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF", "application/pdf")
    answer = desk.report("涉及未成年人的事。", restricted="on", files=paper)
    assert answer.status_code == 302, text(answer)
    number = answer["Location"].rsplit("/", 1)[1]
    found = re.search(rf"/cases/{number}/files/[0-9a-f-]+", text(desk.see(number)))
    assert found
    whole = desk.get(found[0])
    assert whole["Content-Disposition"].startswith("attachment")
    assert whole["X-Content-Type-Options"] == "nosniff"
    assert clerk(wuxi, "331125201-office-07").get(found[0]).status_code == 404
    other = wuxi.report("路灯坏了。", by=INTAKE).number  # nor under the number of another case
    assert desk.get(found[0].replace(number, other)).status_code == 404
    assert desk.get(f"/cases/{number}/files/{uuid.uuid4()}").status_code == 404


def test_a_program_is_not_taken_as_a_photo(wuxi: Township) -> None:
    answer = clerk(wuxi, INTAKE).report("路灯坏了。", files=SimpleUploadedFile("photo.jpg", b"MZ" + b"\x00" * 200))
    assert answer.status_code == 422
    assert "不能上传程序文件" in text(answer)
    assert "路灯坏了。" in text(answer)


FORGED = {
    "nul": "\x00",
    "letters": "abc",
    "huge": "9" * 400,
    "negative": "-1",
    "other": "331125201-20260302-000001",
    "markup": "<script>alert(1)</script>",
    "long": "字" * 20_000,
    "surrogate": "\ud800",
    "digits": "²３",
    "moment": "0001-01-01T00:00:00+23:59",
    "list": "[]",
    "empty": "",
}
FIELDS = (
    "seen", "queue", "to", "assists", "person", "days", "until", "clause", "category", "suggested", "level", "urgency",
    "restricted", "colour", "verdict", "override", "system", "other", "parts", "old", "new", "reason", "text",
)  # fmt: skip


@pytest.mark.parametrize("value", FORGED.values(), ids=FORGED.keys())
def test_no_input_of_a_move_crashes_or_changes_a_case_by_accident(wuxi: Township, value: str) -> None:
    receipt = wuxi.report("路灯坏了。", by=INTAKE, category="17002")
    wuxi.act(INTAKE, receipt.case_id, A.ACCEPT)
    desk = clerk(wuxi, DISPATCHER)
    values = {name: value.encode("utf-8", "surrogatepass").decode("utf-8", "replace") for name in FIELDS}
    for action in Action:
        answer = desk.client.post(f"/cases/{receipt.number}/{action.value}", values)
        assert answer.status_code in {302, 404, 409, 422}, (action, answer.status_code)
        if answer.status_code == 302:  # free text alone is enough for a few moves that change no stage
            assert action in {
                A.URGE,
                A.ANNOTATE,
                A.CLASSIFY,
                A.ESCALATE,
                A.REFER,
                A.DECLINE,
                A.VOID,
                A.RESTRICT,
                A.TAKE_BACK,
            }


@pytest.mark.parametrize("value", FORGED.values(), ids=FORGED.keys())
def test_no_input_of_a_new_matter_a_list_or_an_address_crashes(wuxi: Township, value: str) -> None:
    desk = clerk(wuxi, INTAKE)
    clean = value.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
    names = ("key", "channel", "urgency", "area", "text", "place", "category", "name", "phone", "about", "reported_at")
    assert desk.client.post("/new", dict.fromkeys(names, clean)).status_code in {302, 422}
    for name in ("about", "reported_at", "area", "phone", "category"):
        assert desk.report("路灯坏了。", **{name: clean}).status_code in {302, 422}
    assert desk.client.post("/new/category", {"text": clean}).status_code == 200
    lists = ("q", "stage", "category", "area", "channel", "holder", "overdue", "cursor")
    assert desk.client.get("/cases", dict.fromkeys(lists, clean)).status_code == 200
    for name in lists:
        assert desk.client.get("/cases", {name: clean}).status_code == 200, name
    for name in ("queue", "case", "cursor"):
        assert desk.client.get("/", {name: clean}).status_code == 200, name
    if clean and "/" not in clean:
        assert desk.client.get(f"/cases/{clean[:300]}").status_code == 404


@pytest.mark.parametrize(
    "cursor",
    [
        "_1",
        "2026-01-01T00:00:00_1",
        "2026-01-01T00:00:00+08:00_9" + "9" * 30,
        "x_y",
        "_",
        "9999-12-31T23:59:59-12:00_1",
    ],
)
def test_a_forged_cursor_shows_a_page(wuxi: Township, cursor: str) -> None:
    desk = clerk(wuxi, INTAKE)
    for address in ("/", "/cases"):
        assert desk.client.get(address, {"cursor": cursor}).status_code == 200


def test_an_unknown_action_and_an_unknown_page_are_not_found_in_chinese(wuxi: Township) -> None:
    receipt = wuxi.report("路灯坏了。", by=INTAKE)
    desk = clerk(wuxi, INTAKE)
    for address in (f"/cases/{receipt.number}/drop_table", "/nothing"):
        answer = desk.get(address)
        assert answer.status_code == 404
        assert "没有找到" in text(answer)


def test_who_writes_nothing_down_is_told_so(wuxi: Township) -> None:
    answer = clerk(wuxi, "331125201-oversight").get("/new")
    assert answer.status_code == 403
    assert "您的岗位不登记事件。有事要登记，请告诉指挥室" in text(answer)


def test_who_writes_nothing_down_is_not_led_to_where_one_does(wuxi: Township) -> None:
    assert 'href="/new"' in clerk(wuxi, INTAKE).get("/").content.decode()
    assert 'href="/new"' not in clerk(wuxi, "331125201-oversight").get("/").content.decode()


def test_a_form_without_its_token_says_what_to_do(wuxi: Township) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(wuxi.account(INTAKE))
    answer = client.post("/new", {"text": "路灯坏了。"})
    assert answer.status_code == 403
    assert "刷新后再提交" in text(answer)


def test_a_grid_worker_is_led_to_the_phone_pages(wuxi: Township) -> None:
    assert clerk(wuxi, "331125201-grid-01").get("/")["Location"] == "/field/"


def test_what_people_wrote_is_never_markup(wuxi: Township) -> None:
    receipt = wuxi.report("<script>alert(1)</script>", by=INTAKE, channel=Channel.VISIT, place="<b>桥</b>")
    page = text(clerk(wuxi, INTAKE).see(receipt.number))
    assert "<script>alert(1)" not in page
    assert "&lt;b&gt;桥" in page


def test_a_wrong_telephone_number_is_said_at_its_field_and_nothing_is_stored(wuxi: Township) -> None:
    desk = clerk(wuxi, INTAKE)
    before = text(desk.get("/cases"))
    answer = desk.report("路灯坏了。", name="王小明", phone="12")
    assert answer.status_code == 422
    assert "电话号码不正确" in text(answer)
    assert "王小明" in text(answer)
    assert text(desk.get("/cases")).count("<tr>") == before.count("<tr>")
