"""`sipingtai bench crash`: kill everything that can be killed, at random moments, under load; then count (崩溃对账).

Web workers, the web supervisor, the background worker, single backends, the postmaster, the whole database and all of
it at once die by SIGKILL while several people report, upload and move over HTTP. What has died is started again as
systemd would. Everything is synced to disk as in production. In the end every acknowledged write must be there exactly
once.

What it cannot show: SIGKILL leaves the kernel's cache alone, so a disk that forgets what it said it had written, or a
power cut, is not in it. The order of syncing is what protects against those.
"""

import contextlib
import json
import random
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from attrs import Factory, define, frozen
from django.conf import settings
from django.core.management.base import CommandError

from sipingtai.ops.bench import Options
from sipingtai.ops.bench.crash_accounts import Accounts, queue, reckon
from sipingtai.ops.bench.crash_system import System, kill
from sipingtai.ops.bench.home import MARK
from sipingtai.ops.bench.machine import Watch
from sipingtai.ops.bench.measuring import Figure, Result, Target
from sipingtai.ops.postgres.layout import APP, DATABASE, PORT, Layout

KILLS, CLIENTS, SEED = 200, 3, 20260303
BACK_SECONDS = 90  # after which a system that acknowledges nothing counts as lost; recovery on a slow disk takes long
FIRST_SECONDS = 180  # for starting on a busy machine
AT_ONCE = 0.3  # of the kills come before the system has recovered from the one before
BETWEEN = 0.5  # seconds on average between recovery and the next kill
QUEUED_EVERY = 0.5  # seconds between two background tasks


@frozen(kw_only=True)
class Found:
    """What a run came to."""

    kills: Counter[str]
    back: tuple[float, ...]  # seconds from a kill to the next acknowledgement
    exits: tuple[str, ...]  # units that ended by themselves, and how
    accounts: Accounts


def run(options: Options) -> Result:
    """Raises CommandError with every fault where there is one."""
    watch = Watch(settings.SIPINGTAI_HOME)
    seed = SEED if options.seed is None else options.seed
    found = crash(
        settings.SIPINGTAI_HOME / "crash", kills=options.kills or KILLS, seed=seed, clients=options.clients or CLIENTS
    )
    if found.accounts.faults:
        raise CommandError("\n".join(["崩溃对账发现问题：", *found.accounts.faults[:50]]))
    a = found.accounts
    counted = (
        ("kills", "击杀", "次", found.kills.total()),
        ("reports", "已答复的上报", "件", a.reports),
        ("moves", "已答复的办理", "步", a.moves - a.unanswered),
        ("unanswered", "已生效而未得答复的办理", "步", a.unanswered),
        ("uploads", "已答复的附件", "个", a.uploads),
        ("jobs", "后台任务", "个", a.jobs),
        ("refused", "答复“稍后再试”", "次", a.refused),
        ("half_files", "清除的半截附件", "个", a.half_files),
        ("faults", "对账不符", "处", 0),
    )
    return Result(
        bench="crash",
        figures=(
            *(Figure(name=name, label=label, unit=unit, values=(value,)) for name, label, unit, value in counted),
            Figure(name="back", label="击杀后恢复应答", unit="秒", values=found.back or (0.0,)),
        ),
        targets=(Target("faults", at_most=0),),
        notes=(
            f"种子 {seed}；击杀：" + "、".join(f"{kind} {count}" for kind, count in sorted(found.kills.items())),
            *([f"自行退出后重新启动：{'、'.join(found.exits)}"] if found.exits else []),
        ),
        machine=watch.machine(),
    )


def crash(home: Path, *, kills: int, seed: int, clients: int = CLIENTS) -> Found:
    """Set a system up in `home` (a new folder), break it `kills` times under load, and reckon."""
    home.mkdir(mode=0o700)
    (home / MARK).touch()
    system = System(home)
    ground = _ground(system, clients)
    chance = random.Random(seed)  # noqa: S311  the same kinds in the same order; the moments are the machine's
    system.start()
    try:
        with _load(system, ground, clients, seed) as load:
            _first_answers(system, load)
            killed, back = _break(system, load, kills, chance)
            load.end(system)
        system.revive()  # the last kill may have been this moment
        accounts = reckon(system, load.ledgers, load.jobs)
        accounts.faults += load.faults
        accounts.faults += system.stop()
    finally:
        system.sweep()
    return Found(kills=killed, back=tuple(back), exits=tuple(system.exits), accounts=accounts)


def _ground(system: System, clients: int) -> dict[str, Any]:
    code = f"from sipingtai.ops.bench.crash_ground import tell; tell({clients})"
    made = system.command("sipingtai", "shell", "--verbosity", "0", "--command", code)
    if made.returncode != 0:
        raise CommandError(f"未能建立测试环境：{made.stderr[-2000:]}")
    ground: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return ground


@define
class Load:
    """The people at work, and the tasks that are queued meanwhile."""

    people: list["subprocess.Popen[str]"]
    ledgers: list[Path]
    stop: Path
    layout: Layout
    jobs: list[int] = Factory(list)
    faults: list[str] = Factory(list)
    _queued_at: float = 0.0

    def written(self) -> int:
        """Grows with every acknowledgement."""
        return sum(ledger.stat().st_size for ledger in self.ledgers)

    def queue(self) -> None:
        """A background task now and then; remembered when its commit was acknowledged."""
        if time.monotonic() - self._queued_at < QUEUED_EVERY:
            return
        self._queued_at = time.monotonic()
        with contextlib.suppress(psycopg.OperationalError), self._connected() as connection:
            self.jobs.append(queue(connection, "settled"))
            queue(connection, "anchors")  # one at a time: some find another at work, and fail as they should

    def end(self, system: System) -> None:
        """Let everybody finish what they have in hand."""
        self.stop.touch()
        until = time.monotonic() + BACK_SECONDS
        while any(person.poll() is None for person in self.people) and time.monotonic() < until:
            system.tend()
            time.sleep(0.1)
        self.faults += ["有人的事没有办完" for person in self.people if person.poll() is None]
        self.faults += [f"负载进程出错退出（{p.returncode}）" for p in self.people if p.poll() not in (None, 0)]

    def _connected(self) -> "psycopg.Connection[Any]":
        return psycopg.connect(
            host=str(self.layout.socket_folder), port=PORT, user=APP, password=self.layout.password(APP),
            dbname=DATABASE, autocommit=True, connect_timeout=5,
        )  # fmt: skip


@contextlib.contextmanager
def _load(system: System, ground: dict[str, Any], clients: int, seed: int) -> Iterator[Load]:
    folder = system.home / "load"
    folder.mkdir()
    load = Load([], [folder / f"{n}.jsonl" for n in range(clients)], folder / "stop", Layout(system.home))
    try:
        for n, ledger in enumerate(load.ledgers):
            ledger.touch()
            person = subprocess.Popen(
                [sys.executable, "-m", "sipingtai.ops.bench.crash_load"], stdin=subprocess.PIPE, text=True
            )
            load.people.append(person)
            told = {
                "port": system.port,
                "tokens": {part: tokens[n] for part, tokens in ground["tokens"].items()},
                "units": ground["units"],
                "cookie": ground["cookie"],
                "ledger": str(ledger),
                "stop": str(load.stop),
                "seed": seed + n,
            }
            assert person.stdin is not None
            person.stdin.write(json.dumps(told))
            person.stdin.close()
        yield load
    finally:
        for person in load.people:
            person.kill()
            person.wait()


def _first_answers(system: System, load: Load) -> None:
    until = time.monotonic() + FIRST_SECONDS
    while load.written() == 0:
        if time.monotonic() > until:
            raise CommandError(f"系统没有启动。\n{system.said()}")
        time.sleep(0.1)


def _break(system: System, load: Load, kills: int, chance: random.Random) -> tuple[Counter[str], Sequence[float]]:
    killed: Counter[str] = Counter()
    back: list[float] = []
    while killed.total() < kills and not load.faults:
        _pass(system, load, chance.expovariate(1 / BETWEEN))
        kind = kill(system, chance)
        if not kind:
            continue
        killed[kind] += 1
        if chance.random() < AT_ONCE:
            continue  # the next comes in the midst of recovering
        begun, written = time.monotonic(), load.written()
        while load.written() == written:
            if time.monotonic() - begun > BACK_SECONDS:
                load.faults.append(f"第 {killed.total()} 次（{kind}）之后 {BACK_SECONDS} 秒没有恢复\n{system.said()}")
                break
            _pass(system, load, 0.05)
        back.append(time.monotonic() - begun)
    return killed, back


def _pass(system: System, load: Load, seconds: float) -> None:
    until = time.monotonic() + seconds
    while True:
        system.tend()
        load.queue()
        if (left := until - time.monotonic()) <= 0:
            return
        time.sleep(min(left, 0.1))
