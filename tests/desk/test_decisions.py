"""待批申请: a leader on the telephone decides an application in two taps; what is refused keeps what was typed."""

from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.stages import Stage
from tests.desk.clerk import Clerk, clerk, text
from tests.desk.test_browser import signed_in
from tests.desk.test_flows import DISPATCHER, INTAKE, PLATFORM, with_office
from tests.township import Township

pytestmark = pytest.mark.django_db

CHIEF = "331125201-chief"


def asking_for_time(wuxi: Township) -> tuple[int, str, str]:
    case_id, number, office = with_office(wuxi)
    wuxi.act(office, case_id, A.SIGN)
    wuxi.act(office, case_id, A.REQUEST_EXTENSION, days=2, reason="灯杆要从县里调，路上两天。")
    return case_id, number, office


def asking_to_return(wuxi: Township) -> tuple[int, str, str]:
    case_id, number, office = with_office(wuxi)
    wuxi.act(office, case_id, A.REQUEST_RETURN, clause="1", to=wuxi.unit("331125201-综治办"), reason="不属于本科室。")
    return case_id, number, office


def decide(desk: Clerk, number: str, action: str, **fields: object) -> HttpResponse:
    return desk.client.post(f"/decisions/{number}/{action}", fields)


def test_whoever_decides_reads_who_asks_for_what_and_why(wuxi: Township) -> None:
    case_id, number, _ = asking_for_time(wuxi)
    platform = wuxi.case(case_id).applications[0].decider
    assert platform.post  # the platform's head decides the first one
    page = text(clerk(wuxi, PLATFORM).get("/decisions"))
    assert "灯杆要从县里调，路上两天。" in page
    assert "2 个工作日" in page
    assert "村容村貌" in page
    assert f"/decisions/{number}/grant_extension" in page


def test_of_two_applications_for_one_matter_each_reads_what_is_theirs_to_decide(wuxi: Township) -> None:
    case_id, _, office = asking_for_time(wuxi)
    until = local(timezone.now()) + timedelta(days=9)
    wuxi.act(office, case_id, A.REQUEST_SUSPENSION, until=until, reason="等县里批复。")
    for who, own, other in ((PLATFORM, "灯杆要从县里调", "等县里批复"), (CHIEF, "等县里批复", "灯杆要从县里调")):
        page = text(clerk(wuxi, who).get("/decisions"))
        assert own in page, who
        assert other not in page, who


def test_a_decision_is_taken_from_the_list_and_the_list_comes_back(wuxi: Township) -> None:
    case_id, number, _ = asking_for_time(wuxi)
    head = clerk(wuxi, PLATFORM)
    answer = decide(head, number, "grant_extension", reason="同意。", seen=wuxi.case(case_id).steps)
    assert answer.status_code == 302
    assert answer["Location"] == "/decisions"
    assert wuxi.case(case_id).extensions == 1
    page = text(head.get("/decisions"))
    assert f"{number} 已办“同意延期”" in page
    assert "没有等您决定的申请" in page


def test_a_refusal_needs_its_reason_and_says_so_where_it_is_typed(wuxi: Township) -> None:
    case_id, number, _ = asking_to_return(wuxi)
    answer = decide(clerk(wuxi, DISPATCHER), number, "refuse_return", reason="", seen=wuxi.case(case_id).steps)
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text(answer)
    assert wuxi.case(case_id).stage is Stage.RETURNING
    answer = decide(clerk(wuxi, DISPATCHER), number, "refuse_return", reason="按清单由你科室承办。")
    assert answer.status_code == 302
    assert wuxi.case(case_id).stage is not Stage.RETURNING


def test_who_comes_second_is_told_and_keeps_what_was_typed(wuxi: Township) -> None:
    case_id, number, _ = asking_to_return(wuxi)
    seen = wuxi.case(case_id).steps
    wuxi.act(DISPATCHER, case_id, A.GRANT_RETURN, reason="同意改交。")
    answer = decide(clerk(wuxi, DISPATCHER), number, "refuse_return", reason="由你科室承办。", seen=seen)
    assert answer.status_code == 409
    assert "由你科室承办。" in text(answer)


def test_the_office_that_asks_does_not_decide(wuxi: Township) -> None:
    case_id, number, office = asking_for_time(wuxi)
    desk = clerk(wuxi, office)
    assert "没有等您决定的申请" in text(desk.get("/decisions"))
    assert decide(desk, number, "grant_extension", reason="同意。").status_code == 422
    assert wuxi.case(case_id).extensions == 0


def test_no_other_move_goes_through_this_page(wuxi: Township) -> None:
    receipt = wuxi.report("路灯坏了。", by=INTAKE, category="17002")
    assert decide(clerk(wuxi, INTAKE), receipt.number, "accept").status_code == 404
    assert decide(clerk(wuxi, "331125201-grid-01"), receipt.number, "grant_return").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_taps_on_a_telephone(live_server: LiveServer, chromium: Browser, wuxi: Township) -> None:
    case_id, _, _ = asking_for_time(wuxi)
    page, complaints = signed_in(chromium, live_server.url, wuxi, PLATFORM)
    page.set_viewport_size({"width": 360, "height": 640})
    page.goto(f"{live_server.url}/decisions")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_text("同意", exact=True).first.click()
    page.get_by_role("button", name="确认同意", exact=True).click()
    page.locator(".flash-success").wait_for()
    assert wuxi.case(case_id).extensions == 1
    assert complaints == []
