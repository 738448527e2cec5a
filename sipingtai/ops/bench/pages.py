"""`sipingtai bench pages`: what people and programs look at all day, over HTTP, with a million cases (页面).

Each page is asked for by one caller and then by several at once, through real workers of `sipingtai serve`. The time is
the caller's, from the first byte sent to the last received. Statements are counted apart, in this process.
"""

import statistics
from collections.abc import Iterator, Mapping, Sequence

from attrs import evolve
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

from sipingtai.ops.bench import Options, fill, standing
from sipingtai.ops.bench.load import Crew, calling, shares
from sipingtai.ops.bench.machine import Watch
from sipingtai.ops.bench.measuring import Figure, Result, Target, plain
from sipingtai.ops.bench.pages_asked import Page, pages, statements
from sipingtai.ops.bench.pages_ground import lay
from sipingtai.ops.bench.pages_people import people
from sipingtai.ops.bench.processes import children, cpu_by_process, spent
from sipingtai.ops.postgres.server import server_pid

CASES = 20_000  # where no home is given that is filled already
CLIENTS = 4
ASKED = 40  # requests of a page in a run
IN_BRIEF = 4  # where one run is all that is wanted
WARM_UP = 80  # requests: a connection keeps a statement's plan from the sixth time on, and each thread has its own
MOST_STATEMENTS = 12
SLOWEST = 50  # milliseconds, of 95 requests in a hundred

Told = list[tuple[int, float]]  # status and seconds of each request


def run(options: Options) -> Result:
    """Measure every page. Raises CommandError when one does not answer."""
    watch = Watch(settings.SIPINGTAI_HOME)
    if (settings.SIPINGTAI_HOME / fill.FILLED).exists():
        call_command("migrate", verbosity=0, interactive=False)  # filled by an earlier version
    else:
        fill.run(evolve(options, size=options.size or CASES, clients=None))
    who = people()
    if overseer := who.get("oversight"):
        lay(overseer.account)
    asked = pages(who)
    count, times = options.clients or CLIENTS, ASKED if options.runs > 1 else IN_BRIEF
    figures: list[Figure] = []
    with (
        standing.serving(options.workers) as served,
        Crew(calling, (served.port,), 1) as alone,
        Crew(calling, (served.port,), count) as several,
    ):
        # Not before: the server has put the sheets together that pages name.
        counts = {page.name: [statements(page, path) for path in page.measured] for page in asked}
        connections.close_all()
        for number, page in enumerate(asked):
            if number % 6 == 0:
                watch.look()
            _ask(several, page, WARM_UP if options.runs > 1 else 2 * count)
            before = _cpu(served)
            quiet = [_ask(alone, page, times) for _ in range(options.runs)]
            cost = [spent(b, used) for b, used in zip(before, _cpu(served), strict=True)]
            crowd = [_ask(several, page, times) for _ in range(options.runs)]
            figures += _times(page, quiet, crowd, count)
            figures += _costs(page, cost, times * options.runs, counts[page.name])
        watch.look()
    targets = [Target(f.name, at_most=SLOWEST) for f in figures if f.name.endswith("_95")]
    targets += [Target(f.name, at_most=MOST_STATEMENTS) for f in figures if f.name.endswith("_statements")]
    return Result(
        bench="pages",
        figures=tuple(figures),
        targets=tuple(targets),
        notes=_notes(counts, count, times),
        machine=watch.machine(),
        table=tuple(_table(asked, {figure.name: figure for figure in figures}, count)),
    )


def _cpu(served: standing.Served) -> list[dict[int, float]]:
    """Processor time of the web server's processes, and of the database's: a connection ends after ten minutes."""
    return [cpu_by_process(served.workers), cpu_by_process(children(server_pid(settings.SIPINGTAI_HOME) or 0))]


def _ask(crew: Crew[Sequence[bytes], Told], page: Page, count: int) -> list[float]:
    """The milliseconds each of so many requests took."""
    told = [one for found in crew.do(shares(page.requests(count), crew.count)).found for one in found]
    if wrong := {status for status, _ in told} - {200}:
        raise CommandError(f"页面 {page.label}（{page.paths[0]}）没有打开：HTTP {sorted(wrong)}。")
    return [seconds * 1e3 for _, seconds in told]


def _times(page: Page, quiet: list[list[float]], crowd: list[list[float]], count: int) -> Iterator[Figure]:
    for name, label, runs, share in (
        ("50", page.label, quiet, 10),
        ("95", "　95%", quiet, 19),
        (f"50_of_{count}", f"　{count} 个同时", crowd, 10),
        (f"95_of_{count}", "　95%", crowd, 19),
    ):
        values = tuple(statistics.quantiles(run, n=20)[share - 1] for run in runs)
        yield Figure(name=f"{page.name}_{name}", label=label, unit="毫秒", values=values)


def _costs(page: Page, seconds: Sequence[float], asked: int, counts: Sequence[int]) -> Iterator[Figure]:
    for name, label, used in zip(("web", "database"), ("网页进程", "数据库"), seconds, strict=True):
        yield Figure(name=f"{page.name}_{name}", label=f"　处理器，{label}", unit="毫秒", values=(used / asked * 1e3,))
    yield Figure(name=f"{page.name}_statements", label="　语句", unit="条", values=tuple(counts))


def _table(asked: Sequence[Page], found: Mapping[str, Figure], count: int) -> Iterator[tuple[str, ...]]:
    """A line a page: times and processor time in milliseconds, statements for one row and for many, and the verdict."""
    yield ("页面", "中位数", "95%", f"{count} 个同时", "95%", "网页进程", "数据库", "语句", "目标")
    for page in asked:
        slow = found[f"{page.name}_95"].median > SLOWEST
        counts = found[f"{page.name}_statements"]
        many = counts.median > MOST_STATEMENTS
        missed = [f"95% 在 {SLOWEST} 毫秒内"] * slow + [f"至多 {MOST_STATEMENTS} 条语句"] * many
        yield (
            page.label,
            *(
                plain(found[f"{page.name}_{name}"].median)
                for name in ("50", "95", f"50_of_{count}", f"95_of_{count}", "web", "database")
            ),
            "→".join(dict.fromkeys(f"{value:.0f}" for value in counts.values)),
            f"未达到：{'，'.join(missed)}" if missed else "达到",
        )


def _notes(counts: dict[str, list[int]], count: int, times: int) -> tuple[str, ...]:
    grown = [name for name, found in counts.items() if len(set(found)) > 1]
    said = f"一件与一百件的语句数不同：{'、'.join(grown)}" if grown else "一件与一百件，每页的语句同样多"
    return (f"时间以毫秒计；每页每轮 {times} 次，先由一个、再由 {count} 个连接请求，各轮取中位数", said)
