"""Who should handle a matter: a ruling before the rule, the rule before practice, practice before the duty list."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sipingtai.insight.routing import (
    MOST,
    Advice,
    Clause,
    Known,
    Practice,
    Returned,
    Rule,
    Ruling,
    assisting,
    by_rules,
)

PLATFORM, ROADS, GREENS, POLICE = 1, 2, 3, 4
NOW = datetime(2026, 11, 18, tzinfo=UTC)
WORDS = ("路灯", "路灯不亮", "公共设施")
RULE = Rule(scheme="四个平台", platform=PLATFORM, office=ROADS)


def ruling(unit: int, returned_by: int, days: int = 1) -> Ruling:
    return Ruling(
        number=f"no-{days}", about="桥头路灯", at=NOW - timedelta(days=days), unit=unit, returned_by=returned_by
    )


def practice(unit: int, done: int, passed_on: int = 0, **more: int) -> Practice:
    return Practice(unit=unit, **{"done": done, "passed_on": passed_on, "reworked": 0, "assisted": 0, **more})


def advice(text: str = "路灯不亮", **fields: Any) -> tuple[Advice, ...]:
    return by_rules(text, Known(words=WORDS, **fields))


def test_the_pack_s_rule_is_followed_where_nothing_else_is_known() -> None:
    assert advice(rule=RULE) == (Advice(unit=ROADS, grounds=(RULE,)),)


def test_a_rule_that_names_a_platform_alone_leads_to_the_platform() -> None:
    assert [a.unit for a in advice(rule=Rule(scheme="四个平台", platform=PLATFORM, office=None))] == [PLATFORM]


def test_a_final_ruling_wins_over_the_rule_and_the_rule_is_kept_as_what_speaks_against_it() -> None:
    ruled = ruling(GREENS, ROADS)
    best, other = advice(rule=RULE, rulings=(ruled,))
    assert (best.unit, best.grounds, best.against) == (GREENS, (ruled,), (RULE,))
    assert (other.unit, other.against) == (ROADS, (ruled,))


def test_the_latest_ruling_wins_over_an_earlier_one_which_is_shown() -> None:
    late, early = ruling(GREENS, ROADS, 1), ruling(ROADS, GREENS, 90)
    assert advice(rulings=(late, early))[0] == Advice(unit=GREENS, grounds=(late,), against=(early,))


def test_whoever_gave_this_matter_back_is_not_suggested_again_unless_a_later_ruling_says_so() -> None:
    returned = Returned(unit=GREENS, returned_by=ROADS, at=NOW - timedelta(days=2))
    assert [a.unit for a in advice(rule=RULE, returned=(returned,))] == [GREENS]
    before = ruling(ROADS, ROADS, 30)
    assert [a.unit for a in advice(rule=RULE, returned=(returned,), rulings=(before,))] == [GREENS]
    ruled = ruling(ROADS, ROADS, 1)
    assert advice(rule=RULE, returned=(returned,), rulings=(ruled,))[0].unit == ROADS


def test_where_such_matters_ended_speaks_for_an_office_unless_it_passed_most_of_them_on() -> None:
    units = [a.unit for a in advice(practice=(practice(ROADS, 2), practice(GREENS, 5), practice(POLICE, 1, 4)))]
    assert units == [GREENS, ROADS]


def test_practice_that_differs_from_the_rule_is_shown_as_such() -> None:
    often = practice(GREENS, 9)
    best, other = advice(rule=RULE, practice=(practice(ROADS, 1), often))
    assert (best.unit, best.against) == (ROADS, (often,))
    assert (other.unit, other.against) == (GREENS, (RULE,))


def test_a_clause_of_the_duty_list_speaks_for_its_office_by_the_words_it_names() -> None:
    clauses = (
        Clause(unit=ROADS, number="1", text="城乡规划建设"),
        Clause(unit=ROADS, number="2", text="公共设施维护"),
        Clause(unit=GREENS, number="7", text="路灯不亮的报修"),
    )
    first, second = advice(clauses=clauses)
    assert (first.unit, second.unit) == (GREENS, ROADS)  # its words stand in the matter itself
    assert [c.words for c in (*first.grounds, *second.grounds) if isinstance(c, Clause)] == [
        ("路灯不亮",),
        ("公共设施",),
    ]


def test_no_more_than_three_are_suggested_and_nothing_known_is_no_suggestion() -> None:
    assert len(advice(practice=tuple(practice(unit, unit) for unit in range(1, 9)))) == MOST
    assert advice() == ()


def test_who_assisted_is_told_by_matters() -> None:
    known = Known(practice=(practice(ROADS, 3), practice(POLICE, 0, assisted=2)))
    assert assisting(known) == {POLICE: 2}
