"""By the code alone a villager follows a matter, rates it, asks for review, withdraws and reopens."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.stages import Stage
from sipingtai.villager.reading import progress_of
from tests.township import Township
from tests.villager.pages import hidden, look_up, photo, send, stored

pytestmark = pytest.mark.usefixtures("wuxi", "db")

INTAKE, DISPATCHER, OFFICE = "331125201-intake", "331125201-dispatcher", "331125201-office-06"


def _handled(wuxi: Township, case_id: int) -> None:
    """Through the loop until somebody else has found it done."""
    wuxi.act(INTAKE, case_id, Action.ACCEPT)
    wuxi.act("331125201-analyst", case_id, Action.CLASSIFY, category="01003", reason="属实")
    wuxi.act(DISPATCHER, case_id, Action.DISPATCH, to=wuxi.unit("331125201-综治工作平台"))
    wuxi.act("331125201-platform-1-clerk", case_id, Action.FORWARD, to=wuxi.unit("331125201-综治办"))
    wuxi.act(OFFICE, case_id, Action.SIGN)
    wuxi.act(OFFICE, case_id, Action.FINISH, text="已经和两家说好，界桩重新立了。", files=1)
    wuxi.act(INTAKE, case_id, Action.VERIFY)


def _act(client: Client, page: str, name: str, **fields: str) -> tuple[int, str]:
    answer = client.post(f"/p/progress/{name}/", hidden(page) | fields, follow=True)
    return answer.status_code, answer.content.decode()


def test_progress_is_told_in_plain_words_without_persons(client: Client, wuxi: Township) -> None:
    number, code = send(client, photos=[photo()])
    page = look_up(client, code)
    assert "已收到" in page
    assert "预计" in page
    case_id = stored(number)[0].pk
    wuxi.act(INTAKE, case_id, Action.ACCEPT)
    wuxi.act(DISPATCHER, case_id, Action.DISPATCH, to=wuxi.unit("331125201-综治工作平台"), text="内部意见：慢慢办")
    page = look_up(client, code)
    assert "由综治工作平台办理" in page
    assert "内部意见" not in page
    for name in (INTAKE, DISPATCHER):
        assert wuxi.account(name).display_name not in page


def test_the_answer_is_told_once_it_is_checked_and_rated_satisfied_it_closes(client: Client, wuxi: Township) -> None:
    number, code = send(client)
    case_id = stored(number)[0].pk
    _handled(wuxi, case_id)
    page = look_up(client, code)
    assert "等您评价" in page
    assert "界桩重新立了" in page
    status, page = _act(client, page, "rate", verdict="yes")
    assert (status, stored(number)[1].stage) == (200, Stage.CLOSED)
    assert "已办结" in page


def test_dissatisfied_with_a_reason_sends_it_back(client: Client, wuxi: Township) -> None:
    number, code = send(client)
    _handled(wuxi, stored(number)[0].pk)
    page = look_up(client, code)
    status, refused = _act(client, page, "rate", verdict="no")
    assert status == 422
    assert "哪里不满意" in refused
    _act(client, page, "rate", verdict="no", reason="界桩第二天又倒了")
    case = stored(number)[1]
    assert (case.stage, case.rework) == (Stage.HANDLING, 1)


def test_a_result_that_nobody_checked_is_not_told(client: Client, wuxi: Township) -> None:
    number, code = send(client)
    case_id = stored(number)[0].pk
    _handled(wuxi, case_id)
    wuxi.act("reporter", case_id, Action.RATE, verdict=False, reason="没有")
    page = look_up(client, code)
    assert "界桩重新立了" not in page
    assert "正在重新办理" in page


def test_a_declined_matter_may_be_reviewed_once(client: Client, wuxi: Township) -> None:
    number, code = send(client)
    case_id = stored(number)[0].pk
    wuxi.act(INTAKE, case_id, Action.DECLINE, reason="不属于本乡职责")
    page = look_up(client, code)
    assert "不属于本乡职责" in page
    status, page = _act(client, page, "review", reason="路灯就是乡里装的")
    assert (status, stored(number)[1].reviewing) == (200, True)
    assert "正在复核" in page
    wuxi.act("331125201-room-head", case_id, Action.REFUSE_REVIEW, reason="已核实属供电公司")
    page = look_up(client, code)
    assert "已核实属供电公司" in page
    assert "申请一次复核" not in page


def test_withdrawing_ends_before_work_begins(client: Client, wuxi: Township) -> None:
    number, code = send(client)
    page = look_up(client, code)
    assert "确认撤回" in page
    _act(client, page, "withdraw")
    assert stored(number)[1].stage is Stage.VOID
    other, code = send(client, text="另一件")
    _handled(wuxi, stored(other)[0].pk)
    page = look_up(client, code)
    assert "确认撤回" not in page
    assert _act(client, page, "withdraw")[0] == 422


def test_a_closed_matter_is_reopened_once(client: Client, wuxi: Township) -> None:
    number, code = send(client)
    case_id = stored(number)[0].pk
    _handled(wuxi, case_id)
    wuxi.act("reporter", case_id, Action.RATE)
    page = look_up(client, code)
    assert _act(client, page, "reopen")[0] == 422
    _act(client, page, "reopen", reason="又坏了")
    assert stored(number)[1].stage is Stage.ACCEPTED


def test_acting_on_old_sight_is_a_conflict_that_keeps_the_words(client: Client, wuxi: Township) -> None:
    number, code = send(client)
    page = look_up(client, code)
    wuxi.act(INTAKE, stored(number)[0].pk, Action.ACCEPT)
    status, told = _act(client, page, "withdraw", reason="自己修好了")
    assert status == 409
    assert "自己修好了" in told
    assert "受理" in told


def test_a_form_of_one_case_never_acts_on_another(client: Client) -> None:
    _, first = send(client, text="第一件")
    second, code = send(client, text="第二件")
    page = look_up(client, first)
    look_up(client, code)
    assert _act(client, page, "withdraw")[0] == 409
    assert stored(second)[1].stage is Stage.REPORTED


def test_without_the_code_nothing_can_be_seen_or_done(client: Client) -> None:
    number, _ = send(client)
    stranger = Client()
    assert stranger.get("/p/progress/")["Location"] == "/p/query/"
    assert stranger.post("/p/progress/withdraw/", {"number": number, "seen": "1"}).status_code == 409
    assert stored(number)[1].stage is Stage.REPORTED


@pytest.mark.parametrize(
    "typed", ["", "abc", "\x00" * 16, "😀" * 16, "A" * 10_000, "0000-0000-0000-0000", "' OR 1=1 --"]
)
def test_a_wrong_code_is_told_in_words(client: Client, typed: str) -> None:
    answer = client.post("/p/query/", {"code": typed})
    assert answer.status_code == 422
    assert "查询码" in answer.content.decode()


def test_a_code_is_read_however_it_is_written(client: Client) -> None:
    number, code = send(client)
    assert number in look_up(Client(), f"  {code.lower().replace('-', ' ').replace('0', 'o')} ")


def test_guessing_codes_is_slowed_for_the_address_and_nobody_else(client: Client) -> None:
    _, code = send(client)
    for _ in range(20):
        client.post("/p/query/", {"code": "0000-0000-0000-0000"})
    answer = client.post("/p/query/", {"code": code})
    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()
    assert Client(REMOTE_ADDR="10.1.2.3").post("/p/query/", {"code": code}).status_code == 302


def test_pages_that_know_the_case_are_not_kept(client: Client) -> None:
    _, code = send(client)
    look_up(client, code)
    for address in ("/p/progress/", "/p/receipt/", "/p/query/"):
        page = client.get(address)
        assert (page["Cache-Control"], page["Referrer-Policy"]) == ("no-store", "no-referrer")


def test_own_photos_are_shown_to_the_reporter_alone(client: Client) -> None:
    _, code = send(client, photos=[photo()])
    address = re.search(r'src="(/p/file/[^"]+)\?small"', look_up(client, code))
    assert address
    assert b"".join(client.get(address[1]).streaming_content)[:2] == b"\xff\xd8"  # type: ignore[attr-defined]
    assert Client().get(address[1]).status_code == 404
    assert client.get("/p/file/nonsense/").status_code == 404


def test_the_code_stops_working_with_the_cookie(client: Client) -> None:
    _, code = send(client)
    look_up(client, code)
    client.post("/p/progress/leave/")
    assert client.get("/p/progress/").status_code == 302


def test_a_merged_matter_is_rated_when_its_master_is_done(client: Client, wuxi: Township) -> None:
    number, code = send(client)
    case_id = stored(number)[0].pk
    master = wuxi.report("同一处路灯", by=INTAKE)
    wuxi.act(INTAKE, master.case_id, Action.ACCEPT)
    wuxi.act(INTAKE, case_id, Action.MERGE, other=wuxi.case(master.case_id))
    page = look_up(client, code)
    assert "已合并一起办" in page
    assert 'name="verdict"' not in page


def test_the_progress_page_costs_a_handful_of_statements(client: Client, wuxi: Township) -> None:
    number, code = send(client)
    look_up(client, code)
    with CaptureQueriesContext(connection) as few:
        client.get("/p/progress/")
    _handled(wuxi, stored(number)[0].pk)
    look_up(client, code)
    with CaptureQueriesContext(connection) as many:
        client.get("/p/progress/")
    print(f"progress page: {len(few)} statements at 1 step, {len(many)} at 8")
    assert len(many) == len(few) <= 14


def test_a_day_that_has_passed_is_admitted(client: Client, wuxi: Township) -> None:
    number, code = send(client)
    row, _ = stored(number)
    with system_scope("测试"):
        found = progress_of(row, wuxi.setting, local(timezone.now()) + timedelta(days=200))
    assert found.late
    assert "预计" in look_up(client, code)


@pytest.mark.parametrize("name", ["accept", "void", "nonsense", "RATE", "%00"])
def test_only_the_reporters_own_moves_exist(client: Client, name: str) -> None:
    number, code = send(client)
    page = look_up(client, code)
    assert client.post(f"/p/progress/{name}/", hidden(page)).status_code == 404
    assert stored(number)[0].steps == 1


@pytest.mark.parametrize("field", ["number", "seen", "reason", "verdict"])
@pytest.mark.parametrize("word", ["\x00", "😀" * 3000, "<script>", "-1", "9" * 40])
def test_no_input_breaks_a_move(client: Client, wuxi: Township, field: str, word: str) -> None:
    number, code = send(client)
    _handled(wuxi, stored(number)[0].pk)
    page = look_up(client, code)
    asked = hidden(page) | {"verdict": "no", "reason": "不行"} | {field: word}
    assert client.post("/p/progress/rate/", asked).status_code in (302, 409, 422)


def test_a_case_too_old_to_reopen_offers_nothing(client: Client, wuxi: Township) -> None:
    number, code = send(client)
    row, _ = stored(number)
    _handled(wuxi, row.pk)
    wuxi.act("reporter", row.pk, Action.RATE)
    wuxi.act("system", row.pk, Action.ARCHIVE, now=local(timezone.now()) + timedelta(days=60))
    assert "重新办理（只有一次）" not in look_up(client, code)
