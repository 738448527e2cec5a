"""Tracking codes: unguessable, forgiving to type, stored as a digest."""

import re
from pathlib import Path

import pytest

from sipingtai.access import tracking
from sipingtai.access.keys import FileKeys


@pytest.fixture
def keys(tmp_path: Path) -> FileKeys:
    return FileKeys(tmp_path / "keys")


def test_a_code_has_eighty_bits_in_four_groups_without_lookalikes() -> None:
    codes = {tracking.new_code() for _ in range(500)}
    assert len(codes) == 500
    assert all(re.fullmatch(r"(?:[0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}", code) for code in codes)
    assert len(set("".join(codes)) - {"-"}) == 32


@pytest.mark.parametrize(
    "typed",
    [
        "7K2M-9QX0-04T1-WB1E",
        "7k2m9qx004t1wb1e",
        " 7K2M 9QXO O4TI WBLE ",
        "７Ｋ２Ｍ－９ＱＸ０－０４Ｔ１－ＷＢ１Ｅ",
        "7K2M—9QX0—04T1—WB1E",
        "7K2M.9QX0_04T1·WB1E\u3000",
    ],
)
def test_however_it_is_typed_it_is_the_same_code(typed: str, keys: FileKeys) -> None:
    assert tracking.normalise(typed) == "7K2M9QX004T1WB1E"
    assert tracking.digest(typed, keys) == tracking.digest("7K2M-9QX0-04T1-WB1E", keys)


@pytest.mark.parametrize("typed", ["", "7K2M", "7K2M-9QX0-04T1-WB1EE", "7K2M-9QX0-04T1-WB1U", "查询码", "A" * 10_000])
def test_what_cannot_be_a_code_is_refused_in_chinese(typed: str) -> None:
    with pytest.raises(ValueError, match="查询码应为 16 位"):
        tracking.normalise(typed)


def test_a_digest_is_keyed_and_survives_a_rotation(keys: FileKeys, tmp_path: Path) -> None:
    code = tracking.new_code()
    stored = tracking.digest(code, keys)
    assert stored != tracking.digest(code, FileKeys(tmp_path / "others"))
    keys.rotate("tracking")
    assert tracking.digest(code, keys) != stored
    assert tracking.digests(code, keys) == [tracking.digest(code, keys), stored]
