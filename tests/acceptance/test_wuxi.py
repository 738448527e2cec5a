"""雾溪畲族乡 at work, through HTTP as its own people, with its own hops and arbiters (document of 2017-09-28)."""

import io
import re
from collections.abc import Callable

import pytest
from PIL import Image

from sipingtai.core.case import Outcome
from sipingtai.core.posts import Post
from sipingtai.core.stages import Stage
from tests.acceptance.conftest import People
from tests.acceptance.visitor import Visitor

pytestmark = pytest.mark.django_db(transaction=True)

T = "331125201-"
Hops = Callable[..., Visitor]

PLATFORMS = [
    # platform, its head's account, an office of it, a category that belongs there, what happened
    ("综治工作平台", "chief", "调委会", "01017", "两家为屋后排水沟争了半个月，越吵越凶。"),
    ("综合执法平台", "platform-2-head", "环境卫生管理", "05002", "村口桥下倒了两堆生活垃圾，天热发臭。"),
    ("市场监管平台", "platform-3-head", "农产品质量监管", "11010", "集市上有人卖的茶叶没有标签，怀疑农残超标。"),
    ("便民服务平台", "platform-4-head", "民政", "13003", "独居老人屋顶漏雨，想申请临时救助。"),
]


@pytest.mark.parametrize("incident", PLATFORMS, ids=[p[1] for p in PLATFORMS])
def test_an_incident_of_each_platform_goes_through_both_hops_to_its_end(
    people: People, through_two_hops: Hops, incident: tuple[str, str, str, str, str]
) -> None:
    platform, head, office, category, text = incident
    number = people.written_down(text, category)
    handler = through_two_hops(number, T + platform, T + office, T + head)
    assert {"finish", "request_return", "request_extension"} <= handler.offered(number)
    assert not {"verify", "dispatch", "close"} & handler.offered(number)
    people.done(handler.move(number, "finish", text="已上门处理完毕。", photo=a_photo()))
    assert people.case(number).stage is Stage.FINISHED
    people.done(people(T + "dispatcher").move(number, "verify"))
    case = people.case(number)
    # Nobody left a way to be reached: nothing to wait for.
    assert (case.stage, case.outcome, case.answered) == (Stage.CLOSED, Outcome.DONE, True)


def test_a_matter_of_two_platforms_is_settled_by_the_main_leader(people: People, through_two_hops: Hops) -> None:
    """需多个平台协作配合的事项，一般由主要领导协调安排: the second return goes to the pack's first arbiter."""
    number = people.written_down("农家乐排污口对着水源，村民与业主起了争执。", "10001")
    for turn in (1, 2):
        office = T + ("环保" if turn == 1 else "农业执法")
        platform, head = (
            (T + "综合执法平台", T + "platform-2-head") if turn == 1 else (T + "市场监管平台", T + "platform-3-head")
        )
        handler = through_two_hops(number, platform, office, head)
        page = handler.move(
            number, "request_return", clause="职责清单未列此项", reason="不是本单位职责。", to=people.unit(T + "综治办")
        )
        people.done(page)
        case = people.case(number)
        assert case.stage is Stage.RETURNING
        assert case.holder is not None
        if turn == 1:
            assert case.holder.post is Post.DISPATCHER
            people.done(people(T + "dispatcher").move(number, "grant_return", reason="同意，另派。"))
        else:
            assert case.holder.post is Post.LEADER, "云和县雾溪畲族乡的第一裁定人是主要领导"
            refused = people(T + "dispatcher").get(f"/cases/{number}/grant_return")
            assert "grant_return" not in people(T + "dispatcher").offered(number), refused.words
            people.done(people(T + "leader").move(number, "grant_return", reason="由综治办牵头，环保协助。"))
    assert people.case(number).returns[0].count == 2
    room = people(T + "dispatcher")
    page = room.get(f"/cases/{number}/dispatch")
    assert "先例" in page.words
    handler = through_two_hops(number, T + "综治工作平台", T + "综治办", T + "chief", assists=(T + "环保",))
    assert "request_return" not in handler.offered(number), "第二次裁定为最终决定"
    helper = people(people.handler(T + "环保"))
    assert "complete_assist" in helper.offered(number)
    refused = handler.move(number, "finish", text="已调解。")
    assert refused.status == 422
    assert "协办单位没有完成" in refused.words
    people.done(helper.move(number, "complete_assist", text="水样检测合格，排污口已封。"))
    people.done(handler.move(number, "finish", text="双方签了协议，排污口封堵。", photo=a_photo()))
    people.done(people(T + "dispatcher").move(number, "verify"))
    assert people.case(number).stage is Stage.CLOSED


def test_what_is_not_the_township_s_goes_to_the_county_and_the_answer_back_to_the_farmer(people: People) -> None:
    """不属于乡域管辖范围的 … 反馈乡综合指挥室，再由乡综合指挥部反馈给农户。"""
    farmer = people.villager()
    number, _code = report_as_villager(farmer, "省道边坡掉石头，砸到过路的三轮车，乡里修不了。")
    people.done(people(T + "intake").move(number, "accept"))
    people.done(people(T + "analyst").move(number, "classify", category="04011", reason="边坡落石。"))
    people.done(people(T + "dispatcher").move(number, "escalate", reason="省道养护属县交通运输局。"))
    case = people.case(number)
    assert (case.stage, len(case.stack), case.top.owed) == (Stage.REPORTED, 2, True)
    assert "办理" in farmer.get("/p/progress/").words
    county = "331125-"
    people.done(people(county + "intake").move(number, "accept"))
    offices = people.unit(county + "县交通运输局")
    hop = people(county + "dispatcher").get(f"/cases/{number}/dispatch")
    straight = f'value="{offices}"' in hop.text
    target = offices if straight else people.unit(county + "政务投诉举报平台")
    people.done(people(county + "dispatcher").move(number, "dispatch", to=target))
    if not straight:
        people.done(people(county + "platform-1-head").move(number, "forward", to=offices))
    handler = people(people.handler(county + "县交通运输局"))
    people.done(handler.move(number, "sign"))
    people.done(handler.move(number, "finish", text="已清理危石并设置防护网。"))
    refused = people(county + "dispatcher")
    assert "close" not in refused.offered(number)
    people.done(people(county + "dispatcher").move(number, "answer", text="已清理危石并设置防护网。"))
    case = people.case(number)
    assert (case.stage, case.command) == (Stage.FINISHED, people.wuxi.unit(T + "指挥室"))
    people.done(people(T + "dispatcher").move(number, "verify"))
    progress = farmer.get("/p/progress/")
    assert "防护网" in progress.words
    rate(farmer, satisfied=True)
    assert people.case(number).stage is Stage.CLOSED


def test_a_dissatisfied_villager_sends_it_back_and_is_answered_again(people: People, through_two_hops: Hops) -> None:
    villager = people.villager()
    number, _code = report_as_villager(villager, "门前水沟堵了，一下雨就往屋里灌。")
    people.done(people(T + "intake").move(number, "accept"))
    people.done(people(T + "analyst").move(number, "classify", category="04004", reason="下水道堵塞。"))
    handler = through_two_hops(number, T + "综治工作平台", T + "应急处置指挥中心", T + "chief")
    people.done(handler.move(number, "finish", text="已疏通。"))
    people.done(people(T + "dispatcher").move(number, "verify"))
    rate(villager, satisfied=False, reason="只通了一半，昨晚又灌进来了。")
    case = people.case(number)
    assert (case.stage, case.rework) == (Stage.HANDLING, 1)
    people.done(handler.move(number, "finish", text="整段清淤，换了盖板。"))
    people.done(people(T + "dispatcher").move(number, "verify"))
    assert "换了盖板" in villager.get("/p/progress/").words
    rate(villager, satisfied=True)
    case = people.case(number)
    assert (case.stage, case.outcome, case.answered) == (Stage.CLOSED, Outcome.DONE, True)


def test_a_restricted_matter_is_unseen_by_others(people: People) -> None:
    number = people.written_down("一名刑满释放人员回乡，需要落实帮扶。", "14002")
    assert people.case(number).restricted
    assert people(T + "intake").get(f"/cases/{number}").status == 200
    others = (T + "oversight", people.handler(T + "环保"), T + "grid-01", T + "platform-3-head")
    for other in others:
        assert people(other).get(f"/cases/{number}").status == 404, other
        assert number not in people(other).get("/cases").text
    people.done(people(T + "intake").move(number, "accept"))
    people.done(people(T + "dispatcher").move(number, "dispatch", to=people.unit(T + "综治工作平台")))
    people.done(people(T + "chief").move(number, "forward", to=people.unit(T + "司法所")))
    handler = people(people.handler(T + "司法所"))
    assert handler.get(f"/cases/{number}").status == 200, "being assigned shows it"
    people.done(people(T + "dispatcher").move(number, "reassign", reason="另派。"))
    assert handler.get(f"/cases/{number}").status == 404, "the end of the assignment ends the sight"


def test_a_complaint_about_an_office_never_reaches_that_office(people: People) -> None:
    villager = people.villager()
    office = T + "环保"
    number, _code = report_as_villager(villager, "环保的人收了烟就不查了。", about=people.unit(office))
    accused = people(people.handler(office))
    assert accused.get(f"/cases/{number}").status == 404
    people.done(people(T + "intake").move(number, "accept"))
    people.done(people(T + "dispatcher").move(number, "dispatch", to=people.unit(T + "综合执法平台")))
    refused = people(T + "platform-2-head").move(number, "forward", to=people.unit(office))
    assert refused.status == 422
    assert people.case(number).stage is Stage.DISPATCHED
    for path in (f"/cases/{number}", "/", "/cases", "/cases?query=收了烟"):
        assert number not in accused.get(path).text.replace(f"/cases/{number}", ""), path


def a_photo() -> bytes:
    found = io.BytesIO()
    Image.new("RGB", (64, 48), "olive").save(found, "JPEG")
    return found.getvalue()


def report_as_villager(villager: Visitor, text: str, *, about: str = "") -> tuple[str, str]:
    """Report on /p/ without an account; returns number and tracking code."""
    path = "/p/report/331125201/"
    fields = villager.get(path).form("") | {"text": text, "village": "331125201200001"}
    if about:
        fields |= {"about": "on", "office": about}
    page = villager.post(path, fields)
    assert page.status == 200, page.words
    number = re.search(r"\d{9}-\d{8}-\d{6}", page.text)
    code = re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", page.text)
    assert number, page.words
    assert code, page.words
    villager.post("/p/query/", page.form("/p/query/"))
    return number[0], code[0]


def rate(villager: Visitor, *, satisfied: bool, reason: str = "") -> None:
    path = "/p/progress/rate/"
    form = villager.get("/p/progress/").form(path)
    page = villager.post(path, form | {"verdict": "yes" if satisfied else "no", "reason": reason})
    assert page.status == 200, page.words
