"""Place to grid (网格): which unit's area a point lies in."""

import math
from collections.abc import Iterable, Mapping
from typing import Generic, TypeVar

import shapely
from shapely import MultiPolygon, Polygon, STRtree
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

UnitId = TypeVar("UnitId", int, str)
Area = BaseGeometry | Mapping[str, object]  # a shapely geometry, or a GeoJSON geometry or feature


class GridIndex(Generic[UnitId]):
    """The areas of all grids, ready to be asked thousands of times a second. Coordinates are CGCS2000 degrees."""

    def __init__(self, grids: Iterable[tuple[UnitId, Area]]) -> None:
        """Index the grids. Raises ValueError, in Chinese and naming the unit, for what is not a sound polygon."""
        # In the order of their ids, so that the first hit is the smallest.
        pairs = sorted(((unit, _polygon(area, f"网格 {unit} ")) for unit, area in grids), key=lambda pair: pair[0])
        self._units: list[UnitId] = [unit for unit, _ in pairs]
        self._areas = [area for _, area in pairs]
        for area in self._areas:
            shapely.prepare(area)
        self._tree = STRtree(self._areas)

    def locate(self, lon: float, lat: float) -> UnitId | None:
        """Return the unit whose area holds the point, its edge included; of several the one with the smallest id."""
        if not (math.isfinite(lon) and math.isfinite(lat)):
            return None
        candidates: list[int] = sorted(self._tree.query(shapely.points(lon, lat)).tolist())
        for index in candidates:
            if shapely.intersects_xy(self._areas[index], lon, lat):
                return self._units[index]
        return None


def in_area(lon: float, lat: float, area: Area) -> bool:
    """Tell whether a point lies in an area, its edge included. Raises ValueError, in Chinese, for an unsound area."""
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return False
    return bool(shapely.intersects_xy(_polygon(area, "该区域"), lon, lat))


def _polygon(area: Area, name: str) -> BaseGeometry:
    if isinstance(area, Mapping):
        area = _from_geojson(area, name)
    if not isinstance(area, (Polygon, MultiPolygon)) or area.is_empty:
        raise ValueError(f"{name}的边界不是多边形，请导入面状的边界")
    west, south, east, north = area.bounds
    if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
        raise ValueError(f"{name}的边界不是经纬度（或经纬度写反），请转换为 CGCS2000 经纬度后再导入")
    if not area.is_valid:
        raise ValueError(f"{name}的边界自相交或内外环有误，请在地图软件中修复后再导入")
    return area


def _from_geojson(area: Mapping[str, object], name: str) -> BaseGeometry:
    if area.get("type") == "Feature":
        inner = area.get("geometry")
        area = inner if isinstance(inner, Mapping) else {}
    try:
        found: BaseGeometry = shape(dict(area))
    except Exception as error:  # shapely raises whatever the malformed coordinates lead to
        raise ValueError(f"{name}的边界不是有效的 GeoJSON，请检查坐标") from error
    return found
