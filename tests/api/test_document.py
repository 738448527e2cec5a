"""The OpenAPI document and its page: complete, and without a foreign script."""

import json
import re
from pathlib import Path

import pytest
from django.test import Client

from sipingtai.access import tokens
from sipingtai.api.requests import MoveIn
from sipingtai.config.security import CONTENT_SECURITY_POLICY
from sipingtai.loop.intake.channels import CHANNELS

pytestmark = pytest.mark.django_db
OPERATIONS = {
    ("POST", "/api/v1/cases"),
    ("GET", "/api/v1/cases"),
    ("GET", "/api/v1/cases/{number}"),
    ("GET", "/api/v1/cases/{number}/journal"),
    ("POST", "/api/v1/cases/{number}/{action}"),
    ("POST", "/api/v1/files"),
}


def _document() -> dict:
    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200
    return json.loads(answer.content)


def test_every_operation_is_described_with_its_errors() -> None:
    paths = _document()["paths"]
    assert {(method.upper(), path) for path, methods in paths.items() for method in methods} == OPERATIONS
    for methods in paths.values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]
            assert operation["security"] == [{"Bearer": []}]
            for status, answer in operation["responses"].items():
                kind = "application/json" if int(status) < 400 else "application/problem+json"
                assert list(answer["content"]) == [kind]
            assert {"401", "403", "429", "500"} <= operation["responses"].keys()


def test_every_reference_of_the_document_leads_somewhere() -> None:
    document = _document()
    named = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert named <= document["components"]["schemas"].keys()
    assert "examples" in document["components"]["schemas"]["ReportIn"]
    assert document["components"]["schemas"]["ReportIn"]["additionalProperties"] is False


def test_the_key_of_a_report_is_a_required_header() -> None:
    parameters = _document()["paths"]["/api/v1/cases"]["post"]["parameters"]
    assert [(p["in"], p["name"], p["required"]) for p in parameters] == [("header", "Idempotency-Key", True)]


def test_the_page_lists_every_operation_under_the_strict_policy() -> None:
    answer = Client().get("/api/v1/docs")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert answer["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    for method, path in OPERATIONS:
        assert f"{method} {path}" in page
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//|<script(?![^>]*\ssrc=)|\sstyle=""", page)


def test_the_written_document_names_every_field_scope_and_channel() -> None:
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    names = {*tokens.SCOPES, *MoveIn.model_fields, *(c for found in CHANNELS.values() for c in found)}
    assert {name for name in names if f"`{name}`" not in text} == set()
