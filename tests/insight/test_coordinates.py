"""Coordinates are converted knowingly: there and back again is the same place."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipingtai.insight.coordinates import Datum, gcj02_to_wgs84, point, wgs84_to_gcj02

LON, LAT = st.floats(73.5, 135), st.floats(3.5, 53.5)


def test_a_known_place_is_shifted_as_published() -> None:
    assert wgs84_to_gcj02(116.397428, 39.90923) == pytest.approx((116.403672, 39.910634), abs=1e-6)


@given(LON, LAT)
def test_there_and_back_again_is_the_same_place(lon: float, lat: float) -> None:
    assert gcj02_to_wgs84(*wgs84_to_gcj02(lon, lat)) == pytest.approx((lon, lat), abs=1e-7)
    assert wgs84_to_gcj02(*gcj02_to_wgs84(lon, lat)) == pytest.approx((lon, lat), abs=1e-7)


@given(LON, LAT)
def test_the_shift_is_some_hundred_metres(lon: float, lat: float) -> None:
    east, north = wgs84_to_gcj02(lon, lat)
    assert 10 < math.hypot((east - lon) * math.cos(math.radians(lat)), north - lat) * 111_000 < 2_000


def test_outside_china_nothing_is_shifted() -> None:
    assert wgs84_to_gcj02(2.35, 48.85) == (2.35, 48.85) == gcj02_to_wgs84(2.35, 48.85)


def test_only_gcj02_is_converted_and_the_source_is_remembered() -> None:
    stored = point(119.5, 28.2, Datum.CGCS2000)
    assert (stored.lon, stored.lat, stored.source) == (119.5, 28.2, Datum.CGCS2000)
    assert point(119.5, 28.2, Datum.WGS84).lon == 119.5
    shifted = point(119.5, 28.2, Datum.GCJ02)
    assert shifted.source is Datum.GCJ02
    assert (shifted.lon, shifted.lat) == gcj02_to_wgs84(119.5, 28.2)


@pytest.mark.parametrize(("lon", "lat"), [(28.2, 119.5), (181, 0), (float("nan"), 28)])
def test_impossible_coordinates_are_refused(lon: float, lat: float) -> None:
    with pytest.raises(ValueError, match="经纬度"):
        point(lon, lat, Datum.CGCS2000)
