"""监督 at the desk: what an oversight account finds, that it touches nothing, and what its own pages do."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.file_store import installed_files
from sipingtai.access.models import AuditEntry, AuditEvent
from sipingtai.access.uploads import Accepted, inspect
from sipingtai.cases.models import Attachment
from sipingtai.core.actions import Action as A
from sipingtai.core.case import Colour
from sipingtai.mechanisms.oversight.models import Explanation, Grant, Inspection
from tests.desk.clerk import Clerk, clerk, text
from tests.desk.test_statements import statements
from tests.mechanisms.oversight.cast import (
    CHIEF,
    COUNTY_CHIEF,
    COUNTY_OVERSIGHT,
    INTAKE,
    OVERSIGHT,
    WHY,
    applied,
    decided,
    now,
    restricted,
)
from tests.mechanisms.oversight.test_inspecting import OFFICE, asked, opened
from tests.township import Township

pytestmark = pytest.mark.django_db

DISPATCHER, AUDIT = "331125201-dispatcher", "331125201-audit"


def counts(wuxi: Township, account: str, address: str = "/") -> dict[str, str]:
    return dict(re.findall(r'id="count-(\w+)"[^>]*>([^<]+)<', text(clerk(wuxi, account).get(address))))


def post(desk: Clerk, address: str, **fields: Any) -> HttpResponse:
    return desk.client.post(address, fields)


def day(days: int) -> str:
    return (now() + timedelta(days=days)).date().isoformat()


def test_oversight_finds_what_is_open_late_carded_and_sent_back_and_nothing_to_do(wuxi: Township) -> None:
    late = wuxi.report("路灯坏了。", by=INTAKE, category="17002", now=now() - timedelta(days=40)).case_id
    wuxi.act(CHIEF, late, A.SUPERVISE, colour=Colour.YELLOW, reason="催了两次没有动。")
    plain = wuxi.report("井盖松动。", by=INTAKE, category="17002").case_id
    wuxi.act(CHIEF, plain, A.SUPERVISE, colour=Colour.PLAIN, reason="请抓紧。")
    back = wuxi.report("污水直排。", by=INTAKE, category="17002").case_id
    wuxi.act(INTAKE, back, A.ACCEPT)
    wuxi.act(DISPATCHER, back, A.DISPATCH, to=wuxi.unit("331125201-综合执法平台"))
    wuxi.act(
        "331125201-platform-2-head", back, A.REQUEST_RETURN, clause="1", to=wuxi.unit("331125201-综治办"),
        reason="不属于本平台。",
    )  # fmt: skip
    restricted(wuxi)
    for who in (OVERSIGHT, COUNTY_OVERSIGHT):
        assert counts(wuxi, who) == {"open": "3", "late": "1", "cards": "1", "back": "1", "inspected": "0"}
    page = text(clerk(wuxi, OVERSIGHT).get("/"))
    assert "待办</h2>" not in page
    assert "data-batch" not in page


def test_no_move_is_offered_to_oversight_and_none_accepted(wuxi: Township) -> None:
    _, number = restricted(wuxi)
    decided(wuxi, applied(wuxi, number))
    ordinary = wuxi.report("路灯坏了。", by=INTAKE, category="17002").number
    desk = clerk(wuxi, OVERSIGHT)
    for each in (number, ordinary):
        assert re.findall(rf'"/cases/{each}/(?!note|since|inspect)[a-z_]+"', text(desk.see(each))) == []
        for action in ("accept", "annotate", "urge", "void"):
            answer = post(desk, f"/cases/{each}/{action}", reason="按职责办理", text="请办理", seen="1")
            assert answer.status_code in (403, 404, 422), action
        assert len(wuxi.numbered(each).workers) == 0
        assert wuxi.numbered(each).steps == 1


def test_a_restricted_case_is_applied_for_granted_and_shown_and_everybody_who_sees_it_is_told(wuxi: Township) -> None:
    _, number = restricted(wuxi)
    desk, chief = clerk(wuxi, OVERSIGHT), clerk(wuxi, CHIEF)
    assert desk.see(number).status_code == 404
    assert post(desk, "/oversight/sight", number=number, reason=WHY).status_code == 302
    assert counts(wuxi, CHIEF)["sight"] == "1"
    page = text(chief.get("/decisions"))
    assert number in page
    assert WHY in page
    (grant,) = re.findall(r"/decisions/sight/(\d+)/grant", page)
    refused = post(chief, f"/decisions/sight/{grant}/grant", reason="同意。", until=day(90))
    assert refused.status_code == 422
    assert "30 天之内" in text(refused)
    assert post(chief, f"/decisions/sight/{grant}/grant", reason="同意。", until=day(5)).status_code == 302
    for _ in range(2):
        assert desk.see(number).status_code == 200
    assert "可以查看" in text(desk.get("/oversight/sight"))
    shown = text(clerk(wuxi, INTAKE).see(number))
    assert "监督查看" in shown
    assert WHY in shown
    assert str(wuxi.account(CHIEF)) in shown
    with system_scope("测试"):
        looks = AuditEntry.objects.filter(event=AuditEvent.SIGHT, subject=f"查看 {number}")
        assert [line.account_id for line in looks] == [wuxi.account(OVERSIGHT).pk]  # the day's first look, once
    assert post(chief, f"/decisions/sight/{grant}/end", reason="核查结束").status_code == 302
    assert desk.see(number).status_code == 404


def test_there_is_no_look_at_a_restricted_case_without_a_line_in_the_log(wuxi: Township) -> None:
    """Neither by a move that is refused, whose page would show it, nor by the address of a file."""
    case_id, number = restricted(wuxi)
    paper = inspect(io.BytesIO(b"%PDF-1.4\n%%EOF"), "走访.pdf")
    assert isinstance(paper, Accepted)
    with system_scope("测试"):
        file = Attachment.objects.create(
            case_id=case_id, no=1, name=paper.name, mime=paper.mime, size=paper.size,
            digest=installed_files().keep(paper),
        )  # fmt: skip
    decided(wuxi, applied(wuxi, number))
    desk = clerk(wuxi, OVERSIGHT)
    for address in (f"/cases/{number}/accept", f"/field/case/{number}/accept/"):
        refused = post(desk, address, level="9", seen="1")
        assert refused.status_code >= 400
        assert "安置帮教" not in text(refused)
    assert looks(number) == 0
    assert desk.get(f"/cases/{number}/files/{file.pk}").status_code == 200
    assert looks(number) == 1


def looks(number: str) -> int:
    with system_scope("测试"):
        return AuditEntry.objects.filter(event=AuditEvent.SIGHT, subject=f"查看 {number}").count()


def test_the_chief_above_decides_by_number_and_reason_and_refuses_with_one(wuxi: Township) -> None:
    _, number = restricted(wuxi)
    grant = applied(wuxi, number)
    county = clerk(wuxi, COUNTY_CHIEF)
    page = text(county.get("/decisions"))
    assert f'"/cases/{number}"' not in page  # it is not the county's case to look at
    assert number in page
    assert post(county, f"/decisions/sight/{grant.pk}/refuse", reason="").status_code == 422
    assert post(county, f"/decisions/sight/{grant.pk}/refuse", reason="与检查无关，不准许。").status_code == 302
    assert "与检查无关" in text(clerk(wuxi, OVERSIGHT).get("/oversight/sight"))
    late = post(clerk(wuxi, CHIEF), f"/decisions/sight/{grant.pk}/grant", reason="同意。", until=day(3))
    assert late.status_code == 409
    assert "已有决定" in text(late)


def test_wrong_and_right_numbers_are_answered_alike(wuxi: Township) -> None:
    _, number = restricted(wuxi)
    desk = clerk(wuxi, OVERSIGHT)
    answers = []
    for each in (number, "331125201-20200101-000001"):
        answer = post(desk, "/oversight/sight", number=each, reason=WHY)
        answers.append((answer.status_code, answer["Location"]))
    assert answers[0] == answers[1]
    faults = post(desk, "/oversight/sight", number="三号", reason="")
    assert faults.status_code == 422
    assert "完整的事件编号" in text(faults)


def test_an_inspection_from_the_case_page_to_its_result(wuxi: Township) -> None:
    number = wuxi.report("路灯坏了。", by=INTAKE, category="17002").number
    desk = clerk(wuxi, OVERSIGHT)
    assert "还没有监督检查" in text(desk.get("/oversight/inspections"))
    assert post(desk, "/oversight/inspections/new", subject="", due_on="").status_code == 422
    fields = {"subject": "签收超时检查", "basis": "年度计划", "scope": "本月", "due_on": day(9)}
    address = post(desk, "/oversight/inspections/new", **fields)["Location"]
    with system_scope("测试"):
        found = Inspection.objects.get()
    assert "加入这项检查" in text(desk.see(number))
    assert post(desk, f"/cases/{number}/inspect", inspection=found.pk).status_code == 302
    assert "已加入" in text(desk.see(number))
    assert counts(wuxi, OVERSIGHT)["inspected"] == "1"
    assert post(desk, f"{address}/finding", finding="两天没有签收。").status_code == 302
    assert post(desk, f"{address}/ask", unit="0", question="请说明", explain_by="x").status_code == 422
    unit = wuxi.unit(OFFICE)
    assert (
        post(desk, f"{address}/ask", unit=unit, question="请说明没有签收的原因。", explain_by=day(3)).status_code == 302
    )

    office = clerk(wuxi, wuxi.handler(OFFICE))
    assert counts(wuxi, wuxi.handler(OFFICE))["explain"] == "1"
    page = text(office.get("/explanations"))
    assert "请说明没有签收的原因。" in page
    assert "签收超时检查" not in page
    with system_scope("测试"):
        explanation = Explanation.objects.get()
    short = post(office, f"/explanations/{explanation.pk}", answer="太短")
    assert short.status_code == 422
    assert ">太短</textarea>" in text(short)
    assert post(office, f"/explanations/{explanation.pk}", answer="当日断网，已补签收并改正。").status_code == 302
    assert counts(wuxi, wuxi.handler(OFFICE))["explain"] == "0"

    record = {"unit": unit, "level": "科室负责", "measure": "提醒", "basis": "超时未签收，影响办理。",
              "decided_by": "乡党委会议", "decided_on": day(0), "inspection": found.pk, "number": number}  # fmt: skip
    assert post(desk, "/oversight/records/new", **record | {"measure": "", "basis": ""}).status_code == 422
    assert post(desk, "/oversight/records/new", **record).status_code == 302
    assert "超时未签收，影响办理。" in text(desk.get("/oversight/records"))
    assert post(desk, f"{address}/close", result="已整改，办结。").status_code == 302
    page = text(desk.get(address))
    for said in ("两天没有签收。", "当日断网，已补签收并改正。", "已整改，办结。", "WZ331125201"):
        assert said in page
    assert post(desk, f"{address}/finding", finding="再补一条。").status_code == 409


@pytest.mark.parametrize("who", [INTAKE, CHIEF, AUDIT, "331125201-office-01", "331125201-grid-01"])
def test_for_others_there_are_no_such_pages(wuxi: Township, who: str) -> None:
    found, desk = opened(wuxi), clerk(wuxi, who)
    number = wuxi.report("路灯坏了。", by=INTAKE, category="17002").number
    for page in ("sight", "inspections", "inspections/new", f"inspections/{found.pk}", "records", "records/new"):
        assert desk.get(f"/oversight/{page}").status_code == 404, page
    assert desk.get("/oversight/reveals").status_code == (200 if who == AUDIT else 404)
    assert post(desk, f"/cases/{number}/inspect", inspection=found.pk).status_code == 404


def test_what_does_not_exist_is_not_found_and_never_an_error(wuxi: Township) -> None:
    desk = clerk(wuxi, OVERSIGHT)
    for number in ("1", "999999999999999999", "99999999999999999999999"):
        assert desk.get(f"/oversight/inspections/{number}").status_code == 404
        assert post(desk, f"/oversight/sight/{number}/end").status_code == 404
        assert post(clerk(wuxi, CHIEF), f"/decisions/sight/{number}/grant").status_code == 404
        assert post(clerk(wuxi, INTAKE), f"/explanations/{number}", answer="说明一下情况的文字。").status_code == 404
    for page in ("reveals?day=x&unit=x&cursor=x_y", "inspections?before=x", "records?before=-1"):
        assert desk.get(f"/oversight/{page}").status_code == 200, page


def test_the_villager_sees_nothing_of_it(wuxi: Township) -> None:
    found = opened(wuxi)
    asked(wuxi, found)
    receipt = wuxi.report("路灯坏了。")
    with system_scope("测试"):
        assert not Grant.objects.exists()
    villager = clerk(wuxi, INTAKE).client.__class__()
    assert villager.post("/p/query/", {"code": receipt.code}).status_code == 302
    page = text(villager.get("/p/progress/"))
    assert found.number not in page
    assert "监督" not in page


def test_oversight_s_pages_ask_as_often_for_one_row_as_for_many(wuxi: Township) -> None:
    desk = clerk(wuxi, OVERSIGHT)
    addresses = ("/", "/oversight/inspections", "/oversight/records", "/oversight/sight", "/oversight/reveals")

    def fill(times: int) -> None:
        for _ in range(times):
            asked(wuxi, opened(wuxi))
            wuxi.report("路灯坏了。", by=INTAKE, category="17002")

    fill(1)
    for address in addresses:
        desk.get(address)
    few = {address: len(statements(lambda a=address: desk.get(a))) for address in addresses}
    fill(12)
    assert {address: len(statements(lambda a=address: desk.get(a))) for address in addresses} == few
    assert max(few.values()) <= 12
