"""The system under the crash bench: its processes, killed and started again as systemd would.

The database is nobody's unit: web server and worker keep it running between them, as in production.
"""

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from attrs import Factory, define

from sipingtai.ops.bench.processes import children
from sipingtai.ops.postgres import server

RESTART_SECONDS = 0.3  # systemd's RestartSec is of this order
UNITS = {"serve": ("serve", "--workers", "2", "--verbosity", "0"), "worker": ("worker",)}


@define
class System:
    """`serve` and `worker` in a home of their own."""

    home: Path
    port: int = 0
    units: dict[str, subprocess.Popen[bytes]] = Factory(dict)
    ended: dict[str, float] = Factory(dict)  # when a unit was found gone
    exits: list[str] = Factory(list)  # units that ended by themselves

    def start(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        for unit in UNITS:
            self._run(unit)

    def tend(self) -> None:
        """Start again what is gone."""
        for unit, process in self.units.items():
            if process.poll() is None:
                continue
            gone = self.ended.setdefault(unit, time.monotonic())
            if time.monotonic() - gone < RESTART_SECONDS:
                continue
            if process.returncode != -signal.SIGKILL:
                self.exits.append(f"{unit} {process.returncode}")
            self._run(unit)

    def revive(self) -> None:
        """Wait until everything that was killed has been started again."""
        while any(process.poll() is not None for process in self.units.values()):
            self.tend()
            time.sleep(0.1)

    def stop(self) -> list[str]:
        """Stop everything in order; returns what did not stop as it should."""
        wrong = []
        for unit, process in self.units.items():
            process.terminate()
            try:
                if process.wait(timeout=60) != 0:
                    wrong.append(f"{unit} 停止时退出码为 {process.returncode}")
            except subprocess.TimeoutExpired:
                process.kill()
                wrong.append(f"{unit} 60 秒内没有停止")
        if server.server_pid(self.home) is not None:
            wrong.append("数据库没有随最后一个进程停止")
        return wrong

    def sweep(self) -> None:
        """Leave nothing behind, however the bench ended."""
        for process in self.units.values():
            process.kill()
            process.wait()
        server.stop(self.home)

    def said(self) -> str:
        """The last words of each unit's log, for whoever looks for the reason."""
        logs = [self.home / f"{unit}.log" for unit in UNITS]
        return "\n".join(f"{log.name}: {log.read_text(encoding='utf-8', errors='replace')[-1500:]}" for log in logs)

    def environment(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("SIPINGTAI_", "DATABASE_"))}
        return kept | {"SIPINGTAI_HOME": str(self.home), "DJANGO_SETTINGS_MODULE": "sipingtai.config.settings"}

    def command(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run one command of the product to its end."""
        return subprocess.run(  # noqa: S603
            [sys.executable, "-m", *arguments], env=self.environment(), capture_output=True, text=True, check=False
        )

    def _run(self, unit: str) -> None:
        port = ("--port", str(self.port)) if unit == "serve" else ()
        with (self.home / f"{unit}.log").open("ab") as log:
            self.units[unit] = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", "sipingtai", *UNITS[unit], *port], env=self.environment(), stdout=log, stderr=log
            )
        self.ended.pop(unit, None)


def _web_workers(system: System) -> list[int]:
    return [pid for pid in _children(system.units["serve"].pid) if b"spawn_main" in _command_line(pid)]


def _children(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return children(pid)
    return []


def _command_line(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""


def _database(system: System) -> list[int]:
    """Postmaster and all its children, it first."""
    postmaster = server.server_pid(system.home)
    return [postmaster, *_children(postmaster)] if postmaster else []


def _backends(system: System) -> list[int]:
    return [pid for pid in _database(system)[1:] if b"sipingtai_app" in _command_line(pid)]


def _one(found: list[int], chance: random.Random) -> list[int]:
    return [chance.choice(found)] if found else []


Victims = Callable[[System, random.Random], list[int]]

# Who may die, how often in comparison, and which processes that are.
KINDS: dict[str, tuple[int, Victims]] = {
    "web": (4, lambda system, chance: _one(_web_workers(system), chance)),
    "serve": (2, lambda system, _: [system.units["serve"].pid]),
    "worker": (3, lambda system, _: [system.units["worker"].pid]),
    "backend": (4, lambda system, chance: _one(_backends(system), chance)),
    "postmaster": (3, lambda system, _: _database(system)[:1]),
    "database": (2, lambda system, _: _database(system)),
    "everything": (
        1,
        lambda system, _: [*(p.pid for p in system.units.values()), *_web_workers(system), *_database(system)],
    ),
}


def kill(system: System, chance: random.Random) -> str:
    """Kill somebody with SIGKILL; returns the kind, or "" where there was nobody of it just then."""
    kind = chance.choices(list(KINDS), [weight for weight, _ in KINDS.values()])[0]
    killed = 0
    for pid in KINDS[kind][1](system, chance):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
            killed += 1
    return kind if killed else ""
