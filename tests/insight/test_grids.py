"""A place belongs to one grid, edges included, and an unsound boundary is refused by name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import MultiPolygon, Polygon, box

from sipingtai.insight.grids import GridIndex, in_area

WEST, EAST = box(119.0, 28.0, 119.1, 28.1), box(119.1, 28.0, 119.2, 28.1)
SQUARE = {"type": "Polygon", "coordinates": [[[119, 28], [119.1, 28], [119.1, 28.1], [119, 28.1], [119, 28]]]}


def test_a_point_lies_in_its_grid() -> None:
    grids = GridIndex([(7, EAST), (3, WEST)])
    assert grids.locate(119.05, 28.05) == 3
    assert grids.locate(119.15, 28.05) == 7
    assert grids.locate(119.3, 28.05) is None
    assert grids.locate(float("nan"), 28.05) is None


def test_a_point_on_the_common_edge_goes_to_the_smaller_id() -> None:
    assert GridIndex([(3, WEST), (7, EAST)]).locate(119.1, 28.05) == 3
    assert GridIndex([(9, WEST), (7, EAST)]).locate(119.1, 28.05) == 7
    assert GridIndex([("乙", WEST), ("甲", EAST)]).locate(119.1, 28.05) == min("甲", "乙")


def test_a_hole_and_a_second_part_are_respected() -> None:
    ring = Polygon(WEST.exterior, [box(119.04, 28.04, 119.06, 28.06).exterior])
    grids = GridIndex([(1, MultiPolygon([ring, box(120, 28, 120.1, 28.1)]))])
    assert grids.locate(119.05, 28.05) is None
    assert grids.locate(120.05, 28.05) == 1


def test_geojson_is_understood() -> None:
    assert GridIndex([(1, SQUARE)]).locate(119.05, 28.05) == 1
    assert in_area(119.05, 28.05, {"type": "Feature", "properties": {}, "geometry": SQUARE})
    assert not in_area(119.15, 28.05, SQUARE)
    assert not in_area(float("inf"), 28.05, SQUARE)


def test_no_grids_hold_nothing() -> None:
    empty: GridIndex[int] = GridIndex([])
    assert empty.locate(119.05, 28.05) is None


@pytest.mark.parametrize(
    ("area", "said"),
    [
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]]}, "自相交"),
        ({"type": "Point", "coordinates": [119, 28]}, "不是多边形"),
        ({"type": "Polygon", "coordinates": []}, "不是多边形"),
        ({"type": "Polygon", "coordinates": [[["x", 0], [1, 1], [1, 0]]]}, "不是有效的 GeoJSON"),
        ({"type": "Polygon", "coordinates": [[[0, 0], [1, 1]]]}, "不是有效的 GeoJSON"),
        ({"type": "Feature", "geometry": None}, "不是有效的 GeoJSON"),
        ({}, "不是有效的 GeoJSON"),
        (box(28.0, 119.0, 28.1, 119.1), "写反"),
        (box(500_000, 3_100_000, 500_100, 3_100_100), "不是经纬度"),
    ],
)
def test_an_unsound_boundary_is_refused_with_the_unit_named(area: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=f"网格 42 .*{said}"):
        GridIndex([(42, area)])


@given(st.floats(118.9, 119.3), st.floats(27.9, 28.2))
def test_the_index_agrees_with_asking_every_grid(lon: float, lat: float) -> None:
    areas = [(2, WEST), (1, EAST), (3, box(119.05, 28.05, 119.15, 28.15))]
    expected = min((unit for unit, area in areas if in_area(lon, lat, area)), default=None)
    assert GridIndex(areas).locate(lon, lat) == expected
