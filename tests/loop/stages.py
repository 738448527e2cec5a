"""Cases in every stage, for every office of a township with two hops, through the real door."""

import random
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sipingtai.access.actor_scope import system_scope
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Case, Channel, Colour
from sipingtai.core.moves import Move
from sipingtai.core.posts import Actor, ActorKind, Post
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.loop.intake.report import Report, take_in
from sipingtai.loop.moves import lock, move
from sipingtai.org.actors import actor_for
from sipingtai.org.models import PostHolding
from sipingtai.org.setting import valid_on

REPORTER = Actor(kind=ActorKind.REPORTER)


class People:
    """Who sits where, by unit and post."""

    def __init__(self, now: datetime) -> None:
        held = PostHolding.objects.filter(valid_on(now.date()), substitute_for=None).order_by("account__username")
        self._held: dict[tuple[int, str], int] = {}
        self._actors: dict[int, Actor] = {}
        self._now = now
        for unit, post, account in held.values_list("unit_id", "post", "account_id"):
            self._held.setdefault((unit, post), account)

    def at(self, unit: int, post: Post) -> Actor:
        account = self._held[unit, post.value]
        if account not in self._actors:
            self._actors[account] = actor_for(account, self._now).actor
        return self._actors[account]


class Way:
    """One case on its way. Every move is some working minutes after the one before."""

    def __init__(self, setting: Setting, area: str, people: People, draw: random.Random, start: datetime) -> None:
        self.setting, self.area, self.people, self.draw = setting, area, people, draw
        units = [u for u in setting.units.values() if u.area.startswith(area) and u.active]
        self.room = next(u.id for u in units if u.kind is UnitKind.COMMAND and u.area == area)
        self.offices = sorted(u.id for u in units if u.kind is UnitKind.OFFICE and u.platforms)
        self.now, self.id = start, 0

    @property
    def case(self) -> Case:
        return lock(self.id).case

    def in_room(self, post: Post) -> Actor:
        return self.people.at(self.room, post)

    def do(self, actor: Actor, action: Action, **fields: Any) -> "Way":
        self.now = self.setting.calendar.add_minutes(self.now, self.draw.randint(1, 15))
        asked = Move(action=action, **fields)
        move(self.id, asked, actor=actor, now=self.now, setting=self.setting)
        return self

    def office(self, action: Action, **fields: Any) -> "Way":
        main = self.case.main
        assert main is not None
        return self.do(self.people.at(main.unit, Post.HANDLER), action, **fields)

    def dispatcher(self, action: Action, **fields: Any) -> "Way":
        return self.do(self.in_room(Post.DISPATCHER), action, **fields)

    def chief(self, action: Action, **fields: Any) -> "Way":
        return self.do(self.in_room(Post.CHIEF), action, **fields)

    def reported(self, **fields: Any) -> "Way":
        plain = [c for c in self.setting.categories.values() if not (c.photo or c.residual or c.hazard or c.restricted)]
        wanted = {"channel": Channel.VILLAGER, "category": self.draw.choice(plain).code, "level": 2, **fields}
        report = Report(text="路灯坏了，请来修", area=self.area, **wanted)
        receipt = take_in(
            report, sender="test", key=uuid.uuid4(), actor=REPORTER, now=self.now, setting=self.setting, with_code=True
        )
        self.id = receipt.case_id
        return self

    def accepted(self, **fields: Any) -> "Way":
        return self.reported(**fields).do(self.in_room(Post.INTAKE), Action.ACCEPT)

    def at_platform(self, platform: int | None = None, **fields: Any) -> "Way":
        platform = platform or min(self.setting.units[self.draw.choice(self.offices)].platforms)
        return self.accepted(**fields).dispatcher(Action.DISPATCH, to=platform, reason="按职责")

    def to_sign(self, office: int | None = None, **fields: Any) -> "Way":
        office = office or self.draw.choice(self.offices)
        platform = min(self.setting.units[office].platforms)
        self.at_platform(platform, **fields)
        return self.do(self.people.at(platform, Post.PLATFORM_HEAD), Action.FORWARD, to=office)

    def at_work(self, office: int | None = None, **fields: Any) -> "Way":
        return self.to_sign(office, **fields).office(Action.SIGN)

    def other_office(self) -> int:
        main = self.case.main
        assert main is not None
        return self.draw.choice([o for o in self.offices if o != main.unit])

    def assisted(self) -> "Way":
        self.at_work()
        return self.office(Action.ENLIST, assists=(self.other_office(),), reason="需要配合")

    def returning(self, times: int = 1, office: int | None = None) -> "Way":
        """The last of so many returns waits for its ruling."""
        self.at_work(office)
        for number in range(times):
            if number:
                self.dispatcher(Action.REFUSE_RETURN, reason="属本办职责")
            self.office(Action.REQUEST_RETURN, clause="1", to=self.other_office(), reason="不属本办职责")
        return self

    def suspended(self) -> "Way":
        self.at_work().office(Action.REQUEST_SUSPENSION, until=self.now + timedelta(days=30), reason="等备件")
        return self.chief(Action.GRANT_SUSPENSION)

    def finished(self) -> "Way":
        return self.at_work().office(Action.FINISH, text="修好了")

    def verified(self) -> "Way":
        return self.finished().dispatcher(Action.VERIFY)

    def closed(self) -> "Way":
        return self.verified().do(REPORTER, Action.RATE)

    def merged(self) -> "Way":
        self.accepted()
        master = self.case
        return self.accepted().do(self.in_room(Post.INTAKE), Action.MERGE, other=master)


STORIES: tuple[Callable[[Way], Any], ...] = (
    Way.reported,
    Way.accepted,
    Way.at_platform,
    Way.to_sign,
    Way.at_work,
    lambda w: w.at_work().dispatcher(Action.SUPERVISE, colour=Colour.YELLOW, reason="进展慢"),
    Way.assisted,
    lambda w: w.at_work().office(Action.REQUEST_EXTENSION, days=2, reason="等备件"),
    lambda w: w.at_work().office(Action.REQUEST_SUSPENSION, until=w.now + timedelta(days=30), reason="等备件"),
    Way.suspended,
    Way.returning,
    lambda w: w.returning(2),
    lambda w: w.accepted().dispatcher(Action.REFER, system="hotline", reason="属热线办"),
    lambda w: w.accepted().dispatcher(Action.ESCALATE, reason="本级难以处置"),
    Way.merged,
    Way.finished,
    lambda w: w.finished().dispatcher(Action.REJECT, reason="没有修好"),
    Way.verified,
    lambda w: w.at_work().dispatcher(Action.REASSIGN, reason="另行安排"),
    Way.closed,
    Way.closed,
    lambda w: w.reported().do(w.in_room(Post.INTAKE), Action.DECLINE, reason="不属受理范围"),
    lambda w: w.reported().do(REPORTER, Action.WITHDRAW),
)  # merged makes two cases


def fill(setting: Setting, area: str, size: int, now: datetime) -> None:
    """About so many cases, the same every time, begun in the last working days; each story in a transaction."""
    people, draw = People(now), random.Random(2026)
    for number in range(size * len(STORIES) // (len(STORIES) + 1)):
        start = setting.calendar.add_minutes(local(now) - timedelta(days=4), draw.randint(0, 300))
        with system_scope("测试"):
            STORIES[number % len(STORIES)](Way(setting, area, people, draw, start))


def one(setting: Setting, area: str, now: datetime) -> Way:
    """A case of a purpose of its own."""
    start = setting.calendar.add_minutes(local(now) - timedelta(days=4), 1)
    return Way(setting, area, People(now), random.Random(7), start)
