"""Outlines of the grids of a neighbourhood, for a small map: read once for each state of the organisation."""

from functools import lru_cache
from typing import Any

from attrs import frozen

from sipingtai.core.setting import Setting, UnitKind
from sipingtai.org.models import Unit

Ring = tuple[tuple[float, float], ...]  # longitude, latitude in degrees, CGCS2000


@frozen(kw_only=True)
class Outline:
    """A grid as it lies on the ground; several rings where it has islands or holes."""

    unit: int
    name: str
    rings: tuple[Ring, ...]


def outlines(setting: Setting, area: str) -> tuple[Outline, ...]:
    """The grids of the area's village, or of the township where no village is known; only those with a boundary."""
    around = area[:12]
    grids = tuple(
        u.id
        for u in setting.units.values()
        if u.kind is UnitKind.GRID and u.active and u.area.startswith(around) and len(around) >= 9
    )
    return _read(setting.version, grids) if grids else ()


@lru_cache(maxsize=256)  # some kilobytes each: the villages of a county that are looked at in a day
def _read(version: int, grids: tuple[int, ...]) -> tuple[Outline, ...]:  # noqa: ARG001  the version is in the key
    rows = Unit.objects.filter(pk__in=grids, area__boundary__isnull=False).order_by("pk")
    return tuple(
        Outline(unit=unit, name=name, rings=_rings(boundary))
        for unit, name, boundary in rows.values_list("id", "name", "area__boundary")
    )


def _rings(boundary: Any) -> tuple[Ring, ...]:
    """The rings of a GeoJSON polygon or multi-polygon that was judged sound when it came in."""
    shape = boundary.get("geometry", boundary)
    polygons = [shape["coordinates"]] if shape["type"] == "Polygon" else shape["coordinates"]
    return tuple(tuple((float(p[0]), float(p[1])) for p in ring) for polygon in polygons for ring in polygon)
