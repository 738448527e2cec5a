"""Reports by a program: taken in once, from where the account stands, and never half."""

import uuid

import pytest

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases import models
from sipingtai.core.case import Channel
from tests.api.conftest import LAMP, photo, type_of_caller
from tests.township import Township

pytestmark = pytest.mark.django_db
CLERK, WORKER = "331125201-intake", "331125201-grid-01"


def _cases() -> int:
    with system_scope("测试"):
        return models.Case.objects.count()


def test_a_report_is_created_with_its_address(wuxi: Township, program: type_of_caller) -> None:
    clerk = program(CLERK)
    answer = clerk.report(reporter={"name": "张三", "phone": "13800000000"})
    assert answer.status_code == 201
    number = answer.json()["number"]
    assert answer["Location"] == f"/api/v1/cases/{number}"
    assert answer.json() == {"number": number, "new": True, "flagged": False, "alike": []}
    shown = clerk.get(f"/cases/{number}").json()
    assert (shown["stage"], shown["category"], shown["text"]) == ("reported", "17002", LAMP["text"])
    assert shown["reporter"] == {"name": "张**", "phone": "138****0000", "address": ""}


def test_the_same_key_twice_is_the_first_receipt_again(wuxi: Township, program: type_of_caller) -> None:
    clerk, key = program(CLERK), str(uuid.uuid4())
    first, second = clerk.report(key=key), clerk.report(key=key)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json() | {"new": False}
    assert second["Location"] == first["Location"]


@pytest.mark.parametrize(
    "other",
    [{"text": "又说一遍"}, {"title": "另一件"}, {"place": "别处"}, {"channel": "visit"}, {"category": "17003"},
     {"level": 3}, {"urgency": "urgent"}, {"restricted": True}, {"about": ["331125201-信访办"]},
     {"area": "331125201200"},
     {"point": {"longitude": 119.5, "latitude": 28.1}}, {"reported_at": "2026-03-02T09:30:00+08:00"}],
    ids=lambda body: next(iter(body)),
)  # fmt: skip
def test_the_same_key_with_something_else_is_refused(
    wuxi: Township, program: type_of_caller, other: dict[str, object]
) -> None:
    """A program that takes a new key for nothing new, or none for something new, is told so and loses nothing."""
    clerk, key = program(CLERK), str(uuid.uuid4())
    number = clerk.report(key=key).json()["number"]
    refused = clerk.report(key=key, **other)
    assert (refused.status_code, refused.json()["code"], refused.json()["number"]) == (422, "key_reused", number)
    again = clerk.report(key=key)
    assert (again.status_code, again.json()["number"]) == (200, number)
    assert clerk.report(key=str(uuid.uuid4()), **other).status_code == 201


def test_a_key_belongs_to_its_account(wuxi: Township, program: type_of_caller) -> None:
    key = str(uuid.uuid4())
    first = program(CLERK).report(key=key)
    other = program("331125201-dispatcher").report(key=key)
    assert other.status_code == 201
    assert other.json()["number"] != first.json()["number"]


@pytest.mark.parametrize("key", ["", "1", "x" * 5000, "00000000-0000-0000-0000-00000000000g"])
def test_a_report_needs_a_key_that_is_one(key: str, wuxi: Township, program: type_of_caller) -> None:
    answer = program(CLERK).post("/cases", LAMP, key=key)
    assert answer.status_code == 422
    assert "Idempotency-Key" in answer.json()["fields"]
    assert _cases() == 0


OFFICIAL = {"hotline", "visit", "liaison", "inspection", "department", "county", "police", "sensor", "meeting"}


@pytest.mark.parametrize(
    ("username", "admitted"),
    [
        (CLERK, OFFICIAL),
        ("331125201-chief", OFFICIAL),
        (WORKER, {"grid"}),
        ("331125201-village-01", {"station", "visit"}),
        ("331125201-platform-2-head", set()),
        ("331125201-assessor", set()),
    ],
)  # fmt: skip
def test_the_post_decides_which_channels_are_open(
    username: str, admitted: set[str], wuxi: Township, program: type_of_caller
) -> None:
    caller = program(username)
    codes = {channel.value: caller.report(channel=channel.value).status_code for channel in Channel}
    assert {channel for channel, code in codes.items() if code == 201} == admitted
    assert {code for channel, code in codes.items() if channel not in admitted} <= {403}


def test_a_grid_worker_reports_from_their_own_grid(wuxi: Township, program: type_of_caller) -> None:
    number = program(WORKER).report(channel="grid").json()["number"]
    with system_scope("测试"):
        row = models.Case.objects.get(number=number)
    assert row.grid in wuxi.standing(WORKER).units
    assert row.reporter_account == wuxi.account(WORKER).pk


def test_nobody_reports_from_another_township(wuxi: Township, program: type_of_caller) -> None:
    answer = program(CLERK).report(area="331125202")
    assert answer.status_code == 422
    assert answer.json()["fields"] == {"area": "这个区划不在您的辖区内，请核对区划代码。"}


def test_a_point_outside_the_area_is_taken_in_and_flagged(wuxi: Township, program: type_of_caller) -> None:
    clerk = program(CLERK)
    for longitude, latitude in ((116.4, 39.9), (0, 0), (-180, -90)):
        answer = clerk.report(point={"longitude": longitude, "latitude": latitude})
        assert answer.status_code == 201
        assert answer.json()["flagged"] is True
        assert clerk.get(answer["Location"].removeprefix("/api/v1")).json()["flagged"] is True


def test_a_flagged_report_is_flagged_when_sent_again(wuxi: Township, program: type_of_caller) -> None:
    clerk, key = program(CLERK), str(uuid.uuid4())
    far = {"longitude": 116.4, "latitude": 39.9, "datum": "GCJ02"}
    assert clerk.report(key=key, point=far).json()["flagged"] is True
    assert clerk.report(key=key, point=far).json()["flagged"] is True


def test_a_complaint_is_kept_from_the_office_it_is_about(wuxi: Township, program: type_of_caller) -> None:
    answer = program(CLERK).report(about=["331125201-村容村貌"])
    assert answer.status_code == 201
    with system_scope("测试"):
        assert models.Case.objects.get(number=answer.json()["number"]).shunned == [wuxi.unit("331125201-村容村貌")]
    unknown = program(CLERK).report(about=["331125201-没有这个", 2**52, "\x00"])
    assert unknown.json()["fields"] == {"about": "没有这个单位，请核对单位编码。"}


def test_a_file_is_uploaded_first_and_named_in_the_report(wuxi: Township, program: type_of_caller) -> None:
    clerk = program(CLERK)
    uploaded = clerk.upload(photo())
    assert uploaded.status_code == 201, uploaded.content
    answer = clerk.report(files=[uploaded.json()["id"]])
    assert answer.status_code == 201
    shown = clerk.get(f"/cases/{answer.json()['number']}").json()
    assert [(f["name"], f["mime"]) for f in shown["files"]] == [("现场.jpg", "image/jpeg")]
    other = program("331125201-dispatcher").report(files=[uploaded.json()["id"]])
    assert (other.status_code, list(other.json()["fields"])) == (422, ["files"])
    forged = clerk.report(files=[uploaded.json()["id"][:-1] + "_"])
    assert (forged.status_code, list(forged.json()["fields"])) == (422, ["files"])


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00program", b"<svg onload=alert(1)>", b"PK\x03\x04junk"])
def test_a_file_that_is_none_of_ours_is_refused(content: bytes, wuxi: Township, program: type_of_caller) -> None:
    answer = program(CLERK).upload(content)
    assert answer.status_code == 422
    assert answer.json()["fields"]["file"]


def test_the_receipt_names_what_the_report_may_repeat(program: type_of_caller) -> None:
    caller = program(CLERK)
    lamp = {"text": "会溪桥头的路灯不亮了，晚上看不见路。", "category": "17002"}
    first = caller.report(**lamp, point={"longitude": 119.56, "latitude": 28.1}).json()
    other = caller.report(text="桥头垃圾桶满了。", category="04001").json()
    again = caller.report(**lamp, point={"longitude": 119.5602, "latitude": 28.1}).json()
    assert [found["number"] for found in again["alike"]] == [first["number"]]
    assert again["alike"][0]["reasons"] == ["类别相同", "文字相近", "相距约 20 米"]
    assert first["alike"] == other["alike"] == []


def test_a_program_that_only_reports_is_told_of_no_other_case(program: type_of_caller) -> None:
    program(CLERK).report(text="会溪桥头的路灯不亮了。", category="17002")
    told = program(CLERK, "cases:report").report(text="会溪桥头的路灯不亮了。", category="17002")
    assert told.status_code == 201
    assert told.json()["alike"] == []
