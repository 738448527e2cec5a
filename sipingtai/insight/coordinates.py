"""Coordinate systems of China. Places are stored in CGCS2000; what a phone's map gives is often GCJ-02.

CGCS2000 and WGS 84 differ by centimetres and are taken as one here. GCJ-02 (国测局坐标) shifts every point of China by
some hundred metres; the forward formula is widely published, the way back is found by iteration.
"""

import math
from dataclasses import dataclass
from enum import StrEnum

_SEMI_MAJOR_AXIS = 6_378_245.0  # metres, Krasovsky 1940
_ECCENTRICITY_SQUARED = 0.006693421622965943
_WEST, _EAST, _SOUTH, _NORTH = 72.004, 137.8347, 0.8293, 55.8271  # outside this box nothing is shifted


class Datum(StrEnum):
    """The coordinate system that a point was given in."""

    CGCS2000 = "CGCS2000"
    WGS84 = "WGS84"
    GCJ02 = "GCJ02"


@dataclass(frozen=True)
class Point:
    """A place: degrees of longitude and latitude in CGCS2000, and the system that it came in."""

    lon: float
    lat: float
    source: Datum


def point(lon: float, lat: float, source: Datum) -> Point:
    """Return the point to store for coordinates of a known system. Raises ValueError, in Chinese."""
    if not (math.isfinite(lon) and math.isfinite(lat) and abs(lon) <= 180 and abs(lat) <= 90):
        raise ValueError("坐标不是有效的经纬度，请检查经度与纬度是否写反")
    if source is Datum.GCJ02:
        lon, lat = gcj02_to_wgs84(lon, lat)
    return Point(lon, lat, source)


def wgs84_to_gcj02(lon: float, lat: float) -> tuple[float, float]:
    """Shift a point (degrees) as maps in China do; outside China it stays."""
    if not (_WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH):
        return lon, lat
    east, north = _offset_metres(lon - 105.0, lat - 35.0)
    radians = math.radians(lat)
    magic = 1 - _ECCENTRICITY_SQUARED * math.sin(radians) ** 2
    prime_vertical = _SEMI_MAJOR_AXIS / math.sqrt(magic)
    meridian = _SEMI_MAJOR_AXIS * (1 - _ECCENTRICITY_SQUARED) / magic**1.5
    return (
        lon + math.degrees(east / (prime_vertical * math.cos(radians))),
        lat + math.degrees(north / meridian),
    )


def gcj02_to_wgs84(lon: float, lat: float) -> tuple[float, float]:
    """Take the shift back (degrees); there and back again differs by less than a millionth of a degree, 0.1 m."""
    if not (_WEST <= lon <= _EAST and _SOUTH <= lat <= _NORTH):
        return lon, lat
    found_lon, found_lat = lon, lat
    # The shift changes by less than a hundredth over its own length: each turn gains two digits or more.
    for _ in range(8):
        shifted_lon, shifted_lat = wgs84_to_gcj02(found_lon, found_lat)
        found_lon, found_lat = found_lon + lon - shifted_lon, found_lat + lat - shifted_lat
    return found_lon, found_lat


def _offset_metres(x: float, y: float) -> tuple[float, float]:
    """Return the published polynomial-and-sine shift, metres east and north; x, y in degrees from 105°E 35°N."""
    root = math.sqrt(abs(x))
    waves = (20 * math.sin(6 * x * math.pi) + 20 * math.sin(2 * x * math.pi)) * 2 / 3

    def sines(value: float, *terms: tuple[float, float]) -> float:
        return sum(size * math.sin(value * math.pi / period) for size, period in terms) * 2 / 3

    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + waves
    east += sines(x, (20, 1), (40, 3), (150, 12), (300, 30))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + waves
    north += sines(y, (20, 1), (40, 3), (160, 12), (320, 30))
    return east, north
