"""Made-up reports (上报) as a hotline's program sends them: a sort of matter, a place, a point in a grid, a caller."""

import random
import uuid
from collections.abc import Container
from typing import Any

from sipingtai.core.case import Channel
from sipingtai.ops.bench.load import request
from sipingtai.ops.demo.matters import EVERYDAY, GIVEN, PLACES, SURNAMES

WEST, EAST, SOUTH, NORTH = 119.552, 119.588, 28.112, 28.136  # the delivered grids of 雾溪 lie side by side in it


def body(draw: random.Random, but: Container[str] = ()) -> dict[str, Any]:
    """One report's body, complete as a hotline's is: classified, placed, with the caller's name and telephone.

    `but`: categories left out.
    """
    sort, place = draw.choice([s for s in EVERYDAY if s.category not in but]), draw.choice(PLACES)
    title, text = draw.choice(sort.reports)
    return {
        "channel": Channel.HOTLINE.value,
        "title": title,
        "text": text.format(place=place),
        "place": place,
        "category": sort.category,
        "point": {"longitude": round(draw.uniform(WEST, EAST), 6), "latitude": round(draw.uniform(SOUTH, NORTH), 6)},
        "reporter": {"name": draw.choice(SURNAMES) + draw.choice(GIVEN), "phone": f"138{draw.randrange(10**8):08d}"},
    }


def report(draw: random.Random, token: str, but: Container[str] = ()) -> bytes:
    """One report as a request of its own."""
    return request("POST", "/cases", token, body(draw, but), key=str(uuid.uuid4()))
