"""沿用: a pack file takes sections from another one as they stand."""

from collections.abc import Callable
from pathlib import Path

from sipingtai.org.packs.findings import Finding
from sipingtai.org.packs.shelf import delivered, earlier, load

from .test_mistakes import change


def test_villages_grids_and_limits_of_a_set_up_before_are_those_of_today() -> None:
    for today in filter(earlier, delivered()):
        (before,), (after,) = load([str(earlier(today))]).packs, load([today]).packs
        assert before.villages == after.villages
        assert before.grids == after.grids
        assert before.limits == after.limits
        assert not before.stated(before.grids[0].place)  # ours, not the document's


def test_lists_of_both_are_joined_and_what_is_told_is_told_by_its_own_line(
    pack_file: Path, supplement: Path, mistakes: Callable[[], list[Finding]]
) -> None:
    other = pack_file.with_name("别处.yaml")
    other.write_text("格式: 1\n性质: 补充\n机制:\n  - {名称: 甲}\n作息: {上午: 08:00-11:00}\n", "utf-8")
    with supplement.open("a", encoding="utf-8") as file:
        file.write("\n沿用: {包: 别处.yaml, 栏目: [机制, 作息, 没有的]}\n")
    twice, missing = mistakes()
    assert twice.wrong == "“作息”又沿用又自己写了"
    assert missing.wrong == "“别处.yaml”没有“没有的”"
    change(supplement, "栏目: [机制, 作息, 没有的]", "栏目: [机制]")
    (pack,) = load([str(pack_file)]).packs
    assert {"名称": "甲"} in pack.statements["机制"]


def test_a_file_to_take_from_that_is_not_there_is_a_mistake(
    supplement: Path, mistakes: Callable[[], list[Finding]]
) -> None:
    with supplement.open("a", encoding="utf-8") as file:
        file.write("\n沿用: {包: 没有.yaml, 栏目: [机制]}\n")
    (found,) = mistakes()
    assert found.wrong == "读不到这个文件"
