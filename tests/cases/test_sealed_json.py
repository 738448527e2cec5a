"""The journal's spelling: that of `access.seal.canonical`, kept to the byte."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipingtai.access import seal
from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import Step
from sipingtai.cases.sealed_json import spelled
from tests.cases.tampering import rows
from tests.township import Township

_INT = st.integers(min_value=-(2**63), max_value=2**63 - 1)
_TEXT = st.text(st.characters(exclude_categories=["Cs"]))
PLAIN = st.recursive(
    st.none() | st.booleans() | _INT | _TEXT,
    lambda inside: st.lists(inside) | st.dictionaries(_TEXT, inside),
)


@given(PLAIN)
def test_it_is_the_canonical_form_of_every_plain_value(value: object) -> None:
    assert spelled(value) == seal.canonical(value)


@pytest.mark.django_db
def test_a_body_lies_in_the_table_as_it_was_sealed(wuxi: Township) -> None:
    wuxi.report("会溪桥头的路灯不亮了。")
    with system_scope("测试"):
        (body,) = Step.objects.values_list("body", flat=True)
        assert rows("SELECT body::text FROM cases_step") == [(spelled(body).decode(),)]
