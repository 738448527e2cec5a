"""Every case × everybody × every action through the program face, against the policy written by hand."""

import contextlib
import json
import zlib
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone

from sipingtai.api import throttle
from sipingtai.api.moving import ASKED
from sipingtai.core.actions import Action
from tests.fuzz.amount import TIMES
from tests.security.policy import BLIND, MAY, SEES
from tests.security.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(throttle, "PER_MINUTE", 10**9)


class Undo(Exception):
    """Takes back what a move did."""


def ask(world: World, who: str, case: str, action: str, fields: dict[str, object]) -> tuple[int, str]:
    """Status and code of the answer; what was done is undone."""
    told = (0, "")
    with contextlib.suppress(Undo), transaction.atomic():
        answer = Client().post(
            f"/api/v1/cases/{world.cases[case]}/{action}", json.dumps(fields), content_type="application/json",
            headers={"Authorization": f"Bearer {world.tokens[who]}"},
        )  # fmt: skip
        told = (answer.status_code, json.loads(answer.content).get("code", ""))
        raise Undo
    return told


def brought(world: World, action: str) -> dict[str, object]:
    """What a move may need, as far as one may guess it from outside."""
    said = {"reason": "按职责办理", "text": "已经办妥"}
    units = world.units
    return said | {
        "dispatch": {"to": units["platform"]},
        "forward": {"to": units["office"]},
        "request_return": {"to": units["other office"], "clause": "1"},
        "release": {"to": units["other office"]},
        "enlist": {"assists": [units["other office"]]},
        "copy": {"to": units["other office"]},
        "hand_down": {"to": units["office"]},
        "request_extension": {"days": 1},
        "request_suspension": {"until": (timezone.now() + timedelta(days=9)).isoformat()},
        "supervise": {"colour": "yellow"},
        "classify": {"category": "17002", "level": 2},
        "restrict": {"restricted": True},
        "refer": {"system": "hotline"},
        "merge": {"other": world.cases["accepted"]},
        "link": {"other": world.cases["accepted"]},
        "assign_person": {"person": world.accounts["office"].username},
        "split": {"parts": ["一半", "另一半"]},
    }.get(action, {})


def test_every_case_and_stage_has_its_policy(world: World) -> None:
    assert set(SEES) == set(world.cases)
    assert set().union(*SEES.values()) | BLIND | {"other platform", "other office", "other station", "other grid",
        "county platform", "county office"} == set(world.accounts)  # fmt: skip
    assert {action for moves in MAY.values() for action in moves} <= set(ASKED)


# Of those who are named every second one is asked, of all the others one in so many; others for each case and action.
OF_NAMED, OF_OTHERS = (1, 1) if TIMES > 1 else (2, 12)
FOREIGN_CASE = "foreign"  # another township's: who sees it is our affair, what they do with it is the same table again


def drawn(one_in: int, *what: str) -> bool:
    return zlib.crc32("/".join(what).encode()) % one_in == 0


@pytest.mark.parametrize("case", [name for name in SEES if name != FOREIGN_CASE])
def test_a_move_is_made_by_whom_the_design_names_and_by_nobody_else(world: World, case: str) -> None:
    wrong: list[str] = []
    asked = 0
    for who in sorted(SEES[case]):
        for action in ASKED:
            named = who in MAY[case].get(action, ())
            if not drawn(OF_NAMED if named else OF_OTHERS, case, who, action):
                continue
            asked += 1
            status, code = ask(world, who, case, action, brought(world, action))
            told = f"{who} {action} {case}: {status} {code}"
            if named:
                wrong += [f"{told}, though named"] * (status not in (200, 409, 422) or code in ("stage", "not_found"))
            else:
                wrong += [f"{told}, though not named"] * (status not in (403, 404, 409, 422))
    assert wrong == []
    assert asked > len(SEES[case])


@pytest.mark.parametrize("case", SEES)
def test_for_whom_a_case_does_not_exist_no_move_exists(world: World, case: str) -> None:
    for who in sorted(set(world.accounts) - SEES[case]):
        for action in ("annotate", "sign", "link"):
            if drawn(4, case, who, action):
                assert ask(world, who, case, action, brought(world, action)) == (404, "not_found"), (who, action)


def test_what_comes_about_by_itself_is_asked_by_nobody(world: World) -> None:
    for action in sorted({*map(str, Action)} - set(ASKED)):
        assert ask(world, "room-head", "handling", action, {})[0] == 404, action
