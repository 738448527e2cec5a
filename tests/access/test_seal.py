"""Digests, canonical form and links of the journal."""

import datetime as dt
import enum
import uuid
from zoneinfo import ZoneInfo

import pytest

from sipingtai.access import seal, sm


def test_a_digest_depends_on_text_and_salt() -> None:
    salt, other = seal.new_salt(), seal.new_salt()
    assert salt != other
    assert seal.salted_digest("路灯不亮", salt) == seal.salted_digest("路灯不亮".encode(), salt)
    assert seal.salted_digest("路灯不亮", salt) == sm.hmac_sm3(salt, "路灯不亮".encode())
    assert seal.salted_digest("路灯不亮", salt) != seal.salted_digest("路灯不亮", other)
    assert seal.salted_digest("路灯不亮", salt) != seal.salted_digest("路灯亮了", salt)


def test_a_digest_without_a_full_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="16 bytes"):
        seal.salted_digest("x", b"")


def test_the_canonical_form_does_not_depend_on_the_order_of_keys() -> None:
    assert seal.canonical({"b": [1, None, True], "a": "路灯"}) == seal.canonical({"a": "路灯", "b": (1, None, True)})
    assert seal.canonical({"b": [1, None, True], "a": "路灯"}) == '{"a":"路灯","b":[1,null,true]}'.encode()


class Stage(enum.StrEnum):
    REPORTED = "reported"


def test_moments_days_ids_and_enums_have_one_spelling() -> None:
    moment = dt.datetime(2024, 2, 9, 8, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
    assert seal.canonical(moment) == b'"2024-02-09T00:30:00.000000Z"'
    assert seal.canonical(moment) == seal.canonical(moment.astimezone(dt.UTC))
    assert seal.canonical(dt.date(2024, 2, 9)) == b'"2024-02-09"'
    assert seal.canonical(uuid.UUID(int=1)) == b'"00000000-0000-0000-0000-000000000001"'
    assert seal.canonical([Stage.REPORTED, b"\x01\xff"]) == b'["reported","01ff"]'


@pytest.mark.parametrize("value", [1.0, float("nan"), {"a": [0.5]}, {1: "a"}, {None: 1}, object(), {1, 2}])
def test_what_has_no_one_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError):
        seal.canonical(value)


def test_a_moment_without_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        seal.canonical(dt.datetime(2024, 2, 9))  # noqa: DTZ001


def test_a_link_covers_key_previous_and_body() -> None:
    first = seal.link(b"k" * 32, seal.GENESIS, b"one")
    assert first == sm.hmac_sm3(b"k" * 32, seal.GENESIS + b"one")
    second = seal.link(b"k" * 32, first, b"two")
    assert len({first, second, seal.link(b"j" * 32, first, b"two"), seal.link(b"k" * 32, first, b"2")}) == 4
    assert second != seal.link(b"k" * 32, seal.GENESIS, b"two")


def test_a_link_needs_a_whole_previous_one() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        seal.link(b"k" * 32, b"", b"one")
