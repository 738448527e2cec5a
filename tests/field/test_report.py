"""A grid worker reports in thirty seconds; a village station too."""

import re
import uuid
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases import models
from sipingtai.core.case import Case, Channel
from sipingtai.core.setting import Urgency
from sipingtai.core.stages import Stage
from sipingtai.loop.reading.page import case_of
from tests.township import Township
from tests.villager.pages import photo

pytestmark = pytest.mark.usefixtures("db")

WORKER, OTHER, STATION, OFFICE = (
    "331125201-grid-01", "331125201-grid-02", "331125201-village-01", "331125201-office-06",
)  # fmt: skip


@pytest.fixture
def worker(client: Client, wuxi: Township) -> Client:
    client.force_login(wuxi.account(WORKER))
    return client


def _stand(client: Client) -> str:
    page = client.get("/field/report/").content.decode()
    found = re.search(r'name="stand" value="([^"]+)"', page) or re.search(r'<option value="(\w+-\d+-\d+-\d+)"', page)
    assert found
    return found[1]


def _filled(client: Client, **fields: Any) -> dict[str, Any]:
    return {"key": str(uuid.uuid4()), "text": "村道边垃圾没人清运", "stand": _stand(client)} | fields


def _small_category(wuxi: Township) -> str:
    """A category that may be settled on the spot."""
    return next(c.code for c in wuxi.setting.categories.values() if c.level == 1 and not c.residual)


def _last() -> tuple[models.Case, Case]:
    with system_scope("测试"):
        row = models.Case.objects.latest("received_at", "id")
        return row, case_of(row)


def _count() -> int:
    with system_scope("测试"):
        return models.Case.objects.count()


def test_a_worker_reports_from_their_own_grid(worker: Client, wuxi: Township) -> None:
    answer = worker.post("/field/report/", _filled(worker, urgent="on", files=[photo()]))
    assert answer["Location"] == "/field/mine/"
    row, case = _last()
    grid = wuxi.standing(WORKER).units[0]
    assert (case.channel, case.grid, case.reporter.grid) == (Channel.GRID, grid, grid)
    assert (case.urgency, case.reporter.person) == (Urgency.URGENT, wuxi.account(WORKER).pk)
    assert row.number in worker.get("/field/mine/").content.decode()
    with system_scope("测试"):
        assert models.Attachment.objects.get(case=row).no == 1


def test_what_was_put_right_is_settled_at_once(worker: Client, wuxi: Township) -> None:
    form = _filled(worker, settled="on", result="当场清走了", category=_small_category(wuxi))
    assert worker.post("/field/report/", form).status_code == 302
    _, case = _last()
    assert case.settled
    assert case.stage is (Stage.FINISHED if case.sampled else Stage.CLOSED)


def test_what_may_not_be_settled_is_not_reported_either_and_says_why(worker: Client) -> None:
    before = _count()
    answer = worker.post("/field/report/", _filled(worker, settled="on", result="处理好了"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "不能直接办结" in page
    assert "处理好了" in page
    assert _count() == before


def test_settling_asks_what_was_done(worker: Client) -> None:
    answer = worker.post("/field/report/", _filled(worker, settled="on"))
    assert answer.status_code == 422
    assert "怎么处理的" in answer.content.decode()


def test_the_same_report_sent_twice_is_one_case(worker: Client) -> None:
    form, before = _filled(worker), _count()
    worker.post("/field/report/", form)
    again = worker.post("/field/report/", form, follow=True)
    assert _count() == before + 1
    assert "已经报上去了" in again.content.decode()


def test_nobody_reports_from_another_grid(worker: Client, client: Client, wuxi: Township) -> None:
    other = Client()
    other.force_login(wuxi.account(OTHER))
    answer = worker.post("/field/report/", _filled(worker, stand=_stand(other)))
    assert answer.status_code == 422
    assert "没有这个地方" in answer.content.decode()


def test_a_station_reports_for_its_village_or_one_of_its_grids(client: Client, wuxi: Township) -> None:
    client.force_login(wuxi.account(STATION))
    assert client.post("/field/report/", _filled(client)).status_code == 302
    _, case = _last()
    assert (case.channel, case.area) == (Channel.STATION, "331125201200")


def test_a_command_room_reports_what_it_saw_in_a_village(client: Client, wuxi: Township) -> None:
    client.force_login(wuxi.account("331125201-dispatcher"))
    page = client.get("/field/report/").content.decode()
    stand = next(s for s in re.findall(r'<option value="([^"]+)"', page) if "-331125201201-" in s)
    assert (
        client.post("/field/report/", {"key": str(uuid.uuid4()), "text": "桥塌了", "stand": stand}).status_code == 302
    )
    _, case = _last()
    assert (case.channel, case.area) == (Channel.LIAISON, "331125201201")


def test_a_form_without_its_token_is_refused(wuxi: Township) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(wuxi.account(WORKER))
    assert strict.post("/field/report/", {"text": "x"}).status_code == 403


def test_an_outsized_request_is_refused_before_it_is_read(worker: Client) -> None:
    answer = worker.post("/field/report/", {"text": "x"}, CONTENT_LENGTH=str(65 * 1024 * 1024))
    assert answer.status_code == 413


def test_an_office_gets_work_and_reports_none(client: Client, wuxi: Township) -> None:
    client.force_login(wuxi.account(OFFICE))
    answer = client.get("/field/report/")
    assert answer.status_code == 403
    assert "您的岗位不上报事件" in answer.content.decode()
    assert 'href="/field/report/"' not in client.get("/field/").content.decode()


def test_strangers_are_sent_to_sign_in() -> None:
    for address in ("/field/", "/field/report/", "/field/mine/", "/field/case/x/"):
        assert Client().get(address)["Location"].startswith("/sign-in/?next=/field/")


def test_words_suggest_categories_with_their_reason(worker: Client) -> None:
    page = worker.post("/field/suggest/", {"text": "路边有人焚烧垃圾"}).content.decode()
    assert 'type="radio"' in page
    assert "文中提到" in page
    assert worker.post("/field/suggest/", {"text": "嗯"}).content.decode().strip() == ""


def test_the_category_chosen_stays_chosen(worker: Client, wuxi: Township) -> None:
    category = _small_category(wuxi)
    worker.post("/field/report/", _filled(worker, category=category))
    assert _last()[1].category == category


def test_what_was_typed_survives_a_refusal_and_photos_are_asked_for_again(worker: Client) -> None:
    form = _filled(worker, place="桥头<i>", longitude="999", latitude="1", urgent="on", files=[photo()])
    answer = worker.post("/field/report/", form)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "村道边垃圾没人清运" in page
    assert "桥头&lt;i&gt;" in page
    assert "照片没能保留" in page
    assert 'id="id_urgent" checked' in page or "checked" in page.split('id="id_urgent"')[0][-200:]


def test_a_large_film_and_a_renamed_program_are_refused_by_name(worker: Client) -> None:
    before = _count()
    large = SimpleUploadedFile("大视频.mp4", bytes(50 * 1024 * 1024), "video/mp4")
    virus = SimpleUploadedFile("现场.jpg", b"MZ" + bytes(100), "image/jpeg")
    page = worker.post("/field/report/", _filled(worker, files=[large, virus])).content.decode()
    assert "大视频.mp4" in page
    assert "现场.jpg" in page
    assert "20 MB" in page
    assert _count() == before


WORDS = ["\x00", "😀" * 50, "<script>alert(1)</script>", "'; DROP TABLE x; --", "字" * 10_001, "\ud800", "-1", "9" * 40]
FIELDS = ["key", "text", "stand", "place", "longitude", "latitude", "category", "other_category", "result", "settled"]


@pytest.mark.parametrize("word", WORDS, ids=["nul", "emoji", "html", "sql", "long", "surrogate", "minus", "digits"])
@pytest.mark.parametrize("field", FIELDS)
def test_no_input_breaks_the_form(worker: Client, field: str, word: str) -> None:
    form = urlencode(_filled(worker) | {field: word}, errors="surrogatepass")
    for address in ("/field/report/", "/field/suggest/"):
        answer = worker.post(address, form, content_type="application/x-www-form-urlencoded")
        assert answer.status_code in (200, 302, 422)
        assert "<script>alert" not in answer.content.decode()


def test_the_report_form_and_the_report_cost_a_handful_of_statements(worker: Client) -> None:
    form = _filled(worker)
    with CaptureQueriesContext(connection) as opened:
        worker.get("/field/report/")
    with CaptureQueriesContext(connection) as sent:
        worker.post("/field/report/", form)
    print(f"report form: {len(opened)} statements, report: {len(sent)}")
    assert len(opened) <= 14
    assert len(sent) <= 30
