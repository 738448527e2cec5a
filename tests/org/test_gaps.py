"""What a pack leaves open, once it is known to be without mistakes."""

from pathlib import Path

from sipingtai.org.packs.gaps import gaps
from sipingtai.org.packs.shelf import Shelf, load

from .test_mistakes import change


def missing(path: Path) -> list[str]:
    (pack,) = load([str(path)]).packs
    return gaps(pack, load([str(path)]).catalogue(pack))


def test_no_delivered_pack_has_one(everything: Shelf) -> None:
    assert {pack.name: gaps(pack, everything.catalogue(pack)) for pack in everything.packs} == {
        pack.name: [] for pack in everything.packs
    }
    assert all(pack.live for pack in everything.packs)


def test_with_stations_somebody_must_say_who_receives_first(pack_file: Path) -> None:
    change(pack_file, "  先行受理: 指挥室\n", "")
    assert missing(pack_file) == ["没有写明网格上报的事项由谁先受理（流转: 先行受理）"]


def test_a_station_must_know_whether_it_is_answered(pack_file: Path, supplement: Path) -> None:
    change(supplement, "  设置: 每村\n  上报答复: 移交\n", "  设置: 每村\n")
    assert missing(pack_file) == ["没有写明村里上报的事项是否由上级答复（村级工作站: 上报答复）"]


def test_whoever_watches_must_be_able_to(pack_file: Path) -> None:
    change(pack_file, "来源:\n", "监督:\n  - {事项: 督查, 由: [乡长, 综治办]}\n来源:\n")
    assert missing(pack_file) == ["监督人“乡长”没有监督角色（岗位: 角色）"]


def test_somebody_must_watch_where_the_document_says_so(pack_file: Path, supplement: Path) -> None:
    change(pack_file, "来源:\n", "监督:\n  - {事项: 督查, 由: [综治办]}\n来源:\n")
    change(supplement, "岗位: [乡纪委书记, 班子成员]", "岗位: [班子成员]")
    assert missing(pack_file) == ["“综治办”的监督无人担任（人员）"]


def test_a_platform_needs_more_than_its_managing_office(pack_file: Path, supplement: Path) -> None:
    text = pack_file.read_text(encoding="utf-8")
    start = text.index("    成员:\n      - 产业发展")
    end = text.index("    职能: [面向企业")
    pack_file.write_text((text[:start] + text[end:]).replace("    牵头: 经济商务工作中心\n", ""), encoding="utf-8")
    change(supplement, "  - {名称: 市场监管平台, 成员: [食安办]}\n", "")
    assert missing(pack_file) == ["平台“市场监管平台”没有成员（平台: 成员）"]
