"""Verifying the whole database (核验): every journal re-sealed and replayed, every row held to what it must be.

What it proves: nothing that a step sealed was changed, removed or put in between, and what the tables show follows from
the steps; held against the anchors (锚定) outside the database, that no case and no tail of one is gone. What it cannot
see: what befell steps that were not anchored yet. How many those are, it says.
"""

from collections.abc import Callable, Collection, Iterator
from datetime import datetime

from django.db import connection

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.file_store import FileStore
from sipingtai.access.keys import KeyProvider
from sipingtai.cases.verification_anchors import Anchors
from sipingtai.cases.verification_journal import Keyring
from sipingtai.cases.verification_part import Fault, Figures, Part, Yardstick
from sipingtai.cases.verification_processes import Check, checking, one_moment
from sipingtai.cases.verification_rows import Span, anchor_rows, spans

__all__ = ["Fault", "Figures", "count_steps", "verify"]

PART = 200  # cases read at once, by one process


def count_steps() -> int:
    """How many steps there are, for a progress bar."""
    with system_scope("核验"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_step")
        return int(cursor.fetchone()[0])


def verify(
    *,
    keys: KeyProvider,
    files: FileStore,
    units: Collection[int],
    figures: Figures,
    progress: Callable[[int], None] = lambda _: None,
    anchors: Anchors | None = None,
    now: datetime | None = None,
    only: Collection[int] | None = None,
    processes: int = 1,
) -> Iterator[Fault]:
    """Yield every fault of the database as it is at one moment. `units` are the ids the organisation knows.

    `figures` counts along; `progress` is told the steps done so far. `anchors`, read just before, are held against the
    journal, and against the time `now` if there is one: steps that should have been anchored by then. `only` these
    cases and those they are tied to, instead of all. More than one of the `processes` only outside any transaction.
    """
    yardstick = Yardstick(keys=Keyring(keys), files=files, units=frozenset(units), anchors=anchors)
    whole = Part()
    with checking(yardstick, processes) as check, one_moment() as moment:
        if anchors is not None:
            yield from map(_of_anchors, anchors.faults(anchor_rows()))
        parts = check(spans(PART), moment) if only is None else _families(only, check, moment)
        for part in parts:
            yield from part.faults
            whole.add(part)
            progress(whole.figures.steps)
        figures.add(whole.figures)
        for number, what in whole.kinship.faults():
            yield Fault(number=number, step=None, what=what)
        for number in _doubled_numbers():
            yield Fault(number=number, step=None, what="编号重复")
        yield from whole.gone
        if anchors is not None:
            anchors.window = whole.window
            if now is not None:
                yield from map(_of_anchors, anchors.late(now))


def _families(cases: Collection[int], check: Check, moment: str) -> Iterator[Part]:
    """These cases, and whoever is master, follower, parent or child of one that was looked at."""
    seen: set[int] = set()
    waiting = set(cases)
    while waiting:
        seen |= waiting
        related: set[int] = set()
        for part in check([Span(case - 1, case) for case in sorted(waiting)], moment):
            related |= part.kinship.relatives()
            yield part
        waiting = related - seen


def _of_anchors(what: str) -> Fault:
    return Fault(number="锚定", step=None, what=what)


def _doubled_numbers() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM cases_case GROUP BY number HAVING count(*) > 1 ORDER BY number")
        return [row[0] for row in cursor.fetchall()]
