"""What a check looks at, and what it finds."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

from attrs import frozen


@frozen
class Finding:
    """One fault."""

    says: str  # Chinese, a whole sentence
    remedy: str  # Chinese: what to do


@frozen(kw_only=True)
class Place:
    """The installation that is looked at."""

    home: Path
    anchors: Path  # the folder
    now: datetime  # by this machine's clock, local
    host: str = "127.0.0.1"
    port: int = 8000
    certificate: Path | None = None  # one's own, as given to `serve`


Findings = Iterator[Finding]


@frozen
class Check:
    """One entry of the list."""

    name: str  # Chinese
    look: Callable[[Place], Findings]
