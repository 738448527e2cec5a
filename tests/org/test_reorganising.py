"""What a pack says of succession, and which changes of set-up are refused before anything is written."""

import io
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from sipingtai.org import models, reorganising
from sipingtai.org.packs.applying import apply
from sipingtai.org.packs.findings import Finding
from sipingtai.org.packs.shelf import Shelf, load
from sipingtai.org.packs.successions import named_heirs

from .earlier import earlier
from .test_mistakes import VOLUNTEERS, change

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = date(2026, 11, 2)


def test_a_platforms_predecessors_and_the_list_are_read_alike() -> None:
    (pack,) = load(["331126001"]).packs
    found = {entry.name: entry.heirs for entry in named_heirs(pack)}
    assert found == {
        "综治工作平台": ("331126001-综治工作平台", "331126001-应急管理平台"),
        "综合执法平台": ("331126001-监管执法平台",),
        "市场监管平台": ("331126001-监管执法平台",),
        "便民服务平台": ("331126001-公共服务平台",),
    }


def test_an_heir_the_pack_does_not_have_is_a_mistake(supplement: Path, mistakes: Callable[[], list[Finding]]) -> None:
    with supplement.open("a", encoding="utf-8") as file:
        file.write("\n接替:\n  - {名称: 老办, 由: [综治办, 没有这个办]}\n  - {名称: 老办}\n")
    heir, twice = mistakes()
    assert heir.wrong == "没有写明接替“老办”的“没有这个办”"
    assert twice.wrong == "“接替”里“老办”写了两次"


def test_an_office_taken_over_ends_and_stays_ended(settled: Shelf, pack_file: Path) -> None:
    change(pack_file, "  - 名称: 信访办\n", "  - {名称: 信访办, 接替: 综治办}\n")
    apply(load([str(pack_file)]), today=TODAY)
    office = models.Unit.objects.get(code="331125201-信访办")
    assert office.valid_to is not None
    assert office.successor is not None
    assert office.successor.code == "331125201-综治办"
    assert apply(load([str(pack_file)]), today=TODAY) == {}


def test_a_township_that_was_never_set_up_is_not_reorganised(transactional_db: None) -> None:
    with pytest.raises(CommandError, match="请先运行 sipingtai init"):
        call_command("reorganise", "331125201", dry_run=True)


def test_a_set_up_of_tomorrow_can_be_looked_at_and_not_carried_out(
    settled: Shelf, pack_file: Path, supplement: Path
) -> None:
    day = date.today() + timedelta(days=30)  # noqa: DTZ011
    change(pack_file, "  启用: 2017-09-28", f"  启用: {day}")
    change(pack_file, "  - 名称: 志愿者\n", "")
    change(pack_file, "      - 志愿者\n", "")
    change(supplement, VOLUNTEERS, "")
    out = io.StringIO()
    call_command("reorganise", str(pack_file), dry_run=True, stdout=out)
    assert "停用单位 1 个：志愿者" in out.getvalue()
    with pytest.raises(CommandError, match=f"新架构自 {day} 起启用"):
        call_command("reorganise", str(pack_file), yes=True, stdout=out)
    assert models.Unit.objects.get(code="331125201-志愿者").valid_to is None
    assert not models.Reorganisation.objects.exists()


def test_a_village_station_is_not_taken_away(settled: Shelf, pack_file: Path, supplement: Path) -> None:
    for file in (supplement, pack_file):
        lines = file.read_text("utf-8").splitlines(keepends=True)
        gone = ('"331125201200', "行政村数: 6", "网格数: 9")
        file.write_text("".join(line for line in lines if not any(word in line for word in gone)), "utf-8")
    with pytest.raises(CommandError, match="是一级指挥，不能随架构调整撤销"):
        call_command("reorganise", str(pack_file), yes=True)
    assert models.Unit.objects.get(code="331125201200-工作站").valid_to is None


def test_one_pack_at_a_time_and_one_run_at_a_time(settled: Shelf) -> None:
    with pytest.raises(reorganising.CannotReorganise, match="一次只调整一个地区"):
        reorganising.pack_of(settled)


def test_without_a_terminal_it_wants_to_be_told_yes(settled: Shelf, pack_file: Path) -> None:
    change(pack_file, "  - 名称: 信访办\n", "  - {名称: 信访办, 接替: 综治办}\n")
    with pytest.raises(CommandError, match="加 --yes"):
        call_command("reorganise", str(pack_file), stdout=io.StringIO())
    assert models.Unit.objects.get(code="331125201-信访办").valid_to is None


@pytest.mark.parametrize("name", ["331102102-大港头镇", "331126001-松源街道"])
def test_the_former_set_ups_of_the_tests_are_sound(name: str, tmp_path: Path) -> None:
    (pack,) = load([str(earlier(name, tmp_path))]).packs
    assert pack.live
    assert len(pack.platforms) == 4
