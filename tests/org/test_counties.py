"""What the townships' documents say of the level above them stands in a county's pack, and no more."""

import pytest

from sipingtai.core.setting import Level
from sipingtai.org.packs.shelf import Shelf

from . import stated
from .conftest import document_alone


@pytest.mark.parametrize(
    ("code", "name", "room"),
    [
        ("331126", "庆元县", "县级社会治理综合指挥中心"),
        ("331102", "莲都区", "县级社会治理中心"),
        ("330602", "越城区", "区级平台"),
        ("330109", "萧山区", "区社会治理综合指挥中心"),
        ("331125", "云和县", "县社会服务管理指挥中心"),
    ],
)
def test_a_county_is_called_what_its_township_calls_it(code: str, name: str, room: str) -> None:
    pack = document_alone(code)
    assert (pack.code, pack.name, pack.level, pack.parent) == (code, name, Level.COUNTY, None)
    assert pack.room is not None
    assert pack.room.name is not None
    assert pack.room.name.name == room
    assert stated.left_out(pack)


def test_only_one_document_names_a_platform_or_an_office_of_its_county() -> None:
    for code in ("331126", "331102", "330602", "330109"):
        assert document_alone(code).platforms == document_alone(code).offices == ()
    assert [p.name for p in document_alone("331125").platforms] == ["政务投诉举报平台"]


def test_every_township_has_its_county_above_it(everything: Shelf) -> None:
    codes = {pack.code for pack in everything.packs}
    for pack in everything.packs:
        if pack.level is Level.TOWNSHIP:
            assert pack.parent == pack.code[:6]
            assert pack.parent in codes
            assert {e.to for e in pack.escalations} == {pack.parent}
