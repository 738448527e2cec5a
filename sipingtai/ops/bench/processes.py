"""What processes cost, from /proc: processor time and memory. Linux only, as the embedded server is."""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")  # clock ticks a second; the grain of what follows


def children(pid: int) -> list[int]:
    """The processes a process has started, whichever of its threads did."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        found += map(int, (task / "children").read_text(encoding="ascii").split())
    return found


def cpu_seconds(pids: Iterable[int]) -> float:
    """Processor time these processes have used so far, in user mode and in the kernel; the gone ones' is lost."""
    return sum(cpu_by_process(pids).values())


def cpu_by_process(pids: Iterable[int]) -> dict[int, float]:
    """The same, of each process that is there."""
    found: dict[int, float] = {}
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        except OSError:
            continue
        fields = stat.rpartition(")")[2].split()
        found[pid] = (int(fields[11]) + int(fields[12])) / _TICK  # utime, stime; the name before them may hold anything
    return found


def spent(before: Mapping[int, float], after: Mapping[int, float]) -> float:
    """Seconds used in between by the processes that are still there, and by those that have come."""
    return sum(seconds - before.get(pid, 0.0) for pid, seconds in after.items())


def resident_megabytes(pid: int) -> float:
    """Memory a process holds (RSS), shared pages included, in MB of 10⁶ bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
