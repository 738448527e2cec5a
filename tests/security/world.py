"""A world to break into: a township under its county, a foreign township under a foreign one, cases in every stage.

Everybody is called by a plain name, see `CAST`; what each may see and do is written down in `policy.py`, by hand.
"""

import random
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from attrs import frozen
from django.utils import timezone

from sipingtai.access import tokens
from sipingtai.access.actor_scope import scope, system_scope
from sipingtai.access.models import Account
from sipingtai.cases.models import Case
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.core.posts import Post
from sipingtai.core.setting import Setting
from sipingtai.mechanisms.oversight import granting
from sipingtai.org.actors import actor_for
from sipingtai.org.models import PostHolding, Unit
from sipingtai.org.setting import load
from tests.loop.stages import People, Way
from tests.township import Township

PACKS = ["331125", "331125201", "331126", "331126001"]
TOWNSHIP, FOREIGN, GRID = "331125201", "331126001", "331125201200001"
PLATFORM = "331125201-综合执法平台"
_ROOM = ("intake", "analyst", "dispatcher", "room-head", "assessor", "chief", "leader")
CAST: dict[str, str] = {
    **{name: f"331125201-{name}" for name in (*_ROOM, "mayor", "oversight", "audit", "security", "system")},
    "platform head": "331125201-platform-2-head",
    "stand-in head": "331125201-platform-3-head",
    "platform clerk": "331125201-platform-2-clerk",
    "other platform": "331125201-platform-1-clerk",
    "station": "331125201-village-01",
    "other station": "331125201-village-02",
    "grid": "331125201-grid-01",
    "other grid": "331125201-grid-03",
    **{f"county {name}": f"331125-{name}" for name in (*_ROOM, "oversight", "audit")},
    "county platform": "331125-platform-1-clerk",
    "county office": "331125-office-01",
    "foreign intake": "331126001-intake",
    "foreign dispatcher": "331126001-dispatcher",
    "foreign county intake": "331126-intake",
}  # besides: office, office head, other office (found by their unit), nobody (an account without any post)


class FromGrid(Way):
    """A case that lies in one grid."""

    grid: int

    def reported(self, **fields: Any) -> Way:
        self.area = GRID
        return super().reported(grid=self.grid, **fields)


@frozen
class World:
    """Accounts, tokens and numbers of cases by their names here."""

    accounts: Mapping[str, Account]
    tokens: Mapping[str, str]
    cases: Mapping[str, str]  # name → number
    ids: Mapping[str, int]
    units: Mapping[str, int]
    code: str  # the tracking code of one case
    coded: str  # which case that is

    def number(self, case: str) -> str:
        return self.cases[case]


def build(township: Township) -> World:
    """Fill the tables; really stored, so in a module's fixture."""
    now = local(timezone.now())
    setting = load(now.date())
    units = _units(setting)
    accounts = _accounts(units)
    cases, code = _cases(setting, units, township)
    with system_scope("测试"):
        numbers = dict(Case.objects.values_list("id", "number"))
        raw = {name: tokens.issue(account, ["cases:read", "cases:write"], 1) for name, account in accounts.items()}
    _grant(numbers[cases["granted"]], accounts, setting)
    return World(
        accounts=accounts, tokens=raw, cases={name: numbers[pk] for name, pk in cases.items()}, ids=cases, units=units,
        code=code, coded="reported",
    )  # fmt: skip


def _grant(number: str, accounts: Mapping[str, Account], setting: Setting) -> None:
    """Sight of one restricted case for the township's oversight."""
    now = local(timezone.now())
    applicant, chief = (actor_for(accounts[who].pk, now) for who in ("oversight", "chief"))
    with scope(applicant.actor.person, applicant.units, applicant.areas, applicant.role):
        asked = granting.apply_for(number, "核查办理情况", by=applicant, setting=setting, now=now)
    with scope(chief.actor.person, chief.units, chief.areas, chief.role):
        until = (now + timedelta(days=7)).date()
        granting.decide(asked.pk, granted=True, answer="", until=until, by=chief.actor, setting=setting, now=now)


def _units(setting: Setting) -> dict[str, int]:
    platform = Unit.objects.get(code=PLATFORM).pk
    offices = sorted(u.id for u in setting.units.values() if u.platforms == frozenset({platform}))
    return {
        "room": Unit.objects.get(code="331125201-指挥室").pk,
        "platform": platform,
        "office": offices[0],
        "other office": offices[1],
        "foreign room": Unit.objects.get(code="331126001-指挥室").pk,
    }


def _accounts(units: Mapping[str, int]) -> dict[str, Account]:
    def at(unit: int, post: Post) -> Account:
        found = PostHolding.objects.filter(unit=unit, post=post.value, substitute_for=None, valid_to=None)
        return found.order_by("account__username")[0].account

    named = {a.username: a for a in Account.objects.filter(username__in=CAST.values())}
    found = {name: named[username] for name, username in CAST.items()}
    found |= {
        "office": at(units["office"], Post.HANDLER),
        "office head": at(units["office"], Post.OFFICE_HEAD),
        "other office": at(units["other office"], Post.HANDLER),
    }
    with system_scope("测试"):
        found["nobody"] = Account.objects.create_user("nobody", "yi-ge-hen-chang-de-mima")
    return found


def _cases(setting: Setting, units: Mapping[str, int], township: Township) -> tuple[dict[str, int], str]:
    now = local(timezone.now())
    people, draw = People(now), random.Random(1)
    office, found = units["office"], {}
    grid = Unit.objects.get(code=GRID).pk

    def way() -> Way:
        made = FromGrid(setting, TOWNSHIP, people, draw, setting.calendar.add_minutes(now - timedelta(days=1), 1))
        made.grid = grid
        return made

    stories = {
        "accepted": lambda w: w.accepted(),
        "at platform": lambda w: w.at_platform(units["platform"]),
        "to sign": lambda w: w.to_sign(office),
        "handling": lambda w: w.at_work(office),
        "extension": lambda w: w.at_work(office).office(Action.REQUEST_EXTENSION, days=2, reason="等备件"),
        "suspension": lambda w: w.at_work(office).office(
            Action.REQUEST_SUSPENSION, until=w.now + timedelta(days=30), reason="等备件"
        ),
        "suspended": lambda w: (
            w.at_work(office)
            .office(Action.REQUEST_SUSPENSION, until=w.now + timedelta(days=30), reason="等备件")
            .chief(Action.GRANT_SUSPENSION)
        ),
        "returning": lambda w: w.returning(1, office),
        "assisted": lambda w: w.at_work(office).office(Action.ENLIST, assists=(units["other office"],), reason="配合"),
        "referred": lambda w: w.accepted().dispatcher(Action.REFER, system="hotline", reason="属热线办"),
        "finished": lambda w: w.at_work(office).office(Action.FINISH, text="修好了"),
        "verified": lambda w: w.at_work(office).office(Action.FINISH, text="修好了").dispatcher(Action.VERIFY),
        "declined": lambda w: w.reported().do(w.in_room(Post.INTAKE), Action.DECLINE, reason="不属受理范围"),
        "merged": lambda w: w.merged(),
        "restricted": lambda w: w.at_work(office, restricted=True),
        "granted": lambda w: w.at_work(office, restricted=True),
        "taken away": lambda w: w.at_work(office, restricted=True).dispatcher(Action.REASSIGN, reason="另行安排"),
        "about the office": lambda w: w.accepted(about=frozenset({office})),
        "about the room": lambda w: w.reported(about=frozenset({units["room"]})),
    }
    for name, story in stories.items():
        with system_scope("测试"):
            found[name] = story(way()).id
    told = township.report("村口的路灯坏了", area=GRID, name="张三丰", phone="13812345678")
    found["reported"] = told.case_id
    found["from the grid"] = township.report(
        "邻里纠纷", by=CAST["grid"], area=GRID, channel=Channel.GRID, restricted=True, grid=grid
    ).case_id  # fmt: skip
    found["foreign"] = township.report("外乡的事", area=FOREIGN).case_id
    return found, told.code
