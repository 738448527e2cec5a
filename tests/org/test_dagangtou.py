"""The delivered pack says what the document of 2022-07-25 says, and no more (S1)."""

from datetime import date

import pytest

from sipingtai.org.packs.content import Pack
from sipingtai.org.packs.gaps import gaps
from sipingtai.org.packs.shelf import Shelf

from . import stated
from .conftest import document_alone


@pytest.fixture(scope="module")
def document() -> Pack:
    return document_alone("331102102")


def test_who_issued_it_and_when(document: Pack) -> None:
    assert (document.code, document.parent, document.document.issued) == ("331102102", "331102", date(2022, 7, 25))
    assert document.scheme is not None
    assert document.scheme.name == "四条跑道"


def test_four_tracks_and_their_heads(document: Pack) -> None:
    assert stated.heads(document) == {
        "党建统领平台": "镇党委书记",
        "经济生态平台": "镇党委副书记、镇长",
        "平安法治平台": "镇党委副书记",
        "公共服务平台": "镇相关负责人",
    }
    assert stated.modules(document) == []


def test_coordinating_bodies_and_forces(document: Pack) -> None:
    assert stated.parts(document, "党建统领平台") == {
        "member": ("纪委", "组织", "宣传", "统战", "人大", "政协", "民兵", "总工会", "团委", "妇联")
    }
    assert stated.parts(document, "经济生态平台") == {
        "coordinating": ("镇经济建设服务中心",),
        "member": ("经济发展办", "城镇建设办", "农业农村办", "生态环境办"),
    }
    assert stated.parts(document, "平安法治平台") == {
        "coordinating": ("镇社会治理中心",),
        "member": (
            "公安派出所",
            "检察室",
            "法庭",
            "司法所",
            "人武部",
            "信访",
            "综合行政执法队",
            "市场监管所",
            "资规所",
            "应急管理站",
            "消防站",
        ),
    }
    assert stated.parts(document, "公共服务平台") == {"member": ("社会事务办", "便民服务中心")}
    assert document.office_name("综治中心") == "镇社会治理中心"


@pytest.mark.parametrize(
    ("platform", "upstream", "absorbed"),
    [
        ("党建统领平台", "党建统领整体智治 数字社会 数字文化", "党政办 党建办 人大办"),
        ("经济生态平台", "数字政府 数字经济", "绿色发展办 农业农村服务中心 城镇建设服务中心 文化旅游发展中心 财政所"),
        ("平安法治平台", "数字政府 数字法治", "社会治理办"),
        ("公共服务平台", "数字政府 数字社会", "社会事务综合服务中心 社区综合管理服务中心"),
    ],
)
def test_upstream_applications_and_absorbed_offices(
    document: Pack, platform: str, upstream: str, absorbed: str
) -> None:
    assert stated.fact(document, platform, "承接") == upstream.split()
    gone = stated.fact(document, platform, "并入")
    assert ([gone] if isinstance(gone, str) else gone) == absorbed.split()


def test_discipline_arms_and_mass_organisations_come_along(document: Pack) -> None:
    assert stated.fact(document, "党建统领平台", "同步纳入") == ["镇纪检监察", "人民武装", "群团组织"]


def test_the_room_has_a_director_four_posts_and_three_powers(document: Pack) -> None:
    room = document.room
    assert room is not None
    assert room.head is not None
    assert room.head.name == "镇主要负责人"
    assert room.facts["岗位"] == ["信息汇总", "综合研判", "流转督办", "绩效评估"]
    assert room.facts["职权"] == ["综合指挥权", "督导权", "考核权"]


def test_one_of_the_leaders_is_on_duty_every_day(document: Pack) -> None:
    assert document.roster is not None
    assert (document.roster.cadence, stated.names(document.roster.by), document.roster.number) == (
        "每日",
        ("镇班子成员",),
        1,
    )


def test_eight_mechanisms_and_substitutes(document: Pack) -> None:
    found = stated.statement(document, "机制", "名称")
    assert found[:8] == ["信息汇总", "研判会商", "分类处置", "联勤联动", "督考评价", "交流培训", "领导轮值", "保密管理"]
    assert "AB岗负责制" in found
    assert stated.meetings(document) == [("研判会商", "", 0)]  # no cadence is set


def test_no_hops_arbiters_oversight_or_managing_offices_are_stated(document: Pack) -> None:
    assert (document.hops, document.station_first, document.station) == (None, None, None)
    assert document.rulings == document.oversight == document.escalations == ()
    assert all(p.managing is None for p in document.platforms)
    assert stated.left_out(document)
    assert "由谁裁定" in " ".join(gaps(document, None))


def test_leading_group(document: Pack) -> None:
    assert stated.statement(document, "领导小组", "组长") == ["党委书记"]
    assert stated.statement(document, "领导小组", "组员") == ["各分管领导", "派驻机构负责人"]


def test_the_supplement_seats_a_principal_as_director(everything: Shelf) -> None:
    pack = next(p for p in everything.packs if p.code == "331102102")
    director = next(p for p in pack.people if "镇主要负责人" in stated.names(p.titles))
    assert director.account == "room-head"
