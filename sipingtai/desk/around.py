"""What stands around every page of the desk, in one statement: the queues with their counts, one's views, the news.

What else every page is to show becomes a column here, so that it costs no statement of its own.
"""

from collections.abc import Mapping

from attrs import frozen
from django.db import connection
from django.db.models import Q

from sipingtai.desk import saved
from sipingtai.desk.letters import Letter, letters
from sipingtai.desk.overview import FOLLOWED, overview
from sipingtai.desk.trace import traced
from sipingtai.faces.asker import Asker
from sipingtai.loop.reading.queues import Queue, capped, counting, queues
from sipingtai.mechanisms.oversight.standing import looks_on

HOT = frozenset({"returning", "overdue"})  # queues whose count is shown as pressing

# The second letter after `g` that leads to a queue: the key of the move one makes there, as far as there is one.
LETTERS: Mapping[str, str] = {
    "reported": "a", "accepted": "d", "forward": "f", "sign": "s", "handling": "b", "assist": "x", "returning": "t",
    "asked": "e", "finished": "v", "grid": "r", "verified": "o", "waiting": "p", "awaited": "w", "overdue": "c",
    "soon": "y", "sent": "i", "inhand": "h", "carded": "u",
}  # fmt: skip

# Others' work first, in the order of the loop; then what stands still, what is late, what has a card.
_ORDER = {code: no for no, code in enumerate(("sent", "inhand", "waiting", "awaited", "carded", "soon", "overdue"), 1)}


@frozen(kw_only=True)
class Shelf:
    """One line of the navigation: a queue and how many wait in it."""

    queue: Queue
    count: int
    shown: str  # as far as it is counted: 12, 99+
    hot: bool
    followed: bool  # others work on it; one sees that they do
    letter: str
    address: str = ""  # where it is no list of cases: its own page


@frozen(kw_only=True)
class Around:
    """What every page shows beside its own matter."""

    since: str  # where the journal ends, for the desk's first question whether anything has changed
    shelves: tuple[Shelf, ...]
    views: tuple[saved.Saved, ...]


_NEWS = "(SELECT newest || '-' || present FROM desk_news(0, 0))"


def around(asker: Asker) -> Around:
    """One statement; to be asked before what the page shows, so that no news falls between the two."""
    own, others = _queues(asker)
    every = tuple(sorted(own + others, key=lambda queue: _ORDER.get(queue.code, 0)))
    posted = letters(asker)
    columns = counting(every, tuple(letter.rows for letter in posted))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_NEWS}, {saved.OWN}, {columns}")
        since, views, *numbers = cursor.fetchall()[0]
    followed = FOLLOWED | {queue.code for queue in others}
    of_queues, of_letters = numbers[: len(every)], numbers[len(every) :]
    return Around(
        since=since,
        views=saved.told(views),
        shelves=(
            *(_shelf(q, n, bool(others) and q.code in followed) for q, n in zip(every, of_queues, strict=True)),
            *(_posted(letter, n) for letter, n in zip(posted, of_letters, strict=True)),
        ),
    )


def _queues(asker: Asker) -> tuple[tuple[Queue, ...], tuple[Queue, ...]]:
    """One's own, and those one follows."""
    own = queues(asker.actor, asker.setting)
    if looks_on(asker.standing):
        return own if asker.standing.units else (), traced(asker.actor, asker.setting)
    return own, overview(asker.actor, asker.setting)


def _shelf(queue: Queue, count: int, followed: bool) -> Shelf:
    return Shelf(
        queue=queue,
        count=count,
        shown=capped(count),
        hot=bool(queue.code in HOT and count),
        followed=followed,
        letter=LETTERS.get(queue.code, ""),
    )


def _posted(letter: Letter, count: int) -> Shelf:
    nothing = Queue(code=letter.code, label=letter.label, where=Q(pk__in=()))
    return Shelf(
        queue=nothing, count=count, shown=capped(count), hot=count > 0, followed=False, letter="",
        address=letter.address,
    )  # fmt: skip
