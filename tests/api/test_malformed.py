"""Whatever a stranger's program sends: a problem that names it, never a failure of ours, never half a case."""

import json
import uuid
from typing import Any

import pytest
from django.test import Client

from sipingtai.access.actor_scope import system_scope
from sipingtai.api import problems, reporting
from sipingtai.cases import models
from tests.api.conftest import LAMP, Program, type_of_caller
from tests.township import Township

pytestmark = pytest.mark.django_db
CLERK = "331125201-intake"


def _nothing_stored() -> bool:
    with system_scope("测试"):
        return not any(t.objects.exists() for t in (models.Case, models.Step, models.Text, models.Word, models.Clock))


def _send(caller: Program, body: str | bytes, **extra: Any) -> Any:
    return caller.post("/cases", body, key=str(uuid.uuid4()), **extra)


@pytest.mark.parametrize(
    "body",
    [
        "{", "", "nul", '{"text": NaN}', '{"level": Infinity}', b"\xff\xfe{", b"\x00", '"\\x"', "{'a': 1}",
        "[" * 100_000, '{"a":' * 50_000, json.dumps(LAMP).encode("utf-16"),
        json.dumps(LAMP, ensure_ascii=False).encode("gb18030"),
        '{"level": ' + "9" * 5000 + "}",
    ],
    ids=lambda body: repr(body[:12]),
)  # fmt: skip
def test_what_is_no_json_is_refused(body: str | bytes, wuxi: Township, program: type_of_caller) -> None:
    answer = _send(program(CLERK), body)
    assert answer.status_code in (400, 422)
    assert answer["Content-Type"] == "application/problem+json"
    assert _nothing_stored()


@pytest.mark.parametrize("body", ["[]", "null", "1", '"text"', "[{}]", "true"])
def test_what_is_no_object_is_refused(body: str, wuxi: Township, program: type_of_caller) -> None:
    answer = _send(program(CLERK), body)
    assert (answer.status_code, answer.json()["fields"]) == (422, {"body": "应为 JSON 对象。"})


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=gbk", ""]
)
def test_other_content_types_are_refused(kind: str, wuxi: Township, program: type_of_caller) -> None:
    answer = _send(program(CLERK), json.dumps(LAMP), content_type=kind)
    assert (answer.status_code, answer.json()["code"]) == (415, "content_type")
    assert _nothing_stored()


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"channel": "rumour"}, "channel"),
        ({"channel": None}, "channel"),
        ({"channel": ["hotline"]}, "channel"),
        ({"text": ""}, "text"),
        ({"text": " \u200b\n\x00"}, "text"),
        ({"text": 5}, "text"),
        ({"text": "长" * 10_001}, "text"),
        ({"title": "长" * 81}, "title"),
        ({"place": {"a": 1}}, "place"),
        ({"category": "00000"}, "category"),
        ({"category": "17002\x00"}, "category"),
        ({"area": "33112520a"}, "area"),
        ({"area": "３３１１２５"}, "area"),
        ({"area": "331125201\n"}, "area"),
        ({"level": 6}, "level"),
        ({"level": 10**30}, "level"),
        ({"level": -1}, "level"),
        ({"level": 1.5}, "level"),
        ({"level": "1"}, "level"),
        ({"level": True}, "level"),
        ({"urgency": "now"}, "urgency"),
        ({"restricted": "yes"}, "restricted"),
        ({"restricted": 1}, "restricted"),
        ({"kind": "war"}, "kind"),
        ({"point": {"longitude": 181, "latitude": 28}}, "point.longitude"),
        ({"point": {"longitude": 119, "latitude": 90.0001}}, "point.latitude"),
        ({"point": {"longitude": "119", "latitude": 28}}, "point.longitude"),
        ({"point": {"longitude": 1e308, "latitude": 28}}, "point.longitude"),
        ({"point": {"longitude": True, "latitude": 28}}, "point.longitude"),
        ({"point": {"longitude": 119}}, "point.latitude"),
        ({"point": {"longitude": 119, "latitude": 28, "altitude": 5}}, "point.altitude"),
        ({"point": {"longitude": 119, "latitude": 28, "datum": "BD09"}}, "point.datum"),
        ({"point": [119, 28]}, "point"),
        ({"reported_at": "2999-01-01T00:00:00+08:00"}, "reported_at"),
        ({"reported_at": "2099-01-01T00:00:00+08:00"}, "reported_at"),
        ({"reported_at": "yesterday"}, "reported_at"),
        ({"reported_at": 1700000000}, "reported_at"),
        ({"reported_at": "0001-01-01T00:00:00+14:00"}, "reported_at"),
        ({"reported_at": "2026-02-30T00:00:00"}, "reported_at"),
        ({"reporter": {"phone": "12"}}, "phone"),
        ({"reporter": {"name": "名" * 51}}, "reporter.name"),
        ({"reporter": {"id_number": "1"}}, "reporter.id_number"),
        ({"reporter": "张三"}, "reporter"),
        ({"about": ["x"] * 21}, "about"),
        ({"about": "331125201-村容村貌"}, "about"),
        ({"files": ["x"]}, "files"),
        ({"files": [""]}, "files.0"),
        ({"sender": "me"}, "sender"),
        ({"__proto__": {}}, "__proto__"),
        ({"": 1}, "body"),
        ({"长" * 500: 1}, "长" * 60),
    ],
)  # fmt: skip
def test_a_wrong_field_is_named_and_nothing_is_stored(
    fields: dict[str, Any], named: str, wuxi: Township, program: type_of_caller
) -> None:
    answer = program(CLERK).report(**fields)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [named]), answer.content.decode()
    assert answer.json()["detail"]
    assert _nothing_stored()


def test_a_lone_surrogate_is_refused_wherever_it_stands(wuxi: Township, program: type_of_caller) -> None:
    for broken in ('{"text": "\\ud800"}', '{"\\ud800": 1}', '{"channel": "\\udfff", "text": "x"}'):
        answer = _send(program(CLERK), broken)
        assert answer.status_code == 422
        assert answer.json()["fields"]
    assert _nothing_stored()


def test_an_empty_body_is_named(wuxi: Township, program: type_of_caller) -> None:
    answer = _send(program(CLERK), b"")
    assert (answer.status_code, answer.json()["fields"]) == (422, {"body": "请求内容是空的，请以 JSON 对象提交。"})


def test_a_body_without_a_length_is_refused(wuxi: Township, program: type_of_caller) -> None:
    caller = program(CLERK)
    headers = caller.headers | {"Transfer-Encoding": "chunked"}
    answer = Client().generic("POST", "/api/v1/cases", b"", content_type="application/json", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (411, "length_required")


def test_no_answer_is_kept_in_a_cache(wuxi: Township, program: type_of_caller) -> None:
    caller = program(CLERK)
    for answer in (caller.get("/cases"), caller.get("/nothing/at/all"), caller.report(), Program("").get("/cases")):
        assert answer["Cache-Control"] == "no-store"


def test_a_body_beyond_the_limit_is_not_read(wuxi: Township, program: type_of_caller) -> None:
    answer = _send(program(CLERK), json.dumps(LAMP | {"text": "x" * 1024 * 1024}))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


@pytest.mark.parametrize("method", ["put", "patch", "delete", "head", "options", "trace"])
def test_other_methods_are_refused(method: str, wuxi: Township, program: type_of_caller) -> None:
    answer = getattr(Client(), method)("/api/v1/cases", headers=program(CLERK).headers)
    assert answer.status_code == 405
    assert set(answer["Allow"].split(", ")) == {"GET", "POST"}
    assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("path", ["/", "/nothing", "/cases/", "/cases/1/2/3", "/docs/x", "/cases/%00/%00/", "/../x"])
def test_an_unknown_address_is_a_problem_too(path: str, wuxi: Township, program: type_of_caller) -> None:
    for answer in (program(CLERK).get(path), program(CLERK).post(path, {})):
        assert answer.status_code in (404, 405)
        assert answer["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("number", ["%00", "'", "x" * 3000, "331125201-20260101-999999", "🏮", "..%2F", "0"])
def test_an_unknown_number_is_not_found(number: str, wuxi: Township, program: type_of_caller) -> None:
    clerk = program(CLERK)
    for answer in (
        clerk.get(f"/cases/{number}"),
        clerk.get(f"/cases/{number}/journal"),
        clerk.post(f"/cases/{number}/accept"),
    ):
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"


def test_a_broken_upload_is_refused(wuxi: Township, program: type_of_caller) -> None:
    clerk = program(CLERK)
    for kind, body in (
        ("application/json", b"{}"),
        ("multipart/form-data", b"x"),
        ("multipart/form-data; boundary=", b"x"),
        ("multipart/form-data; boundary=x", b"--x\r\nContent-Disposition: form-data; name=file\r\n\r\nabc"),
        ("multipart/form-data; boundary=x", b""),
        ("", b""),
    ):
        answer = clerk.post("/files", body, content_type=kind)
        assert answer.status_code in (400, 415, 422), (kind, answer.content)
        assert answer["Content-Type"] == "application/problem+json"


def test_a_failure_of_ours_has_an_incident_number_and_tells_nothing(
    wuxi: Township, program: type_of_caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("张三 13800000000")

    monkeypatch.setattr(reporting, "take_in", broken)
    answer = program(CLERK).report(text="秘密")
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected")
    assert answer.json()["incident"] in answer.json()["detail"]
    logged = "\n".join(r.getMessage() + str(r.exc_text or "") for r in caplog.records)
    assert answer.json()["incident"] in logged
    assert "RuntimeError" in logged
    assert not any(secret in logged + answer.content.decode() for secret in ("张三", "13800000000", "秘密"))
    assert set(problems.TITLES) >= {500, 503}
