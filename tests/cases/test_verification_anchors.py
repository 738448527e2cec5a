"""What was anchored outside the database cannot be made undone inside it, nor the file without the database."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.keys import installed_keys
from sipingtai.cases.anchor_file import installed_anchors
from sipingtai.cases.models import Case
from sipingtai.core.actions import Action as A
from tests.anchored import (
    Owner,
    Snapshot,
    anchored,
    cut_tail,
    delete_whole,
    lines,
    rewrite,
    told,
    told_without_anchors,
    verified,
)  # fmt: skip
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _outside(settings: Settings, tmp_path: Path, transactional_db: None) -> None:
    settings.SIPINGTAI_ANCHORS = tmp_path / "anchors"


@pytest.fixture
def lamp(wuxi: Township) -> int:
    """A matter of one step, with a neighbour that nobody touches."""
    wuxi.report("村口的水沟堵了。", category="17002")
    return wuxi.report("会溪桥头的路灯不亮了。", category="17002").case_id


@pytest.fixture
def taken(lamp: int, owner_connection: Owner) -> Iterator[Snapshot]:
    """The database as it was before the lamp was accepted and dispatched."""
    found = Snapshot(owner_connection)
    yield found
    found.drop()


def go_on(wuxi: Township, case_id: int) -> None:
    """Two more steps."""
    wuxi.act("331125201-intake", case_id, A.ACCEPT)
    wuxi.act("331125201-dispatcher", case_id, A.DISPATCH, to=wuxi.unit("331125201-综合执法平台"), reason="归综合执法")


def number(case_id: int) -> str:
    with system_scope("测试"):
        return Case.objects.get(pk=case_id).number


def test_what_was_anchored_and_left_alone_is_clean_and_the_window_is_empty(wuxi: Township, lamp: int) -> None:
    go_on(wuxi, lamp)
    done = anchored()
    assert (done.records, done.heads, done.steps) == (1, 2, 4)
    faults, anchors = verified()
    assert faults == ""
    assert anchors.open_steps == 0
    assert anchors.told()[-1] == "所有步骤都已锚定。"


def test_where_nothing_changed_nothing_is_written(wuxi: Township, lamp: int) -> None:
    anchored()
    before = lines()
    assert anchored().records == 0
    assert lines() == before
    go_on(wuxi, lamp)
    done = anchored()
    assert (done.records, done.heads, done.steps) == (1, 1, 2)


def test_on_an_empty_database_there_is_nothing_to_anchor_and_nothing_wrong() -> None:
    assert anchored().records == 0
    assert told() == ""


def test_a_case_deleted_whole_is_missed(wuxi: Township, lamp: int, owner_connection: Owner) -> None:
    go_on(wuxi, lamp)
    anchored()
    delete_whole(owner_connection, lamp)
    assert told_without_anchors() == ""
    assert re.fullmatch(rf"（内部编号 {lamp}）：整件事件已不存在：\d{{4}}-\d\d-\d\d \d\d:\d\d 锚定时有 3 步", told())


def test_a_tail_cut_off_with_the_row_set_back_is_missed(
    wuxi: Township, lamp: int, taken: Snapshot, owner_connection: Owner
) -> None:
    go_on(wuxi, lamp)
    anchored()
    cut_tail(owner_connection, lamp, 1)
    assert told_without_anchors() == ""
    found = told()
    assert found.startswith(number(lamp))
    assert "锚定时有 3 步，现在只到第 1 步" in found
    assert "\n" not in found


def test_a_tail_that_was_cut_off_and_has_grown_again_is_another_tail(
    wuxi: Township, lamp: int, taken: Snapshot, owner_connection: Owner
) -> None:
    go_on(wuxi, lamp)
    anchored()
    cut_tail(owner_connection, lamp, 1)
    go_on(wuxi, lamp)
    wuxi.act("331125201-dispatcher", lamp, A.URGE, reason="请尽快")
    anchored()
    assert told_without_anchors() == ""
    assert "第 3 步：与 " in told()


def test_an_older_state_of_the_whole_database_is_found(wuxi: Township, lamp: int, owner_connection: Owner) -> None:
    anchored()
    older = Snapshot(owner_connection)
    go_on(wuxi, lamp)
    anchored()
    third = wuxi.report("垃圾没有人收。", category="17002").case_id
    anchored()
    older.restore()
    older.drop()
    assert told_without_anchors() == ""
    found = told()
    assert "锚定时有 3 步，现在只到第 1 步" in found
    assert f"（内部编号 {third}）：整件事件已不存在" in found
    assert "数据库没有第 2 号锚定的登记" in found
    # Anchoring goes on with what is done from now on, though its steps bear the ids of the lost ones.
    go_on(wuxi, lamp)
    anchored()
    found, anchors = verified()
    assert "第 3 步：与 " in found
    assert anchors.open_steps == 0


def test_after_a_restored_backup_one_begins_anew_and_it_stays_known(
    wuxi: Township, lamp: int, owner_connection: Owner
) -> None:
    anchored()
    older = Snapshot(owner_connection)
    go_on(wuxi, lamp)
    anchored()
    older.restore()
    older.drop()
    out = StringIO()
    with pytest.raises(CommandError, match="理由"):
        call_command("anchor", anew=" ", stdout=out)
    call_command("anchor", anew="硬盘损坏，恢复备份", stdout=out)
    assert "已锚定 2 件事件的 2 步，记为第 3 号" in out.getvalue()
    found, anchors = verified()
    assert found == ""
    assert "此前的锚定不再作为依据。理由：硬盘损坏，恢复备份" in anchors.told()[0]
    delete_whole(owner_connection, lamp)
    assert "整件事件已不存在" in told()


# The file


def three_anchors(wuxi: Township, case_id: int) -> list[bytes]:
    anchored()
    wuxi.act("331125201-intake", case_id, A.ACCEPT)
    anchored()
    wuxi.act("331125201-dispatcher", case_id, A.URGE, reason="请尽快")
    anchored()
    return lines()


def test_a_changed_line_is_found(wuxi: Township, lamp: int) -> None:
    one, two, three = three_anchors(wuxi, lamp)
    rewrite([one, two.replace(b'"steps":1', b'"steps":2'), three])
    found = told()
    assert re.fullmatch(r"锚定：第 2 号锚定（.*）被改动", found)


def test_a_head_taken_out_of_a_line_is_found(
    wuxi: Township, lamp: int, taken: Snapshot, owner_connection: Owner
) -> None:
    one, two, three = three_anchors(wuxi, lamp)
    cut_tail(owner_connection, lamp, 1)
    rewrite([one, re.sub(rb'"heads":\[.*\],"key"', b'"heads":[],"key"', two), three])
    assert "第 2 号锚定" in told()
    assert "被改动" in told()


def test_lines_removed_from_the_end_are_missed(wuxi: Township, lamp: int) -> None:
    one, *_ = three_anchors(wuxi, lamp)
    rewrite([one])
    assert re.fullmatch(r"锚定：锚定文件 .*journal.anchors 缺第 2–3 号锚定，文件被删除、替换或缩短", told())


def test_a_line_removed_from_the_middle_is_missed(wuxi: Township, lamp: int, owner_connection: Owner) -> None:
    one, _, three = three_anchors(wuxi, lamp)
    rewrite([one, three])
    assert "缺第 2 号锚定" in told()
    owner_connection.execute("DELETE FROM cases_anchor WHERE no = 2")
    assert "缺第 2 号锚定" in told()


def test_a_line_said_twice_or_out_of_order_is_found(wuxi: Township, lamp: int) -> None:
    one, two, three = three_anchors(wuxi, lamp)
    rewrite([one, two, three, two])
    assert "重复，或次序不对" in told()


def test_the_file_removed_is_missed_and_anchoring_goes_on_with_everything_again(wuxi: Township, lamp: int) -> None:
    three_anchors(wuxi, lamp)
    installed_anchors().path.unlink()
    assert "缺第 1–3 号锚定" in told()
    done = anchored()
    assert done.last is not None
    assert (done.last.no, done.heads) == (4, 2)
    found, anchors = verified()
    assert "缺第 1–3 号锚定" in found
    assert anchors.open_steps == 0


def test_the_file_of_another_database_is_found(wuxi: Township, lamp: int, owner_connection: Owner) -> None:
    three_anchors(wuxi, lamp)
    owner_connection.execute("UPDATE cases_anchor SET seal = decode(repeat('00', 32), 'hex') WHERE no = 2")
    assert told() == "锚定：第 2 号锚定与数据库登记的不同，锚定文件或数据库被替换过"


def test_what_the_database_remembers_cannot_be_deleted_unnoticed(
    wuxi: Township, lamp: int, owner_connection: Owner
) -> None:
    three_anchors(wuxi, lamp)
    owner_connection.execute("DELETE FROM cases_anchor WHERE no < 3")
    assert "数据库没有第 1–2 号锚定的登记" in told()


def test_a_great_number_invented_in_the_database_is_only_a_fault(
    wuxi: Township, lamp: int, owner_connection: Owner
) -> None:
    anchored()
    owner_connection.execute("INSERT INTO cases_anchor (no, at, upto, seal) VALUES (1000000000000, now(), 0, '\\x00')")
    assert "缺第 1000000000000 号锚定" in told()


def test_a_torn_last_line_is_tolerated_and_told(wuxi: Township, lamp: int) -> None:
    one, *_ = three_anchors(wuxi, lamp)
    with installed_anchors().path.open("ab") as file:
        file.write(one[:100])
    found, anchors = verified()
    assert found == ""
    assert "第 4 行残缺，已略过" in anchors.told()[0]
    wuxi.act("331125201-dispatcher", lamp, A.URGE, reason="再催一次")
    anchored()
    found, anchors = verified()
    assert found == ""
    assert anchors.open_steps == 0
    assert len(lines()) == 5


def test_a_last_line_torn_by_hand_is_missed(wuxi: Township, lamp: int) -> None:
    one, two, three = three_anchors(wuxi, lamp)
    rewrite([one, two, three[:-5]])
    assert "缺第 3 号锚定" in told()


def test_the_key_that_sealed_an_anchor_is_asked_for(wuxi: Township, lamp: int, settings: Settings) -> None:
    anchored()
    installed_keys().rotate("journal")
    wuxi.act("331125201-intake", lamp, A.ACCEPT)
    anchored()
    assert told() == ""
    (line,) = [line for line in lines() if b'"no":2' in line]
    rewrite([lines()[0], re.sub(rb'"key":\d+', b'"key":77', line)])
    assert "日志密钥 journal-000077，请从备份恢复" in told()


# The window


def test_what_is_not_anchored_yet_is_said(wuxi: Township, lamp: int) -> None:
    anchored()
    go_on(wuxi, lamp)
    faults, anchors = verified()
    assert faults == ""
    assert re.match(r"自 \d{4}-\d\d-\d\d \d\d:\d\d 起的 2 步尚未锚定", anchors.told()[-1])


def test_steps_that_wait_too_long_for_their_anchor_are_a_fault(wuxi: Township, lamp: int) -> None:
    later = datetime.now(UTC) + timedelta(minutes=16)
    assert "没有锚定文件" in told(now=later)
    assert "2 步从未锚定。请检查后台任务（sipingtai worker）" in told(now=later)
    anchored()
    assert told(now=later) == ""
    go_on(wuxi, lamp)
    assert "起的 2 步超过 15 分钟没有有效的锚定" in told(now=later)


def test_a_step_slipped_below_what_is_anchored_does_not_pass_for_anchored(
    wuxi: Township, lamp: int, owner_connection: Owner
) -> None:
    anchored()
    wuxi.act("331125201-intake", lamp, A.ACCEPT)
    owner_connection.execute("UPDATE cases_step SET id = -1 WHERE case_id = %s AND no = 2", [lamp])
    anchored()
    _, anchors = verified()
    assert anchors.open_steps == 1


@pytest.mark.parametrize("moment", ["40000-01-01", "9999-12-31 23:59Z", "infinity", "0044-03-15 BC"])
def test_steps_made_unreadable_are_faults_and_stop_neither_anchoring_nor_verification(
    lamp: int, owner_connection: Owner, moment: str
) -> None:
    owner_connection.execute("UPDATE cases_step SET no = -4, link = '\\x1234' WHERE case_id = %s", [lamp])
    owner_connection.execute("UPDATE cases_step SET at = %s::timestamptz", [moment])
    faults, anchors = verified()
    assert "封存值不符" in faults
    assert "没有锚定文件" in faults
    assert anchors.told()
    assert anchored().records == 1
    assert "封存值不符" in told()
    assert anchored().records == 0


def test_the_commands_say_what_was_anchored_and_what_was_not(wuxi: Township, lamp: int) -> None:
    out = StringIO()
    call_command("anchor", stdout=out)
    assert "已锚定 2 件事件的 2 步，记为第 1 号" in out.getvalue()
    call_command("anchor", stdout=out)
    assert "上次锚定以来没有变化" in out.getvalue()
    wuxi.act("331125201-intake", lamp, A.ACCEPT)
    call_command("verify", stdout=out)
    assert "锚定 1 条，最近一条第 1 号" in out.getvalue()
    assert "起的 1 步尚未锚定" in out.getvalue()
    assert "没有发现不符" in out.getvalue()
