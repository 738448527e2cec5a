"""Tasks and cases on a phone: what waits, what happened, and the next move as a large button."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.case import Case, Channel
from sipingtai.core.stages import Stage
from sipingtai.loop.intake.report import Receipt
from sipingtai.org.models import DutyClause
from tests.township import Township
from tests.villager.pages import photo

pytestmark = pytest.mark.usefixtures("db")

WORKER, INTAKE, DISPATCHER = "331125201-grid-01", "331125201-intake", "331125201-dispatcher"
CLERK, OFFICE, CHIEF = "331125201-platform-1-clerk", "331125201-office-06", "331125201-chief"
STEPS = ("reported", "accepted", "dispatched", "forwarded", "signed", "finished")


def _at(wuxi: Township, step: str, text: str = "两家为宅基地争执") -> Receipt:
    """A grid worker's case that has come to this step."""
    grid = wuxi.standing(WORKER).units[0]
    receipt = wuxi.report(text, by=WORKER, channel=Channel.GRID, grid=grid, category="01003")
    acts = (
        (INTAKE, Action.ACCEPT, {}),
        (DISPATCHER, Action.DISPATCH, {"to": wuxi.unit("331125201-综治工作平台")}),
        (CLERK, Action.FORWARD, {"to": wuxi.unit("331125201-综治办")}),
        (OFFICE, Action.SIGN, {}),
        (OFFICE, Action.FINISH, {"text": "说好了", "files": 1}),
    )
    for by, action, fields in acts[: STEPS.index(step)]:
        wuxi.act(by, receipt.case_id, action, **fields)  # type: ignore[arg-type]
    return receipt


def _signed_in(wuxi: Township, username: str) -> Client:
    client = Client()
    client.force_login(wuxi.account(username))
    return client


def _page(client: Client, receipt: Receipt) -> str:
    answer = client.get(f"/field/case/{receipt.number}/")
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def _do(client: Client, receipt: Receipt, name: str, **fields: object) -> tuple[int, str]:
    seen = re.search(r'name="seen" value="(\d+)"', _page(client, receipt))
    form = {"seen": seen[1] if seen else "1"} | fields
    answer = client.post(f"/field/case/{receipt.number}/{name}/", form, follow=True)
    return answer.status_code, answer.content.decode()


def _case(wuxi: Township, receipt: Receipt) -> Case:
    return wuxi.case(receipt.case_id)


def test_a_platform_forwards_on_the_phone(wuxi: Township) -> None:
    receipt, clerk = _at(wuxi, "dispatched"), _signed_in(wuxi, CLERK)
    assert "待转派 1" in clerk.get("/field/").content.decode()
    assert _do(clerk, receipt, "forward", to=str(wuxi.unit("331125201-综治办")))[0] == 200
    assert _case(wuxi, receipt).main.unit == wuxi.unit("331125201-综治办")  # type: ignore[union-attr]


def test_an_office_signs_tells_progress_and_finishes_with_a_photo(wuxi: Township) -> None:
    receipt, office = _at(wuxi, "forwarded"), _signed_in(wuxi, OFFICE)
    assert "待签收 1" in office.get("/field/").content.decode()
    assert "办理中" in _do(office, receipt, "sign")[1]
    _do(office, receipt, "progress", text="已约两家明天见面")
    status, page = _do(office, receipt, "finish", text="两家说好了", files=[photo()])
    assert (status, _case(wuxi, receipt).stage) == (200, Stage.FINISHED)
    assert "两家说好了" in page
    with system_scope("测试"):
        file = models.Attachment.objects.get(case_id=receipt.case_id)
    assert b"".join(office.get(f"/field/file/{file.pk}/").streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]
    assert office.get(f"/field/file/{file.pk}/?small").status_code == 200
    stranger = _signed_in(wuxi, "331125201-office-07")
    assert stranger.get(f"/field/file/{file.pk}/").status_code == 404


def test_the_workers_grid_verifies_or_rejects(wuxi: Township) -> None:
    good, bad, worker = _at(wuxi, "finished"), _at(wuxi, "finished"), _signed_in(wuxi, WORKER)
    assert "属地核查 2" in worker.get("/field/").content.decode()
    _do(worker, good, "verify")
    assert _case(wuxi, good).stage is Stage.VERIFIED
    assert _do(worker, bad, "reject")[0] == 422
    _do(worker, bad, "reject", reason="界桩还倒着", files=[photo()])
    assert _case(wuxi, bad).rework == 1


def test_who_did_the_work_is_not_offered_to_verify_it(wuxi: Township) -> None:
    receipt = _at(wuxi, "finished")
    assert "核查通过" not in _page(_signed_in(wuxi, OFFICE), receipt)


def test_an_extension_and_a_return_are_asked_for_in_short_forms(wuxi: Township) -> None:
    receipt, office = _at(wuxi, "signed"), _signed_in(wuxi, OFFICE)
    status, page = _do(office, receipt, "request_extension", reason="等配件")
    assert status == 422
    assert "请填写天数" in page
    assert "等配件" in page
    assert _do(office, receipt, "request_extension", days="3", reason="等配件")[0] == 200
    assert _case(wuxi, receipt).applications[0].days == 3
    other = _at(wuxi, "forwarded")
    target = str(wuxi.unit("331125201-司法所"))
    status, page = _do(office, other, "request_return", clause="不在职责清单", to=target, reason="属调解")
    assert status == 422
    assert "职责清单" in page
    duty = DutyClause.objects.filter(office__in=wuxi.standing(OFFICE).units, valid_to=None)[0]
    assert _do(office, other, "request_return", clause=duty.number, to=target, reason="属调解")[0] == 200
    assert _case(wuxi, other).stage is Stage.RETURNING


def test_the_head_decides_an_extension_on_the_phone(wuxi: Township) -> None:
    receipt = _at(wuxi, "signed")
    _do(_signed_in(wuxi, OFFICE), receipt, "request_extension", days="3", reason="等配件")
    chief = _signed_in(wuxi, CHIEF)
    assert "延期挂起审批 1" in chief.get("/field/").content.decode()
    _do(chief, receipt, "grant_extension")
    assert _case(wuxi, receipt).extensions == 1


def test_a_head_sends_somebody(wuxi: Township) -> None:
    receipt, office = _at(wuxi, "signed"), _signed_in(wuxi, OFFICE)
    person = str(wuxi.account(OFFICE).pk)
    assert _do(office, receipt, "assign_person", person=person)[0] == 200
    assert _case(wuxi, receipt).main.person == int(person)  # type: ignore[union-attr]


def test_a_refused_photo_changes_nothing_and_keeps_the_words(wuxi: Township) -> None:
    receipt, office = _at(wuxi, "signed"), _signed_in(wuxi, OFFICE)
    virus = SimpleUploadedFile("现场.jpg", b"MZ" + bytes(100), "image/jpeg")
    status, page = _do(office, receipt, "finish", text="两家说好了", files=[virus])
    assert status == 422
    assert "现场.jpg" in page
    assert "两家说好了" in page
    assert "照片没能保留" in page
    assert _case(wuxi, receipt).stage is Stage.HANDLING


def test_acting_on_old_sight_is_a_conflict_that_keeps_the_words(wuxi: Township) -> None:
    receipt, office = _at(wuxi, "signed"), _signed_in(wuxi, OFFICE)
    _do(office, receipt, "progress", text="第一条")
    answer = office.post(f"/field/case/{receipt.number}/finish/", {"seen": "5", "text": "办完了"})
    assert answer.status_code == 409
    assert "办完了" in answer.content.decode()
    assert _case(wuxi, receipt).stage is Stage.HANDLING


def test_what_somebody_else_did_meanwhile_does_not_lose_the_words(wuxi: Township) -> None:
    receipt, office = _at(wuxi, "signed"), _signed_in(wuxi, OFFICE)
    wuxi.act(OFFICE, receipt.case_id, Action.FINISH, text="另一位先办结了", files=1)
    answer = office.post(f"/field/case/{receipt.number}/finish/", {"seen": "5", "text": "我写的结果"})
    assert answer.status_code == 409
    assert "我写的结果" in answer.content.decode()


def test_the_reporter_follows_and_rates_their_own_report(wuxi: Township) -> None:
    receipt, worker = _at(wuxi, "finished"), _signed_in(wuxi, WORKER)
    wuxi.act(INTAKE, receipt.case_id, Action.VERIFY)
    assert receipt.number in worker.get("/field/mine/").content.decode()
    assert _do(worker, receipt, "rate", verdict="no")[0] == 422
    _do(worker, receipt, "rate", verdict="yes")
    assert _case(wuxi, receipt).stage is Stage.CLOSED


def test_a_case_of_others_is_not_found(wuxi: Township) -> None:
    receipt, stranger = _at(wuxi, "signed"), _signed_in(wuxi, "331125201-office-07")
    assert stranger.get(f"/field/case/{receipt.number}/").status_code == 404
    answer = stranger.post(f"/field/case/{receipt.number}/finish/", {"seen": "5", "text": "x"})
    assert answer.status_code == 404
    assert _case(wuxi, receipt).stage is Stage.HANDLING


@pytest.mark.parametrize("name", ["void", "merge", "archive", "nonsense", "FINISH", "%00"])
def test_the_desks_moves_are_not_the_phones(wuxi: Township, name: str) -> None:
    receipt = _at(wuxi, "signed")
    answer = _signed_in(wuxi, OFFICE).post(f"/field/case/{receipt.number}/{name}/", {"seen": "5"})
    assert answer.status_code == 404


@pytest.mark.parametrize("number", ["x", "%00", "0" * 500, "'--", "😀"])
def test_no_number_breaks_the_page(wuxi: Township, number: str) -> None:
    assert _signed_in(wuxi, OFFICE).get(f"/field/case/{number}/").status_code == 404


@pytest.mark.parametrize(
    "cursor", ["x", "_", "2026_1", "_9" * 30, "2026-01-01T00:00:00_1", "9999-12-31T23:59:59+00:00_1"]
)
def test_no_cursor_breaks_a_list(wuxi: Township, cursor: str) -> None:
    for address in ("/field/", "/field/mine/"):
        assert _signed_in(wuxi, OFFICE).get(address, {"after": cursor}).status_code in (200, 302)


@pytest.mark.parametrize("field", ["seen", "text", "reason", "to", "days", "until", "person", "clause", "verdict"])
@pytest.mark.parametrize("word", ["\x00", "😀" * 3000, "<script>alert(1)</script>", "-1", "9" * 40, "0001-01-01"])
def test_no_input_breaks_a_move(wuxi: Township, field: str, word: str) -> None:
    receipt, office = _at(wuxi, "signed"), _signed_in(wuxi, OFFICE)
    for name in ("request_suspension", "request_extension", "finish"):
        form = {"seen": "5", "text": "好", "reason": "好", "days": "2", "until": "2099-01-01"} | {field: word}
        answer = office.post(f"/field/case/{receipt.number}/{name}/", form)
        assert answer.status_code in (302, 409, 422)
        assert "<script>alert" not in answer.content.decode()


def test_lists_and_pages_cost_the_same_for_one_case_and_for_three(wuxi: Township) -> None:
    office = _signed_in(wuxi, OFFICE)
    receipt = _at(wuxi, "forwarded")
    with CaptureQueriesContext(connection) as one:
        office.get("/field/")
    _at(wuxi, "forwarded")
    _at(wuxi, "forwarded")
    with CaptureQueriesContext(connection) as three:
        office.get("/field/")
    with CaptureQueriesContext(connection) as page:
        office.get(f"/field/case/{receipt.number}/")
    print(f"tasks: {len(one)} statements at 1 row, {len(three)} at 3; case page: {len(page)}")
    assert len(one) == len(three) <= 16
    assert len(page) <= 20
