"""Filling the tables with made-up matters (模拟): every step judged and sealed by the loop, stored in batches."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import Case
from sipingtai.core.calendar import local
from sipingtai.jobs.sweep import sweep_clocks
from sipingtai.loop.bulk import Batch
from sipingtai.ops.demo.asides import MORE
from sipingtai.ops.demo.cast import Cast, gather
from sipingtai.ops.demo.homeward import bring_home
from sipingtai.ops.demo.rhythm import Arrival, arrivals, standing
from sipingtai.ops.demo.stories import STORIES, Story
from sipingtai.ops.demo.walk import NotYet, Walk

SEED = 2026
YEAR = 365  # days
AT_ONCE = 400  # cases kept in memory before they are stored


def is_empty() -> bool:
    with system_scope("演示"):
        return not Case.objects.exists()


def planned(casts: Sequence[Cast], *, days: int, seed: int, now: datetime) -> list[Arrival]:
    """Everything that comes in during so many days up to now, in the order of time."""
    today = local(now).date()
    found = [a for cast in casts for n in range(days + 1) for a in arrivals(cast, today - timedelta(days=n), seed)]
    found += [a for cast in casts for a in standing(cast, local(now), seed, (*STORIES, *MORE))]
    first = now - timedelta(days=days)
    return sorted((a for a in found if first <= a.at <= now), key=lambda a: (a.at, a.seed))


def simulate(told: Sequence[Arrival], *, now: datetime, progress: Callable[[int], None] = lambda _: None) -> int:
    """Tell what comes in, each as far as the present lets it; all is stored, or nothing. Returns how many cases.

    1. Tell each story in memory, in the order in which the matters came in, so that numbers follow the days.
    2. Store what has gathered, some hundred cases at a time, in one transaction.
    3. Let the clock look at what passed while it was told.

    The same seed, organisation and moment give the same numbers, texts and steps in an empty database; salts, keys,
    seals, tracking codes and the ids of contacts and files are drawn anew. Later on the same day it is the same, told
    further. Raises what the loop raises: a story that the table refuses is a fault of the story.
    """
    cases = 0
    with system_scope("模拟"):
        batch = Batch()
        for number, arrival in enumerate(told, start=1):
            _tell(arrival, batch, now)
            if batch.size >= AT_ONCE:
                cases += batch.flush()
            progress(number)
        cases += batch.flush()
    sweep_clocks(now)
    return cases


def fill(now: datetime, *, stories: Sequence[Story] = STORIES, times: int = 1) -> int:
    """What stands where today at the first township, so many times; returns how many stories were told."""
    cast = gather(now)
    told = [a for n in range(times) for a in standing(cast, local(now), SEED + n, tuple(stories))]
    simulate(sorted(told, key=lambda a: a.at), now=now)
    return len(told)


def _tell(arrival: Arrival, batch: Batch, now: datetime) -> None:
    draw = random.Random(arrival.seed)  # noqa: S311
    end = local(now) - timedelta(minutes=1)
    walk = Walk(arrival.cast, draw, arrival.at, end, door=batch, stops=True, exactly=True)
    try:
        arrival.tell(walk)
        if arrival.home:
            bring_home(walk)
    except NotYet:
        pass
