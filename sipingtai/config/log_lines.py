"""How a log speaks of errors: where and of what kind, never what they say, for they repeat what people wrote."""

import logging
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any


class WithoutWords(logging.Formatter):
    """A line a record, with the traces of its exception below it: frames and kinds, no messages."""

    def formatException(self, ei: Any) -> str:
        """The exception and what led to it, the first one first."""
        error: BaseException | None = ei[1]
        return "\nthen\n".join(reversed(list(_told(error)))) if error is not None else ""


def _told(error: BaseException | None) -> Iterator[str]:
    while error is not None:
        kind = f"{type(error).__module__}.{type(error).__qualname__}"
        yield f"{_frames(error.__traceback__)}{kind}"
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _frames(trace: TracebackType | None) -> str:
    return "".join(traceback.format_tb(trace))
