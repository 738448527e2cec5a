"""Several programs at one moment, on committed data and connections of their own: one wins, the others are told."""

import json
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Sequence
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

import pytest
from pytest_django.live_server_helper import LiveServer

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases import models
from tests.api.conftest import LAMP, Program, type_of_caller
from tests.township import Township

Answer = tuple[int, dict[str, Any]]
CLERK = "331125201-intake"
# Each of these alone would be permitted.
MOVES = (
    ("331125201-intake", "accept", {}),
    ("331125201-dispatcher", "supervise", {"colour": "plain", "reason": "久拖未办"}),
    ("331125201-analyst", "classify", {"level": 2, "reason": "核实后"}),
    ("331125201-room-head", "void", {"reason": "误录"}),
    ("331125201-chief", "instruct", {"text": "抓紧办。"}),
    ("331125201-leader", "urge", {}),
    ("331125201-room-head", "restrict", {"restricted": True, "reason": "涉及隐私"}),
    ("331125201-intake", "annotate", {"text": "看过。"}),
)


def _post(server: str, caller: Program, path: str, body: dict[str, Any], key: str = "") -> Answer:
    connection = HTTPConnection(urlsplit(server).netloc, timeout=60)
    headers = caller.headers | {"Content-Type": "application/json"} | ({"Idempotency-Key": key} if key else {})
    connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
    answer = connection.getresponse()
    found = json.loads(answer.read())
    connection.close()
    return answer.status, found


def _at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """Let all go at the same moment, each in a thread of its own."""
    start = threading.Barrier(len(calls))
    answers: list[Answer] = []

    def run(call: Callable[[], Answer]) -> None:
        start.wait()
        answers.append(call())

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


@pytest.mark.parametrize(("username", "action", "body"), MOVES)
@pytest.mark.django_db
def test_each_of_them_alone_may(
    username: str, action: str, body: dict[str, Any], wuxi: Township, program: type_of_caller
) -> None:
    number = program(CLERK).report().json()["number"]
    assert program(username).post(f"/cases/{number}/{action}", body | {"seen": 1}).status_code == 200


@pytest.mark.parametrize("round_", range(3))
def test_of_eight_who_change_a_case_at_once_one_wins(
    round_: int, wuxi: Township, transactional_db: None, live_server: LiveServer, program: type_of_caller
) -> None:
    number = program(CLERK).report().json()["number"]

    def call(username: str, action: str, body: dict[str, Any]) -> Callable[[], Answer]:
        caller = program(username)
        return lambda: _post(live_server.url, caller, f"/cases/{number}/{action}", body | {"seen": 1})

    answers = _at_once([call(*move) for move in MOVES])
    assert Counter(status for status, _ in answers) == {200: 1, 409: 7}, answers
    assert all(body["code"] == "conflict" and body["since"] for status, body in answers if status == 409)
    with system_scope("测试"):
        row = models.Case.objects.get(number=number)
        assert row.steps == models.Step.objects.filter(case=row).count() == 2


def test_moves_that_do_not_contradict_follow_each_other(
    wuxi: Township, transactional_db: None, live_server: LiveServer, program: type_of_caller
) -> None:
    """Who did not say what they saw waits for the lock, and acts on the case as it then is."""
    clerk = program(CLERK)
    number = clerk.report().json()["number"]
    answers = _at_once(
        [lambda: _post(live_server.url, clerk, f"/cases/{number}/annotate", {"text": "看过"}) for _ in range(8)]
    )
    assert Counter(status for status, _ in answers) == {200: 8}, answers
    assert sorted(body["version"] for _, body in answers) == list(range(2, 10))


def test_the_same_report_eight_times_at_once_is_one_case(
    wuxi: Township, transactional_db: None, live_server: LiveServer, program: type_of_caller
) -> None:
    clerk, key = program(CLERK), str(uuid.uuid4())
    answers = _at_once([lambda: _post(live_server.url, clerk, "/cases", LAMP, key) for _ in range(8)])
    assert Counter(status for status, _ in answers) == {201: 1, 200: 7}, answers
    assert len({body["number"] for _, body in answers}) == 1
    with system_scope("测试"):
        assert (models.Case.objects.count(), models.Step.objects.count()) == (1, 1)
