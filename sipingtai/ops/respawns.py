"""How often web workers may die before the server gives up.

granian keeps, by a worker's number, when it was last started again, and stops the whole server where one dies within
seconds of that: two kills by the kernel for want of memory would end the service for everybody. Here the server stops
only when workers keep dying, as they do when the program itself cannot start; then the service manager, and its log,
are the right place.
"""

import time
from collections import deque

MOST, WITHIN = 20, 60.0  # respawns, seconds


class Respawns(dict[int, float]):
    """granian's table of respawns, which tells of one as recent only when there are too many."""

    def __init__(self) -> None:
        super().__init__()
        self._recent: deque[float] = deque(maxlen=MOST)

    def __setitem__(self, worker: int, at: float) -> None:
        self._recent.append(at)
        super().__setitem__(worker, at)

    def get(self, worker: int, default: float = 0.0) -> float:  # type: ignore[override]
        """When the worker was started again, of the monotonic clock; the default as long as all is bearable."""
        too_many = len(self._recent) == MOST and self._recent[0] > time.monotonic() - WITHIN
        return super().get(worker, default) if too_many else default
