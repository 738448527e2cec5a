"""Verified by several processes: the same faults in the same order, and nobody's changes meanwhile."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import timezone
from pytest_django import Settings

from sipingtai.access.file_store import installed_files
from sipingtai.access.keys import installed_keys
from sipingtai.cases import verification
from sipingtai.cases.anchor_file import installed_anchors
from sipingtai.cases.verification import Figures, verify
from sipingtai.cases.verification_anchors import read_anchors
from sipingtai.cases.verification_journal import Keyring
from sipingtai.cases.verification_processes import FEW, processes
from sipingtai.core.calendar import local
from sipingtai.ops.demo.cast import gather_all
from sipingtai.ops.demo.filling import planned, simulate
from sipingtai.org.models import Unit
from tests.anchored import Owner, anchored, delete_whole
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_processes_find_what_one_finds(
    wuxi: Township, settings: Settings, tmp_path: Path, owner_connection: Owner, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.SIPINGTAI_ANCHORS = tmp_path / "anchors"
    monkeypatch.setattr(verification, "PART", 10)
    now = local(timezone.now())
    simulate(planned(gather_all(now), days=5, seed=3, now=now), now=now)
    anchored()
    cases = [row[0] for row in owner_connection.execute("SELECT id FROM cases_case ORDER BY id").fetchall()]
    owner_connection.execute("UPDATE cases_step SET account = 1 WHERE no = 1 AND case_id = ANY(%s)", [cases[::7]])
    delete_whole(owner_connection, cases[1])
    delete_whole(owner_connection, cases[-1])
    found = []
    for count in (1, 2):
        figures, units = Figures(), frozenset(Unit.objects.values_list("id", flat=True))
        faults = verify(
            keys=installed_keys(), files=installed_files(), units=units, figures=figures, processes=count,
            anchors=read_anchors(installed_anchors(), Keyring(installed_keys())), now=datetime.now(UTC),
        )  # fmt: skip
        found.append(([str(fault) for fault in faults], figures))
    assert found[0] == found[1]
    assert len(found[0][0]) >= len(cases[::7])
    assert found[0][1].cases == len(cases) - 2


def test_a_few_steps_are_not_worth_a_process() -> None:
    assert processes(FEW) == 1
    assert processes(FEW + 1) >= 1
