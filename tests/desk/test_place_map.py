"""The small map of a case: fitted, true to scale, and silent where nothing is known."""

import pytest

from sipingtai.desk.place_map import HEIGHT, WIDTH, place_map
from sipingtai.loop.reading.outlines import Outline

WEST, EAST = 119.55, 119.57  # about 1,960 m apart at this latitude
SOUTH, NORTH = 28.10, 28.11


def square(unit: int, name: str, west: float, east: float) -> Outline:
    return Outline(unit=unit, name=name, rings=(((west, SOUTH), (east, SOUTH), (east, NORTH), (west, NORTH)),))


GRIDS = (square(1, "雾溪村第一网格", WEST, 119.56), square(2, "雾溪村第二网格", 119.56, EAST))


def test_the_case_s_own_grid_stands_out_and_names_lose_their_village() -> None:
    found = place_map(GRIDS, grid=2, point=(119.565, 28.105), near=())
    assert found
    assert [(p.name, p.here) for p in found.patches] == [("第一网格", False), ("第二网格", True)]
    assert found.said == "位置图：位于雾溪村第二网格。"


def test_east_is_right_and_north_is_up() -> None:
    south_west = place_map(GRIDS, grid=1, point=(119.551, 28.101), near=())
    north_east = place_map(GRIDS, grid=2, point=(119.569, 28.109), near=())
    assert south_west
    assert north_east
    assert south_west.x < WIDTH / 2 < north_east.x
    assert south_west.y > HEIGHT / 2 > north_east.y


def test_the_bar_is_as_long_as_it_says() -> None:
    found = place_map(GRIDS, grid=1, point=(WEST, SOUTH), near=())
    other = place_map(GRIDS, grid=1, point=(EAST, SOUTH), near=())
    assert found
    assert other
    units_per_metre = (other.x - found.x) / 1963.7  # of a sphere of 111.32 km a degree, at 28.105° north
    assert found.scale == "500 米"
    assert found.bar == pytest.approx(500 * units_per_metre, rel=0.01)


def test_everything_fits_into_the_drawing_even_a_point_outside_every_grid() -> None:
    found = place_map(GRIDS, grid=None, point=(119.60, 28.105), near=())
    assert found
    assert found.said == "位置图：不在任何网格内。"
    assert 0 <= found.x <= WIDTH
    assert all(0 <= p.x <= WIDTH and 0 <= p.y <= HEIGHT for p in found.patches)


def test_a_single_point_is_not_shown_larger_than_life() -> None:
    found = place_map((), grid=None, point=(119.56, 28.1), near=())
    assert found
    assert (found.x, found.y) == (WIDTH / 2, HEIGHT / 2)
    assert found.scale == "50 米"


def test_without_place_or_outline_there_is_no_map() -> None:
    assert place_map((), grid=None, point=None, near=()) is None
    assert place_map(GRIDS, grid=None, point=None, near=()) is None
