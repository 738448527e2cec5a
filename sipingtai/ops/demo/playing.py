"""One matter, told as far as a moment lets it come."""

import random
from datetime import datetime

from sipingtai.loop.bulk import Batch
from sipingtai.ops.demo.homeward import bring_home
from sipingtai.ops.demo.rhythm import Arrival
from sipingtai.ops.demo.walk import NotYet, Walk


def play(arrival: Arrival, batch: Batch, end: datetime) -> tuple[Walk, bool]:
    """Tell a matter up to `end`; returns its walk, and whether it came to where it was to go."""
    draw = random.Random(arrival.seed)  # noqa: S311  nothing here is a secret
    walk = Walk(arrival.cast, draw, arrival.at, end, door=batch, stops=True, exactly=True)
    try:
        arrival.tell(walk)
        if arrival.home:
            bring_home(walk)
    except NotYet:
        return walk, False
    return walk, True
