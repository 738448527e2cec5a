"""The delivered pack says what the document of 2021-12-24 says, and no more (S0)."""

from datetime import date

import pytest

from sipingtai.core.setting import Level
from sipingtai.org.packs.content import Pack
from sipingtai.org.packs.gaps import gaps

from . import stated
from .conftest import document_alone


@pytest.fixture(scope="module")
def document() -> Pack:
    return document_alone("331126001")


def test_who_issued_it_and_when(document: Pack) -> None:
    assert (document.code, document.level, document.parent) == ("331126001", Level.TOWNSHIP, "331126")
    assert document.document.issued == date(2021, 12, 24)
    assert document.village_count is None
    assert document.grid_count is None


def test_four_platforms_and_one_module(document: Pack) -> None:
    assert stated.heads(document) == {
        "监管执法平台": "街道分管领导",
        "公共服务平台": "街道分管领导",
        "应急管理平台": "街道分管领导",
        "综治工作平台": "街道分管领导",
    }
    assert stated.modules(document) == ["党政综合业务模块"]
    assert stated.parts(document, "党政综合业务模块") == {}
    upstream = stated.fact(document, "党政综合业务模块", "承接")
    assert upstream == ["党政机关整体智治系统", "数字政府系统", "数字经济系统", "数字社会系统", "数字法治系统"]


def test_enforcement_merges_two_platforms_and_leaves_its_managing_office_unnamed(document: Pack) -> None:
    both = ("松源综合行政执法中队", "松源市场监督管理所")
    assert stated.parts(document, "监管执法平台") == {"member": both, "cooperating": both}
    assert stated.fact(document, "监管执法平台", "日常管理范围") == "街道相关职能中心（办）"
    assert stated.fact(document, "监管执法平台", "前身") == ["综合执法平台", "市场监管平台"]


def test_public_service_works_with_social_organisations(document: Pack) -> None:
    assert stated.parts(document, "公共服务平台") == {
        "managing": ("社会事务综合服务中心",),
        "base": ("社会事务综合服务中心",),
        "cooperating": ("家政", "养老", "志愿者"),
    }


def test_emergency_coordinates_eleven_offices_and_three_forces(document: Pack) -> None:
    found = stated.parts(document, "应急管理平台")
    assert found["managing"] == ("街道应急管理职能处室",)
    assert found["base"] == ("街道应急管理指挥部",)
    assert found["member"] == (
        "党政综合",
        "综合治理",
        "村镇建设",
        "农业农村",
        "社会事务管理",
        "应急管理",
        "人武",
        "公安",
        "供电",
        "卫生",
        "电信",
    )
    assert found["cooperating"] == ("专兼职消防队（综合救援队）", "村应急响应队", "企业（社会）专兼职应急队伍")


def test_public_order_is_apart_from_emergency(document: Pack) -> None:
    assert stated.parts(document, "综治工作平台") == {
        "managing": ("街道综合治理办公室",),
        "base": ("街道综合治理办公室",),
        "member": ("司法所", "人武部", "信访", "公安派出所", "检察室"),
    }
    duties = stated.fact(document, "综治工作平台", "职能")
    assert set(duties or ()) >= {"社区矫正", "安置帮教", "禁毒戒毒", "反邪教", "流动人口服务管理"}


def test_the_room_has_three_powers_and_the_centre_two_names(document: Pack) -> None:
    room = document.room
    assert room is not None
    assert room.name is not None
    assert room.name.name == "街道综合信息指挥室"
    assert room.facts["职权"] == ["指挥权", "督导权", "考核权"]
    assert (room.head, room.commander, room.housed_in) == (None, None, None)
    assert document.office_name("街道矛调中心") == "街道社会治理中心"


def test_village_stations_receive_first_what_their_grids_report(document: Pack) -> None:
    assert document.station_first is True
    assert document.station is not None
    assert document.station.facts["名称"] == "村级综合指挥工作站"
    assert document.station.facts["依托"] == "村级社会服务管理室"


def test_no_hops_arbiters_meetings_or_oversight_are_stated(document: Pack) -> None:
    assert document.hops is None
    assert document.rulings == document.meetings == document.oversight == document.escalations == ()
    assert document.roster is None
    assert stated.left_out(document)
    assert not stated.dispatched(document)
    missing = " ".join(gaps(document, None))
    for gap in ("流转路径", "由谁裁定", "监管执法平台”没有日常管理机构", "党政综合业务模块”没有写明分管领导"):
        assert gap in missing


def test_leading_group_sources_and_connectors(document: Pack) -> None:
    assert stated.statement(document, "领导小组", "组长") == ["主要领导"]
    assert stated.statement(document, "领导小组", "副组长") == ["副书记"]
    assert "县级社会治理综合指挥中心" in stated.statement(document, "来源", "经由")
    assert set(stated.statement(document, "对接", "名称")) >= {
        "浙里办", "全省统一行政处罚办案系统", "应急管理综合应用平台", "掌上指挥", "浙江解纷码", "警网协同", "雪亮工程",
    }  # fmt: skip
