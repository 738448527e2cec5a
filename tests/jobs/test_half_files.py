"""What a killed upload leaves behind is cleared away by night; what is whole, or still being written, stays."""

import os
import time
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django import Settings

from sipingtai.access.file_store import installed_files
from sipingtai.access.uploads import Accepted
from sipingtai.jobs import schedule


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.SIPINGTAI_HOME = tmp_path
    return tmp_path / "files" / "ab"


def test_half_written_files_go_when_nobody_can_be_writing_them_any_more(folder: Path) -> None:
    digest = "ab" + "0" * 62
    kept = installed_files().keep(
        Accepted(mime="text/plain", ext="txt", digest=digest, size=2, content=b"ok", name="a.txt")
    )
    cut_off, in_hand = folder / f".{digest}.0123456789abcdef", folder / f".{digest}.fedcba9876543210"
    for path in (cut_off, in_hand, folder / kept):
        path.write_bytes(b"o")
        aged(path, schedule.UNFINISHED * 2)
    aged(in_hand, timedelta(minutes=1))
    schedule.half_files(timestamp=int(time.time()))
    assert {path.name for path in folder.iterdir()} == {in_hand.name, kept}


def aged(path: Path, age: timedelta) -> None:
    at = time.time() - age.total_seconds()
    os.utime(path, (at, at))
