"""Moves by a program: the table decides, the answer says what comes next, a loser is told what happened."""

import pytest
from django.utils import timezone

from sipingtai.access import seal
from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import Account
from sipingtai.cases import models
from sipingtai.core.posts import Post
from sipingtai.org.models import DutyClause
from tests.api.conftest import LAMP, photo, type_of_caller
from tests.loop.stages import one
from tests.township import Township

pytestmark = pytest.mark.django_db
CLERK, DISPATCHER = "331125201-intake", "331125201-dispatcher"


def _number(program: type_of_caller) -> str:
    return str(program(CLERK).report().json()["number"])


def _steps(number: str) -> int:
    with system_scope("测试"):
        return models.Case.objects.get(number=number).steps


def test_a_street_lamp_goes_from_report_to_close_by_programs_alone(wuxi: Township, program: type_of_caller) -> None:
    number = _number(program)
    assert program(CLERK).post(f"/cases/{number}/accept").json()["stage"] == "accepted"
    platform, office = wuxi.unit("331125201-综合执法平台"), "331125201-村容村貌"
    sent = program(DISPATCHER).post(f"/cases/{number}/dispatch", {"to": platform, "seen": 2}).json()
    assert (sent["stage"], sent["version"], sent["holder"]["id"]) == ("dispatched", 3, platform)
    program("331125201-platform-2-head").post(f"/cases/{number}/forward", {"to": office})
    handler = wuxi.handler(office)
    signed = program(handler).post(f"/cases/{number}/sign").json()
    assert "finish" in {move["action"] for move in signed["permitted"]}
    missing = program(handler).post(f"/cases/{number}/finish")
    assert (missing.status_code, missing.json()["code"]) == (422, "missing_text")
    bare = program(handler).post(f"/cases/{number}/finish", {"text": "已更换灯泡。"})
    assert bare.status_code == 422  # this category needs a photo
    shown = program(handler).upload(photo()).json()["id"]
    done = program(handler).post(f"/cases/{number}/finish", {"text": "已更换灯泡。", "files": [shown]})
    assert done.json()["stage"] == "finished"
    own = program(handler).post(f"/cases/{number}/verify")
    assert (own.status_code, own.json()["code"]) == (403, "not_permitted")
    assert program(DISPATCHER).post(f"/cases/{number}/verify").json()["stage"] == "closed"
    late = program(DISPATCHER).post(f"/cases/{number}/verify")
    assert (late.status_code, late.json()["code"]) == (409, "stage")


def test_acting_on_old_sight_tells_what_happened_since(wuxi: Township, program: type_of_caller) -> None:
    number, clerk = _number(program), program(CLERK)
    clerk.post(f"/cases/{number}/accept")
    answer = clerk.post(f"/cases/{number}/decline", {"reason": "重复", "seen": 1})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    (told,) = answer.json()["since"]
    assert told.endswith("受理")
    assert told in answer.json()["detail"]
    assert _steps(number) == 2


@pytest.mark.parametrize(
    "action", ["report", "close", "archive", "rehome", "adopt", "let_go", "nonsense", "受理", "x" * 300]
)
def test_what_nobody_asks_for_by_name_is_no_action(action: str, wuxi: Township, program: type_of_caller) -> None:
    answer = program("331125201-room-head").post(f"/cases/{_number(program)}/{action}")
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_action")


@pytest.mark.parametrize(
    ("action", "body", "field"),
    [
        ("dispatch", {"to": "331125201-没有"}, "to"),
        ("dispatch", {"to": 2**53}, "to"),
        ("dispatch", {"to": 2**60}, "to"),
        ("dispatch", {"to": True}, "to"),
        ("dispatch", {"to": "\x00"}, "to"),
        ("enlist", {"assists": [1, "no"]}, "assists"),
        ("classify", {"category": "x\x00", "reason": "."}, "category"),
        ("classify", {"level": 6, "reason": "."}, "level"),
        ("classify", {"level": "3", "reason": "."}, "level"),
        ("merge", {"other": "331125201-20260101-999999"}, "other"),
        ("merge", {"other": "\x00"}, "other"),
        ("accept", {"person": "331125201-intake"}, "person"),
        ("assign_person", {"person": "331125201-intake"}, "person"),
        ("assign_person", {"person": "\x00"}, "person"),
        ("annotate", {"text": "好" * 10_001}, "text"),
        ("annotate", {"text": ["好"]}, "text"),
        ("annotate", {"until": "2026-13-01T00:00:00Z"}, "until"),
        ("annotate", {"until": 1e300}, "until"),
        ("annotate", {"until": "0001-01-01T00:00:00+14:00"}, "until"),
        ("annotate", {"days": 10**400}, "days"),
        ("annotate", {"days": -1}, "days"),
        ("annotate", {"seen": -1}, "seen"),
        ("annotate", {"sampled": True}, "sampled"),
        ("annotate", {"mapping": {}}, "mapping"),
        ("annotate", {"files": ["x"]}, "files"),
        ("annotate", {"system": "\x00"}, "system"),
        ("annotate", {"colour": "blue"}, "colour"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_moves(
    action: str, body: object, field: str, wuxi: Township, program: type_of_caller
) -> None:
    number = _number(program)
    answer = program("331125201-room-head").post(f"/cases/{number}/{action}", body)
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [field]), answer.content.decode()
    assert _steps(number) == 1


@pytest.mark.parametrize(
    "text",
    [
        "👨‍👩‍👧‍👦🏳️‍🌈 𠮷", "'; DROP TABLE cases_case; --", "<script>alert(1)</script>{{ 7*7 }}%s%(x)s",
        "a\x00b\u202ec", "字" * 10_000,
    ],
)  # fmt: skip
def test_any_text_is_only_a_text(text: str, wuxi: Township, program: type_of_caller) -> None:
    clerk = program(CLERK)
    number = clerk.report(text=text, title=text[:80], place=text[:200]).json()["number"]
    said = clerk.post(f"/cases/{number}/annotate", {"text": text, "reason": text[:2000], "clause": text[:200]})
    assert said.status_code == 200, said.content
    kept = text.replace("\x00", "").replace("\u202e", "")
    assert clerk.get(f"/cases/{number}").json()["text"] == kept
    assert clerk.get("/cases", q=kept[:30]).status_code == 200


def test_the_journal_can_be_checked_by_its_digests(wuxi: Township, program: type_of_caller) -> None:
    number, clerk = _number(program), program(CLERK)
    clerk.post(f"/cases/{number}/annotate", {"text": "已电话核实。"})
    clerk.post(f"/cases/{number}/accept")
    journal = clerk.get(f"/cases/{number}/journal").json()
    assert [step["action"] for step in journal["steps"]] == ["report", "annotate", "accept"]
    assert [step["label"] for step in journal["steps"]] == ["上报", "批注", "受理"]
    for step in journal["steps"]:
        for text in step["texts"].values():
            assert seal.salted_digest(text["content"], bytes.fromhex(text["salt"])).hex() == text["digest"]
    with system_scope("测试"):
        links = [bytes(s.link).hex() for s in models.Step.objects.order_by("no")]
        moments = [s.at.isoformat() for s in models.Step.objects.order_by("no")]
        models.Text.objects.filter(no=2).update(content=None, salt=None)
    assert [step["link"] for step in journal["steps"]] == links
    assert len({*moments}) == 3
    assert journal["steps"][0]["texts"]["text"]["content"] == LAMP["text"]
    erased = clerk.get(f"/cases/{number}/journal", after=1, limit=1).json()
    assert erased["next"] == 2
    assert erased["steps"][0]["texts"]["note"] == journal["steps"][1]["texts"]["note"] | {"content": None, "salt": None}


def test_a_person_of_the_office_is_assigned(wuxi: Township, program: type_of_caller) -> None:
    number = _number(program)
    program(CLERK).post(f"/cases/{number}/accept")
    program(DISPATCHER).post(f"/cases/{number}/dispatch", {"to": "331125201-综合执法平台"})
    program("331125201-platform-2-head").post(f"/cases/{number}/forward", {"to": "331125201-村容村貌"})
    unit = wuxi.unit("331125201-村容村貌")
    head, handler = (wuxi.holding(unit, post) for post in (Post.OFFICE_HEAD, Post.HANDLER))
    given = program(head).post(f"/cases/{number}/assign_person", {"person": handler})
    assert given.status_code == 200, given.content.decode()
    stranger = program(head).post(f"/cases/{number}/assign_person", {"person": CLERK})
    assert stranger.json()["fields"] == {"person": "主办科室没有这个人，请核对用户名。"}


def test_a_matter_that_is_several_is_split(wuxi: Township, program: type_of_caller) -> None:
    number, dispatcher = _number(program), program(DISPATCHER)
    program(CLERK).post(f"/cases/{number}/accept")
    one = dispatcher.post(f"/cases/{number}/split", {"reason": "两件事", "parts": ["灯坏了"]})
    assert (one.status_code, list(one.json()["fields"])) == (422, ["parts"])
    two = dispatcher.post(f"/cases/{number}/split", {"reason": "两件事", "parts": ["灯坏了", "井盖松了"], "seen": 2})
    assert two.status_code == 200, two.content.decode()
    titles = {line["title"] for line in dispatcher.get("/cases").json()["items"]}
    assert titles == {LAMP["text"], "灯坏了", "井盖松了"}
    needless = dispatcher.post(f"/cases/{number}/annotate", {"text": "看过", "parts": ["x"]})
    assert list(needless.json()["fields"]) == ["parts"]


def test_a_case_is_merged_by_the_others_number(wuxi: Township, program: type_of_caller) -> None:
    master, follower = _number(program), _number(program)
    merged = program(CLERK).post(f"/cases/{follower}/merge", {"other": master})
    assert (merged.status_code, merged.json()["stage"]) == (200, "merged")


def test_a_return_names_a_clause_of_the_offices_own_list(wuxi: Township, program: type_of_caller) -> None:
    """退单依据: by its number or its words; free text only where the pack has no list for the office."""
    duty = DutyClause.objects.filter(valid_to=None, office__code="331125201-村容村貌").order_by("number").first()
    assert duty is not None
    with system_scope("测试"):
        way = one(wuxi.setting, "331125201", timezone.now()).to_sign(duty.office_id)
        number = models.Case.objects.get(pk=way.id).number
        handler = Account.objects.get(pk=way.people.at(duty.office_id, Post.HANDLER).person).username
        asked = {"reason": "不属本办职责", "to": way.other_office()}
    refused = program(handler).post(f"/cases/{number}/request_return", asked | {"clause": "随便写的"})
    assert (refused.status_code, list(refused.json()["fields"])) == (422, ["clause"])
    made = program(handler).post(f"/cases/{number}/request_return", asked | {"clause": duty.number})
    assert made.status_code == 200, made.json()
    with system_scope("测试"):
        asked_for = models.Step.objects.get(case_id=way.id, action="request_return").body["asked"]
    assert asked_for["clause"] == f"{duty.number} {duty.text}"
