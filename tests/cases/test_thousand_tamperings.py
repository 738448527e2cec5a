"""A thousand changes without the key, each alone, each found: any column of any row, rows gone or added, whole cases
and tails of cases with everything that hangs on them, files, anchors. What is not covered stands in one table.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.db import Error, connection, connections, transaction
from pytest_django import Settings

from sipingtai.access.file_store import installed_files
from sipingtai.access.keys import installed_keys
from sipingtai.cases.anchor_file import installed_anchors
from sipingtai.cases.verification import Figures, verify
from sipingtai.cases.verification_anchors import Anchors, read_anchors
from sipingtai.cases.verification_journal import Keyring
from sipingtai.core.calendar import TZ
from sipingtai.jobs.anchor import anchor
from sipingtai.ops.demo.cast import gather_all
from sipingtai.ops.demo.filling import planned, simulate
from sipingtai.org.models import Unit
from tests.cases.tampering import NOT_COVERED, TABLES, Tamperer, anchor_path, attached, file_changed, rows
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])

IN_TABLES, IN_FILES, IN_ANCHORS = 900, 60, 40
SEED = 20261121
NOW = datetime(2026, 11, 18, 16, 24, tzinfo=TZ)  # the same every day, for the draws depend on what is there


@pytest.fixture
def township(wuxi: Township, settings: Settings, tmp_path: object, transactional_db: None) -> Iterator[None]:
    """Some weeks of made-up matters, anchored three times; whoever asks from now on is the owner of the tables."""
    settings.SIPINGTAI_ANCHORS = f"{tmp_path}/anchors"
    simulate(planned(gather_all(NOW), days=12, seed=7, now=NOW), now=NOW)
    anchor(datetime.now(UTC))
    for text in ("路灯不亮", "井盖破了"):
        wuxi.report(text)
        anchor(datetime.now(UTC))
    application = connections["default"]
    connections["default"] = connections["owner"]
    try:
        with transaction.atomic():
            yield
            transaction.set_rollback(True)
    finally:
        connections["default"] = application


def anchors() -> Anchors:
    return read_anchors(installed_anchors(), Keyring(installed_keys()))


def faults(cases: list[int], known: Anchors, units: frozenset[int]) -> list[str]:
    found = verify(
        keys=installed_keys(), files=installed_files(), units=units, figures=Figures(), anchors=known, only=cases,
        now=datetime.now(UTC) - timedelta(days=1),
    )  # fmt: skip
    return [str(fault) for fault in found]


def test_a_thousand_tamperings_without_the_key_are_all_found(township: None) -> None:
    units, known, draw = frozenset(Unit.objects.values_list("id", flat=True)), anchors(), random.Random(SEED)
    every = [row[0] for row in rows("SELECT id FROM cases_case ORDER BY id")]
    assert faults(every, known, units) == []
    missed: list[str] = []

    tamperer, done = Tamperer(SEED), 0
    while done < IN_TABLES:
        what, change = tamperer.plan()
        mark = transaction.savepoint()
        try:
            case = change()
        except Error:  # the table itself does not allow it
            transaction.savepoint_rollback(mark)
            continue
        if not (faults([case], known, units) if case else faults([], anchors(), units)):
            missed.append(what)
        transaction.savepoint_rollback(mark)
        done += 1

    pictures = attached()
    for _ in range(IN_FILES):
        case, path = draw.choice(pictures)
        with file_changed(path, draw) as what:
            if not faults([case], known, units):
                missed.append(what)

    for _ in range(IN_ANCHORS):
        with file_changed(anchor_path(), draw) as what:
            if not faults([], anchors(), units):
                missed.append(what)

    assert "\n".join(missed) == ""
    assert faults(every, known, units) == []  # and everything is as it was


def test_what_is_not_covered_is_a_column_that_exists(township: None) -> None:
    with connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"SELECT * FROM cases_{table} LIMIT 0")
            assert NOT_COVERED.get(table, {}).keys() <= {column.name for column in cursor.description or ()}
