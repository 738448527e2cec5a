"""Each kind of mistake in a pack names its file, its line, and what to do."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from sipingtai.org.packs.findings import Finding, PackError
from sipingtai.org.packs.shelf import PRESETS, find, load

VOLUNTEERS = "  - 名称: 志愿者\n    职责:\n      - {编号: 1, 内容: 志愿服务的承接}\n"  # in the supplement
Mistakes = Callable[[], list[Finding]]


def change(path: Path, old: str, new: str) -> int:
    """Replace the first occurrence; returns the line where it stands."""
    text = path.read_text(encoding="utf-8")
    assert old in text, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def test_the_delivered_pack_has_none(mistakes: Mistakes) -> None:
    assert mistakes() == []


@pytest.mark.parametrize(
    ("swap", "offset", "said"),
    [
        (("领导小组:", "领导小组长:"), 0, ("不认得“领导小组长”", "领导小组")),
        (("    牵头: 综治办", "    前头: 综治办"), 0, ("不认得“前头”", "牵头")),
        (("    牵头: 综治办", "    牵头: 综合治理办"), 0, ("没有写明机构“综合治理办”", "机构")),
        (("    分管领导: 乡人武部长", "    分管领导: 乡武装部长"), 0, ("没有写明岗位“乡武装部长”", "乡人武部长")),
        (("    分管领导: 乡人武部长", "    分管领导: [乡人武部长, 乡长]"), 0, ("两名分管领导", "只留一名")),
        (("  行政村数: 6", "  行政村数: 六"), 0, ("“六”不是 0 到 999 之间的整数", "只写数字")),
        (("  启用: 2017-09-28", "  启用: 2017年9月28日"), 0, ("不是日期", "2017-09-28")),
        (('  代码: "331125201"', '  代码: "33112520"'), 0, ("不是 9 位区划代码", "乡镇 9 位")),
        (("  层级: 乡镇", "  层级: 乡"), 0, ("不能是“乡”", "乡镇")),
        (("  名称: 雾溪畲族乡", "  旧名: 雾溪畲族乡"), -1, ("缺少“名称”", "补上")),
        (("  - 名称: 广电", "  - 名称: 民政"), 0, ("写了两次", "合并")),
        (("      - 人武部\n", "      - 派出所\n"), 0, ("“派出所”写了两次", "删去一处")),
        (("  路径: [指挥室, 平台, 科室]", "  路径: [科室, 指挥室]"), 0, ("流转路径", "[指挥室, 平台, 科室]")),
        (("    周期: 每月", "    周期: 每旬"), 0, ("不能是“每旬”", "每月")),
        (("由: [乡党委副书记]", "由: [乡政法委员]"), 0, ("没有写明岗位“乡政法委员”", "岗位")),
        (("由: [乡党委副书记]", "由: [乡党委副书记, 乡党委副书记]"), 0, ("写了两次", "删去")),
        (("    召集: [食安办,", "    召集: [食品办,"), 0, ("没有写明机构“食品办”", "食安办")),
        (('  上级: "331125"', '  上级: "330102"'), None, ("不是本地代码", "核对")),
        (("  先行受理: 指挥室", "  先行受理: 派出所"), 0, ("“先行受理”不能是“派出所”", "村级工作站")),
        (
            ("  设在: 党政综合办公室", "  设在: 党政综合办公室\n  主任: 办公室主任"),
            1,
            ("没有写明岗位“办公室主任”", "岗位"),
        ),
        (
            ("    成员:\n      - 派出所", "    配合: [派出]\n    成员:\n      - 派出所"),
            0,
            ("没有写明机构“派出”", "派出所"),
        ),
        (
            ("来源:\n", "监督:\n  - {事项: 督查, 由: [督查组]}\n来源:\n"),
            1,
            ("没有写明岗位或机构“督查组”", "岗位或机构"),
        ),
        (("来源:\n", "值班:\n  周期: 每日\n  由: [班子]\n来源:\n"), 2, ("没有写明岗位“班子”", "班子成员")),
        (
            ("来源:\n", '值班:\n  周期: 每日\n  由: [班子成员]\n  交接: "25:00"\n来源:\n'),
            3,
            ("“25:00”不是一天里的时刻", "08:30"),
        ),
        (
            ("来源:\n", "值班:\n  周期: 每日\n  由: [班子成员]\n  电话: 找老王\n来源:\n"),
            3,
            ("“找老王”不是电话号码", "不写个人号码"),
        ),
        (("来源:\n", "服务事项:\n  - {名称: 登记, 机构: 大厅}\n来源:\n"), 1, ("没有写明机构“大厅”", "机构")),
        (("指挥室:\n", "指挥室: 有\n架构二:\n"), 0, ("“指挥室”写法不对", "键")),
    ],
)
def test_a_mistake_in_the_document_names_line_and_remedy(
    pack_file: Path, mistakes: Mistakes, swap: tuple[str, str], offset: int | None, said: tuple[str, str]
) -> None:
    wrong, remedy = said
    line = change(pack_file, *swap)
    found = [f for f in mistakes() if wrong in f.wrong]
    assert found, [str(f) for f in mistakes()]
    assert found[0].place.file == str(pack_file)
    if offset is not None:
        assert abs(found[0].place.line - line) <= abs(offset) + (2 if wrong.startswith("缺少") else 0)
    assert remedy in found[0].remedy


@pytest.mark.parametrize(
    ("swap", "said"),
    [
        (("{时钟: 分流, 时限: 4工作时/7工作时}", "{时钟: 分流, 时限: 半天}"), ("看不懂时限“半天”", "5工作日")),
        (("{时钟: 分流, 时限: 4工作时/7工作时}", "{时钟: 分流, 时限: 7工作时/4工作时}"), ("须大于", "调整")),
        (("{时钟: 分流, 时限", "{时钟: 分发, 时限"), ("不能是“分发”", "分流")),
        (("{时钟: 分流, 时限", "{时钟: 受理, 时限"), ("写了两次", "删去一处")),
        (("角色: 信息汇总岗}", "角色: 信息汇集岗}"), ("不能是“信息汇集岗”", "信息汇总岗")),
        (("替补: dispatcher}", "替补: dispatch}"), ("没有写明人员“dispatch”", "dispatcher")),
        (("替补: dispatcher}", "替补: room-head}"), ("替补是自己", "另一个账号")),
        (("账号: intake,", "账号: 张三,"), ("不能作账号", "小写字母")),
        (("账号: intake,", "账号: analyst,"), ("写了两次", "合并")),
        (("所在: 市场监管平台}", "所在: 综合执法平台}"), ("两名负责人", "只留一名")),
        (("    岗位: [乡人武部长, 班子成员]", "    岗位: [班子成员]"), ("应由“乡人武部长”分管", "加岗位")),
        (("角色: 平台负责人, 所在: 综治工作平台", "角色: 平台负责人, 所在: 派出所"), ("不能设在机构", "换一个")),
        (("上午: 08:30-12:00", "上午: 12:00-08:30"), ("结束不晚于开始", "上班")),
        (("上午: 08:30-12:00", "上午: 08:30-15:00"), ("重叠", "先后")),
        (('{分类: "17", 机构', '{分类: "18", 机构'), ("分类目录里没有“18”", "是否")),
        (("分类目录: 默认目录", "分类目录: 缺省目录"), ("没有分类目录", "默认目录")),
        (("延期次数: 2", "延期次数: -2"), ("整数", "数字")),
        (("村: 坪垟岗村,", "村: 坪阳岗村,"), ("没有写明行政村", "坪垟岗村")),
        (('代码: "331125201201"}', '代码: "331125202201"}'), ("不在本乡镇", "前九位")),
        (("边界: [[119.552, 28.112],", "边界: [[28.112, 119.552],"), ("不是一圈经纬度", "首尾相同")),
        (("同一: 城乡建设管理中心", "同一: 城乡建设管理服务中心"), ("绕回了自己", "删去")),
        (('替补: "office-{序}-head"', '替补: "office-{序}-hed"'), ("没有替补账号", "office-{序}-head")),
        (('账号: "grid-{序}"', '账号: "grid"'), ("没有次序", "{序}")),
    ],
)
def test_a_mistake_in_the_supplement_names_line_and_remedy(
    supplement: Path, mistakes: Mistakes, swap: tuple[str, str], said: tuple[str, str]
) -> None:
    wrong, remedy = said
    line = change(supplement, *swap)
    found = [f for f in mistakes() if wrong in f.wrong]
    assert found, [str(f) for f in mistakes()]
    assert any(remedy in f.remedy for f in found)
    if "绕回" not in wrong:  # a circle is told at the office's first mention
        assert any(f.place.file == str(supplement) for f in found)
        assert "写了两次" in wrong or any(abs(f.place.line - line) <= 2 for f in found)


def test_whoever_the_document_makes_director_must_sit_there(pack_file: Path, mistakes: Mistakes) -> None:
    change(pack_file, "  设在: 党政综合办公室", "  设在: 党政综合办公室\n  主任: 乡长")
    (finding,) = mistakes()
    assert "“指挥室主任”应为“乡长”，room-head 不任此岗位" in finding.wrong
    assert "乡长" in finding.remedy


def test_without_stations_nobody_sits_in_a_village(supplement: Path, mistakes: Mistakes) -> None:
    line = change(supplement, "村级工作站:\n  设置: 每村\n  上报答复: 移交\n", "")
    assert line
    assert [f.wrong for f in mistakes()] == ["没有村级工作站，不能在行政村任职"]


def test_a_county_has_no_village_stations(tmp_path: Path) -> None:
    for path in (PRESETS / "townships").glob("331125-*.yaml"):
        shutil.copy(path, tmp_path)
    county = tmp_path / "331125-云和县.yaml"
    with county.open("a", encoding="utf-8") as file:
        file.write("\n村级工作站:\n  设置: 每村\n  上报答复: 移交\n")
    with pytest.raises(PackError, match="只有乡镇、街道设村级工作站"):
        load([str(county)])


def test_grids_must_be_as_many_as_the_document_states(supplement: Path, mistakes: Mistakes) -> None:
    text = supplement.read_text(encoding="utf-8")
    last = next(row for row in text.splitlines() if "第六行政村网格" in row)
    supplement.write_text(text.replace(last + "\n", ""), encoding="utf-8")
    assert [f.wrong for f in mistakes()] == ["列了 8 个网格，文件写明 9 个"]


def test_a_supplement_may_not_overrule_the_document(supplement: Path, mistakes: Mistakes) -> None:
    with supplement.open("a", encoding="utf-8") as file:
        file.write("\n领导小组:\n  组长: 乡长\n")
    (finding,) = mistakes()
    assert "与文件" in finding.wrong
    assert finding.place.file == str(supplement)


def test_all_mistakes_are_named_in_one_run(pack_file: Path, mistakes: Mistakes) -> None:
    change(pack_file, "  启用: 2017-09-28", "  启用: 昨天")
    change(pack_file, "    周期: 每月", "    周期: 每旬")
    change(pack_file, "    牵头: 综治办", "    牵头: 综合办")
    places = [f.place for f in mistakes()]
    assert len(places) == 3
    assert places == sorted(places)


def test_a_comma_that_cuts_a_sentence_in_two_is_explained(pack_file: Path, mistakes: Mistakes) -> None:
    change(pack_file, "{编号: 4, 内容: 减轻农民负担，", "{编号: 4, 内容: 减轻农民负担, ")
    assert "全角逗号" in mistakes()[0].remedy


def test_what_the_tables_cannot_hold_is_told_beforehand(pack_file: Path, mistakes: Mistakes) -> None:
    line = change(pack_file, "  - 名称: 志愿者", "  - 名称: " + "志愿者" * 30)
    assert [f.place.line for f in mistakes() if "最多 50 字" in f.wrong] == [line]


def test_two_packs_of_one_area_are_refused(pack_file: Path) -> None:
    with pytest.raises(PackError, match="已由另一个包使用"):
        load([str(pack_file), "331125201"])


def test_parents_may_not_turn_in_a_circle(pack_file: Path) -> None:
    change(pack_file, '  上级: "331125"', '  上级: "331125201"')
    with pytest.raises(PackError, match="绕回了自己"):
        load([str(pack_file)])


def test_an_unknown_name_suggests_the_nearest_pack() -> None:
    with pytest.raises(PackError, match="331125201-雾溪畲族乡"):
        find("雾溪畲族镇")
    assert find("331125").name == "331125-云和县.yaml"
    assert find("331125201") == find("雾溪")
