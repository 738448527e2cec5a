"""`sipingtai bench fill`: a million cases with complete journals (填充), to measure pages and verification on.

1. Tell a year of the delivered townships in memory and store it, as `demo` does; read it back as patterns; roll back.
2. Lay copies of them over the years: what is open today stays today's, what ended for good happened in earlier years.
3. Number them in the order of time, seal each journal anew, and COPY them, a few thousand at a time, in several
   processes.
4. Build the indexes, vacuum, anchor. `sipingtai verify` then finds nothing.

With `--home DIR` the filled home stays, for `bench pages --home DIR`.
"""

import gc
import json
import multiprocessing
import os
import random
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections, transaction
from django.db.models import Model
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.keys import installed_keys
from sipingtai.access.models import Contact
from sipingtai.cases import models
from sipingtai.core.calendar import local
from sipingtai.jobs.anchor import anchor
from sipingtai.jobs.sweep import archive
from sipingtai.ops.bench import Options
from sipingtai.ops.bench.fill_copies import Copies
from sipingtai.ops.bench.fill_patterns import BESIDE, Pattern, read_patterns
from sipingtai.ops.bench.fill_tables import bare, connect, copy, sizes
from sipingtai.ops.bench.machine import Watch
from sipingtai.ops.bench.measuring import Figure, Result
from sipingtai.ops.bench.standing import set_up
from sipingtai.ops.demo.cast import gather_all
from sipingtai.ops.demo.filling import SEED, YEAR, is_empty, planned, simulate
from sipingtai.ops.progress import Bar
from sipingtai.org.packs.shelf import delivered

CASES = 1_000_000
A_YEAR = 100_000  # cases: five busy townships
YEARS = 10  # at most
PIECE = 2_000  # cases stored together: their steps lie in the table in the order of time, as in life
FILLED = "filled.json"  # in the home: the filling is complete, and what it came to

TABLES: tuple[type[Model], ...] = (models.Case, models.Step, models.Text, models.Word, *BESIDE)
_NOT_EMPTY = "这个文件夹里已有事件。填充只用于空库：请删去它，或换一个 --home。"
_SAME_DAY_OF_WEEK = timedelta(days=364)
Copy = tuple[datetime, int, timedelta]  # when it begins, which pattern, how far it is moved


def run(options: Options) -> Result:
    """Fill the fresh home; what it took and how large a case is."""
    watch = Watch(settings.SIPINGTAI_HOME)
    cases, processes = options.size or CASES, options.clients or os.cpu_count() or 1
    begun = time.monotonic()
    if (settings.SIPINGTAI_HOME / FILLED).exists():
        raise CommandError(_NOT_EMPTY)
    _say("装入五个乡镇和所属的县")
    set_up(delivered())
    if not is_empty():
        raise CommandError(_NOT_EMPTY)
    now = local(timezone.now())
    patterns = _patterns(now, min(YEAR, max(7, cases // 20)))
    copies = plan(patterns, cases)
    told = time.monotonic()
    with connect() as owner:
        owner.execute("TRUNCATE cases_case, cases_word, access_contact CASCADE")
        with bare(owner, TABLES, lambda name: _say(f"建索引和约束 {name}")):
            steps = _store(patterns, copies, processes)
            stored = time.monotonic()
        owner.execute("SELECT setval('cases_case_id_seq', max(id)) FROM cases_case")
        built = time.monotonic()
        _say("整理（VACUUM）")
        owner.execute("VACUUM (ANALYZE, FREEZE)")
        _say("锚定")
        anchor(local(timezone.now()))
        found = sizes(owner, (*TABLES, Contact))
    done = time.monotonic()
    watch.look()
    summary = {"cases": cases, "steps": steps, "processes": processes, "seconds": round(done - begun)}
    (settings.SIPINGTAI_HOME / FILLED).write_text(json.dumps(summary), encoding="utf-8")
    figures = [
        Figure(name="cases_per_second", label="写入（COPY）", unit="件/秒", values=(cases / (stored - told),)),
        Figure(name="telling", label="讲述样本", unit="秒", values=(told - begun,)),
        Figure(name="storing", label="复制、封存、写入", unit="秒", values=(stored - told,)),
        Figure(name="indexes", label="建索引", unit="秒", values=(built - stored,)),
        Figure(name="anchoring", label="整理、锚定", unit="秒", values=(done - built,)),
        Figure(name="steps_per_case", label="每件的步骤", unit="步", values=(steps / cases,)),
    ]
    for table, rows, indexes in found:
        figures.append(Figure(name=f"{table}_rows", label=f"每件占 {table}", unit="字节", values=(rows / cases,)))
        figures.append(Figure(name=f"{table}_indexes", label="　它的索引", unit="字节", values=(indexes / cases,)))
    notes = (f"{cases} 件、{steps} 步，{len(patterns)} 个样本，{processes} 个进程。",)
    return Result(bench="fill", figures=tuple(figures), notes=notes, machine=watch.machine())


def _say(what: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"{what}……\n")


def _patterns(now: datetime, days: int) -> list[Pattern]:
    """Lifecycles told by the loop itself; of the telling nothing stays in the tables."""
    told = planned(gather_all(now), days=days, seed=SEED, now=now)
    with transaction.atomic():
        with Bar("讲述样本", len(told)) as bar:
            simulate(told, now=now, progress=bar.at)
        for weeks in range(days // 7, -1, -2):
            while archive(now - timedelta(weeks=weeks)).moved:
                pass
        with system_scope("测速"):
            found = read_patterns()
        transaction.set_rollback(True)
    return found


def plan(patterns: Sequence[Pattern], cases: int) -> list[Copy]:
    """So many cases over the years up to now, in the order of time. The same patterns give the same plan.

    A copy keeps its season and its day of the week; whatever has not ended for good stays within the hour, and the
    copies of one year are as many as of any other.
    """
    draw = random.Random(SEED)  # noqa: S311
    years = min(YEARS, 1 + cases // A_YEAR)
    ended = [n for n, p in enumerate(patterns) if p.ended] or list(range(len(patterns)))
    single = next(n for n in ended if len(patterns[n].cases) == 1)
    found: list[Copy] = []
    left, turn = cases, 0
    while left:
        year, turn = turn % years, turn + 1
        chosen = draw.choice(ended) if year and patterns[ended[0]].ended else draw.randrange(len(patterns))
        if len(patterns[chosen].cases) > left:
            chosen = single
        shift = -timedelta(minutes=draw.randrange(60), seconds=draw.randrange(60))
        if year:
            shift -= year * _SAME_DAY_OF_WEEK + timedelta(weeks=draw.randrange(4))
        found.append((patterns[chosen].begins + shift, chosen, shift))
        left -= len(patterns[chosen].cases)
    found.sort()
    return found


_shared: list[Pattern] = []  # what the processes inherit


def _store(patterns: list[Pattern], copies: Sequence[Copy], processes: int) -> int:
    """Store all copies; returns how many steps they have. Pieces are taken in the order of time."""
    pieces: list[tuple[int, Sequence[Copy]]] = []
    first_id = 1
    begin = 0
    while begin < len(copies):
        piece = copies[begin : begin + PIECE]
        pieces.append((first_id, piece))
        first_id += sum(len(patterns[chosen].cases) for _, chosen, _ in piece)
        begin += PIECE
    _shared[:] = patterns
    connections.close_all()  # a connection does not survive a fork
    gc.freeze()  # nor should the collector touch, and so copy, the pages that are shared
    steps = cases = 0
    with multiprocessing.get_context("fork").Pool(processes) as pool, Bar("写入事件", first_id - 1) as bar:
        for more_cases, more_steps in pool.imap(_piece, pieces):
            cases, steps = cases + more_cases, steps + more_steps
            bar.at(cases)
    gc.unfreeze()
    return steps


def _piece(job: tuple[int, Sequence[Copy]]) -> tuple[int, int]:
    """In a process: make and store one piece."""
    first_id, copies = job
    made = Copies(
        keys=installed_keys(),
        draw=random.Random(f"{SEED}:{first_id}"),  # noqa: S311
        today=datetime.now(UTC).date(),
    )
    case_id = first_id
    for _, chosen, shift in copies:
        made.add(_shared[chosen], shift, case_id)
        case_id += len(_shared[chosen].cases)
    steps = [line for _, line in sorted(made.steps)]
    order: tuple[type[Model], ...] = (Contact, models.Case, models.Text, models.Word, *BESIDE)
    with connect() as owner:
        copy(owner, {**{model: made.lines[model] for model in order}, models.Step: steps})
    return case_id - first_id, len(steps)
