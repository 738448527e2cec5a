"""`sipingtai bench verify`: every journal of a demo's year verified, in all processes and in one (核验).

Put beside the least that any verification has to do: a bare client that reads the same bytes of the steps and hashes
them once with HMAC-SM3, in one process, without spelling, folding or comparing anything.
"""

import time
from datetime import datetime

import psycopg
from attrs import frozen
from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from sipingtai.access import seal
from sipingtai.access.file_store import installed_files
from sipingtai.access.keys import installed_keys
from sipingtai.cases.anchor_file import installed_anchors
from sipingtai.cases.verification import Figures, count_steps, verify
from sipingtai.cases.verification_anchors import read_anchors
from sipingtai.cases.verification_journal import Keyring
from sipingtai.cases.verification_processes import processes
from sipingtai.core.calendar import local
from sipingtai.jobs.anchor import anchor
from sipingtai.ops.bench import Options, standing
from sipingtai.ops.bench.intake import owner_dsn
from sipingtai.ops.bench.machine import Watch
from sipingtai.ops.bench.measuring import Figure, Result, Target
from sipingtai.ops.demo.cast import gather_all
from sipingtai.ops.demo.filling import SEED, YEAR, planned, simulate
from sipingtai.org.models import Unit
from sipingtai.org.packs.shelf import delivered

TARGETS = (Target("steps_per_second", at_least=50_000),)


@frozen
class Round:
    """Steps a second of each side."""

    ours: float
    alone: float
    bare: float


def run(options: Options) -> Result:
    """Measure on so many days of made-up matters (`--size`, a year). Raises CommandError when a fault is found."""
    watch = Watch(settings.SIPINGTAI_HOME)
    standing.set_up(delivered())
    now = local(timezone.now())
    simulate(planned(gather_all(now), days=options.size or YEAR, seed=SEED, now=now), now=now)
    anchor(now)
    steps = count_steps()
    many = options.workers or processes(steps)
    _round(steps, many, now)  # warm-up
    rounds = []
    for _ in range(options.runs):
        watch.look()
        rounds.append(_round(steps, many, now))
    watch.look()
    return Result(
        bench="verify",
        figures=(
            Figure(name="steps_per_second", label="核验", unit="步/秒", values=tuple(r.ours for r in rounds)),
            Figure(name="alone", label="只用一个进程", unit="步/秒", values=tuple(r.alone for r in rounds)),
            Figure(name="gain", label="多进程 ÷ 一个进程", unit="", values=tuple(r.ours / r.alone for r in rounds)),
            Figure(name="ratio", label="一个进程 ÷ 只读只算", unit="", values=tuple(r.alone / r.bare for r in rounds)),
        ),
        targets=TARGETS,
        notes=(f"{steps} 步，{many} 个进程。对照：裸客户端读出步骤并各算一次 HMAC-SM3，此外什么也不做。",),
        machine=watch.machine(),
    )


def _round(steps: int, many: int, now: datetime) -> Round:
    return Round(steps / _verified(many, now), steps / _verified(1, now), steps / _bare())


def _verified(count: int, now: datetime) -> float:
    """Seconds of a whole verification, the anchors' file included."""
    begun = time.perf_counter()
    keys, units = installed_keys(), frozenset(Unit.objects.values_list("id", flat=True))
    anchors = read_anchors(installed_anchors(), Keyring(keys))
    found = verify(
        keys=keys,
        files=installed_files(),
        units=units,
        figures=Figures(),
        anchors=anchors,
        now=now,
        processes=count,
    )
    if faults := list(found):
        raise CommandError(f"核验发现不符：{faults[0]}")
    return time.perf_counter() - begun


def _bare() -> float:
    key, begun = bytes(32), time.perf_counter()
    with psycopg.connect(owner_dsn()) as connection, connection.cursor("steps", withhold=False) as cursor:
        cursor.itersize = 2_000
        cursor.execute("SELECT convert_to(body::text, 'UTF8') FROM cases_step ORDER BY case_id, no", binary=True)
        for (body,) in cursor:
            seal.link(key, seal.GENESIS, body)
    return time.perf_counter() - begun
