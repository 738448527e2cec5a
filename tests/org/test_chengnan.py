"""The delivered pack says what the document of 2017-04-01 says, and no more (S2)."""

from datetime import date

import pytest

from sipingtai.org.packs.content import Pack

from . import stated
from .conftest import document_alone


@pytest.fixture(scope="module")
def document() -> Pack:
    return document_alone("330602005")


def test_who_issued_it_and_when(document: Pack) -> None:
    assert (document.code, document.parent, document.document.issued) == ("330602005", "330602", date(2017, 4, 1))
    assert any("越城区" in note for note in stated.statement(document, "存疑", "说明"))  # the text says only 区


def test_four_platforms_with_heads_managing_offices_and_members(document: Pack) -> None:
    assert stated.heads(document) == {
        "综治工作平台": "政法委员",
        "综合执法平台": "分管副主任",
        "市场监管平台": "分管副主任",
        "便民服务平台": "分管副主任",
    }
    assert stated.parts(document, "综治工作平台") == {
        "managing": ("综治办",),
        "member": ("综治办", "信访办", "派出所", "司法所", "流管所"),
    }
    assert stated.parts(document, "综合执法平台") == {
        "managing": ("城管办",),
        "member": ("行政执法", "村镇监察", "国土", "环保", "安监"),
    }
    assert stated.parts(document, "市场监管平台") == {
        "managing": ("经发办",),
        "member": ("食安办", "市场监管所", "农业", "卫生"),
    }
    assert stated.parts(document, "便民服务平台") == {"managing": ("便民服务中心",), "base": ("便民服务中心",)}


def test_the_deputy_secretary_settles_what_crosses_platforms(document: Pack) -> None:
    assert stated.rulings(document) == [("跨平台", ("副书记",)), ("重大问题", ("基层治理联席会议",))]
    assert document.arbiters() == ("副书记",)
    assert document.hops is None
    assert document.station_first is False
    assert document.station is None


def test_joint_meeting_monthly_and_platform_meetings_weekly(document: Pack) -> None:
    assert stated.meetings(document) == [("基层治理联席会议", "每月", 0), ("平台例会", "每周", 4)]


def test_discipline_commission_and_order_office_watch_together(document: Pack) -> None:
    assert stated.watch(document) == [("街道纪工委", "综治办")]


def test_what_is_beyond_it_goes_to_the_district_platform(document: Pack) -> None:
    assert stated.escalations(document) == [("330602", "区级平台")]


def test_dispatched_offices_are_marked(document: Pack) -> None:
    assert stated.dispatched(document) == {"国土", "司法所", "行政执法", "市场监管所", "派出所"}
    assert len(stated.statement(document, "派驻管理", "内容")) == 3


def test_lines_of_the_full_subject_grid(document: Pack) -> None:
    assert [line.name for line in document.lines] == ["行政执法", "安全生产", "环境保护", "食药品安全监管"]
    assert stated.statement(document, "网格", "配置") == ["全科网格"]
    assert stated.statement(document, "网格", "队伍") == ["专兼职网格员"]


def test_leading_group_has_the_room_as_its_office(document: Pack) -> None:
    assert stated.statement(document, "领导小组", "组长") == ["街道党工委书记", "办事处主任"]
    assert stated.statement(document, "领导小组", "办事机构") == ["综合指挥室"]


def test_sources_and_connectors(document: Pack) -> None:
    assert stated.statement(document, "来源", "名称") == ["区级平台交办", "网格上报", "政务咨询投诉举报平台"]
    assert stated.statement(document, "对接", "名称") == [
        "浙江政务服务网", "浙江平安建设信息系统", "综合执法信息系统", "智慧城管系统", "政务咨询投诉举报平台",
    ]  # fmt: skip


def test_what_the_document_leaves_out_stays_out(document: Pack) -> None:
    assert stated.left_out(document)
    assert document.roster is None
    assert document.room is not None
    assert (document.room.head, document.room.commander) == (None, None)
    assert "岗位" not in document.room.facts
