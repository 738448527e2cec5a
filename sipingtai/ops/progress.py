"""A progress bar on stderr (进度), for whatever takes longer than a moment. Silent where nobody watches a terminal."""

import sys
import time
from types import TracebackType
from typing import Self, TextIO

_WIDTH = 30
_REFRESH = 0.1  # seconds


class Bar:
    """`with Bar("导入", total) as bar: bar.at(done)`."""

    def __init__(self, label: str, total: int, stream: TextIO | None = None) -> None:
        self._label, self._total = label, max(total, 1)
        self._stream = stream or sys.stderr
        self._live = self._stream.isatty()
        self._drawn = 0.0

    def __enter__(self) -> Self:
        return self

    def at(self, done: int, total: int | None = None) -> None:
        """Show how far it has come, and how much it is where that is known by now; cheap enough for every row."""
        if total is not None:
            self._total = max(total, 1)
        if self._live and time.monotonic() - self._drawn >= _REFRESH:
            self._draw(done)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._live:
            if kind is None:
                self._draw(self._total)
            self._stream.write("\n")

    def _draw(self, done: int) -> None:
        share = min(done, self._total) / self._total
        filled = round(share * _WIDTH)
        bar = "█" * filled + "░" * (_WIDTH - filled)
        self._stream.write(f"\r{self._label} {bar} {share:4.0%} {min(done, self._total)}/{self._total}")
        self._stream.flush()
        self._drawn = time.monotonic()
