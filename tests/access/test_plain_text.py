"""Free text as it is stored."""

import pytest

from sipingtai.access.plain_text import clean


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("  路灯不亮\r\n第二行\r第三行  ", "路灯不亮\n第二行\n第三行"),
        ("a\x00b\x07c\x1b[31m", "abc[31m"),
        ("\ufeff路\u200b灯", "路灯"),
        ("\u202e文字倒读", "文字倒读"),
        ("\u3164 \u115f\u1160\uffa0\u2800\u00ad\u180e", ""),
        ("桥\U000e0041\U000e007f塌了\u061c", "桥塌了"),
        ("cafe\u0301", "caf\u00e9"),
        ("\ud800坏字符", "坏字符"),
        ("一\u2028二\x85三", "一\n二\n三"),
        ("👨‍👩‍👧 ❤️ 🚒", "👨‍👩‍👧 ❤️ 🚒"),
        ("\t\n ", ""),
        ("一\t二", "一\t二"),
    ],
)
def test_one_text_has_one_form(typed: str, stored: str) -> None:
    assert clean(typed, 100, "描述") == stored
    assert clean(stored, 100, "描述") == stored


def test_too_long_a_text_is_refused_with_its_field_and_both_numbers() -> None:
    assert clean("字" * 200, 200, "描述") == "字" * 200
    with pytest.raises(ValueError, match="“描述”最多 200 个字，现在有 201 个字"):
        clean("字" * 201, 200, "描述")


def test_the_limit_counts_what_remains() -> None:
    assert clean(" " * 500 + "路灯", 2, "描述") == "路灯"
