"""A suggestion names the words it rests on, and is the same every time."""

from sipingtai.insight.categorise import CategoryWords, suggest

NOISE = CategoryWords("0201", "噪声扰民", ("噪音", "噪声", "扰民", "夜间施工"))
WASTE = CategoryWords("0202", "垃圾清运", ("垃圾", "垃圾清运", "异味"))
AIR = CategoryWords("0203", "大气污染", ("焚烧", "垃圾焚烧", "异味"))
ALL = (NOISE, WASTE, AIR)


def codes(text: str, top: int = 3) -> list[str]:
    return [found.code for found in suggest(text, ALL, top)]


def test_the_reason_names_the_words_found() -> None:
    (found,) = suggest("楼下夜间施工，噪音很大", ALL)
    assert (found.code, found.reason_zh) == ("0201", "文中提到“夜间施工”、“噪音”")
    assert "%" not in found.reason_zh


def test_the_longest_word_wins_where_words_overlap() -> None:
    assert codes("村口垃圾焚烧") == ["0203"]
    assert suggest("垃圾清运", ALL)[0].reason_zh == "文中提到“垃圾清运”"


def test_a_word_that_two_categories_claim_counts_half_for_each() -> None:
    shared = suggest("有异味", ALL)
    assert [found.code for found in shared] == ["0202", "0203"]
    assert shared[0].score == shared[1].score == suggest("垃圾", ALL)[0].score / 2


def test_a_repeated_word_counts_more_but_not_without_end() -> None:
    once, twice, often, endless = (suggest("垃圾，" * times, ALL)[0].score for times in (1, 2, 3, 300))
    assert once < twice < often == endless


def test_no_more_than_asked_for_are_suggested() -> None:
    assert codes("噪音、垃圾和焚烧", top=2) == ["0201", "0202"]


def test_nothing_found_is_no_suggestion() -> None:
    assert suggest("想问一下办事时间", ALL) == ()
    assert suggest("", ALL) == ()
    assert suggest("噪音", ()) == ()
    assert suggest("噪音", (CategoryWords("1", "空", ("", " ")),)) == ()


def test_letters_match_in_either_case_and_signs_are_taken_literally() -> None:
    words = (CategoryWords("1", "通信", ("wifi", "5G", "c++", "(a|b)*")),)
    assert suggest("WiFi 断了", words)[0].reason_zh == "文中提到“wifi”"
    assert suggest("会 C++", words)[0].code == "1"
    assert suggest("aaa", words) == ()


def test_the_order_of_the_categories_does_not_matter() -> None:
    text = "异味、噪音、垃圾清运和焚烧"
    assert suggest(text, ALL) == suggest(text, tuple(reversed(ALL)))
