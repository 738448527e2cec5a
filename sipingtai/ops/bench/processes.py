"""What processes cost, from /proc: processor time and memory. Linux only, as the embedded server is."""

import os
from collections.abc import Iterable
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
    total = 0
    for pid in pids:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
        except OSError:
            continue
        fields = stat.rpartition(")")[2].split()
        total += int(fields[11]) + int(fields[12])  # utime, stime; the name before them may hold anything
    return total / _TICK


def resident_megabytes(pid: int) -> float:
    """Memory a process holds (RSS), shared pages included, in MB of 10⁶ bytes."""
    pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6
