"""Bodies nobody would write: whatever JSON comes, the answer is one of the contract's, and the journal stays whole."""

import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sipingtai.access.actor_scope import system_scope
from sipingtai.api.requests import ListIn, MoveIn, ReportIn
from sipingtai.cases import models
from tests.api.conftest import LAMP, type_of_caller
from tests.township import Township

pytestmark = pytest.mark.django_db
EXPECTED = {200, 201, 400, 403, 404, 409, 422}
HASTY = settings(
    max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ACTIONS = st.sampled_from(
    ("accept", "decline", "classify", "merge", "annotate", "restrict", "copy", "void", "supervise", "escalate", "link")
)

_leaf = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=30)
    | st.sampled_from(["\x00", "331125201", "17002", "plain", "normal", "2026-03-02T09:30:00", LAMP["text"]])
)  # fmt: skip
_json = st.recursive(
    _leaf, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def _bodies(known: type) -> st.SearchStrategy[dict[str, object]]:
    return st.dictionaries(st.sampled_from(sorted(known.model_fields)) | st.text(max_size=10), _json, max_size=4)


@HASTY
@given(fields=_bodies(ReportIn))
def test_any_report_is_taken_in_or_refused_with_its_reason(
    wuxi: Township, program: type_of_caller, fields: dict[str, object]
) -> None:
    answer = program("331125201-intake").post("/cases", json.dumps(LAMP | fields), key=str(uuid.uuid4()))
    assert answer.status_code in EXPECTED, answer.content
    with system_scope("测试"):
        assert models.Case.objects.count() == models.Step.objects.count()


@HASTY
@given(action=ACTIONS, body=_bodies(MoveIn))
def test_any_move_is_made_or_refused_with_its_reason(
    wuxi: Township, program: type_of_caller, action: str, body: dict[str, object]
) -> None:
    caller = program("331125201-room-head")
    number = caller.report().json()["number"]
    answer = caller.post(f"/cases/{number}/{action}", json.dumps(body))
    assert answer.status_code in EXPECTED, answer.content
    with system_scope("测试"):
        row = models.Case.objects.get(number=number)
        assert row.steps == models.Step.objects.filter(case=row).count()


@HASTY
@given(query=st.dictionaries(st.sampled_from(sorted(ListIn.model_fields)), st.text(max_size=20), max_size=3))
def test_any_query_is_answered(wuxi: Township, program: type_of_caller, query: dict[str, str]) -> None:
    assert program("331125201-intake").get("/cases", **query).status_code in EXPECTED
