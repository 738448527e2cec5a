"""Which column is which is guessed from its heading, and an unsure guess is never made."""

import pytest

from sipingtai.insight.sheets import Field, SheetError, guess


def chosen(*columns: str, sample: tuple[tuple[str, ...], ...] = ()) -> dict[str, str]:
    return {field.value: choice.heading for field, choice in guess(columns, sample).fields.items()}


def test_a_portal_export_is_understood() -> None:
    mapping = guess(("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "反对数", "点赞数", "备注"), ())
    assert {field.value: choice.heading for field, choice in mapping.fields.items()} == {
        "external_id": "留言编号",
        "reporter_name": "留言用户",
        "title": "留言主题",
        "reported_at": "留言时间",
        "text": "留言详情",
    }
    assert mapping.unused == ("备注",)
    assert mapping.fields[Field.TEXT].reason == "表头为“留言详情”"


def test_a_hotline_export_is_understood() -> None:
    assert chosen(
        "工单号", "来电人", "联系电话", "来电时间", "事发地点", "一级标签", "诉求内容", "办理结果", "答复时间"
    ) == {
        "external_id": "工单号",
        "reporter_name": "来电人",
        "phone": "联系电话",
        "reported_at": "来电时间",
        "address": "事发地点",
        "category_hint": "一级标签",
        "text": "诉求内容",
        "reply": "办理结果",
        "replied_at": "答复时间",
    }


def test_remarks_blanks_and_full_width_letters_in_a_heading_do_not_matter() -> None:
    assert chosen("* 编 号", "联系电话（必填）", "问题描述：", "ＩＤ") == {
        "external_id": "* 编 号",
        "phone": "联系电话（必填）",
        "text": "问题描述：",
    }


def test_a_distinct_heading_beats_a_loose_one_and_one_that_contains_it() -> None:
    assert chosen("内容", "留言详情", "群众诉求内容摘要")["text"] == "留言详情"
    assert chosen("群众诉求内容", "备注")["text"] == "群众诉求内容"
    assert chosen("回复内容", "内容") == {"reply": "回复内容", "text": "内容"}


def test_an_empty_column_gives_way_to_a_filled_one() -> None:
    assert chosen("诉求内容", "问题描述", sample=(("", "井盖松动"), (" ", "路灯不亮")))["text"] == "问题描述"


def test_two_text_columns_are_not_chosen_between() -> None:
    with pytest.raises(SheetError, match="有 2 列都像是事项内容：“诉求内容”、“问题描述”") as caught:
        guess(("编号", "诉求内容", "问题描述"), (("1", "甲", "乙"),))
    assert "“编号”" in str(caught.value)


def test_without_a_text_column_the_clerk_is_told_what_was_seen_and_what_is_expected() -> None:
    with pytest.raises(SheetError, match="没有找到事项内容所在的列") as caught:
        guess(("编号", "备注"), ())
    assert "“备注”" in str(caught.value)
    assert "“留言详情”" in str(caught.value)


def test_a_serial_number_is_no_identity() -> None:
    assert "external_id" not in chosen("序号", "内容")
