"""The partials and tags by themselves: what a screen reader hears, and what may never be rendered."""

import re

import pytest
from django import forms
from django.template import engines
from django.template.loader import render_to_string

from sipingtai.core.limits import ClockState
from sipingtai.faces.templatetags.faces import clock


class _Return(forms.Form):
    reason = forms.CharField(label="理由", help_text="写明职责清单的条款", error_messages={"required": "请写明理由。"})
    kind = forms.ChoiceField(label="方式", choices=[("a", "甲")], widget=forms.RadioSelect, required=False)


@pytest.fixture
def refused() -> _Return:
    form = _Return({})
    form.is_valid()
    return form


def test_a_field_is_tied_to_its_hint_and_its_error(refused: _Return) -> None:
    html = render_to_string("faces/parts/field.html", {"field": refused["reason"]})
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    ids = set(re.findall(r'\bid="([^"]+)"', html))
    assert len(described[1].split()) == 2
    assert set(described[1].split()) <= ids
    assert 'aria-invalid="true"' in html
    assert '<label for="id_reason">' in html


def test_choices_are_one_group_with_a_legend(refused: _Return) -> None:
    html = render_to_string("faces/parts/field.html", {"field": refused["kind"]})
    assert "<legend>方式</legend>" in html
    assert html.count("<fieldset") == html.count("</fieldset>") == 1


def test_the_summary_leads_to_the_field_that_is_wrong(refused: _Return) -> None:
    html = render_to_string("faces/parts/form_errors.html", {"form": refused})
    assert '<a href="#id_reason">理由</a>：请写明理由。' in html


@pytest.mark.parametrize("state", ClockState)
def test_every_clock_state_of_the_rules_has_a_chip_with_shape_and_word(state: ClockState) -> None:
    html = clock(state.name, "剩 <b>1</b> 天")
    assert "<use" in html
    assert "visually-hidden" in html
    assert "剩 &lt;b&gt;1&lt;/b&gt; 天" in html


def test_a_clock_of_no_known_state_is_refused() -> None:
    with pytest.raises(KeyError):
        clock("fine", "剩 1 天")


def test_a_list_without_rows_says_so() -> None:
    html = engines["django"].from_string('{% include "faces/parts/empty.html" with title="没有待办" %}').render({})
    assert "没有待办" in html
    assert "#inbox" in html
