"""Filling an empty database with two hundred made-up matters of the last sixty days, through the real door."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import Case
from sipingtai.jobs.sweep import sweep_clocks
from sipingtai.ops.demo.cast import gather
from sipingtai.ops.demo.stories import STORIES, Story
from sipingtai.ops.demo.walk import Walk

SEED = 2026  # the same matters every time; only the days move along


def is_empty() -> bool:
    with system_scope("演示"):
        return not Case.objects.exists()


def fill(
    now: datetime, *, stories: Sequence[Story] = STORIES, times: int | None = None,
    progress: Callable[[int], None] = lambda _: None,
) -> int:  # fmt: skip
    """Tell every story as often as it says (or `times` times); returns how many were told.

    A story is one transaction. Raises what the door raises: a story that the table refuses is a fault of the story.
    """
    cast, draw = gather(now), random.Random(SEED)  # noqa: S311  nothing here is a secret
    told = [story for story in stories for _ in range(times or story.times)]
    draw.shuffle(told)
    for number, story in enumerate(told, start=1):
        start = now - timedelta(days=draw.uniform(story.youngest, story.oldest))
        with system_scope("演示"):
            story.tell(Walk(cast, draw, start, now - timedelta(minutes=1)))
        progress(number)
    sweep_clocks(now)  # marks that passed while the story was told
    return len(told)


def size(times: int | None = None) -> int:
    return sum(times or story.times for story in STORIES)
