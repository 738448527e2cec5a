"""Several cases in one go: it is told what will happen, each is a move of its own, and a dispatch is taken back."""

import re

import pytest
from django.http import HttpResponse

from sipingtai.core.actions import Action as A
from sipingtai.core.stages import Stage
from tests.desk.clerk import Clerk, clerk, text
from tests.desk.test_statements import statements
from tests.township import Township

pytestmark = pytest.mark.django_db

INTAKE, DISPATCHER, PLATFORM = "331125201-intake", "331125201-dispatcher", "331125201-platform-2-head"


def accepted(wuxi: Township, **fields: object) -> tuple[int, str]:
    receipt = wuxi.report("会溪桥头的路灯不亮。", by=INTAKE, **({"category": "17002"} | fields))
    wuxi.act(INTAKE, receipt.case_id, A.ACCEPT)
    return receipt.case_id, receipt.number


def preview(desk: Clerk, action: str, *numbers: str) -> str:
    answer = desk.client.post(f"/batch/{action}", {"case": list(numbers)})
    assert answer.status_code == 200
    return text(answer)


def one(desk: Clerk, action: str, number: str, seen: int | str = "", **fields: object) -> HttpResponse:
    return desk.client.post(f"/batch/{action}/one", {"case": number, "seen": seen, **fields})


def test_the_preview_says_of_each_what_will_become_of_it_or_why_nothing(wuxi: Township) -> None:
    case_id, number = accepted(wuxi)
    fresh = wuxi.report("垃圾没人清。", by=INTAKE).number
    page = preview(clerk(wuxi, DISPATCHER), "dispatch", number, fresh, "331125201-19990101-000001")
    assert "可以分流交办 1 件" in page
    assert "2 件不能" in page
    able, *unable = page.split("<tr data-one-case=")[1:]
    platform = wuxi.unit("331125201-综合执法平台")
    assert f'value="{platform}" selected' in able
    assert "由城乡建设管理中心承办" in able
    assert "规则：《四个平台》分类对应：公共设施 · 路灯 → 综合执法平台、城乡建设管理中心" in able
    assert "综合执法平台（无在办）" in able  # what it has on its hands, beside its name
    assert "不能分流交办" in "".join(unable)
    assert "没有找到" in "".join(unable)
    assert wuxi.case(case_id).stage is Stage.ACCEPTED  # looking changes nothing


def test_a_preview_asks_the_same_for_one_case_and_twenty(wuxi: Township) -> None:
    numbers = [accepted(wuxi)[1] for _ in range(20)]
    desk = clerk(wuxi, DISPATCHER)
    few = len(statements(lambda: preview(desk, "dispatch", numbers[0])))
    assert len(statements(lambda: preview(desk, "dispatch", *numbers))) == few <= 6


def test_each_case_is_a_move_of_its_own_and_one_refusal_touches_no_other(wuxi: Township) -> None:
    first, second = (wuxi.report(f"第 {no} 件。", by=INTAKE) for no in (1, 2))
    desk = clerk(wuxi, INTAKE)
    wuxi.act(INTAKE, second.case_id, A.ACCEPT)
    done, late = one(desk, "accept", first.number, 1, text="已告知。"), one(desk, "accept", second.number, 0)
    assert done.json()["done"] is True
    assert "现由" in done.json()["words"]
    assert late.status_code == 409
    assert "信息汇总岗" in late.json()["words"]  # what happened, and who did it
    assert wuxi.case(first.case_id).stage is Stage.ACCEPTED


def test_what_arrived_and_was_not_answered_counts_once(wuxi: Township) -> None:
    receipt = wuxi.report("路灯不亮。", by=INTAKE)
    desk = clerk(wuxi, INTAKE)
    assert one(desk, "accept", receipt.number, 1).status_code == 200
    again = one(desk, "accept", receipt.number, 1)
    assert again.status_code == 200
    assert again.json()["done"] is True
    assert wuxi.case(receipt.case_id).steps == 2


def test_somebody_else_s_same_move_is_not_taken_for_one_s_own(wuxi: Township) -> None:
    receipt = wuxi.report("路灯不亮。", by=INTAKE)
    wuxi.act("331125201-room-head", receipt.case_id, A.ACCEPT)
    late = one(clerk(wuxi, INTAKE), "accept", receipt.number, 1)
    assert late.status_code == 409
    assert "指挥室主任" in late.json()["words"]


def test_a_dispatch_is_taken_back_unless_it_was_signed_and_then_the_reason_is_told(wuxi: Township) -> None:
    to = wuxi.unit("331125201-综合执法平台")
    desk = clerk(wuxi, DISPATCHER)
    (early, early_number), (late, late_number) = accepted(wuxi), accepted(wuxi)
    seen = {}
    for number in (early_number, late_number):
        seen[number] = one(desk, "dispatch", number, 2, to=to).json()["seen"]
    wuxi.act(PLATFORM, late, A.FORWARD, to=wuxi.unit("331125201-村容村貌"))
    wuxi.act(wuxi.handler("331125201-村容村貌"), late, A.SIGN)
    assert one(desk, "recall", early_number, seen[early_number], reason="批量分流后撤回").json()["done"] is True
    assert wuxi.case(early).stage is Stage.ACCEPTED
    refused = one(desk, "recall", late_number, seen[late_number], reason="批量分流后撤回")
    assert refused.status_code == 422
    assert "撤回" in refused.json()["words"]
    assert wuxi.case(late).stage is Stage.HANDLING
    # Nor does a second press take anything back twice.
    assert one(desk, "recall", early_number, seen[early_number], reason="批量分流后撤回").json()["done"] is True


def test_a_case_one_may_not_see_is_not_there_in_a_batch_either(wuxi: Township) -> None:
    number = wuxi.report("涉及未成年人的事。", by=INTAKE, restricted=True).number
    other = clerk(wuxi, "331125201-office-07")
    assert "没有找到" in preview(other, "urge", number)
    assert one(other, "urge", number).status_code == 404


@pytest.mark.parametrize("action", ["void", "finish", "drop_table", "recall"])
def test_no_other_move_is_made_in_a_batch(wuxi: Township, action: str) -> None:
    desk = clerk(wuxi, DISPATCHER)
    assert desk.client.post(f"/batch/{action}", {"case": "x"}).status_code == 404
    if action != "recall":  # the undo of a dispatch
        assert one(desk, action, "x").status_code == 404


@pytest.mark.parametrize("forged", ["", "\x00", "9" * 400, "²３", "<script>", "-1"])
def test_no_input_of_a_batch_crashes(wuxi: Township, forged: str) -> None:
    _, number = accepted(wuxi)
    desk = clerk(wuxi, DISPATCHER)
    assert desk.client.post("/batch/dispatch", {"case": [forged, number]}).status_code == 200
    assert one(desk, "dispatch", forged).status_code == 404
    for name in ("seen", "to", "text", "assists"):
        answer = one(desk, "dispatch", number, **{name: forged})
        assert answer.status_code in {200, 409, 422}
        assert answer["Content-Type"] == "application/json"


def test_more_than_a_hundred_are_left_for_the_next_batch(wuxi: Township) -> None:
    page = preview(clerk(wuxi, DISPATCHER), "urge", *[f"n-{no}" for no in range(103)])
    assert "另有 3 件请下一批再办" in page
    assert len(re.findall("data-one-case", page)) == 100


def test_the_desk_offers_the_batches_of_one_s_posts(wuxi: Township) -> None:
    assert {"accept", "dispatch", "urge"} == _offered(clerk(wuxi, DISPATCHER))
    assert {"sign", "urge"} == _offered(clerk(wuxi, "331125201-office-07"))


def _offered(desk: Clerk) -> set[str]:
    return set(re.findall(r'data-batch="/batch/(\w+)"', text(desk.get("/"))))
