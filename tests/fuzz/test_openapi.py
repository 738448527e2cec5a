"""The program face against its own document (schemathesis): whatever is sent, the answer is one that is documented.

Requests are made from the OpenAPI document, right ones and wrong ones, and sent through the whole WSGI stack with
tokens of several posts; the numbers of real cases in every stage are put into them. SIPINGTAI_FUZZ=20 looks longer.
"""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from attrs import frozen
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import DjangoDbBlocker
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.schemas import APIOperation, BaseSchema

from sipingtai.access import tokens
from sipingtai.access.actor_scope import system_scope
from sipingtai.api import throttle
from sipingtai.api.moving import ASKED
from sipingtai.cases.models import Case
from sipingtai.core.calendar import local
from sipingtai.org.setting import load
from tests.fuzz.amount import examples
from tests.loop.stages import fill
from tests.township import Township

pytestmark = pytest.mark.django_db
OPERATIONS = (
    ("/api/v1/cases", "GET"),
    ("/api/v1/cases", "POST"),
    ("/api/v1/cases/{number}", "GET"),
    ("/api/v1/cases/{number}/journal", "GET"),
    ("/api/v1/cases/{number}/{action}", "POST"),
    ("/api/v1/files", "POST"),
)
POSTS = (
    "331125201-intake",
    "331125201-dispatcher",
    "331125201-chief",
    "331125201-office-10",
    "331125201-platform-2-clerk",
    "331125201-grid-01",
    "331125-dispatcher",
    "331125201-system",
)
# A well-formed request may still be refused by the business; that is no fault of the document's.
NOT_OURS = ("positive_data_acceptance", "use_after_free", "ensure_resource_availability", "ignored_auth")


@frozen
class Place:
    """A county and a township with cases in every stage, and the ways to ask about them."""

    schema: BaseSchema
    numbers: list[str]
    tokens: list[str]


@pytest.fixture(scope="module")
def place(wuxi: Township, django_db_blocker: DjangoDbBlocker) -> Place:
    """Really stored; the township's own end empties the tables."""
    load_all_checks()
    with django_db_blocker.unblock():
        now = local(timezone.now())
        fill(load(now.date()), "331125201", 24, now)
        with system_scope("测试"):
            numbers = list(Case.objects.order_by("id").values_list("number", flat=True))
            raw = [tokens.issue(wuxi.account(a), list(tokens.SCOPES), 1) for a in POSTS]
            raw.append(tokens.issue(wuxi.account(POSTS[0]), ["cases:report"], 1))
        schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", get_wsgi_application())
    return Place(schema, numbers, raw)


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """More requests than a token may make, all within the test's own transaction: its connection must stay open."""
    monkeypatch.setattr(throttle, "PER_MINUTE", 10**9)
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_every_operation_is_tried(place: Place) -> None:
    found = {(o.path, o.method.upper()) for r in place.schema.get_all_operations() if (o := r.ok())}
    assert found == set(OPERATIONS)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE], ids=["right", "wrong"])
@pytest.mark.parametrize(("path", "method"), OPERATIONS, ids=lambda x: x.strip("/").replace("api/v1/", ""))
def test_every_answer_is_documented(place: Place, path: str, method: str, mode: GenerationMode) -> None:
    operation: APIOperation = place.schema[path][method]
    excluded = [check for name, check in _checks() if name in NOT_OURS]

    @given(
        case=operation.as_strategy(generation_mode=mode),
        number=st.sampled_from(place.numbers),
        action=st.sampled_from([*ASKED, "report", "rehome", ""]),
        token=st.sampled_from(place.tokens),
        real=st.integers(0, 9),
    )
    @examples(40)
    def ask(case: schemathesis.Case, number: str, action: str, token: str, real: int) -> None:
        if real and "number" in (case.path_parameters or {}):
            case.path_parameters["number"] = number  # one that no generator would guess
            if real > 2 and "action" in case.path_parameters:
                case.path_parameters["action"] = action or case.path_parameters["action"]
            excluded_now = [*excluded, *(check for name, check in _checks() if name == "negative_data_rejection")]
        else:
            excluded_now = excluded
        case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, excluded_checks=excluded_now)

    ask()


def _checks() -> list[tuple[str, Any]]:
    return list(zip(CHECKS.get_all_names(), CHECKS.get_all(), strict=True))
