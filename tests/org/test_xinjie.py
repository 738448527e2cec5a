"""The delivered pack says what the unsigned document titled 2024 says, and leaves its blanks blank (S3)."""

import pytest

from sipingtai.org.packs.content import Pack
from sipingtai.org.packs.gaps import gaps
from sipingtai.org.packs.shelf import Shelf

from . import stated
from .conftest import document_alone


@pytest.fixture(scope="module")
def document() -> Pack:
    return document_alone("330109014")


def test_blanks_stay_blank(document: Pack) -> None:
    assert (document.code, document.parent) == ("330109014", "330109")
    assert document.document.title.startswith("2024")
    assert (document.document.issued, document.document.issuers, document.document.basis) == (None, (), "")
    assert (document.grid_count, document.since) == (None, None)  # “XX个网格”
    assert any("空缺" in note for note in stated.statement(document, "存疑", "说明"))


def test_four_platforms_with_commanders_and_nothing_else(document: Pack) -> None:
    assert stated.heads(document) == dict.fromkeys(
        ("综治工作平台", "市场监管平台", "综合执法平台", "便民服务平台"), "相关分管领导"
    )
    assert all(platform.parts() == () for platform in document.platforms)
    assert document.offices == ()


def test_commander_and_director(document: Pack) -> None:
    assert document.room is not None
    assert document.room.commander is not None
    assert document.room.head is not None
    assert (document.room.commander.name, document.room.head.name) == ("街道副书记", "街道综合指挥室主任")


def test_the_room_receives_and_hands_to_platforms(document: Pack) -> None:
    assert (document.hops, document.station_first, document.station) == (2, False, None)


def test_deputy_secretary_then_the_principals(document: Pack) -> None:
    assert stated.rulings(document) == [("跨平台", ("街道副书记",)), ("重大事项", ("街道主要领导",))]
    assert document.arbiters() == ("街道副书记", "街道主要领导")


def test_discipline_commission_and_organisation_watch(document: Pack) -> None:
    assert stated.watch(document) == [("街道纪工委", "组织部门")]


def test_two_ways_up(document: Pack) -> None:
    assert stated.escalations(document) == [("330109", "区级部门"), ("330109", "区社会治理综合指挥中心")]


def test_joint_enforcement_with_police_support_through_public_order(document: Pack) -> None:
    (joint,) = document.statements["联合执法"]
    assert joint["队伍"] == ["综合行政执法", "市场监管", "安全生产"]
    assert "综治工作平台" in joint["警力保障"]


def test_who_is_assessed_for_what(document: Pack) -> None:
    assert stated.statement(document, "考核", "对象") == ["区级派驻机构（人员）", "网格长", "网格员"]
    assert stated.statement(document, "考核", "事项")[2:] == [
        "信息采集", "录入", "流转", "交办", "办结", "反馈",
    ]  # fmt: skip
    assert "抄告区级相关部门" in stated.statement(document, "考核", "结果")


def test_four_routes_of_intake_and_no_meeting(document: Pack) -> None:
    assert stated.statement(document, "来源", "名称")[:4] == ["网格管理", "驻村联村", "专项督查", "服务热线"]
    assert document.meetings == document.lines == ()
    assert document.roster is None


def test_what_the_document_leaves_out_stays_out(document: Pack) -> None:
    assert stated.left_out(document)
    missing = " ".join(gaps(document, None))
    for gap in ("综合执法平台”没有日常管理机构", "便民服务平台”没有成员", "启用日期", "没有列出网格"):
        assert gap in missing


def test_our_supplement_fills_the_number_of_grids_and_gives_each_a_head(everything: Shelf) -> None:
    pack = next(p for p in everything.packs if p.code == "330109014")
    assert len(pack.grids) == 30
    assert {rule.role.label for rule in pack.staffing if rule.target == "网格单元"} == {"网格员", "网格长"}
