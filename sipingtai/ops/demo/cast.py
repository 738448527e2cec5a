"""Who acts in the demo (演示人物): the people of the packs, found by what they are, and where matters lie."""

import io
import random
from collections.abc import Mapping
from datetime import datetime

from attrs import field, frozen

from sipingtai.access.file_store import installed_files
from sipingtai.access.uploads import Accepted, inspect
from sipingtai.cases.models import Attachment
from sipingtai.core.calendar import local
from sipingtai.core.posts import Actor, ActorKind, Post
from sipingtai.core.setting import Level, Setting, UnitKind
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
    _actors: dict[int, Actor] = field(factory=dict)
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

    def office_for(self, command: int, category: str, *, but: frozenset[int] = frozenset()) -> tuple[int | None, int]:
        """Platform and office a category usually goes to; a platform's first member where the usual office is not."""
        route = self.routes[command].get(category)
        platform, office = (route.platform, route.office) if route else (None, None)
        units = self.setting.units
        if platform is not None and (office is None or platform not in units[office].platforms or office in but):
            office = next(u.id for u in units.values() if platform in u.platforms and u.active and u.id not in but)
        if office is None:
            office = next(
                u.id for u in units.values() if u.kind is UnitKind.OFFICE and u.command == command and u.id not in but
            )
        return platform, office

    def members(self, platform: int, but: int) -> list[int]:
        """The other offices of a platform."""
        return [u.id for u in self.setting.units.values() if platform in u.platforms and u.active and u.id != but]

    def point_in(self, grid: int, draw: random.Random) -> tuple[float, float] | None:
        """A point inside a grid, longitude and latitude; None where it has no boundary."""
        ring = _ring(grid)
        if not ring:
            return None
        west, east = min(x for x, _ in ring), max(x for x, _ in ring)
        south, north = min(y for _, y in ring), max(y for _, y in ring)
        for _ in range(20):
            x, y = round(draw.uniform(west, east), 6), round(draw.uniform(south, north), 6)
            if grid_index(self.setting.version).locate(x, y) == grid:
                return x, y
        return None

    def photo(self, draw: random.Random) -> Attachment:
        """One of a few drawn pictures, ready to go with a move."""
        accepted, digest = draw.choice(self._kept)
        return Attachment(
            name=f"现场{draw.randint(1, 99):02d}.jpg", mime=accepted.mime, size=len(accepted.content), digest=digest
        )


def gather(now: datetime) -> Cast:
    """The cast as the organisation is today: the loop is played with yesterday's clock and today's people."""
    day = local(now).date()
    setting = load(day)
    county = next(c for c in setting.commands.values() if c.level is Level.COUNTY)
    township = next(c for c in setting.commands.values() if c.level is Level.TOWNSHIP and c.parent == county.id)
    held = PostHolding.objects.filter(valid_on(day), substitute_for=None).order_by("account__username")
    accounts: dict[tuple[int, Post], int] = {}
    for unit, post, account in held.values_list("unit_id", "post", "account_id"):
        accounts.setdefault((unit, Post(post)), account)
    within = setting.units[township.id].area
    grids = [u.id for u in setting.units.values() if u.kind is UnitKind.GRID and u.area.startswith(within) and u.active]
    kept = tuple((picture, installed_files().keep(picture)) for picture in _accepted())
    return Cast(
        setting=setting, township=township.id, county=county.id, grids=tuple(sorted(grids)), accounts=accounts, now=now,
        routes={command: usual_routes(command, day) for command in (township.id, county.id)}, kept=kept,
    )  # fmt: skip


def _accepted() -> list[Accepted]:
    found = [inspect(io.BytesIO(content), "现场.jpg") for content in pictures()]
    return [f for f in found if isinstance(f, Accepted)]


def _ring(grid: int) -> list[tuple[float, float]]:
    boundary = Unit.objects.filter(pk=grid).values_list("area__boundary", flat=True).first()
    if not boundary:
        return []
    shape = boundary.get("geometry", boundary)
    rings = shape["coordinates"] if shape["type"] == "Polygon" else shape["coordinates"][0]
    return [(float(x), float(y)) for x, y in rings[0]]
