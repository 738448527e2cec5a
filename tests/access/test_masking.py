"""What remains readable of a reporter."""

import pytest

from sipingtai.access.masking import mask_address, mask_name, mask_phone, phone_digits


@pytest.mark.parametrize(
    ("name", "masked"),
    [("张三丰", "张**"), ("张三", "张**"), ("阿卜杜拉·买买提", "阿**"), (" 李四", "李**"), ("", "")],
)
def test_a_name_keeps_its_first_character_and_hides_its_length(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("phone", "masked"),
    [
        ("13812345678", "138****5678"),
        ("+86 138-1234-5678", "138****5678"),
        ("008613812345678", "138****5678"),
        ("１３８１２３４５６７８", "138****5678"),
        ("0573-84210000", "****00"),
        ("84210012", "****12"),
        ("12345", "****"),
        ("", ""),
        ("没有", ""),
    ],
)
def test_a_mobile_number_keeps_three_and_four_digits(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_one_number_has_one_spelling() -> None:
    assert phone_digits("+86 138 1234 5678") == phone_digits("138-1234-5678") == "13812345678"
    assert phone_digits("0573 8421 0000") == "057384210000"


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("某县某镇某村12号", "某县某镇****"),
        ("某区某街道某社区3幢201室", "某区某街道****"),
        ("幸福路8号", "****"),
        ("", ""),
    ],
)
def test_an_address_stops_at_the_township(address: str, masked: str) -> None:
    assert mask_address(address) == masked
