"""The tokens of a text never miss a query that the text contains."""

from hypothesis import given
from hypothesis import strategies as st

from sipingtai.insight.bigrams import bigrams, matches, normalise, query_terms

TEXTS = st.text(
    alphabet=st.one_of(st.sampled_from("道路照明不亮AaBb12３，。 _\n-é①İßΣ㎡𠮷"), st.characters()), max_size=60
)


def found(query: str, text: str) -> bool:
    """As the database does it: tokens first, containment after."""
    terms, tokens = query_terms(query), bigrams(text)
    by_tokens = terms.required <= tokens and (
        not terms.prefix or any(token.startswith(terms.prefix) for token in tokens)
    )
    return by_tokens and matches(terms, text)


def test_a_chinese_text_becomes_pairs_and_the_end_of_each_run() -> None:
    assert bigrams("路灯不亮，危险") == {"路灯", "灯不", "不亮", "亮", "危险", "险"}


def test_a_number_is_kept_whole_beside_its_pairs() -> None:
    assert bigrams("井盖ＡＢ12号") == {"井盖", "盖a", "ab", "b1", "12", "2号", "号", "ab12"}
    assert "1" * 32 in bigrams("1" * 32)
    assert bigrams("1" * 33) == {"11", "1"}


def test_a_part_of_a_word_is_found() -> None:
    assert found("3800", "电话13800000000")
    assert found("灯不", "路灯不亮")
    assert not found("灯亮", "路灯不亮")


def test_a_query_of_one_character_is_found_wherever_it_stands() -> None:
    assert query_terms("亮").prefix == "亮"
    assert found("路", "路灯不亮")
    assert found("亮", "路灯不亮")
    assert not found("水", "路灯不亮")


def test_the_parts_of_a_query_may_stand_anywhere() -> None:
    assert found("不亮 北街", "北街路灯不亮")
    assert not found("不亮 南街", "北街路灯不亮")


def test_tokens_alone_do_not_decide() -> None:
    text = "不亮路灯，灯不"
    assert query_terms("路灯不亮").required <= bigrams(text)
    assert not found("路灯不亮", text)


def test_a_word_enclosed_in_the_query_must_be_whole_in_the_text() -> None:
    assert "ab12" in query_terms("在ab12处").required
    assert "ab12" not in query_terms("ab12处").required
    assert found("在AB12处", "停在ab12处了")


def test_width_and_case_do_not_matter() -> None:
    assert found("ｗｉｆｉ", "没有WiFi")


def test_punctuation_alone_cannot_be_searched() -> None:
    assert not query_terms("，。").searchable
    assert not query_terms("  ").searchable
    assert query_terms("水").searchable


@given(TEXTS, st.data())
def test_every_part_of_a_text_has_its_pairs_among_the_texts(text: str, data: st.DataObject) -> None:
    searched = normalise(text)
    start = data.draw(st.integers(0, len(searched)))
    part = searched[start : data.draw(st.integers(start, len(searched)))]
    assert {token for token in bigrams(part) if len(token) == 2} <= bigrams(text)
    assert query_terms(part).required <= bigrams(text)
    if query_terms(part).searchable:
        assert found(part, text)


@given(TEXTS)
def test_normalising_twice_changes_nothing(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)
