"""One matter's walk through the loop in simulated time: every step through a door (take_in, split, move)."""

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from sipingtai.cases.models import Attachment
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Case, Channel, Holder, Kind
from sipingtai.core.effects.ending import follow_up_lapses
from sipingtai.core.limits import Unit
from sipingtai.core.moves import Move
from sipingtai.core.posts import SYSTEM, Actor, ActorKind, Post
from sipingtai.core.setting import Level, Setting, Urgency
from sipingtai.core.stages import Stage
from sipingtai.faces.asked import unit_acting
from sipingtai.loop.dispatch.split import Split, split
from sipingtai.loop.errors import Refused
from sipingtai.loop.intake.report import Receipt, Report, take_in
from sipingtai.loop.moves import lock, move
from sipingtai.loop.writing import Moved
from sipingtai.ops.demo.cast import LINK, REPORTER, Cast
from sipingtai.ops.demo.matters import GIVEN, PLACES, SURNAMES, Sort, ordinary

_KINDS = {"01": Kind.DISPUTE, "03": Kind.HAZARD, "12": Kind.SERVICE, "13": Kind.SERVICE, "14": Kind.SERVICE}
SENDER = "demo"
# Nobody meets, visits or inspects at night; what a grid worker, a villager, the police or a sensor sees comes any time.
OFFICE_HOURS = {
    Channel.VISIT, Channel.LIAISON, Channel.INSPECTION, Channel.DEPARTMENT, Channel.COUNTY, Channel.MEETING,
    Channel.STATION,
}  # fmt: skip


class Door(Protocol):
    """Where cases are moved: the tables' own door, or a batch in memory (`loop.bulk.Batch`)."""

    def case(self, case_id: int) -> Case: ...

    def take_in(
        self, report: Report, *, sender: str, key: uuid.UUID, actor: Actor, now: datetime, setting: Setting,
        with_code: bool = False,
    ) -> Receipt: ...  # fmt: skip

    def move(
        self, case_id: int, asked: Move, *, actor: Actor, now: datetime, setting: Setting, unit: int | None = None,
        files: Sequence[Attachment] = (),
    ) -> Moved: ...  # fmt: skip

    def split(
        self, case_id: int, parts: Sequence[str], *, reason: str, actor: Actor, now: datetime, setting: Setting
    ) -> Split: ...


class Tables:
    """The door itself, within the caller's scope."""

    take_in, move, split = staticmethod(take_in), staticmethod(move), staticmethod(split)

    def case(self, case_id: int) -> Case:
        return lock(case_id).case


class NotYet(Exception):
    """The next step lies in the future: the story is told as far as today."""


class Walk:
    """A case on its way. `now` only moves forward, in working time, and never beyond `end`.

    A step that would come later comes at `end`, or, where the walk `stops`, not at all: it raises NotYet.
    """

    def __init__(
        self, cast: Cast, draw: random.Random, start: datetime, end: datetime, *, door: Door | None = None,
        stops: bool = False, exactly: bool = False,
    ) -> None:  # fmt: skip
        self.cast, self.draw, self.end, self.stops = cast, draw, end, stops
        self.door: Door = door if door is not None else Tables()
        self.now = local(start)
        if not exactly:
            self.now = min(cast.setting.calendar.add_minutes(self.now, draw.randint(1, 300)), end)
        self.id = 0
        self.sort: Sort | None = None
        self.others: list[Walk] = []  # matters that came of this one, or joined it

    def goes_on(self, cast: Cast, start: datetime, end: datetime) -> None:
        """From now on with other people, towards another end: the set-up has changed."""
        self.cast, self.now, self.end = cast, max(self.now, local(start)), end
        for other in self.others:
            other.goes_on(cast, start, end)

    # Time

    def later(self, shortest: int = 15, longest: int = 150) -> "Walk":
        """Some working minutes later."""
        return self._working(self.draw.randint(shortest, longest))

    def days(self, workdays: float) -> "Walk":
        """Some working days later."""
        return self._working(round(workdays * self.cast.setting.calendar.minutes_per_day))

    def _working(self, minutes: int) -> "Walk":
        moment = self.cast.setting.calendar.add_minutes(self.now, minutes)
        return self.at(moment + timedelta(seconds=self.draw.randint(0, 50)))

    def at(self, moment: datetime) -> "Walk":
        moment = local(moment)
        if moment > self.end and self.stops:
            raise NotYet
        self.now = max(self.now, min(moment, self.end))
        return self

    # People

    def room(self, *posts: Post, county: bool = False) -> Actor:
        """The command room's people: where the case lies, if it lies with a village station."""
        at = self.cast.county if county else self.cast.township
        if self.id and not county and self.in_village:
            at = self.case.command
        return self.cast.at(at, *posts, Post.ROOM_HEAD, Post.STATION)

    def here(self, *posts: Post) -> Actor:
        """The people of the command room that commands the case now."""
        return self.room(*posts, county=self.case.command == self.cast.county)

    def chief(self) -> Actor:
        return self.cast.chief(self.case.command)

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

    def decider(self, holder: Holder) -> Actor:
        """Whoever decides where a decision lies with this holder."""
        commands = self.cast.setting.commands
        if holder.post is Post.CHIEF and holder.unit in commands:
            return self.cast.chief(holder.unit)
        if holder.post is not None:
            return self.cast.at(holder.unit, holder.post, Post.CHIEF, Post.ROOM_HEAD)
        return self.room(Post.DISPATCHER) if holder.unit in commands else self.office(holder.unit)

    # The door

    @property
    def case(self) -> Case:
        return self.door.case(self.id)

    @property
    def in_village(self) -> bool:
        return self.cast.setting.commands[self.case.command].level is Level.VILLAGE

    def report(self, sort: Sort, channel: Channel, *, at_station: bool = False, **fields: Any) -> "Walk":
        """The matter comes in, with a place inside a grid; from a grid by its worker, else written down by the room.

        Where village stations receive first, the station passes it on, unless it is to stay `at_station`.
        """
        if channel in OFFICE_HOURS and self.cast.setting.calendar.add_minutes(self.now, 0) != self.now:
            self.later(1, 150)
        grid = self.draw.choice(self.cast.grids)
        title, text = self.draw.choice(sort.reports)
        place = self.draw.choice(PLACES)
        own = channel is Channel.GRID
        villager = channel is Channel.VILLAGER
        writer = self.room(Post.INTAKE, county=channel is Channel.COUNTY)
        actor = self.cast.at(grid, Post.GRID_WORKER) if own else REPORTER if villager else writer
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
        receipt = self.door.take_in(
            Report(**(wanted | fields)), sender=SENDER, key=uuid.UUID(int=self.draw.getrandbits(128), version=4),
            actor=actor, now=self.now, setting=self.cast.setting, with_code=villager,
        )  # fmt: skip
        self.id, self.sort = receipt.case_id, sort
        if self.in_village and not at_station:
            station = self.room(Post.STATION)
            self.later(5, 60).do(station, Action.ACCEPT)
            self.later(5, 60).do(station, Action.ESCALATE, reason="村里办不了，报上级指挥室办理")
        return self

    def _name(self) -> str:
        return self.draw.choice(SURNAMES) + self.draw.choice(GIVEN)

    def do(self, actor: Actor, action: Action, *, photos: int = 0, **fields: Any) -> "Walk":
        """One move, now. Raises what the door raises."""
        setting = self.cast.setting
        files = [self.cast.photo(self.draw) for _ in range(photos)]
        asked = Move(action=action, files=photos, **fields)
        unit = unit_acting(actor, self.case, setting) if actor.kind is ActorKind.PERSON else None
        self.door.move(self.id, asked, actor=actor, now=self.now, setting=setting, unit=unit, files=files)
        return self

    def one_of(self, actors: Sequence[Actor], action: Action, **fields: Any) -> "Walk":
        """The move by the first of these whom the table permits it. Raises the last refusal."""
        for actor in actors[:-1]:
            try:
                return self.do(actor, action, **fields)
            except Refused:
                continue
        return self.do(actors[-1], action, **fields)

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
        """分流: to the platform the category usually goes to; straight to the office where one hop is the way."""
        case, setting = self.case, self.cast.setting
        command = self.cast.county if case.command == self.cast.county else self.cast.township
        platform, office = self.cast.office_for(command, case.category, but=but | case.shunned)
        two = platform is not None and setting.rules(command).hops > 1
        to = platform if two else office
        assert to is not None
        reason = f"按职责由{setting.units[to].name}承办"
        self.later(5, 120)
        return self.one_of(
            [self.room(Post.DISPATCHER, county=command == self.cast.county), self.cast.chief(command)],
            Action.DISPATCH, to=to, reason=reason, **fields,
        )  # fmt: skip

    def forward(self, *, but: frozenset[int] = frozenset()) -> "Walk":
        """转派, where the work lies with a platform."""
        case = self.case
        main = case.main
        assert main is not None
        if main.platform is None or main.unit != main.platform:
            return self
        office = self.cast.office_within(main.unit, case.category, but=but | case.shunned)
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
        """核查 by somebody who did not work on it: the room, the grid where it lies, the chief, or the level above."""
        self.later(30, 300)
        case, cast = self.case, self.cast
        actors = [self.here(post) for post in (Post.DISPATCHER, Post.INTAKE, Post.ANALYST)]
        if case.grid is not None:
            actors.append(cast.at(case.grid, Post.GRID_WORKER, Post.GRID_HEAD))
        above = cast.township if self.in_village else cast.county
        return self.one_of([*actors, self.chief(), cast.at(above, Post.DISPATCHER, Post.ROOM_HEAD)], Action.VERIFY)

    def to_verified(self) -> "Walk":
        return self.to_work().days(self.draw.uniform(0.2, 3)).finish().verify()

    def rate(self, *, satisfied: bool = True, reason: str = "") -> "Walk":
        """The reporter says what they think; where nobody can be asked, the case has closed already."""
        while self.case.stage is Stage.VERIFIED and self.case.top.owed:
            self.later().do(self.here(Post.DISPATCHER), Action.ANSWER, text="已办结，现场核实无误，请核查。")
            self.verify()
        if self.case.stage is not Stage.VERIFIED:
            return self
        return self.days(0.5).reporter(Action.RATE, verdict=satisfied, reason=reason)

    def lapse(self) -> "Walk":
        """Nobody rates it within the pack's days: the clock closes it."""
        until = follow_up_lapses(self.case, self.cast.setting)
        return self.at(until).system(Action.CLOSE) if until is not None else self

    def archive_night(self, closed: datetime, days: int) -> datetime:
        """The first night in which a case closed then can no longer be reopened."""
        over = local(closed) + timedelta(days=days)
        night = over.replace(hour=2, minute=10, second=self.draw.randint(1, 50), microsecond=0)
        return night if night > over else night + timedelta(days=1)

    def split(self, parts: tuple[str, ...], reason: str) -> tuple["Walk", ...]:
        """One affair of several: a walk of its own for each part."""
        found = self.door.split(
            self.id, parts, reason=reason, actor=self.room(Post.DISPATCHER), now=self.now, setting=self.cast.setting
        )
        return tuple(self.other(child.case_id) for child in found.children)

    def other(self, case_id: int = 0) -> "Walk":
        """The walk of another matter beside this one, from now on."""
        other = Walk(self.cast, self.draw, self.now, self.end, door=self.door, stops=self.stops, exactly=True)
        other.id, other.sort = case_id, self.sort
        self.others.append(other)
        return other

    def any_sort(self, *, calm: bool = False) -> Sort:
        """What is reported at this time of the year; `calm`: with days to do it in."""
        while True:
            sort = ordinary(self.draw, self.now.month)
            limit = self.cast.setting.categories[sort.category].handle
            if not calm or limit is None or limit.unit in (Unit.WORKDAY, Unit.DAY):
                return sort

    def urgent(self) -> Urgency:
        return self.draw.choice((Urgency.URGENT, Urgency.EXPRESS))
