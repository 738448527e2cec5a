"""When matters come in (节律): by the season, the day of the week, the holidays and the hour, and by a township's size.

Every township and day has a source of chance of its own: the same seed tells the same day the same way, whatever days
are told around it.
"""

import math
import random
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta

from attrs import frozen

from sipingtai.core.calendar import TZ, WorkCalendar
from sipingtai.loop.bulk import Batch
from sipingtai.ops.demo import asides as aside
from sipingtai.ops.demo import levels
from sipingtai.ops.demo import stories as s
from sipingtai.ops.demo.cast import Cast
from sipingtai.ops.demo.walk import Walk

A_DAY = 0.137  # matters of one grid on an ordinary day; six thousand a year over five townships of 111 grids
MONTHS = (1.0, 0.75, 0.9, 0.95, 1.0, 1.1, 1.2, 1.25, 1.1, 0.95, 0.95, 1.05)  # January first: summer is busy
WEEK = (1.25, 1.15, 1.1, 1.1, 1.1, 0.7, 0.6)  # Monday first; what happened on Sunday is told then
HOLIDAY = 0.5
HOURS = (1, 1, 1, 1, 1, 2, 5, 9, 16, 18, 15, 9, 6, 7, 14, 16, 13, 9, 7, 6, 4, 3, 2, 1)  # from midnight

LATE = datetime(2200, 1, 1, tzinfo=TZ)
Tell = Callable[[Walk], None]
# Of a thousand matters, how many go which way before they go home like all others.
SHARES: tuple[tuple[Tell, float], ...] = (
    (s.waiting, 529), (s.settled, 130), (s.settled_and_drawn, 8), (s.unclear, 40), (s.urgent, 25),
    (s.with_assistance, 30), (s.supervised, 6), (s.extended, 15), (s.asking_for_time, 10), (s.suspended, 9),
    (s.returned, 26), (s.finally_ruled, 6), (s.reassigned, 12), (s.recalled, 10), (levels.escalated, 16),
    (levels.sent_back_from_above, 6), (levels.handed_down, 15), (s.declined, 15), (s.reviewed, 5),
    (s.review_refused, 3),
    (s.withdrawn, 10), (s.void, 5), (s.merged, 22), (s.divided, 6), (s.referred, 14), (s.restricted, 16),
    (s.about_an_office, 5), (s.rejected, 10), (s.reworked, 12), (s.concluded, 1), (s.reopened, 5),
    (aside.asking_to_suspend, 4), (aside.made_restricted, 4), (aside.unmerged, 4), (aside.linked, 4),
)  # fmt: skip


@frozen(kw_only=True)
class Arrival:
    """A matter that comes in: when, where, and what will become of it."""

    at: datetime
    cast: Cast
    tell: Tell
    seed: str  # of its own chances
    home: bool = True  # goes on to its end; else its story leaves it where it is


def arrivals(cast: Cast, day: date, seed: int) -> Iterator[Arrival]:
    """What comes in at one township on one day."""
    name = f"{seed}:{cast.setting.units[cast.township].area}:{day}"
    draw = random.Random(name)  # noqa: S311  nothing here is a secret
    tells, weights = zip(*SHARES, strict=True)
    for number in range(_poisson(len(cast.grids) * A_DAY * _busy(day, cast.setting.calendar), draw)):
        hour = draw.choices(range(24), HOURS)[0]
        at = datetime.combine(day, time(hour, draw.randrange(60), draw.randrange(60)), TZ)
        yield Arrival(at=at, cast=cast, tell=draw.choices(tells, weights)[0], seed=f"{name}:{number}")


def standing(
    cast: Cast, end: datetime, seed: int, stories: tuple[s.Story, ...], *, on: str = "standing"
) -> Iterator[Arrival]:
    """What stands where today, one of each story: so that every queue has something in it, however short the time.

    Of another moment than today, too; `on` then tells its chances from today's.
    """
    name = f"{seed}:{cast.setting.units[cast.township].area}"
    calendar = cast.setting.calendar
    for number, story in enumerate(stories):
        own = f"{name}:{on}:{number}"
        since = random.Random(f"{own}:since").uniform(story.shortest, story.longest)  # noqa: S311
        minutes = round(since * calendar.minutes_per_day)
        at = back(calendar, end, minutes + _length(story.tell, cast, own, back(calendar, end, minutes)))
        yield Arrival(at=at, cast=cast, tell=story.tell, seed=own, home=False)


def _length(tell: Tell, cast: Cast, seed: str, start: datetime) -> int:
    """How many working minutes a story takes: told once, to nobody."""
    walk = Walk(cast, random.Random(seed), start, LATE, door=Batch(), exactly=True)  # noqa: S311
    tell(walk)
    return cast.setting.calendar.minutes_between(start, walk.now)


def back(calendar: WorkCalendar, end: datetime, minutes: int) -> datetime:
    """So many working minutes before a moment, within working time."""
    low, high = end - timedelta(days=15 + 3 * minutes / calendar.minutes_per_day), end
    while high - low > timedelta(seconds=10):
        middle = low + (high - low) / 2
        low, high = (low, middle) if calendar.minutes_between(middle, end) <= minutes else (middle, high)
    return low.replace(microsecond=0)


def _busy(day: date, calendar: WorkCalendar) -> float:
    weekday = WEEK[day.weekday()]
    if calendar.is_workday(day):
        weekday = max(weekday, 1.0)
    elif day.weekday() < 5:
        weekday = HOLIDAY
    return MONTHS[day.month - 1] * weekday


def _poisson(mean: float, draw: random.Random) -> int:
    """A number of things that come by chance, `mean` of them on average."""
    count, left = 0, math.exp(-mean)
    product = draw.random()
    while product > left:
        count, product = count + 1, product * draw.random()
    return count
