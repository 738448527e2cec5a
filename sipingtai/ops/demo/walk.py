"""One matter's walk through the loop in simulated time: every step through the real door (take_in, split, move)."""

import random
import uuid
from datetime import datetime
from typing import Any

from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Case, Channel, Kind
from sipingtai.core.moves import Move
from sipingtai.core.posts import SYSTEM, Actor, ActorKind, Post
from sipingtai.core.setting import Urgency
from sipingtai.loop.dispatch.split import split
from sipingtai.loop.intake.report import Report, take_in
from sipingtai.loop.moves import lock, move
from sipingtai.ops.demo.cast import LINK, REPORTER, Cast
from sipingtai.ops.demo.matters import GIVEN, PLACES, SURNAMES, Sort

_KINDS = {"01": Kind.DISPUTE, "03": Kind.HAZARD, "12": Kind.SERVICE, "13": Kind.SERVICE, "14": Kind.SERVICE}
SENDER = "demo"


class Walk:
    """A case on its way. `now` only moves forward, in working time, and never beyond `end`."""

    def __init__(self, cast: Cast, draw: random.Random, start: datetime, end: datetime) -> None:
        self.cast, self.draw, self.end = cast, draw, end
        self.now = min(cast.setting.calendar.add_minutes(local(start), draw.randint(1, 300)), end)
        self.id = 0
        self.sort: Sort | None = None

    # Time

    def later(self, shortest: int = 15, longest: int = 150) -> "Walk":
        """Some working minutes later."""
        return self.at(self.cast.setting.calendar.add_minutes(self.now, self.draw.randint(shortest, longest)))

    def days(self, workdays: float) -> "Walk":
        """Some working days later."""
        minutes = round(workdays * self.cast.setting.calendar.minutes_per_day)
        return self.at(self.cast.setting.calendar.add_minutes(self.now, minutes))

    def at(self, moment: datetime) -> "Walk":
        self.now = max(self.now, min(local(moment), self.end))
        return self

    # People

    def room(self, *posts: Post, county: bool = False) -> Actor:
        return self.cast.at(self.cast.county if county else self.cast.township, *posts, Post.ROOM_HEAD)

    def office(self, unit: int) -> Actor:
        return self.cast.at(unit, Post.HANDLER, Post.OFFICE_HEAD)

    def platform(self, unit: int) -> Actor:
        return self.cast.at(unit, Post.PLATFORM_HEAD, Post.PLATFORM_CLERK)

    @property
    def main_office(self) -> Actor:
        """Somebody of the office that has the case."""
        main = self.case.main
        assert main is not None
        return self.office(main.unit)

    # The door

    @property
    def case(self) -> Case:
        return lock(self.id).case

    def report(self, sort: Sort, channel: Channel, **fields: Any) -> "Walk":
        """The matter comes in, with a place inside a grid; from a grid by its worker, else written down by the room."""
        grid = self.draw.choice(self.cast.grids)
        title, text = self.draw.choice(sort.reports)
        place = self.draw.choice(PLACES)
        own = channel is Channel.GRID
        villager = channel is Channel.VILLAGER
        actor = self.cast.at(grid, Post.GRID_WORKER) if own else REPORTER if villager else self.room(Post.INTAKE)
        wanted: dict[str, Any] = {
            "channel": channel, "title": title, "text": text.format(place=place), "place": place,
            "category": sort.category, "area": self.cast.setting.units[self.cast.township].area,
            "grid": grid if own else None, "point": self.cast.point_in(grid, self.draw),
            "kind": _KINDS.get(sort.category[:2]),
        }  # fmt: skip
        if not own and self.draw.random() < 0.9:
            wanted |= {"name": self._name(), "phone": f"1990000{self.draw.randint(0, 9999):04d}"}
        if self.draw.random() < 0.3:
            wanted["files"] = (self.cast.photo(self.draw),)
        receipt = take_in(
            Report(**(wanted | fields)), sender=SENDER, key=uuid.uuid4(), actor=actor,
            now=self.now, setting=self.cast.setting, with_code=villager,
        )  # fmt: skip
        self.id, self.sort = receipt.case_id, sort
        return self

    def _name(self) -> str:
        return self.draw.choice(SURNAMES) + self.draw.choice(GIVEN)

    def do(self, actor: Actor, action: Action, *, photos: int = 0, **fields: Any) -> "Walk":
        """One move, now. Raises what the door raises."""
        files = [self.cast.photo(self.draw) for _ in range(photos)]
        asked = Move(action=action, files=photos, **fields)
        unit = next(iter(sorted(actor.units)), None) if actor.kind is ActorKind.PERSON else None
        move(self.id, asked, actor=actor, now=self.now, setting=self.cast.setting, unit=unit, files=files)
        return self

    def system(self, action: Action, **fields: Any) -> "Walk":
        return self.do(SYSTEM, action, **fields)

    def reporter(self, action: Action, **fields: Any) -> "Walk":
        return self.do(REPORTER, action, **fields)

    def link(self, action: Action, **fields: Any) -> "Walk":
        return self.do(LINK, action, **fields)

    # Stretches of the way that most matters share

    def accept(self) -> "Walk":
        return self.later(5, 90).do(self.room(Post.INTAKE), Action.ACCEPT)

    def dispatch(self, *, but: frozenset[int] = frozenset(), **fields: Any) -> "Walk":
        """分流: to the platform the category usually goes to, straight to the office where there is none."""
        platform, office = self.cast.office_for(self.cast.township, self.case.category, but=but)
        reason = f"按职责由{self.cast.setting.units[platform or office].name}承办"
        return self.later(5, 120).do(
            self.room(Post.DISPATCHER), Action.DISPATCH, to=platform or office, reason=reason, **fields
        )

    def forward(self, *, but: frozenset[int] = frozenset()) -> "Walk":
        """转派, where the work lies with a platform."""
        main = self.case.main
        assert main is not None
        if main.platform is None:
            return self
        _, office = self.cast.office_for(self.cast.township, self.case.category, but=but)
        return self.later(5, 120).do(self.platform(main.unit), Action.FORWARD, to=office)

    def sign(self) -> "Walk":
        return self.later(5, 200).do(self.main_office, Action.SIGN)

    def to_work(self) -> "Walk":
        """From accepting to the office that begins."""
        return self.accept().dispatch().forward().sign()

    def finish(self) -> "Walk":
        assert self.sort is not None
        category = self.cast.setting.categories[self.case.category]
        photos = 1 if category.photo or self.draw.random() < 0.3 else 0
        return self.do(self.main_office, Action.FINISH, text=self.draw.choice(self.sort.results), photos=photos)

    def verify(self) -> "Walk":
        return self.later(30, 300).do(self.room(Post.DISPATCHER), Action.VERIFY)

    def to_verified(self) -> "Walk":
        return self.to_work().days(self.draw.uniform(0.2, 3)).finish().verify()

    def rate(self, *, satisfied: bool = True, reason: str = "") -> "Walk":
        """The reporter says what they think; where nobody can be asked, the case has closed already."""
        if not self.case.stage.open:
            return self
        return self.days(0.5).reporter(Action.RATE, verdict=satisfied, reason=reason)

    def split(self, parts: tuple[str, ...], reason: str) -> tuple["Walk", ...]:
        """One affair of several: a walk of its own for each part."""
        found = split(
            self.id, parts, reason=reason, actor=self.room(Post.DISPATCHER), now=self.now, setting=self.cast.setting
        )
        return tuple(self._other(child.case_id) for child in found.children)

    def _other(self, case_id: int) -> "Walk":
        other = Walk(self.cast, self.draw, self.now, self.end)
        other.id, other.sort, other.now = case_id, self.sort, self.now
        return other

    def urgent(self) -> Urgency:
        return self.draw.choice((Urgency.URGENT, Urgency.EXPRESS))
