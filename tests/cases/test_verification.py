"""Verification finds every change behind the door's back, and nothing to find where the door alone was used."""

from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import call_command
from django.utils import timezone
from pytest_django import Settings

from sipingtai.access import vault
from sipingtai.access.actor_scope import system_scope
from sipingtai.access.file_store import installed_files
from sipingtai.access.keys import installed_keys
from sipingtai.cases.models import Attachment, Case, Text, Word
from sipingtai.cases.verification import Fault, Figures, verify
from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.moves import Move
from sipingtai.loop.erasure import erase
from sipingtai.loop.errors import Invalid
from sipingtai.loop.moves import move
from sipingtai.org.models import Unit
from tests.access.test_uploads import picture, taken
from tests.contacts import masked
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)

Owner = psycopg.Connection[Any]


@pytest.fixture(autouse=True)
def _anchors_of_nobody_else(settings: Settings, tmp_path: Path) -> None:
    settings.SIPINGTAI_ANCHORS = tmp_path / "anchors"


def faults() -> list[Fault]:
    units = frozenset(Unit.objects.values_list("id", flat=True))
    return list(verify(keys=installed_keys(), files=installed_files(), units=units, figures=Figures()))


def told() -> str:
    return "\n".join(map(str, faults()))


@pytest.fixture
def lamp(wuxi: Township, transactional_db: None) -> int:
    """A matter on its way: accepted, dispatched, forwarded, signed; five steps, texts, a photo, clocks, words."""
    case_id = wuxi.report(
        "会溪桥头的路灯不亮了。", title="路灯", place="桥头", category="17002", name="王小明", phone="13900000001"
    ).case_id
    wuxi.act("331125201-intake", case_id, A.ACCEPT)
    wuxi.act(
        "331125201-dispatcher", case_id, A.DISPATCH, to=wuxi.unit("331125201-综合执法平台"), reason="路灯归综合执法"
    )
    wuxi.act("331125201-platform-2-head", case_id, A.FORWARD, to=wuxi.unit("331125201-村容村貌"))
    handler = wuxi.handler("331125201-村容村貌")
    wuxi.act(handler, case_id, A.SIGN)
    with wuxi.acting(handler) as actor:
        accepted = taken(picture(), "灯.jpg")
        file = Attachment(name="灯.jpg", mime="image/jpeg", size=1, digest=installed_files().keep(accepted))
        move(
            case_id, Move(action=A.PROGRESS, text="已经去看过。", files=1), actor=actor, now=local(timezone.now()),
            setting=wuxi.setting, files=[file],
        )  # fmt: skip
    return case_id


def test_what_came_through_the_door_is_clean_and_the_command_says_so(lamp: int) -> None:
    assert told() == ""
    out = StringIO()
    call_command("verify", stdout=out)
    assert "核验事件 1 件、步骤 6 个" in out.getvalue()
    assert "没有发现不符" in out.getvalue()


TAMPERED = {
    "a step's body": (
        "UPDATE cases_step SET body = body::jsonb || '{\"asked\": {\"to\": 1}}' WHERE no = 3",
        "第 3 步：封存值不符",
    ),
    "who acted": ("UPDATE cases_step SET account = account + 1 WHERE no = 2", "第 2 步：封存值不符"),
    "for which unit": ("UPDATE cases_step SET unit = 1 WHERE no = 2", "第 2 步：封存值不符"),
    "when it happened": ("UPDATE cases_step SET at = at - interval '1 day' WHERE no = 2", "第 2 步：封存值不符"),
    "which key sealed it": ("UPDATE cases_step SET key_id = 9 WHERE no = 2", "缺少封存这一步的日志密钥"),
    "a link": ("UPDATE cases_step SET link = decode(repeat('00', 32), 'hex') WHERE no = 4", "第 4 步：封存值不符"),
    "the last step": ("DELETE FROM cases_step WHERE no = 6", "末尾有步骤被删除"),
    "a step in the middle": ("DELETE FROM cases_step WHERE no = 3", "步骤编号不连续：1、2、4、5、6"),
    "a step added": (
        "INSERT INTO cases_step (case_id, no, at, action, actor_kind, account, unit, body, key_id, link)"
        " SELECT case_id, 7, at, action, actor_kind, account, unit, body, key_id, link FROM cases_step WHERE no = 6",
        "末尾有步骤被删除或添加",
    ),
    "a text": ("UPDATE cases_text SET content = '没有问题' WHERE name = 'text'", "第 1 步：文字（text）被改动"),
    "a salt": ("UPDATE cases_text SET salt = decode(repeat('00', 16), 'hex') WHERE name = 'text'", "（text）被改动"),
    "a text gone": ("DELETE FROM cases_text WHERE name = 'reason'", "第 3 步：文字（reason）丢失"),
    "a text emptied without its salt": ("UPDATE cases_text SET content = NULL WHERE no = 1", "或其随机数缺失"),
    "a text emptied without law": (
        "UPDATE cases_text SET content = NULL, salt = NULL WHERE no = 3",
        "没有依法删除的记录",
    ),
    "a text added": (
        "INSERT INTO cases_text (case_id, no, name, content, salt)"
        " SELECT case_id, 2, 'note', content, salt FROM cases_text WHERE name = 'text'",
        "第 2 步：多出一段文字",
    ),
    "a text of no step": ("UPDATE cases_text SET no = 50 WHERE name = 'reason'", "不属于任何步骤"),
    "a photo changed": ("UPDATE cases_attachment SET digest = repeat('0', 64)", "第 6 步：附件被替换"),
    "a photo gone": ("DELETE FROM cases_attachment", "第 6 步：附件数目不符"),
    "the stage in a column": ("UPDATE cases_case SET stage = 'closed'", "列与状态不符：stage"),
    "who may see it": ("UPDATE cases_case SET sight = '{1}'", "列与状态不符：sight"),
    "the due time": ("UPDATE cases_case SET due_at = due_at + interval '1 day'", "列与状态不符：due_at"),
    "the state": ("UPDATE cases_case SET state = state || '{\"level\": 5}'", "与日志重放的结果不符"),
    "the state beyond reading": ("UPDATE cases_case SET state = state || '{\"stage\": \"gone\"}'", "状态无法读取"),
    "the count of steps": ("UPDATE cases_case SET steps = 7", "事件记为 7 步"),
    "an assignment": ("UPDATE cases_assignment SET unit = 1", "交办表与状态不符"),
    "an assignment gone": ("DELETE FROM cases_assignment", "交办表与状态不符"),
    "a clock": ("UPDATE cases_clock SET due_at = due_at + interval '9 days' WHERE kind = 'total'", "时限表与状态不符"),
    "a clock gone": ("DELETE FROM cases_clock WHERE kind = 'total'", "时限表与状态不符"),
    "a word gone": ("DELETE FROM cases_word WHERE word = '路灯'", "检索用词与正文不符"),
    "every step": ("DELETE FROM cases_step", "没有任何步骤"),
    "a unit abolished without trace": ("UPDATE cases_step SET unit = 999999 WHERE no = 2", "没有的单位：999999"),
}  # fmt: skip


@pytest.mark.parametrize(("statement", "said"), TAMPERED.values(), ids=TAMPERED.keys())
def test_a_change_behind_the_door_is_found(lamp: int, owner_connection: Owner, statement: str, said: str) -> None:
    owner_connection.execute(statement)
    assert said in told()


def test_the_sweep_may_look_when_it_likes(lamp: int, owner_connection: Owner) -> None:
    owner_connection.execute("UPDATE cases_clock SET next_at = NULL")
    assert told() == ""


def test_a_changed_step_is_named_and_the_ones_after_it_are_not_blamed(lamp: int, owner_connection: Owner) -> None:
    owner_connection.execute(TAMPERED["who acted"][0])
    (fault,) = faults()
    assert fault.step == 2


def test_the_command_fails_when_there_is_a_fault(lamp: int, owner_connection: Owner) -> None:
    owner_connection.execute(TAMPERED["a text"][0])
    out = StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("verify", stdout=out)
    assert ended.value.code == 1
    assert "发现 2 处不符" in out.getvalue()  # the text, and the words it was found by


def test_a_photo_changed_on_disk_is_found(lamp: int) -> None:
    with system_scope("测试"):
        digest = Attachment.objects.get().digest
    path = installed_files()._path(digest)
    path.write_bytes(b"another picture")
    assert "内容被改动" in told()
    path.unlink()
    assert "丢失或无法读取" in told()


def test_one_number_for_two_cases_is_found(wuxi: Township, lamp: int, owner_connection: Owner) -> None:
    wuxi.report("水沟堵了")
    row = owner_connection.execute(
        "SELECT conname FROM pg_constraint WHERE conrelid = 'cases_case'::regclass AND contype = 'u'"
        " AND pg_get_constraintdef(oid) LIKE '%(number)%'"
    ).fetchone()
    assert row is not None
    owner_connection.execute(f"ALTER TABLE cases_case DROP CONSTRAINT {row[0]}")
    try:
        owner_connection.execute("UPDATE cases_case SET number = (SELECT number FROM cases_case WHERE id = %s)", [lamp])
        assert "编号重复" in told()
    finally:
        owner_connection.execute("UPDATE cases_case SET number = id::text")
        owner_connection.execute(f"ALTER TABLE cases_case ADD CONSTRAINT {row[0]} UNIQUE (number)")


def test_a_follower_whose_master_does_not_know_it_is_found(wuxi: Township, lamp: int, owner_connection: Owner) -> None:
    other = wuxi.report("桥头路灯也不亮", category="17002").case_id
    wuxi.act("331125201-intake", other, A.MERGE, other=wuxi.case(lamp))
    assert told() == ""
    owner_connection.execute("UPDATE cases_case SET state = state - 'followers' WHERE id = %s", [lamp])
    assert "主件却没有登记它" in told()


def test_erased_by_law_the_journal_still_verifies(wuxi: Township, lamp: int) -> None:
    now = local(timezone.now())
    with system_scope("测试"):
        contact = Case.objects.get(pk=lamp).contact
        assert contact is not None
        digest = Attachment.objects.get().digest
        with pytest.raises(Invalid, match="依据"):
            erase(lamp, ground=" ", now=now, setting=wuxi.setting)
        with pytest.raises(Invalid, match="只有 6 步"):
            erase(lamp, steps=[7], ground="个人信息保护法第四十七条", now=now, setting=wuxi.setting)
    with system_scope("测试"):
        assert erase(lamp, ground="个人信息保护法第四十七条", now=now, setting=wuxi.setting) == 6
    with system_scope("测试"):
        assert not Text.objects.filter(no__lte=6, content__isnull=False).exists()
        assert not Word.objects.exists()
        assert masked(contact) == vault.ERASED
        assert Text.objects.get(no=7).content == (
            "第 1、2、3、4、5、6 步的文字和附件已依法删除。依据：个人信息保护法第四十七条"
        )
    with pytest.raises(FileNotFoundError):
        installed_files().open(digest)
    assert told() == ""


def test_erasing_one_step_leaves_the_others(wuxi: Township, lamp: int) -> None:
    with system_scope("测试"):
        erase(lamp, steps=[3], ground="个人信息保护法第四十七条", now=local(timezone.now()), setting=wuxi.setting)
    with system_scope("测试"):
        assert Text.objects.get(no=1, name="text").content == "会溪桥头的路灯不亮了。"
        assert Text.objects.get(no=3, name="reason").content is None
        assert Word.objects.filter(word="路灯").exists()
    assert told() == ""


def test_nobody_else_can_erase(wuxi: Township, lamp: int) -> None:
    with pytest.raises(PermissionError), wuxi.acting("331125201-room-head"):
        erase(lamp, ground="依据", now=local(timezone.now()), setting=wuxi.setting)


def test_history_of_ended_and_suspended_cases_is_clean(wuxi: Township, lamp: int) -> None:
    handler = wuxi.handler("331125201-村容村貌")
    until = local(timezone.now()) + timedelta(days=5)
    wuxi.act(handler, lamp, A.REQUEST_SUSPENSION, until=until, reason="等配件")
    wuxi.act("331125201-chief", lamp, A.GRANT_SUSPENSION)
    assert told() == ""
    wuxi.act(handler, lamp, A.RESUME)
    wuxi.act(handler, lamp, A.FINISH, text="修好了", files=1)
    wuxi.act("331125201-dispatcher", lamp, A.VERIFY)
    wuxi.act("reporter", lamp, A.RATE)
    assert told() == ""
