"""A table of matters comes in: once, each row by itself, with its own time, and as history where it was answered."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import Case, Step, Text
from sipingtai.core.actions import Action
from sipingtai.core.calendar import TZ, local
from sipingtai.core.case import Outcome
from sipingtai.core.stages import Stage
from sipingtai.loop.errors import Refused
from tests.contacts import masked
from tests.township import Township

pytestmark = pytest.mark.django_db

HEADING = ("工单编号", "来电人", "联系电话", "反映时间", "标题", "内容", "类别", "地址", "答复意见", "答复时间")
LAMP = (
    "A1",
    "王小明",
    "13900000001",
    "2026-03-02 09:30",
    "路灯不亮",
    "桥头的路灯不亮，晚上看不见路。",
    "",
    "桥头",
    "",
    "",
)
DITCH = ("A2", "李四", "13900000002", "2026-03-03 10:00", "水沟堵了", "村口水沟堵塞，雨天漫水。", "17002", "", "", "")
ANSWERED = (
    "A3", "赵五", "13900000003", "2026-02-01 08:00", "垃圾没人清", "路边垃圾堆积三天。", "", "",
    "已经清运。", "2026-02-03 16:00",
)  # fmt: skip


def table(folder: Path, *rows: Sequence[str], name: str = "工单.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(",".join(row) for row in (HEADING, *rows)), "utf-8")
    return path


def bring_in(path: Path, capsys: pytest.CaptureFixture[str], **options: Any) -> str:
    call_command("import", str(path), **{"channel": "hotline", "area": "331125201"} | options)
    return capsys.readouterr().out


def cases(number: int | None = None) -> list[Case]:
    with system_scope("测试"):
        found = list(Case.objects.order_by("id"))
    assert number is None or len(found) == number
    return found


def test_each_row_becomes_a_case_with_its_own_time_and_clocks_from_now(
    wuxi: Township, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = bring_in(table(tmp_path, LAMP, DITCH), capsys)
    assert "内容 ← 内容（表头为“内容”）" in told
    assert "导入 2 件" in told
    lamp, ditch = cases(2)
    assert lamp.reported_at == datetime(2026, 3, 2, 9, 30, tzinfo=TZ)
    assert local(lamp.received_at).date() == local(datetime.now(TZ)).date()
    assert lamp.due_at is not None
    assert lamp.due_at > lamp.received_at
    assert lamp.category.startswith("17")  # by its words: 路灯
    assert ditch.category == "17002"  # as the table says
    assert lamp.stage == "reported"
    assert (lamp.sender, lamp.channel) == ("import:hotline:331125201", "hotline")
    with system_scope("测试"):
        assert dict(Text.objects.filter(case=lamp).values_list("name", "content")) == {
            "title": "路灯不亮", "text": "桥头的路灯不亮，晚上看不见路。", "place": "桥头",
        }  # fmt: skip
        assert lamp.contact is not None
        assert masked(lamp.contact).phone == "139****0001"


def test_the_same_table_again_adds_nothing_and_another_channel_is_another_table(
    wuxi: Township, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = table(tmp_path, LAMP, DITCH)
    bring_in(path, capsys)
    assert "导入 0 件" in (told := bring_in(path, capsys))
    assert "已导入过 2 件" in told
    cases(2)
    bring_in(path, capsys, channel="visit")
    cases(4)


def test_a_bad_row_is_rejected_alone_with_its_reason_and_can_be_mended(
    wuxi: Township, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong_phone = ("A4", "钱六", "12", "2026-03-02 09:30", "井盖", "井盖破了。", "", "", "", "")
    no_text = ("A5", "孙七", "13900000005", "2026-03-02 09:30", "空的", "", "", "", "", "")
    told = bring_in(table(tmp_path, LAMP, wrong_phone, no_text, DITCH), capsys)
    assert "导入 2 件" in told
    assert "不能导入 2 行" in told
    rejects = tmp_path / "工单-未导入.csv"
    text = rejects.read_text("utf-8-sig")
    assert "电话号码不正确" in text
    assert "内容为空" in text
    assert rejects.stat().st_mode & 0o077 == 0
    rejects.write_text(text.replace(",12,", ",13900000004,"), "utf-8-sig")
    assert "导入 1 件" in bring_in(rejects, capsys)
    cases(3)


def test_a_dry_run_tells_everything_and_keeps_nothing(
    wuxi: Township, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = bring_in(table(tmp_path, LAMP, DITCH), capsys, dry_run=True)
    assert "可导入 2 件" in told
    assert "没有保存" in told
    cases(0)


def test_history_comes_in_closed_with_its_reply_and_at_the_time_of_the_reply(
    wuxi: Township, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = bring_in(table(tmp_path, LAMP, ANSWERED), capsys, history=True)
    assert "作为历史事项办结 1 件" in told
    lamp, answered = cases(2)
    assert lamp.stage == "reported"  # nobody has answered it yet
    assert answered.closed_at == datetime(2026, 2, 3, 16, 0, tzinfo=TZ)
    case = wuxi.case(answered.pk)
    assert (case.stage, case.outcome, case.answered) == (Stage.CLOSED, Outcome.DONE, True)
    assert (case.clocks, case.holder) == ((), None)
    with system_scope("测试"):
        last = Step.objects.get(case=answered, no=2)
        assert (last.action, last.actor_kind) == ("close", "system")
        assert last.at > answered.closed_at + timedelta(days=1)  # the journal says when it was written
        assert Text.objects.get(case=answered, no=2, name="note").content == "已经清运。"


def test_a_matter_that_is_not_history_cannot_be_closed_from_reported(wuxi: Township) -> None:
    now = local(datetime.now(TZ))
    receipt = wuxi.report("路灯坏了")
    with pytest.raises(Refused, match="没有这个权限"):
        wuxi.act("331125201-intake", receipt.case_id, Action.CLOSE, text="好了", until=now)
    with pytest.raises(Refused, match="请填写截止时间"):
        wuxi.act("system", receipt.case_id, Action.CLOSE, text="好了")
    wuxi.act("331125201-intake", receipt.case_id, Action.CLASSIFY, reason="重报", level=2)
    with pytest.raises(Refused, match="历史事项"):
        wuxi.act("system", receipt.case_id, Action.CLOSE, text="好了", until=now)


def test_a_title_too_long_for_its_field_is_kept_whole_in_the_text(
    wuxi: Township, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    title = "关于道路的建议" * 20
    bring_in(table(tmp_path, ("A6", "", "", "2026-03-02 09:30", title, "请修路。", "", "", "", "")), capsys)
    (case,) = cases(1)
    with system_scope("测试"):
        texts = dict(Text.objects.filter(case=case).values_list("name", "content"))
    assert len(texts["title"]) == 80
    assert texts["text"] == f"{title}\n请修路。"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"area": "33112x"}, "区划代码只含数字"),
        ({"area": "110101"}, "还没有开通指挥室"),
        ({"rejects": Path("/nowhere/at/all.csv")}, "不存在"),
    ],
)
def test_what_cannot_work_is_said_before_anything_is_read(
    wuxi: Township, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: dict[str, Any], said: str
) -> None:
    with pytest.raises(CommandError, match=said):
        bring_in(table(tmp_path, LAMP), capsys, **options)


def test_a_file_that_is_no_table_is_refused_in_chinese(
    wuxi: Township, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError, match="PDF"):
        bring_in(tmp_path / "a.pdf", capsys)
    with pytest.raises(CommandError, match="无法读取"):
        bring_in(tmp_path / "absent.csv", capsys)
