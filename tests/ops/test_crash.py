"""Nothing acknowledged is lost and nothing is there twice, whatever is killed: `sipingtai bench crash` in small."""

import contextlib
from pathlib import Path

from sipingtai.ops.bench.crash import crash
from sipingtai.ops.postgres.layout import Layout


def test_thirty_kills_under_load_lose_nothing_and_double_nothing(tmp_path: Path) -> None:
    home = tmp_path / "crash"
    try:
        found = crash(home, kills=30, seed=30, clients=2)
    finally:
        with contextlib.suppress(FileNotFoundError):  # a short one outside, where the test's own path is too long
            Layout(home).socket_folder.rmdir()
    assert found.accounts.faults == []
    assert found.kills.total() == 30
    assert min(found.accounts.reports, found.accounts.moves, found.accounts.uploads, found.accounts.jobs) > 0
