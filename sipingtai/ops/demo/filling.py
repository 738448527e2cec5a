"""Filling the tables with made-up matters (模拟): every step judged and sealed by the loop, stored in batches."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from attrs import frozen

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import Case
from sipingtai.core.calendar import local
from sipingtai.jobs.sweep import sweep_clocks
from sipingtai.loop.bulk import Batch
from sipingtai.ops.demo.asides import MORE
from sipingtai.ops.demo.cast import Cast, gather
from sipingtai.ops.demo.first_part import FirstPart
from sipingtai.ops.demo.playing import play
from sipingtai.ops.demo.rhythm import Arrival, arrivals, standing
from sipingtai.ops.demo.stories import STORIES, Story
from sipingtai.ops.demo.turning import Turn

SEED = 2026
YEAR = 365  # days
AT_ONCE = 400  # cases kept in memory before they are stored


@frozen(kw_only=True)
class Filled:
    """What a filling came to."""

    cases: int
    moved: Mapping[str, int]  # of these, in the reorganisation of an area


def is_empty() -> bool:
    """Whether there is no matter yet."""
    with system_scope("演示"):
        return not Case.objects.exists()


def planned(casts: Sequence[Cast], *, days: int, seed: int, now: datetime, turns: Sequence[Turn] = ()) -> list[Arrival]:
    """Everything that comes in during so many days up to now, in the order of time.

    Where a township's set-up changed on the way (`turns`), what came in before comes in under the earlier one, and one
    of each story stands there on that evening as well: so that matters in every place move.
    """
    today, stories, first = local(now).date(), (*STORIES, *MORE), now - timedelta(days=days)
    changed = {turn.before.township: turn for turn in turns if turn.at > first}
    found: list[Arrival] = []
    for cast in casts:
        turn = changed.get(cast.township)
        for n in range(days + 1):
            day = today - timedelta(days=n)
            if turn is None or day >= turn.at.date():
                found += [a for a in arrivals(cast, day, seed) if turn is None or a.at >= turn.at]
            if turn is not None and day <= turn.at.date():
                found += [a for a in arrivals(turn.before, day, seed) if a.at < turn.at]
        found += standing(cast, local(now), seed, stories)
        if turn is not None:
            gone = standing(turn.before, turn.at, seed, stories, on="turn")
            found += [a for a in gone if a.at < turn.at]
    return sorted((a for a in found if first <= a.at <= now), key=lambda a: (a.at, a.seed))


def simulate(
    told: Sequence[Arrival],
    *,
    now: datetime,
    turns: Sequence[Turn] = (),
    progress: Callable[[int], None] = lambda _: None,
) -> Filled:
    """Tell what comes in, each as far as the present lets it; all is stored, or nothing.

    1. Tell each story in memory, in the order in which the matters came in, so that numbers follow the days.
    2. Where a set-up changes, move what is open that evening, and tell the rest of it by the set-up that follows.
    3. Store what has gathered, some hundred cases at a time, in one transaction.
    4. Let the clock look at what passed while it was told.

    The same seed, organisation and moment give the same numbers, texts and steps in an empty database; salts, keys,
    seals, tracking codes and the ids of contacts and files are drawn anew. Later on the same day it is the same, told
    further. Raises what the loop raises: a story that the table refuses is a fault of the story.
    """
    cases, end = 0, local(now) - timedelta(minutes=1)
    parts = [FirstPart(turn=turn, end=end) for turn in turns]
    with system_scope("模拟"):
        batch = Batch()
        for number, arrival in enumerate(told, start=1):
            cases += sum(part.change_over() for part in parts if not part.over and part.turn.at <= arrival.at)
            first = next((part for part in parts if part.turn.before is arrival.cast), None)
            if first is not None:
                first.tell(arrival)
            else:
                play(arrival, batch, end)
            if batch.size >= AT_ONCE:
                cases += batch.flush()
            progress(number)
        cases += batch.flush() + sum(part.change_over() for part in parts if not part.over)
    sweep_clocks(now)
    return Filled(cases=cases, moved={part.turn.change.area: part.moved for part in parts})


def fill(now: datetime, *, stories: Sequence[Story] = STORIES, times: int = 1) -> int:
    """What stands where today at the first township, so many times; returns how many stories were told."""
    cast = gather(now)
    told = [a for n in range(times) for a in standing(cast, local(now), SEED + n, tuple(stories))]
    simulate(sorted(told, key=lambda a: a.at), now=now)
    return len(told)
