"""督办牌 and 批示: who owes which reply since when, and what became of what leaders instructed."""

import pytest
from django.http import HttpResponse

from sipingtai.core.actions import Action as A
from sipingtai.core.case import Colour
from sipingtai.loop.reading import instructions
from tests.desk.clerk import Clerk, clerk, text
from tests.desk.test_flows import DISPATCHER, PLATFORM, with_office
from tests.desk.test_statements import statements
from tests.township import Township

pytestmark = pytest.mark.django_db

CHIEF, LEADER, STRANGER = "331125201-chief", "331125201-leader", "331125201-office-07"


def carded(wuxi: Township, colour: Colour = Colour.RED, reason: str = "催了两次没有动。") -> tuple[int, str, str]:
    case_id, number, office = with_office(wuxi)
    wuxi.act(office, case_id, A.SIGN)
    wuxi.act(CHIEF, case_id, A.SUPERVISE, colour=colour, reason=reason)
    return case_id, number, office


def send(desk: Clerk, number: str, action: str, **fields: object) -> HttpResponse:
    return desk.client.post(f"/cards/{number}/{action}", fields)


def test_a_red_card_says_who_owes_the_reply_and_until_when(wuxi: Township) -> None:
    _, number, office = carded(wuxi)
    for name in (CHIEF, LEADER, DISPATCHER, "331125201-oversight", "331125-intake"):
        page = text(clerk(wuxi, name).get("/cards"))
        assert "红牌督办" in page, name
        assert "催了两次没有动。" in page
        assert "欠书面回复，应于" in page
        assert f"/cards/{number}/reply_supervision" not in page
    mine = text(clerk(wuxi, office).get("/cards"))
    assert "本单位欠书面回复" in mine
    assert f"/cards/{number}/reply_supervision" in mine
    assert "没有给本单位的督办牌" in text(clerk(wuxi, STRANGER).get("/cards"))


def test_the_office_replies_here_and_only_then_the_card_is_lifted(wuxi: Township) -> None:
    case_id, number, office = carded(wuxi)
    chief, desk = clerk(wuxi, CHIEF), clerk(wuxi, office)
    assert f"/cards/{number}/lift" not in text(chief.get("/cards"))
    answer = send(chief, number, "lift", reason="算了。")
    assert answer.status_code == 422
    assert "还没有书面回复" in text(answer)
    answer = send(desk, number, "reply_supervision", text="")
    assert answer.status_code == 422
    assert 'aria-invalid="true"' in text(answer)
    answer = send(desk, number, "reply_supervision", text="配件周三到，周四装好。", seen=wuxi.case(case_id).steps)
    assert (answer.status_code, answer["Location"]) == (302, "/cards")
    assert f"/cards/{number}/reply_supervision" not in text(desk.get("/cards"))
    page = text(chief.get("/cards"))
    assert "配件周三到，周四装好。" in page
    assert "欠书面回复" not in page
    assert send(chief, number, "lift", reason="已书面回复。").status_code == 302
    assert "没有生效的督办牌" in text(chief.get("/cards"))


def test_a_reply_to_an_earlier_card_is_none_to_the_next(wuxi: Township) -> None:
    case_id, _, office = carded(wuxi)
    for reply in ("配件周三到。", "周四确已装好。"):
        wuxi.act(office, case_id, A.REPLY_SUPERVISION, text=reply)
        shown = text(clerk(wuxi, CHIEF).get("/cards"))
        assert reply in shown
        if reply == "配件周三到。":
            wuxi.act(CHIEF, case_id, A.LIFT, reason="已书面回复。")
            wuxi.act(CHIEF, case_id, A.SUPERVISE, colour=Colour.RED, reason="周四没有装。")
    assert "配件周三到。" not in shown


def test_what_owes_a_reply_comes_first_and_a_yellow_card_owes_none(wuxi: Township) -> None:
    _, yellow, _ = carded(wuxi, Colour.YELLOW, "黄牌提醒。")
    _, red, _ = carded(wuxi)
    page = text(clerk(wuxi, CHIEF).get("/cards"))
    assert page.index(red) < page.index(yellow)
    assert page.count("欠书面回复，应于") == 1


def test_a_reply_is_still_owed_when_another_office_has_done_the_work(wuxi: Township) -> None:
    case_id, number, office = carded(wuxi)
    platform, other = wuxi.unit("331125201-综合执法平台"), "331125201-城乡建设管理中心"
    wuxi.act(DISPATCHER, case_id, A.REASSIGN, reason="另行安排。")
    wuxi.act(DISPATCHER, case_id, A.DISPATCH, to=platform)
    wuxi.act(PLATFORM, case_id, A.FORWARD, to=wuxi.unit(other))
    builder = wuxi.handler(other)
    wuxi.act(builder, case_id, A.SIGN)
    wuxi.act(builder, case_id, A.FINISH, text="修好了。", files=1)
    wuxi.act(DISPATCHER, case_id, A.VERIFY)
    assert not wuxi.case(case_id).stage.open
    desk = clerk(wuxi, office)
    assert "本单位欠书面回复" in text(desk.get("/cards"))
    assert "没有给本单位的督办牌" in text(clerk(wuxi, builder).get("/cards"))  # though it sees the case
    assert send(desk, number, "reply_supervision", text="补充说明。").status_code == 302
    assert number not in text(clerk(wuxi, CHIEF).get("/cards"))


def test_nothing_but_replies_and_lifting_goes_through_this_page(wuxi: Township) -> None:
    case_id, number, _ = carded(wuxi)
    steps = wuxi.case(case_id).steps
    assert send(clerk(wuxi, CHIEF), number, "conclude", reason="x").status_code == 404
    assert send(clerk(wuxi, STRANGER), number, "reply_supervision", text="不是我。").status_code in (404, 422)
    assert wuxi.case(case_id).steps == steps


def test_what_became_of_an_instruction_is_told_and_the_silent_ones_come_first(wuxi: Township) -> None:
    case_id, _, office = with_office(wuxi)
    other, quiet, _ = with_office(wuxi)
    wuxi.act(office, other, A.SIGN)
    wuxi.act(office, other, A.PROGRESS, text="批示以前去看过。")
    wuxi.act(CHIEF, other, A.INSTRUCT, text="请查明原因。")
    wuxi.act(CHIEF, case_id, A.INSTRUCT, text="本周内办结。")
    wuxi.act(office, case_id, A.SIGN)
    chief = clerk(wuxi, CHIEF)
    page = text(chief.get("/instructions"))
    assert "还没有回应 <" in page
    assert page.index("请查明原因。") < page.index("本周内办结。")  # the oldest first
    wuxi.act(office, case_id, A.PROGRESS, text="配件已到。")
    wuxi.act(office, case_id, A.FINISH, text="修好了。", files=1)
    page = text(clerk(wuxi, DISPATCHER).get("/instructions"))
    silent, rest = page.split("全部，最近的在前")
    assert "请查明原因。" in silent
    assert "本周内办结。" not in silent
    assert "配件已到。" in rest
    assert "修好了。" in rest
    assert "批示以前去看过。" not in page
    assert quiet in page
    for name in (office, "331125201-grid-01", STRANGER):
        assert clerk(wuxi, name).get("/instructions").status_code == 404, name
    assert "请查明原因。" in text(clerk(wuxi, "331125201-oversight").get("/instructions"))


def test_an_instruction_on_a_complaint_is_not_shown_to_whom_it_is_about(wuxi: Township) -> None:
    room = wuxi.unit("331125201-指挥室")
    case_id = wuxi.report("指挥室推诿。", by="331125-intake", about=frozenset({room})).case_id
    wuxi.act("331125-chief", case_id, A.INSTRUCT, text="请县里核实。")
    assert "请县里核实。" in text(clerk(wuxi, "331125-chief").get("/instructions"))
    assert "请县里核实。" not in text(clerk(wuxi, CHIEF).get("/instructions"))


def test_pages_of_cards_and_instructions_ask_the_same_for_one_and_for_many(wuxi: Township) -> None:
    chief = clerk(wuxi, CHIEF)
    addresses = ("/cards", "/instructions")
    case_id, _, _ = carded(wuxi)
    wuxi.act(CHIEF, case_id, A.INSTRUCT, text="第 0 条。")
    for address in addresses:
        chief.get(address)
    few = [len(statements(lambda a=address: chief.get(a))) for address in addresses]
    for no in range(1, 4):
        more, _, _ = carded(wuxi)
        wuxi.act(CHIEF, more, A.INSTRUCT, text=f"第 {no} 条。")
    many = [len(statements(lambda a=address: chief.get(a))) for address in addresses]
    assert many == few
    assert max(many) <= 12, many
    assert chief.get("/instructions?cursor=kuku").status_code == 200
    with wuxi.acting(CHIEF):
        first = instructions.page(wuxi.setting, size=3)
        second = instructions.page(wuxi.setting, size=3, cursor=first.next)
    told = [each.said.text for each in (*first.found, *second.found)]
    assert told == ["第 3 条。", "第 2 条。", "第 1 条。", "第 0 条。"]
    assert second.next == ""
