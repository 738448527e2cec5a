"""The delivered pack says what the document of 2017-09-28 says, and no more (S4)."""

from collections import Counter
from datetime import date

import pytest

from sipingtai.core.setting import Level
from sipingtai.org.packs.content import Pack
from sipingtai.org.packs.gaps import gaps
from sipingtai.org.packs.shelf import Shelf

from .conftest import document_alone


@pytest.fixture
def document() -> Pack:
    """The document alone, without our supplement."""
    return document_alone("331125201")


def test_who_issued_it_and_when(document: Pack) -> None:
    assert document.document.issued == date(2017, 9, 28)
    assert (document.code, document.level, document.parent) == ("331125201", Level.TOWNSHIP, "331125")
    assert document.document.basis == "云委办发〔2016〕91号"


def test_four_platforms_with_heads_lead_and_daily_management(document: Pack) -> None:
    assert [
        (p.name, p.head and p.head.name, p.lead and p.lead.name, p.managing and p.managing.name, len(p.members))
        for p in document.platforms
    ] == [
        ("综治工作平台", "乡党委副书记", "综治办", "社会治安综合治理工作中心", 12),
        ("综合执法平台", "乡人武部长", "城乡建设管理中心", "城乡建设管理服务中心", 9),
        ("市场监管平台", "乡分管领导", "经济商务工作中心", "经济商务工作中心", 13),
        ("便民服务平台", "乡分管领导", "社会事务服务中心", "社会治安综合治理工作中心", 17),
    ]


def test_six_villages_nine_grids_ten_lines_three_campaigns(document: Pack) -> None:
    assert (document.village_count, document.grid_count) == (6, 9)
    assert document.villages == document.grids == ()  # it names none of them
    names = [line.name for line in document.lines]
    assert names == ["党建", "综治", "社保", "国土", "食药", "民政", "安监", "消防", "环保", "城建"]
    assert [c.name for c in document.campaigns] == ["五水共治", "六边三化三美", "三改一拆"]


def test_two_hops_and_the_arbiters_come_from_the_document(document: Pack) -> None:
    assert document.hops == 2
    assert document.station_first is False  # 乡综合指挥室统一受理
    assert [(r.matter, [ref.name for ref in r.by]) for r in document.rulings] == [
        ("重大问题", ["乡党委副书记"]),
        ("跨平台", ["乡主要领导", "联席会议"]),
    ]


def test_duty_lists_of_the_three_offices_it_describes(document: Pack) -> None:
    lists = {o.name: len(o.duties) for o in document.offices if o.duties}
    assert lists == {"党政综合办公室": 6, "经济商务工作中心": 11, "社会治安综合治理工作中心": 6}


def test_meetings_room_and_anomalies(document: Pack) -> None:
    assert Counter(m.cadence for m in document.meetings) == {"每月": 1, "每周": 2}
    assert document.room is not None
    assert document.room.housed_in is not None
    assert document.room.housed_in.name == "党政综合办公室"
    notes = " ".join(str(note["原文"]) for note in document.statements["存疑"])
    for anomaly in ("第4项", "淤上乡", "日常管理", "综合指挥部", "党工委办事处"):
        assert anomaly in notes


def test_what_the_document_leaves_out_stays_out(document: Pack) -> None:
    assert document.people == document.staffing == document.limits == document.sessions == document.routes == ()
    assert not document.live
    assert all(title.role is None for title in document.titles)
    missing = gaps(document, None)
    for gap in ("信息汇总岗", "作息", "行政村", "分类目录", "裁定人“乡党委副书记”没有角色", "综治工作平台”的负责人"):
        assert any(gap in sentence for sentence in missing), gap


def test_with_its_supplement_nothing_is_missing(shelf: Shelf) -> None:
    for pack in shelf.packs:
        assert pack.live
        assert gaps(pack, shelf.catalogue(pack)) == []
