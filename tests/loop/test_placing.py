"""A point belongs to the grid that is in force on the day: an announced split catches nothing before it begins."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from sipingtai.loop.intake.placing import grid_index, place
from sipingtai.org.packs.applying import apply
from sipingtai.org.packs.shelf import PRESETS, load
from sipingtai.org.setting import load as setting_on
from tests import township
from tests.org.test_mistakes import change
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
NAME = "331125201-雾溪畲族乡"
ANNOUNCED = date(2026, 11, 2)
SPLIT = date(2026, 12, 1)
WEST, EAST = (119.555, 28.118), (119.562, 28.118)  # both in 雾溪村第一网格 of old
NORTH, SOUTH = "28.124", "28.112"


def ring(west: str, east: str) -> str:
    corners = ((west, SOUTH), (east, SOUTH), (east, NORTH), (west, NORTH), (west, SOUTH))
    return "[" + ", ".join(f"[{lon}, {lat}]" for lon, lat in corners) + "]"


@pytest.fixture
def town(transactional_db: None) -> Iterator[Township]:
    found = township.set_up(["331125", NAME[:9]])
    yield found
    township.take_down()


@pytest.fixture
def split(town: Township, tmp_path: Path) -> Township:
    """The first grid of a village becomes two from a day on, made known a month ahead."""
    for suffix in (".yaml", ".补充.yaml"):
        (tmp_path / f"{NAME}{suffix}").write_text((PRESETS / "townships" / f"{NAME}{suffix}").read_text("utf-8"))
    document, supplement = tmp_path / f"{NAME}.yaml", tmp_path / f"{NAME}.补充.yaml"
    change(document, "  启用: 2017-09-28", f"  启用: {SPLIT}")
    change(document, "  网格数: 9", "  网格数: 10")
    lines = supplement.read_text("utf-8").splitlines(keepends=True)
    at = next(i for i, line in enumerate(lines) if '"331125201200001"' in line)
    lines[at : at + 1] = [
        f'  - {{名称: 雾溪村西网格, 村: 雾溪村, 代码: "331125201200003", 边界: {ring("119.552", "119.558")}}}\n',
        f'  - {{名称: 雾溪村东网格, 村: 雾溪村, 代码: "331125201200004", 边界: {ring("119.558", "119.564")}}}\n',
    ]
    supplement.write_text("".join(lines), "utf-8")
    apply(load([str(document)]), today=ANNOUNCED)
    return town


def areas_on(day: date) -> tuple[str, str]:
    setting = setting_on(day)
    return place(setting, point=WEST).area, place(setting, point=EAST).area


def test_until_the_day_before_the_old_grid_has_both_points(split: Township) -> None:
    assert areas_on(ANNOUNCED) == ("331125201200001", "331125201200001")
    assert areas_on(SPLIT - timedelta(days=1)) == ("331125201200001", "331125201200001")


def test_from_the_day_on_each_half_has_its_own(split: Township) -> None:
    assert areas_on(SPLIT) == ("331125201200003", "331125201200004")


def test_the_days_do_not_get_in_each_others_way(split: Township) -> None:
    before, after = areas_on(ANNOUNCED), areas_on(SPLIT)
    assert before != after
    assert (areas_on(ANNOUNCED), areas_on(SPLIT)) == (before, after)


def test_a_change_of_the_organisation_is_seen_at_once(town: Township, tmp_path: Path) -> None:
    assert areas_on(ANNOUNCED)[0] == "331125201200001"
    for suffix in (".yaml", ".补充.yaml"):
        (tmp_path / f"{NAME}{suffix}").write_text((PRESETS / "townships" / f"{NAME}{suffix}").read_text("utf-8"))
    supplement = tmp_path / f"{NAME}.补充.yaml"
    old = supplement.read_text("utf-8").split('代码: "331125201200001", 边界: ')[1].split("}")[0]
    change(supplement, old, ring("119.558", "119.564"))
    apply(load([str(tmp_path / f"{NAME}.yaml")]), today=ANNOUNCED)
    west = place(setting_on(ANNOUNCED), area=NAME[:9], point=WEST)
    assert (west.grid, west.outside) == (None, True)


def test_boundaries_are_read_once_for_a_day(town: Township) -> None:
    setting = setting_on(ANNOUNCED)
    assert grid_index(setting) is grid_index(setting)
