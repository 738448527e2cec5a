"""Ranges of cases checked one after another, or by several processes at once that all see the same moment."""

import gc
import os
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context

from django.db import connection, connections, transaction
from psycopg import sql

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.verification_part import Part, Yardstick, check
from sipingtai.cases.verification_rows import Span

Check = Callable[[Iterable[Span], str], Iterator[Part]]
"""Checks spans as of a moment; the parts come in the spans' order."""


FEW = 5_000  # steps: fewer are verified before other processes have begun
MOST = 8  # processes: beyond, the database is what they wait for


def processes(steps: int) -> int:
    """How many processes are worth while for so many steps on this machine."""
    return min(len(os.sched_getaffinity(0)), MOST) if steps > FEW else 1


@contextmanager
def checking(yardstick: Yardstick, processes: int) -> Iterator[Check]:
    """How ranges are to be checked: by so many processes of their own, or here where it is one.

    To be entered before `one_moment`, and by more than one process only outside any transaction.
    """
    if processes <= 1:
        yield lambda spans, _: map(partial(check, yardstick), spans)
        return
    connections.close_all()  # children are made without a connection, and each opens its own
    # Forked, they have Django and the anchors already: to load both anew would take as long as a year's verification.
    # What is frozen the children's collectors leave alone, and so its pages stay shared.
    gc.freeze()
    context = get_context("fork")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_begin, initargs=(yardstick,))
    try:
        pool.submit(os.getpid).result()  # now all are forked
        yield partial(_at_once, pool)
    finally:
        pool.shutdown(cancel_futures=True)
        gc.unfreeze()


@contextmanager
def one_moment(moment: str = "") -> Iterator[str]:
    """A scope that sees the database as it is now, however long the reading takes and whatever others write.

    What it yields makes another process see the same moment, as long as this scope lasts; empty inside a transaction.
    """
    with transaction.atomic():
        if not connection.savepoint_ids:  # inside another transaction it is too late to ask
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
                if moment:
                    cursor.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(moment))
                else:
                    cursor.execute("SELECT pg_export_snapshot()")
                    (moment,) = cursor.fetchone()
        with system_scope("核验"):
            yield moment


def _at_once(pool: ProcessPoolExecutor, spans: Iterable[Span], moment: str) -> Iterator[Part]:
    return pool.map(partial(_check_as_of, moment), spans)


# In the children

_yardsticks: list[Yardstick] = []


def _begin(yardstick: Yardstick) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent is told as well, and ends them
    for inherited in connections.all(initialized_only=True):
        inherited.connection = None  # of the parent, perhaps another thread's or long dead: never to be used here
    gc.set_threshold(100_000)  # rows come and go by their reference counts: looking for circles seldom is enough
    _yardsticks.append(yardstick)
    connection.ensure_connection()  # while the parent still looks for the ranges


def _check_as_of(moment: str, span: Span) -> Part:
    with one_moment(moment):
        return check(_yardsticks[0], span)
