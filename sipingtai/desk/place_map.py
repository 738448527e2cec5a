"""The small map of a case: its grid, the grids around, the place itself and what lies near. Plain SVG, drawn here.

No tiles are fetched and no script is needed; the scale bar and the grids' names say where one is.
"""

import math
from collections.abc import Iterable, Sequence
from itertools import takewhile

from attrs import frozen

from sipingtai.loop.reading.nearby import Near
from sipingtai.loop.reading.outlines import Outline

WIDTH, HEIGHT, MARGIN = 240.0, 180.0, 12.0  # of the drawing, in its own units
_METRES_PER_DEGREE = 111_320.0
_LEAST_METRES = 300.0  # across: a single point is not shown larger than life
Point = tuple[float, float]


@frozen(kw_only=True)
class Patch:
    """A grid's outline as an SVG path."""

    name: str
    path: str
    here: bool
    x: float
    y: float


@frozen(kw_only=True)
class Dot:
    """Another case near by; `no` is its place in the list beside the map."""

    no: int
    number: str
    title: str
    x: float
    y: float


@frozen(kw_only=True)
class PlaceMap:
    """The drawing, ready for its template; lengths in its own units."""

    patches: tuple[Patch, ...]
    dots: tuple[Dot, ...]
    x: float | None  # the place itself
    y: float | None
    bar: float  # length of the scale bar
    scale: str  # what the bar stands for: 200 米
    said: str  # the drawing in words


def place_map(
    outlines: Sequence[Outline], *, grid: int | None, point: Point | None, near: Sequence[Near]
) -> PlaceMap | None:
    """Fit what there is into the drawing; nothing where neither a place nor an outline is known."""
    shown = tuple(o for o in outlines if o.rings) if point or grid is not None else ()
    corners = [p for o in shown for ring in o.rings for p in ring] + ([point] if point else [])
    if not corners:
        return None
    view = _View.fitting(corners)
    dots = tuple(
        Dot(no=no, number=n.number, title=n.title, x=x, y=y)
        for no, n in enumerate(near, 1)
        if n.point and view.holds(x := view.x(n.point), y := view.y(n.point))
    )
    metres = _round_metres(WIDTH / 4 / view.scale)
    return PlaceMap(
        patches=tuple(_patch(o, view, grid, _common([o.name for o in shown])) for o in shown),
        dots=dots,
        x=view.x(point) if point else None,
        y=view.y(point) if point else None,
        bar=round(metres * view.scale, 1),
        scale=f"{metres} 米" if metres < 1000 else f"{metres // 1000} 公里",
        said=_said(shown, grid, point, len(dots)),
    )


@frozen(kw_only=True)
class _View:
    """Longitude and latitude to the drawing, true to scale at its middle."""

    middle: Point
    shrink: float  # of a degree of longitude
    scale: float  # units per metre

    @classmethod
    def fitting(cls, points: Iterable[Point]) -> "_View":
        found = list(points)
        west, east = min(p[0] for p in found), max(p[0] for p in found)
        south, north = min(p[1] for p in found), max(p[1] for p in found)
        middle = ((west + east) / 2, (south + north) / 2)
        shrink = math.cos(math.radians(middle[1]))
        across = max((east - west) * _METRES_PER_DEGREE * shrink, _LEAST_METRES)
        along = max((north - south) * _METRES_PER_DEGREE, _LEAST_METRES * HEIGHT / WIDTH)
        return cls(
            middle=middle, shrink=shrink, scale=min((WIDTH - 2 * MARGIN) / across, (HEIGHT - 2 * MARGIN) / along)
        )

    def x(self, point: Point) -> float:
        east = (point[0] - self.middle[0]) * _METRES_PER_DEGREE * self.shrink
        return round(WIDTH / 2 + east * self.scale, 1)

    def y(self, point: Point) -> float:
        north = (point[1] - self.middle[1]) * _METRES_PER_DEGREE
        return round(HEIGHT / 2 - north * self.scale, 1)

    def holds(self, x: float, y: float) -> bool:
        return 0 <= x <= WIDTH and 0 <= y <= HEIGHT


def _common(names: Sequence[str]) -> int:
    """How many characters need not be drawn: 雾溪村第一网格 and 雾溪村第二网格 begin with the village, “第” stays."""
    if len(names) < 2:
        return 0
    alike = takewhile(lambda each: len(set(each)) == 1, zip(*names, strict=False))
    return len("".join(each[0] for each in alike).rstrip("第"))


def _patch(outline: Outline, view: _View, grid: int | None, common: int) -> Patch:
    path = "".join("M" + "L".join(f"{view.x(p)} {view.y(p)}" for p in ring) + "Z" for ring in outline.rings)
    first = outline.rings[0]
    xs, ys = [view.x(p) for p in first], [view.y(p) for p in first]
    return Patch(
        name=outline.name[common:] or outline.name, path=path, here=outline.unit == grid,
        x=round((min(xs) + max(xs)) / 2, 1), y=round((min(ys) + max(ys)) / 2, 1),
    )  # fmt: skip


def _round_metres(metres: float) -> int:
    """1, 2 or 5 times a power of ten, not above."""
    power = 10 ** math.floor(math.log10(metres)) if metres >= 10 else 10
    return int(max(step * power for step in (1, 2, 5) if step * power <= max(metres, 10)))


def _said(outlines: Sequence[Outline], grid: int | None, point: Point | None, others: int) -> str:
    here = next((o.name for o in outlines if o.unit == grid), "")
    where = f"位于{here}" if here else "不在任何网格内" if point else "地点未标注"
    return f"位置图：{where}" + (f"，附近还有 {others} 件。" if others else "。")
