"""Who acts in the demo (演示人物): the people of the packs, found by what they are, and where matters lie."""

import io
import random
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from attrs import field, frozen

from sipingtai.access.file_store import installed_files
from sipingtai.access.uploads import Accepted, inspect
from sipingtai.cases.models import Attachment
from sipingtai.core.calendar import local
from sipingtai.core.posts import Actor, ActorKind, Post
from sipingtai.core.setting import Level, Setting, UnitKind
from sipingtai.core.who import OFFICE_POSTS
from sipingtai.loop.intake.placing import grid_index
from sipingtai.ops.demo.pictures import pictures
from sipingtai.org.actors import actor_for
from sipingtai.org.models import PostHolding, Unit
from sipingtai.org.routes import Route, usual_routes
from sipingtai.org.setting import load, valid_on

REPORTER = Actor(kind=ActorKind.REPORTER)
LINK = Actor(kind=ActorKind.LINK)


@frozen(kw_only=True)
class Cast:
    """Township, county, and everybody in them."""

    setting: Setting
    township: int
    county: int
    routes: Mapping[int, Mapping[str, Route]]  # by command
    grids: tuple[int, ...]
    _accounts: Mapping[tuple[int, Post], int]  # the first holder of a post at a unit, in their own name
    _actors: dict[int, Actor] = field(factory=dict)  # shared by the casts of one day
    _now: datetime
    _kept: tuple[tuple[Accepted, str], ...]

    def at(self, unit: int, *posts: Post) -> Actor:
        """Whoever holds one of these posts at a unit. Raises LookupError where nobody does."""
        account = next((self._accounts[unit, post] for post in posts if (unit, post) in self._accounts), None)
        if account is None:
            raise LookupError(f"{self.setting.units[unit].name}没有{'、'.join(p.label for p in posts)}")
        if account not in self._actors:
            self._actors[account] = actor_for(account, self._now).actor
        return self._actors[account]

    def meet(self) -> "Cast":
        """Look everybody of township and county up at once: their seats may be others' when they are to act."""
        units = self.setting.units
        county, township = units[self.county].area, units[self.township].area
        for unit, post in self._accounts:
            if units[unit].area == county or units[unit].area.startswith(township):
                self.at(unit, post)
        return self

    def has(self, unit: int, post: Post) -> bool:
        """Whether somebody holds this post at a unit."""
        return (unit, post) in self._accounts

    @property
    def station_first(self) -> bool:
        """Whether village stations receive first what lies in their village."""
        return self.setting.rules(self.township).station_first

    def chief(self, command: int) -> Actor:
        """Whoever decides at a command: its 总指挥, or who acts above or for them."""
        seats = self.setting.rules(command).chiefs
        held = next((seat for seat in seats if (seat.unit, seat.post) in self._accounts), None)
        return self.at(held.unit, held.post) if held else self.at(command, Post.CHIEF, Post.LEADER, Post.STATION)

    def office_for(self, command: int, category: str, *, but: frozenset[int] = frozenset()) -> tuple[int | None, int]:
        """Platform and office a category usually goes to; a platform's first member where the usual office is not."""
        route = self.routes[command].get(category)
        platform, office = (route.platform, route.office) if route else (None, None)
        units = self.setting.units
        if platform is not None and (office is None or platform not in units[office].platforms or office in but):
            office = next((u for u in self._staffed(command) if platform in units[u].platforms and u not in but), None)
        if office is None or office in but:
            platform, office = None, next(u for u in self._staffed(command) if u not in but)
            through = self.setting.rules(command).hops > 1
            platform = next(iter(sorted(units[office].platforms)), None) if through else None
        return platform, office

    def office_within(self, platform: int, category: str, *, but: frozenset[int] = frozenset()) -> int:
        """The office a category usually goes to, where it is of this platform; else the platform's first one."""
        units = self.setting.units
        _, office = self.office_for(units[platform].command, category, but=but)
        if platform in units[office].platforms:
            return office
        staffed = self._staffed(units[platform].command)
        return next(u for u in staffed if platform in units[u].platforms and u not in but)

    def _staffed(self, command: int) -> list[int]:
        """The offices of a command where somebody works."""
        return [
            u.id
            for u in self.setting.units.values()
            if u.kind is UnitKind.OFFICE and u.command == command and u.active
            and any((u.id, post) in self._accounts for post in OFFICE_POSTS)
        ]  # fmt: skip

    def members(self, platform: int | None, but: int) -> list[int]:
        """The other offices of a platform; of the whole township where there is none."""
        township = self._staffed(self.township)
        members = [u for u in township if platform is None or platform in self.setting.units[u].platforms]
        return [u for u in members if u != but] or [u for u in township if u != but]

    def point_in(self, grid: int, draw: random.Random) -> tuple[float, float] | None:
        """A point inside a grid, longitude and latitude; None where it has no boundary."""
        ring = _ring(grid)
        if not ring:
            return None
        west, east = min(x for x, _ in ring), max(x for x, _ in ring)
        south, north = min(y for _, y in ring), max(y for _, y in ring)
        for _ in range(20):
            x, y = round(draw.uniform(west, east), 6), round(draw.uniform(south, north), 6)
            if grid_index(self.setting).locate(x, y) == grid:
                return x, y
        return None

    def photo(self, draw: random.Random) -> Attachment:
        """One of a few drawn pictures, ready to go with a move."""
        accepted, digest = draw.choice(self._kept)
        return Attachment(
            name=f"现场{draw.randint(1, 99):02d}.jpg", mime=accepted.mime, size=len(accepted.content), digest=digest
        )


def gather(now: datetime) -> Cast:
    """The cast of the first township; see `gather_all`."""
    return gather_all(now)[0]


def gather_all(now: datetime, areas: Sequence[str] = ()) -> list[Cast]:
    """The casts of all townships, or of those within `areas` (codes of any length), by area code.

    Everybody as they are today: the loop is played with yesterday's clock and today's people.
    """
    day = local(now).date()
    setting = load(day)
    held = PostHolding.objects.filter(valid_on(day), substitute_for=None).order_by("account__username")
    accounts: dict[tuple[int, Post], int] = {}
    for unit, post, account in held.values_list("unit_id", "post", "account_id"):
        accounts.setdefault((unit, Post(post)), account)
    kept = tuple((picture, installed_files().keep(picture)) for picture in _accepted())
    actors: dict[int, Actor] = {}
    units = setting.units
    townships = [
        c
        for c in setting.commands.values()
        if c.level is Level.TOWNSHIP and c.parent is not None and units[c.id].active
    ]
    casts: list[Cast] = []
    for township in sorted(townships, key=lambda c: units[c.id].area):
        within, county = units[township.id].area, township.parent
        if county is None or (areas and not any(within.startswith(a) or a.startswith(within) for a in areas)):
            continue
        grids = [u.id for u in units.values() if u.kind is UnitKind.GRID and u.area.startswith(within) and u.active]
        casts.append(
            Cast(
                setting=setting, township=township.id, county=county, grids=tuple(sorted(grids)), accounts=accounts,
                now=now, routes={command: usual_routes(command, day) for command in (township.id, county)}, kept=kept,
                actors=actors,
            )
        )  # fmt: skip
    return casts


def _accepted() -> list[Accepted]:
    found = [inspect(io.BytesIO(content), "现场.jpg") for content in pictures()]
    return [f for f in found if isinstance(f, Accepted)]


@lru_cache(maxsize=512)
def _ring(grid: int) -> list[tuple[float, float]]:
    boundary = Unit.objects.filter(pk=grid).values_list("area__boundary", flat=True).first()
    if not boundary:
        return []
    shape = boundary.get("geometry", boundary)
    rings = shape["coordinates"] if shape["type"] == "Polygon" else shape["coordinates"][0]
    return [(float(x), float(y)) for x, y in rings[0]]
