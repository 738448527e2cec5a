"""A villager reports a matter without an account."""

import re
import uuid
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.template.loader import render_to_string
from django.test import Client

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.keys import installed_keys
from sipingtai.cases import models
from sipingtai.core.case import Channel
from sipingtai.villager.pace import Pace
from tests.contacts import masked
from tests.township import Township
from tests.villager.pages import FORM, TOWNSHIP, filled, photo, receipt, send, stored, texts

pytestmark = pytest.mark.usefixtures("wuxi", "db")


def _count() -> int:
    with system_scope("测试"):
        return models.Case.objects.count()


def test_a_report_becomes_a_case_of_the_township(client: Client, wuxi: Township) -> None:
    number, code = send(client, text="桥边护栏坏了", place="村口桥头", photos=[photo(), photo("二.jpg", (80, 60))])
    row, case = stored(number)
    assert (case.channel, case.area, case.reporter.reachable) == (Channel.VILLAGER, "331125201200", True)
    assert texts(number) == {"title": "桥边护栏坏了", "text": "桥边护栏坏了", "place": "村口桥头"}
    with system_scope("测试"):
        assert models.Attachment.objects.filter(case=row).count() == 2
    assert len(code.replace("-", "")) * 5 >= 80
    assert wuxi.seen_by("331125201-intake", row.pk)


def test_one_live_township_needs_no_choosing(client: Client) -> None:
    assert client.get("/p/report/")["Location"] == FORM


def test_the_same_form_sent_twice_is_one_case_with_the_same_code(client: Client) -> None:
    client.get(FORM)
    form, before = filled(), _count()
    client.post(FORM, form)
    first = receipt(client)
    client.post(FORM, form)
    assert receipt(client) == first
    assert _count() == before + 1


def test_a_rotated_key_does_not_change_the_code_given(client: Client) -> None:
    given = send(client)
    installed_keys().rotate("tracking")
    assert receipt(client) == given


def test_another_visitor_with_the_same_key_gets_a_case_of_their_own(client: Client) -> None:
    form = filled()
    client.get(FORM)
    client.post(FORM, form)
    other = Client()
    other.get(FORM)
    other.post(FORM, form)
    assert receipt(client) != receipt(other)


def test_going_back_and_writing_something_else_is_another_case(client: Client) -> None:
    client.get(FORM)
    key, before = str(uuid.uuid4()), _count()
    client.post(FORM, filled(key=key, text="路灯坏了"))
    client.post(FORM, filled(key=key, text="水管漏了"))
    assert _count() == before + 2


def test_the_code_is_in_no_address_no_cookie_and_not_in_the_database(client: Client) -> None:
    _number, code = send(client)
    kept = " ".join(cookie.value for cookie in client.cookies.values())
    with system_scope("测试"):
        rows = str(list(models.Case.objects.values()))
    for spelling in (code, code.replace("-", "")):
        assert spelling not in kept + rows


def test_a_receipt_is_shown_to_its_own_browser_only_and_is_not_kept(client: Client) -> None:
    send(client)
    page = client.get("/p/receipt/")
    assert page["Cache-Control"] == "no-store"
    assert page["Referrer-Policy"] == "no-referrer"
    assert Client().get("/p/receipt/").status_code == 404
    client.post("/p/progress/leave/")
    assert client.get("/p/receipt/").status_code == 404


def test_a_forged_receipt_cookie_shows_nothing(client: Client) -> None:
    send(client)
    stolen = Client()
    stolen.cookies["visitor"], stolen.cookies["receipt"] = "0" * 32 + ":x:y", uuid.uuid4().hex + ":x:y"
    assert stolen.get("/p/receipt/").status_code == 404


def test_the_office_complained_about_never_sees_it(client: Client, wuxi: Township) -> None:
    office = wuxi.unit("331125201-综治办")
    number, _ = send(client, text="综治办的人推诿", about="on", office=str(office))
    row, case = stored(number)
    assert case.shunned == {office}
    assert not wuxi.seen_by("331125201-office-06", row.pk)


def test_a_complaint_about_the_command_room_goes_one_level_up(client: Client, wuxi: Township) -> None:
    room = wuxi.unit("331125201-指挥室")
    number, _ = send(client, about="on", office=str(room))
    assert stored(number)[1].command == wuxi.setting.commands[room].parent


def test_an_office_must_be_named_for_a_complaint(client: Client) -> None:
    answer = client.post(FORM, filled(about="on"))
    assert answer.status_code == 422
    assert "请选择反映的是哪个单位" in answer.content.decode()


def test_name_and_phone_are_sealed(client: Client) -> None:
    number, _ = send(client, name="王小明", phone="138 1234 5678")
    row, _case = stored(number)
    assert row.contact
    with system_scope("测试"):
        assert masked(row.contact).phone == "138****5678"


def test_what_was_typed_survives_a_refusal(client: Client) -> None:
    answer = client.post(FORM, filled(village="", text="护栏<b>坏</b>了😀", phone="12", photos=[photo()]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "护栏&lt;b&gt;坏&lt;/b&gt;了😀" in page
    assert 'value="12"' in page
    assert "照片没能保留" in page


def test_a_photo_of_fifty_megabytes_is_refused_in_words(client: Client) -> None:
    client.get(FORM)
    film = SimpleUploadedFile("大.jpg", b"\xff\xd8\xff\xe0" + bytes(50 * 1024 * 1024), "image/jpeg")
    answer = client.post(FORM, filled(text="路灯坏了三盏", photos=[film]))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "20 MB" in page
    assert "路灯坏了三盏" in page


def test_an_outsized_request_is_refused_before_it_is_read(client: Client) -> None:
    answer = client.post(FORM, filled(), CONTENT_LENGTH=str(65 * 1024 * 1024))
    assert answer.status_code == 413
    assert "64 MB" in answer.content.decode()


def test_a_form_sent_over_and_over_is_stopped_also_where_no_case_comes_of_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its photos are decoded and kept before the door refuses the rest: that is work, and room on the disk."""
    monkeypatch.setattr("sipingtai.villager.report_views.SENDINGS", Pace("sendings", 2, 3600))
    client.get(FORM)
    again = filled()
    for sent, expected in ((filled(phone="1"), 422), (again, 302), (again, 429)):
        assert client.post(FORM, sent | {"photos": [photo()]}).status_code == expected


def test_a_form_without_its_token_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.get(FORM)
    before = _count()
    assert strict.post(FORM, filled()).status_code == 403
    assert strict.post("/p/query/", {"code": "x"}).status_code == 403
    assert _count() == before


def test_somebody_signed_in_reports_as_any_villager(client: Client, wuxi: Township) -> None:
    client.force_login(wuxi.account("331125201-grid-01"))
    number, _ = send(client)
    assert stored(number)[1].reporter.person == 0


def test_several_townships_are_chosen_from() -> None:
    page = render_to_string("villager/choose.html", {"townships": [("331125201", "雾溪"), ("331125202", "别处")]})
    assert 'href="/p/report/331125202/"' in page


def test_a_renamed_program_is_refused_by_name(client: Client) -> None:
    client.get(FORM)
    before = _count()
    virus = SimpleUploadedFile("照片.jpg", b"MZ" + bytes(200), "image/jpeg")
    answer = client.post(FORM, filled(photos=[photo(), virus]))
    assert answer.status_code == 422
    assert "照片.jpg" in answer.content.decode()
    assert "程序" in answer.content.decode()
    assert _count() == before


def test_seven_photos_are_too_many(client: Client) -> None:
    answer = client.post(FORM, filled(photos=[photo(f"{n}.jpg") for n in range(7)]))
    assert answer.status_code == 422
    assert "最多 6 张" in answer.content.decode()


def test_a_machine_that_fills_in_everything_is_asked_again(client: Client) -> None:
    before = _count()
    answer = client.post(FORM, filled(website="http://spam.example"))
    assert answer.status_code == 422
    assert "再点一次提交" in answer.content.decode()
    assert "spam.example" not in answer.content.decode()
    assert _count() == before


def test_too_many_reports_from_one_address_wait_and_keep_their_text(client: Client) -> None:
    for number in range(20):
        send(client, text=f"第 {number} 件")
    answer = client.post(FORM, filled(text="第二十一件"))
    assert answer.status_code == 429
    assert "请过一小时再试" in answer.content.decode()
    assert "第二十一件" in answer.content.decode()
    assert Client(REMOTE_ADDR="10.9.8.7").post(FORM, filled()).status_code == 302


def test_every_page_can_be_read_without_script(client: Client) -> None:
    for address in ("/p/", FORM, "/p/query/"):
        page = client.get(address).content.decode()
        assert not re.search(r"<script(?![^>]* src=)| on\w+=| style=", page)


WORDS = [
    "\x00\x00",
    "😀" * 50,
    "<script>alert(1)</script>",
    "'; DROP TABLE cases_case; --",
    "{{ 7*7 }}",
    "字" * 10_001,
    "\ud800",
]


@pytest.mark.parametrize("word", WORDS, ids=["nul", "emoji", "html", "sql", "template", "long", "surrogate"])
@pytest.mark.parametrize("field", ["key", "text", "village", "place", "longitude", "office", "name", "phone", "about"])
def test_no_input_breaks_the_form(client: Client, field: str, word: str) -> None:
    client.get(FORM)
    form = urlencode(filled(**{"about": "on"} | {field: word}), errors="surrogatepass")
    answer = client.post(FORM, form, content_type="application/x-www-form-urlencoded")
    assert answer.status_code in (302, 422)
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize(
    "point", [("181", "0"), ("0", "-91"), ("nan", "nan"), ("inf", "1"), ("1e400", "1"), ("x", "y"), ("119.5", "")]
)
def test_an_impossible_place_is_refused_in_words(client: Client, point: tuple[str, str]) -> None:
    answer = client.post(FORM, filled(longitude=point[0], latitude=point[1]))
    assert answer.status_code == 422
    assert "经度" in answer.content.decode()


@pytest.mark.parametrize("area", ["331125", "000000000", "%00", "x" * 300, "'--", TOWNSHIP + "0"])
def test_only_a_live_township_has_a_form(client: Client, area: str) -> None:
    assert client.get(f"/p/report/{area}/").status_code == 404
