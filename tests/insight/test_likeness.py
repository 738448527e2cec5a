"""疑似重复: which reports may be one matter."""

import pytest

from sipingtai.insight.likeness import NEAR, Matter, around, distance, likeness

GATE = (119.5600, 28.1000)
NEXT_DOOR = (119.5604, 28.1000)  # 39 m
ACROSS_THE_VALLEY = (119.5700, 28.1000)  # 980 m


def matter(text: str, category: str = "17002", point: tuple[float, float] | None = GATE) -> Matter:
    return Matter(text=text, category=category, point=point)


LAMP = matter("村口路灯不亮了，晚上走路看不清")


def test_the_same_lamp_told_by_a_neighbour_is_the_same_matter() -> None:
    found = likeness(LAMP, matter("路灯不亮，村口晚上看不清", point=NEXT_DOOR))
    assert found.same
    assert found.reasons == ("类别相同", "文字相近", "相距约 40 米")


def test_the_same_words_across_the_valley_are_another_matter() -> None:
    assert not likeness(LAMP, matter("村口路灯不亮了，晚上走路看不清", point=ACROSS_THE_VALLEY)).same


def test_another_matter_at_the_same_place_is_another_matter() -> None:
    assert not likeness(LAMP, matter("垃圾桶满了没人清", category="04001")).same


def test_the_same_category_at_the_same_place_in_other_words_needs_some_words_in_common() -> None:
    assert not likeness(LAMP, matter("灯杆倾斜")).same
    assert likeness(LAMP, matter("路灯不亮三天了")).same


def test_where_no_place_is_known_the_words_and_the_category_decide() -> None:
    nowhere = matter("路灯不亮，村口晚上看不清", point=None)
    assert likeness(LAMP, nowhere).same
    assert likeness(LAMP, nowhere).metres is None


@pytest.mark.parametrize("other", [NEXT_DOOR, ACROSS_THE_VALLEY])
def test_it_is_the_same_from_both_sides(other: tuple[float, float]) -> None:
    there = matter("路灯又不亮了", point=other)
    assert likeness(LAMP, there) == likeness(there, LAMP)


def test_a_report_without_words_resembles_none() -> None:
    assert likeness(LAMP, matter("")).overlap == 0
    assert likeness(matter(""), matter("")).overlap == 0


def test_metres_are_metres() -> None:
    assert distance((120.0, 30.0), (120.0, 30.001)) == pytest.approx(111.3, abs=0.5)
    assert distance((120.0, 60.0), (120.001, 60.0)) == pytest.approx(55.7, abs=0.5)


def test_what_lies_around_reaches_as_far_as_a_matter_may_lie_apart() -> None:
    west, south, east, north = around(GATE)
    assert distance(GATE, (east, GATE[1])) == pytest.approx(NEAR, rel=0.001)
    assert distance(GATE, (west, GATE[1])) == pytest.approx(NEAR, rel=0.001)
    assert distance(GATE, (GATE[0], south)) == distance(GATE, (GATE[0], north)) == pytest.approx(NEAR, rel=0.001)
