"""A real portal's export, where this machine has it: every row is taken or has its reason."""

import os
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sipingtai.insight.sheets import Matter, Rejected, guess, read, rows

SHARED = Path(os.environ.get("SIPINGTAI_SHARED_DATA") or Path(__file__).parents[4] / "shared" / "data")
EXPORT = SHARED / "complaints" / "messages.xlsx"


@pytest.mark.skipif(not EXPORT.is_file(), reason=f"no export at {EXPORT}; set SIPINGTAI_SHARED_DATA to read one")
def test_a_real_export_is_taken_whole() -> None:
    began = time.perf_counter()
    sheet = read(EXPORT)
    mapping = guess(sheet.columns, [row.cells for row in sheet.sample()])
    found = list(rows(sheet, mapping, datetime.now(UTC)))
    print(f"{len(found)} rows in {time.perf_counter() - began:.2f} s")
    assert len(found) == 4326
    assert all(row.reason_zh for row in found if isinstance(row, Rejected))
    assert all(row.reported_at for row in found if isinstance(row, Matter))
    assert sum(isinstance(row, Matter) for row in found) == 4326
