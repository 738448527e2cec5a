"""`sipingtai bench loop`: whole lives of cases over HTTP, by several people's programs (办理全程).

A life is a report and nine moves, from acceptance to the follow-up that closes the case. It is put beside plain intakes
through the same server in the same run: both are whole requests, so that the quotient says what a move costs over and
above. What goes over the wire is counted in a pass of its own, through a tap that takes time.
"""

import random
from collections.abc import Callable, Mapping, Sequence

from attrs import frozen
from django.conf import settings
from django.core.management.base import CommandError
from django.utils import timezone

from sipingtai.core.calendar import local
from sipingtai.ops.bench import Options, standing
from sipingtai.ops.bench.cast import cast
from sipingtai.ops.bench.intake import database_processes
from sipingtai.ops.bench.lives import MOVES, Life, Sent, Stuck, living
from sipingtai.ops.bench.load import Crew, calling, shares
from sipingtai.ops.bench.machine import Watch
from sipingtai.ops.bench.measuring import Figure, Result, Target
from sipingtai.ops.bench.processes import cpu_seconds
from sipingtai.ops.bench.reports import report
from sipingtai.ops.bench.wire import Count, Tap
from sipingtai.ops.postgres.layout import PORT, Layout
from sipingtai.org.setting import load

CLIENTS = 8
SIZE = 60  # lives a run
COUNTED = 5  # lives led through the tap
PER_TOKEN = 1000  # requests of one token in a whole bench: below what it may make in a minute
TARGETS = (Target("life_in_intakes", at_most=12),)


@frozen(kw_only=True)
class Round:
    """One measured run; processor times in seconds."""

    intakes: float  # a second
    lives: float  # a second
    web: float  # of the web workers, for all lives of the run
    database: float
    web_of_intakes: float
    database_of_intakes: float
    sent: Sent


def run(options: Options) -> Result:
    """Measure. Raises CommandError when a report or a move was refused."""
    size, count = options.size or SIZE, options.clients or CLIENTS
    watch = Watch(settings.SIPINGTAI_HOME)
    standing.set_up()
    watch.look()
    stories = Stories((size * 10 + size) * (options.runs + 1) // PER_TOKEN + 2)
    with (
        standing.serving(options.workers) as served,
        Crew(living, (served.port,), count) as people,
        Crew(calling, (served.port,), count) as callers,
    ):
        bench = Loop(served, people, callers, stories)
        bench.round(size)  # warm-up
        rounds = []
        for _ in range(options.runs):
            watch.look()
            rounds.append(bench.round(size))
        watch.look()
    intake, move = _counted(stories)
    return Result(
        bench="loop",
        figures=tuple(_figures(rounds, size, intake, move)),
        targets=TARGETS,
        notes=(
            f"每轮 {size} 件走完全程（上报加 {len(MOVES)} 步），再上报 {size * len(MOVES)} 件；{count} 个连接",
            "“相当于几次上报”由两者的速度相除；往返、语句与字节另行计数，不计时",
        ),
        machine=watch.machine(),
    )


class Stories:
    """Lives to be led, made up one after the other, with enough tokens for each of their people."""

    def __init__(self, tokens: int) -> None:
        self._draw = random.Random(2)  # noqa: S311 - the same stories every time
        setting = load(local(timezone.now()).date())
        # A photograph would be an upload besides; the restricted are seen by few.
        self._but = {c.code for c in setting.categories.values() if c.photo or c.restricted}
        people, self._units = cast(setting)
        self._tokens = {who: standing.tokens_of(account, tokens) for who, account in people.items()}
        self._told = 0

    def lives(self, count: int) -> list[Life]:
        found = []
        for _ in range(count):
            self._told += 1
            tokens = {who: own[self._told % len(own)] for who, own in self._tokens.items()}
            found.append(Life(report(self._draw, tokens["intake"], self._but), tokens, self._units))
        return found


@frozen
class Loop:
    """The running server and its callers, ready to be measured."""

    served: standing.Served
    people: Crew[Sequence[Life], Sent]
    callers: Crew[Sequence[bytes], list[tuple[int, float]]]
    stories: Stories

    def round(self, size: int) -> Round:
        """So many lives, then as many intakes as they had moves."""
        parts = (self.served.workers, database_processes())
        lives = self.stories.lives(size)
        before = [cpu_seconds(part) for part in parts]
        try:
            led = self.people.do(shares(lives, self.people.count))
        except Stuck as error:
            raise CommandError(f"有一步没有办成：{error}") from error
        between = [cpu_seconds(part) for part in parts]
        reports = [life.report for life in self.stories.lives(size * len(MOVES))]
        called = self.callers.do(shares(reports, self.callers.count))
        after = [cpu_seconds(part) for part in parts]
        if wrong := {status for part in called.found for status, _ in part} - {201}:
            raise CommandError(f"有上报没有受理：HTTP {sorted(wrong)}。")
        return Round(
            intakes=len(reports) / called.seconds,
            lives=size / led.seconds,
            web=between[0] - before[0],
            database=between[1] - before[1],
            web_of_intakes=after[0] - between[0],
            database_of_intakes=after[1] - between[1],
            sent=Sent(sum(s.reports for s in led.found), sum(s.moves for s in led.found)),
        )


def _counted(stories: Stories) -> tuple[Count, Count]:
    """What one intake and one move cost on the wire to the database, through a server with one worker."""
    home = settings.SIPINGTAI_HOME
    app, owner = settings.DATABASES["default"], settings.DATABASES["owner"]
    folder = Layout(home / "tap").socket_folder  # wherever its path is short enough for a socket
    with Tap(folder, Layout(home).socket_folder / f".s.PGSQL.{PORT}") as tap:
        environment = {
            "DATABASE_URL": _url(app, str(folder)),
            "DATABASE_OWNER_URL": _url(owner, owner["HOST"]),
        }
        with standing.serving(1, environment) as served:
            lead, call = living(served.port), calling(served.port)
            lead(stories.lives(COUNTED))  # statements prepared, tokens noted for the day
            lives = stories.lives(COUNTED)
            reports = [life.report for life in stories.lives(COUNTED)]
            start = tap.count
            lead(lives)
            middle = tap.count
            call(reports)
            intakes = tap.count.since(middle)
    moves = middle.since(start).since(intakes)
    return _each(intakes, COUNTED), _each(moves, COUNTED * len(MOVES))


def _url(database: Mapping[str, str], host: str) -> str:
    return f"postgresql://{database['USER']}:{database['PASSWORD']}@/{database['NAME']}?host={host}"


def _each(total: Count, count: int) -> Count:
    return Count(round_trips=total.round_trips / count, statements=total.statements / count, bytes=total.bytes / count)


def _figures(rounds: Sequence[Round], size: int, intake: Count, move: Count) -> list[Figure]:
    moves = size * len(MOVES)  # and as many intakes beside them

    def ms(total: float) -> float:
        return total / moves * 1e3

    def of_move(lives: float, intakes: float) -> float:
        """Milliseconds of one move: a life is a report and its moves, and what a report costs was measured after it."""
        return ms(lives - intakes * size / moves)

    def each(name: str, label: str, unit: str, value: Callable[[Round], float]) -> Figure:
        return Figure(name=name, label=label, unit=unit, values=tuple(value(r) for r in rounds))

    def counted(name: str, label: str, unit: str, value: float) -> Figure:
        return Figure(name=name, label=label, unit=unit, values=(value,))

    return [
        each("life_in_intakes", "走完全程相当于几次上报", "", lambda r: r.intakes / r.lives),
        each("lives_per_second", "走完全程", "件/秒", lambda r: r.lives),
        each("intakes_per_second", "上报", "件/秒", lambda r: r.intakes),
        each("cpu_web_move", "一步，网页进程处理器时间", "毫秒", lambda r: of_move(r.web, r.web_of_intakes)),
        each("cpu_database_move", "一步，数据库处理器时间", "毫秒",
             lambda r: of_move(r.database, r.database_of_intakes)),
        each("cpu_web_intake", "一次上报，网页进程处理器时间", "毫秒", lambda r: ms(r.web_of_intakes)),
        each("cpu_database_intake", "一次上报，数据库处理器时间", "毫秒", lambda r: ms(r.database_of_intakes)),
        each("http_bytes_move", "一步，HTTP 往返", "字节", lambda r: r.sent.moves / moves),
        each("http_bytes_intake", "一次上报，HTTP 往返", "字节", lambda r: r.sent.reports / size),
        counted("round_trips_move", "一步，数据库往返", "次", move.round_trips),
        counted("statements_move", "一步，语句（含 BEGIN、COMMIT）", "条", move.statements),
        counted("database_bytes_move", "一步，与数据库往来", "字节", move.bytes),
        counted("round_trips_intake", "一次上报，数据库往返", "次", intake.round_trips),
        counted("statements_intake", "一次上报，语句（含 BEGIN、COMMIT）", "条", intake.statements),
        counted("database_bytes_intake", "一次上报，与数据库往来", "字节", intake.bytes),
    ]  # fmt: skip
