"""Who gets in: a valid token with the scope, within its rate, and nothing else."""

import pytest
from django.core.cache import cache
from django.test import Client

from sipingtai.access import tokens
from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import Token
from sipingtai.api import throttle
from tests.api.conftest import LAMP, Program, type_of_caller
from tests.township import Township

pytestmark = pytest.mark.django_db
CLERK = "331125201-intake"


@pytest.mark.parametrize("token", ["", "x", "spt_wrong", "spt_" + "a" * 5000, "spt_\u00fc", "spt_a b"])
def test_without_a_valid_token_nothing_is_told(token: str, wuxi: Township) -> None:
    for answer in (Program(token).get("/cases"), Program(token).post("/cases", {"junk": 1})):
        assert answer.status_code == 401
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"] == "Bearer"
        assert answer.json()["code"] == "unauthorised"


def test_a_session_opens_no_door(wuxi: Township, client: Client) -> None:
    client.force_login(wuxi.account(CLERK))
    assert client.get("/api/v1/cases").status_code == 401
    assert client.post("/api/v1/cases", LAMP, content_type="application/json").status_code == 401


def test_a_revoked_token_ends_at_once(wuxi: Township, program: type_of_caller) -> None:
    clerk = program(CLERK)
    assert clerk.get("/cases").status_code == 200
    with system_scope("测试"):
        tokens.revoke(Token.objects.get(account=wuxi.account(CLERK)))
    assert clerk.get("/cases").status_code == 401


def test_a_scope_permits_only_what_it_names(wuxi: Township, program: type_of_caller) -> None:
    reader, sender = program(CLERK, "cases:read"), program(CLERK, "cases:report")
    number = sender.report().json()["number"]
    assert reader.get(f"/cases/{number}").status_code == 200
    for refused in (
        reader.report(),
        reader.post(f"/cases/{number}/accept"),
        sender.post(f"/cases/{number}/accept"),
        sender.get("/cases"),
        sender.get(f"/cases/{number}/journal"),
    ):
        assert (refused.status_code, refused.json()["code"]) == (403, "scope")


def test_what_one_may_not_see_is_not_found(wuxi: Township, program: type_of_caller) -> None:
    number = program(CLERK).report().json()["number"]
    stranger = program("331125201-grid-09")  # another grid's matter, not assigned to anybody
    unseen, unknown = stranger.get(f"/cases/{number}"), stranger.get("/cases/331125201-20260101-999999")
    assert unseen.status_code == unknown.status_code == 404
    assert unseen.json() == unknown.json()
    assert stranger.post(f"/cases/{number}/accept").json() == unknown.json()
    assert stranger.get(f"/cases/{number}/journal").json() == unknown.json()


def test_too_many_requests_wait(wuxi: Township, program: type_of_caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "PER_MINUTE", 6)
    monkeypatch.setattr(throttle, "LOT", 3)
    cache.clear()
    throttle._allowances.clear()
    clerk, neighbour = program(CLERK), program("331125201-dispatcher")
    codes = [clerk.get("/cases").status_code for _ in range(8)]
    assert codes == [200] * 6 + [429] * 2
    refused = clerk.get("/cases")
    assert 1 <= int(refused["Retry-After"]) <= 60
    assert refused.json()["code"] == "too_many"
    assert neighbour.get("/cases").status_code == 200
