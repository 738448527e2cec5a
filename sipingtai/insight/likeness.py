"""Is it the same matter (疑似重复)? Words, category and distance of two reports, compared; never who reported them.

Reasons are named, no percentage is: nothing here was calibrated on held-out cases.
"""

import math
from dataclasses import dataclass
from functools import cached_property

from sipingtai.insight.bigrams import bigrams

SAME_WORDS = 0.5  # of the shorter report's tokens stand in the longer one
SOME_WORDS = 0.2
HERE, NEAR = 100.0, 300.0  # metres
_METRES_PER_DEGREE = 111_320.0  # of latitude, and of longitude at the equator


@dataclass(frozen=True, kw_only=True)
class Matter:
    """What is compared of a report."""

    text: str  # title and text
    category: str  # code; the first two digits are its major class (大类)
    point: tuple[float, float] | None  # longitude, latitude in degrees

    @cached_property
    def tokens(self) -> frozenset[str]:
        """What the text is compared by; worked out once, however many reports it is held against."""
        return bigrams(self.text)


@dataclass(frozen=True, kw_only=True)
class Likeness:
    """How two reports resemble each other."""

    same: bool  # they may well be one matter
    category: bool
    overlap: float  # share of the shorter report's tokens that the other has too, 0 to 1
    metres: float | None  # between the two points, where both are known

    @property
    def reasons(self) -> tuple[str, ...]:
        """In words, the weightiest first."""
        where = f"相距约 {_rounded(self.metres)} 米" if self.metres is not None else ""
        words = "文字相近" if self.overlap >= SAME_WORDS else ""
        return tuple(said for said in ("类别相同" if self.category else "", words, where) if said)


def likeness(one: Matter, other: Matter) -> Likeness:
    """Compare two reports of one neighbourhood. Symmetrical."""
    share = _overlap(one.tokens, other.tokens)
    metres = distance(one.point, other.point) if one.point and other.point else None
    category = one.category == other.category
    here = metres is not None and metres <= HERE
    far = metres is not None and metres > NEAR
    same = not far and (share >= SAME_WORDS or (category and share >= SOME_WORDS and (here or metres is None)))
    return Likeness(same=same, category=category, overlap=share, metres=metres)


def distance(one: tuple[float, float], other: tuple[float, float]) -> float:
    """Metres between two points of one township: the plane is good enough to half a percent there."""
    across = (one[0] - other[0]) * math.cos(math.radians((one[1] + other[1]) / 2))
    return _METRES_PER_DEGREE * math.hypot(across, one[1] - other[1])


def around(point: tuple[float, float]) -> tuple[float, float, float, float]:
    """West, south, east, north of everything that is near enough to be the same matter."""
    north = NEAR / _METRES_PER_DEGREE
    east = north / math.cos(math.radians(point[1]))
    return point[0] - east, point[1] - north, point[0] + east, point[1] + north


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    fewer = min(len(one), len(other))
    return len(one & other) / fewer if fewer else 0.0


def _rounded(metres: float) -> int:
    return int(round(metres, -1)) if metres >= 10 else round(metres)
