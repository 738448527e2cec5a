"""`sipingtai bench intake`: whole reports over HTTP against a bare client that writes the same rows (受理).

Ours: token, validation, grid by point, number, clocks, sealed journal, words for search, row-level security, similar
matters (疑似重复), one transaction, through real workers of `sipingtai serve`. The bare client: see `peer`. Both have
the same server, the same tables, the same number of connections from processes of their own, and take turns.
"""

import random
import statistics
from collections.abc import Callable, Sequence

import psycopg
from attrs import frozen
from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections

from sipingtai.ops.bench import Options, standing
from sipingtai.ops.bench.load import Caller, Crew, calling, shares
from sipingtai.ops.bench.machine import Watch
from sipingtai.ops.bench.measuring import Figure, Result, Target
from sipingtai.ops.bench.peer import Sample, writing, written_by
from sipingtai.ops.bench.processes import children, cpu_seconds, resident_megabytes
from sipingtai.ops.bench.reports import report
from sipingtai.ops.postgres.server import server_pid, superuser_dsn

CLERK = "331125201-intake"
CLIENTS = 8
SIZE = 1000  # reports a run
SAMPLES = 40  # reports whose rows the bare client writes again and again
PER_TOKEN = 1000  # requests of one token in a whole bench: below what it may make in a minute
TARGETS = (
    Target("ratio", at_least=0.4),
    Target("intakes_per_second", at_least=300),
    Target("worker_memory", at_most=200),
)


@frozen(kw_only=True)
class Ours:
    """Our part of a run; processor times in seconds."""

    rate: float  # intakes a second
    waits: tuple[float, ...]  # seconds each report took
    web: float  # processor time of the web workers
    database: float
    load: float


@frozen
class Bare:
    """The bare client's part of a run."""

    rate: float  # cases a second
    cpu: float  # processor time of client and database, seconds


def run(options: Options) -> Result:
    """Measure. Raises CommandError when a report was not taken in."""
    size, count = options.size or SIZE, options.clients or CLIENTS
    watch = Watch(settings.SIPINGTAI_HOME)
    standing.set_up()
    watch.look()
    draw = random.Random(1)  # noqa: S311 - the same reports every time
    total = size * (options.runs + 1) + SAMPLES
    tokens = standing.tokens_of(CLERK, total // PER_TOKEN + 2)
    requests = [report(draw, tokens[number % len(tokens)]) for number in range(total)]
    with (
        standing.serving(options.workers) as served,
        Crew(calling, (served.port,), count) as callers,
        Crew(writing, (owner_dsn(),), count) as writers,
    ):
        samples = _samples(served.port, [requests.pop() for _ in range(SAMPLES)])
        bench = Intake(served, callers, writers, samples)
        bench.round([requests.pop() for _ in range(size)], first=True)  # warm-up
        rounds = []
        for number in range(options.runs):
            watch.look()
            rounds.append(bench.round([requests.pop() for _ in range(size)], first=number % 2 == 0))
        watch.look()
        memory = [resident_megabytes(pid) for pid in served.workers]
    return Result(
        bench="intake",
        figures=tuple(_figures(rounds, size, memory)),
        targets=TARGETS,
        notes=tuple(_notes(samples, size, count, len(memory))),
        machine=watch.machine(),
    )


@frozen
class Intake:
    """Both sides, ready to be measured."""

    served: standing.Served
    callers: Crew[Sequence[bytes], list[tuple[int, float]]]
    writers: Crew[Sequence[tuple[int, Sample]], int]
    samples: Sequence[Sample]

    def round(self, requests: Sequence[bytes], *, first: bool) -> tuple[Ours, Bare]:
        """One run of each side, ours `first` or last."""
        if first:
            return self._ours(requests), self._bare(len(requests))
        bare = self._bare(len(requests))
        return self._ours(requests), bare

    def _ours(self, requests: Sequence[bytes]) -> Ours:
        parts = (self.served.workers, database_processes(), self.callers.pids)
        before = [cpu_seconds(part) for part in parts]
        done = self.callers.do(shares(requests, self.callers.count))
        web, database, load = (cpu_seconds(part) - b for part, b in zip(parts, before, strict=True))
        told = [one for found in done.found for one in found]
        if wrong := {status for status, _ in told} - {201}:
            raise CommandError(f"有上报没有受理：HTTP {sorted(wrong)}。")
        waits = tuple(seconds for _, seconds in told)
        return Ours(rate=len(requests) / done.seconds, waits=waits, web=web, database=database, load=load)

    def _bare(self, count: int) -> Bare:
        jobs = [(case, self.samples[n % len(self.samples)]) for n, case in enumerate(_ids(count))]
        parts = self.writers.pids + database_processes()
        before = cpu_seconds(parts)
        done = self.writers.do(shares(jobs, self.writers.count))
        return Bare(count / done.seconds, cpu_seconds(parts) - before)


def owner_dsn() -> str:
    """How the bare client connects: as the owner of the tables, whom no policy binds."""
    owner = settings.DATABASES["owner"]
    return psycopg.conninfo.make_conninfo(
        host=owner["HOST"], port=owner["PORT"], user=owner["USER"], password=owner["PASSWORD"], dbname=owner["NAME"]
    )


def _samples(port: int, requests: Sequence[bytes]) -> list[Sample]:
    caller = Caller(port)
    answers = [caller.call(request) for request in requests]
    if wrong := [answer for answer in answers if answer.status != 201]:
        raise CommandError(f"上报没有受理：{wrong[0].body.decode(errors='replace')[:300]}")
    with psycopg.connect(superuser_dsn(settings.SIPINGTAI_HOME)) as connection:
        return [written_by(connection, answer.json()["number"]) for answer in answers]


def _ids(count: int) -> list[int]:
    """Ids nobody else has, for the bare client's cases."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT nextval('cases_case_id_seq') FROM generate_series(1, %s)", [count])
        return [row[0] for row in cursor.fetchall()]


def database_processes() -> list[int]:
    """The embedded server's processes: every connection has one of its own."""
    return children(server_pid(settings.SIPINGTAI_HOME) or 0)


def _figures(rounds: Sequence[tuple[Ours, Bare]], size: int, memory: Sequence[float]) -> list[Figure]:
    def each(name: str, label: str, unit: str, value: Callable[[Ours, Bare], float]) -> Figure:
        return Figure(name=name, label=label, unit=unit, values=tuple(value(ours, bare) for ours, bare in rounds))

    return [
        each("ratio", "受理 ÷ 裸客户端", "", lambda ours, bare: ours.rate / bare.rate),
        each("intakes_per_second", "受理", "件/秒", lambda ours, _: ours.rate),
        each("bare_per_second", "裸客户端", "件/秒", lambda _, bare: bare.rate),
        each("wait_median", "等待，中位", "毫秒", lambda ours, _: statistics.median(ours.waits) * 1e3),
        each("wait_95", "等待，95%", "毫秒", lambda ours, _: statistics.quantiles(ours.waits, n=20)[-1] * 1e3),
        each("cpu_web", "处理器时间：网页进程", "毫秒/件", lambda ours, _: ours.web / size * 1e3),
        each("cpu_database", "处理器时间：数据库", "毫秒/件", lambda ours, _: ours.database / size * 1e3),
        each("cpu_load", "处理器时间：压测进程", "毫秒/件", lambda ours, _: ours.load / size * 1e3),
        each("cpu_bare", "处理器时间：裸客户端与数据库", "毫秒/件", lambda _, bare: bare.cpu / size * 1e3),
        Figure(name="worker_memory", label="网页进程内存（最大）", unit="MB", values=(max(memory),)),
    ]


def _notes(samples: Sequence[Sample], size: int, count: int, workers: int) -> list[str]:
    rows: dict[str, list[int]] = {}
    for sample in samples:
        for table in sample.tables:
            rows.setdefault(table.table, []).append(len(table.values))
    each = "、".join(f"{table} {statistics.mean(counts):.3g}" for table, counts in sorted(rows.items()))
    return [
        f"每轮 {size} 件，{count} 个连接，{workers} 个网页进程；两边同一数据库、同样多的连接，每轮交替先后",
        f"每件写入的行：{each}",
        "裸客户端以表的所有者身份写同样的行：预编译语句，每件一个事务、每表一条 INSERT，不用流水线，不受行级安全约束",
    ]
