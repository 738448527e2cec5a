"""The machine a bench ran on, and whether it was quiet enough to tell anything.

A fixed loop of arithmetic runs on every core at once, before, between and after the measured runs, while the bench
itself does nothing. Whoever else works on the machine makes its times differ, or leaves it less than a whole core.
"""

import os
import platform
import statistics
import subprocess
import sys
from pathlib import Path
from typing import Any

from attrs import Factory, define, frozen

from sipingtai.ops.postgres.layout import binary

MOST_SPREAD = 0.15  # of the loop's times; beyond it the figures only give an idea
LEAST_SHARE = 0.93  # of a core that the loop must get
TOO_BUSY = "机器太忙，数字只供参考"

# Long enough (a fifth of a second) to be interrupted by whoever else is at work.
_LOOP = """
import time
begun, used = time.perf_counter(), time.process_time()
total = 0
for number in range(2_000_000):
    total += number * number % 7
print(time.perf_counter() - begun, time.process_time() - used)
"""


@frozen
class Calibration:
    """One round of the loop on all cores: the slowest one's seconds, and the smallest share of a core any got."""

    seconds: float
    share: float


@frozen(kw_only=True)
class Machine:
    """Where the figures were taken, and how quiet it was there."""

    cores: int
    memory: float  # GB
    processor: str
    python: str
    postgres: str
    kernel: str
    file_system: str  # under the bench's home: on tmpfs nothing is ever synced
    load_before: float  # average of the minute before the bench began
    calibrations: tuple[Calibration, ...]

    @property
    def spread(self) -> float:
        times = [c.seconds for c in self.calibrations]
        return (max(times) - min(times)) / statistics.median(times) if times else 0.0

    @property
    def share(self) -> float:
        return min((c.share for c in self.calibrations), default=1.0)

    @property
    def busy(self) -> bool:
        """Whether others disturbed the runs so that the figures only give an idea."""
        return self.spread > MOST_SPREAD or self.share < LEAST_SHARE

    def as_json(self) -> dict[str, Any]:
        return {
            "cores": self.cores,
            "memory_gb": self.memory,
            "processor": self.processor,
            "python": self.python,
            "postgres": self.postgres,
            "kernel": self.kernel,
            "file_system": self.file_system,
            "load_before": self.load_before,
            "calibration": {
                "seconds": [c.seconds for c in self.calibrations],
                "spread": self.spread,
                "share_of_a_core": self.share,
                "most_spread": MOST_SPREAD,
                "least_share": LEAST_SHARE,
            },
            "busy": self.busy,
            "word": TOO_BUSY if self.busy else "",
        }


@define
class Watch:
    """Held by a bench from its beginning: `look` between the runs, `machine` at the end."""

    folder: Path
    load_before: float = Factory(lambda: os.getloadavg()[0])
    _calibrations: list[Calibration] = Factory(list)

    def look(self) -> None:
        """One round of the loop. The bench's own load must rest meanwhile."""
        command = [sys.executable, "-I", "-S", "-c", _LOOP]
        loops = [
            subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603
            for _ in range(os.cpu_count() or 1)
        ]
        found = [tuple(map(float, loop.communicate()[0].split())) for loop in loops]
        self._calibrations.append(Calibration(max(w for w, _ in found), min(used / w for w, used in found)))

    def machine(self) -> Machine:
        """The machine, with what was seen of it so far."""
        return Machine(
            cores=os.cpu_count() or 1,
            memory=round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
            processor=_processor(),
            python=platform.python_version(),
            postgres=_postgres(),
            kernel=platform.release(),
            file_system=_file_system(self.folder),
            load_before=round(self.load_before, 2),
            calibrations=tuple(self._calibrations),
        )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _postgres() -> str:
    told = subprocess.run([str(binary("postgres")), "--version"], capture_output=True, text=True, check=True)  # noqa: S603
    return told.stdout.split()[-1]


def _file_system(folder: Path) -> str:
    """The type of the file system the folder lies on: that of the longest mount point above it."""
    mounts = (line.split() for line in Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines())
    above = [(len(at), kind) for _, at, kind, *_ in mounts if folder.resolve().is_relative_to(at)]
    return max(above)[1] if above else ""
