"""How long the fuzz tests run: briefly in every test run, so many times as long by SIPINGTAI_FUZZ."""

import os
from typing import Any

from hypothesis import HealthCheck, settings

TIMES = max(1, int(os.environ.get("SIPINGTAI_FUZZ", "1")))


def examples(number: int, **rest: Any) -> settings:
    """So many examples, the same every time; with SIPINGTAI_FUZZ more of them, and others each time."""
    return settings(
        max_examples=number * TIMES,
        deadline=None,
        derandomize=TIMES == 1,
        database=None,
        suppress_health_check=list(HealthCheck),
        **rest,
    )
