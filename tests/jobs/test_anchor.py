"""Anchoring: one chain whoever writes it, no step left out however late it is committed, the cost of what changed."""

import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.anchor_file import AnchorTrouble, installed_anchors
from sipingtai.cases.anchors import Record, follows, read
from sipingtai.cases.models import Anchor
from sipingtai.core.actions import Action as A
from sipingtai.jobs import anchor as anchoring
from tests.anchored import Owner, anchored, lines, rewrite, told, verified
from tests.conftest import owner_parameters
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)

COPY = (
    "INSERT INTO cases_step (case_id, no, at, action, actor_kind, account, unit, body, key_id, link)"
    " SELECT case_id, {no}, at, action, actor_kind, account, unit, body, key_id, link FROM cases_step"
    " WHERE case_id = {case} AND no = 1"
)


@pytest.fixture(autouse=True)
def _outside(settings: Settings, tmp_path: Path, transactional_db: None) -> None:
    settings.SIPINGTAI_ANCHORS = tmp_path / "anchors"


@pytest.fixture
def lamp(wuxi: Township) -> int:
    return wuxi.report("会溪桥头的路灯不亮了。", category="17002").case_id


def records() -> list[Record]:
    return [read(line) for line in lines()]


def in_thread(work: Callable[[], object]) -> threading.Thread:
    def run() -> None:
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


def test_two_anchorings_at_once_make_one_chain(wuxi: Township, lamp: int) -> None:
    ended: list[int] = []
    for _ in range(3):
        wuxi.act("331125201-intake", wuxi.report("水沟堵了。", category="17002").case_id, A.ACCEPT)
        together = threading.Barrier(3)

        def work(gate: threading.Barrier = together) -> None:
            gate.wait()
            ended.append(anchored().records)

        threads = [in_thread(work) for _ in range(3)]
        for thread in threads:
            thread.join()
    assert sorted(ended) == [0] * 6 + [1] * 3  # nobody failed
    found = records()
    assert all(follows(record, previous) for record, previous in zip(found, [None, *found], strict=False))
    assert told() == ""


def test_a_step_committed_after_a_later_one_is_waited_for(wuxi: Township, lamp: int) -> None:
    anchored()
    with psycopg.connect(**owner_parameters()) as late:
        late.execute(COPY.format(no=2, case=lamp))  # draws its id
        wuxi.report("水沟堵了。", category="17002")  # draws a later one, and is committed first
        thread = in_thread(anchored)
        thread.join(timeout=0.5)
        assert thread.is_alive()
        late.commit()
    thread.join(timeout=10)
    assert [(head.case == lamp, head.no) for head in records()[1].heads] == [(True, 2), (False, 1)]


def test_a_step_committed_later_than_anybody_waits_is_anchored_the_next_time(
    wuxi: Township, lamp: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(anchoring, "PATIENCE", timedelta(seconds=0.2))
    anchored()
    with psycopg.connect(**owner_parameters()) as late:
        late.execute(COPY.format(no=2, case=lamp))
        other = wuxi.report("水沟堵了。", category="17002").case_id
        assert anchored().records == 1  # the other is not left without
        assert anchored().records == 0  # and is not said again and again
        late.commit()
    anchored()
    assert [[(head.case, head.no) for head in record.heads] for record in records()] == [
        [(lamp, 1)],
        [(other, 1)],
        [(lamp, 2), (other, 1)],
    ]
    assert anchored().records == 0


def test_whoever_only_reads_is_not_waited_for(wuxi: Township, lamp: int) -> None:
    with psycopg.connect(**owner_parameters()) as reader:
        reader.execute("SELECT count(*) FROM cases_step")
        assert anchored().records == 1


def test_a_crash_after_the_line_and_before_the_commit_costs_nothing(
    wuxi: Township, lamp: int, owner_connection: Owner
) -> None:
    anchored()
    wuxi.act("331125201-intake", lamp, A.ACCEPT)
    anchored()
    owner_connection.execute("DELETE FROM cases_anchor WHERE no = 2")
    assert told() == ""
    assert anchored().records == 0
    with system_scope("测试"):
        assert Anchor.objects.count() == 2
    wuxi.act("331125201-dispatcher", lamp, A.URGE, reason="请尽快")
    anchored()
    assert told() == ""


def test_several_crashes_in_a_row_cost_nothing_either(wuxi: Township, lamp: int, owner_connection: Owner) -> None:
    anchored()
    for _ in range(3):
        wuxi.act("331125201-dispatcher", lamp, A.URGE, reason="请尽快")
        anchored()
    owner_connection.execute("DELETE FROM cases_anchor WHERE no > 1")
    wuxi.act("331125201-dispatcher", lamp, A.URGE, reason="请尽快")
    anchored()
    assert told() == ""
    with system_scope("测试"):
        assert Anchor.objects.count() == 5


def test_a_forged_last_line_does_not_lead_the_next_one_astray(wuxi: Township, lamp: int) -> None:
    anchored()
    (line,) = lines()
    rewrite([line, line.replace(b'"no":1', b'"no":2').replace(b'"upto":', b'"upto":9')])
    wuxi.act("331125201-intake", lamp, A.ACCEPT)
    done = anchored()
    assert done.last is not None
    assert (done.last.no, done.steps) == (2, 1)
    found, anchors = verified()
    assert "第 2 号锚定" in found
    assert "被改动" in found
    assert anchors.open_steps == 0


def test_a_great_import_is_anchored_in_several_lines(
    wuxi: Township, lamp: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    anchored()
    monkeypatch.setattr(anchoring, "SPAN", 2)
    for _ in range(5):
        wuxi.report("水沟堵了。", category="17002")
    done = anchored()
    assert (done.records, done.heads, done.steps) == (3, 5, 5)
    assert [len(record.heads) for record in records()] == [1, 2, 2, 1]
    assert told() == ""
    assert anchored().records == 0


def test_anchoring_asks_the_same_however_much_was_anchored_before(wuxi: Township, lamp: int) -> None:
    def statements() -> int:
        wuxi.report("水沟堵了。", category="17002")
        with CaptureQueriesContext(connection) as captured:
            anchored()
        return len(captured)

    anchored()
    assert statements() == statements()


def test_a_place_that_cannot_be_written_leaves_the_database_as_it_was(
    wuxi: Township, lamp: int, settings: Settings, tmp_path: Path
) -> None:
    (tmp_path / "full").write_text("")
    settings.SIPINGTAI_ANCHORS = tmp_path / "full"
    with pytest.raises(AnchorTrouble):
        anchored()
    with system_scope("测试"):
        assert not Anchor.objects.exists()
    settings.SIPINGTAI_ANCHORS = tmp_path / "anchors"
    assert anchored().records == 1
    assert installed_anchors().path.is_file()


def test_the_application_can_neither_change_nor_forget_an_anchor(wuxi: Township, lamp: int) -> None:
    anchored()
    for statement in ("UPDATE cases_anchor SET upto = 0", "DELETE FROM cases_anchor"):
        with pytest.raises(Exception, match="permission denied"), system_scope("测试"), connection.cursor() as cursor:
            cursor.execute(statement)


def test_nobody_but_the_system_sees_the_anchors(wuxi: Township, lamp: int) -> None:
    anchored()
    with wuxi.acting("331125201-chief"):
        assert not Anchor.objects.exists()
