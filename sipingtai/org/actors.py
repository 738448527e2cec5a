"""Who somebody is at this moment: the seats they hold, and what of the organisation they stand over."""

from collections.abc import Iterable
from datetime import datetime

from attrs import frozen

from sipingtai.core.calendar import local
from sipingtai.core.posts import Actor, ActorKind, Post, Seat
from sipingtai.org.duty import OnDuty, leading_over
from sipingtai.org.models import PostHolding
from sipingtai.org.setting import valid_on

# The role of the database's actor (access.actor_scope), by the highest post held.
ROLES: tuple[tuple[str, frozenset[Post]], ...] = (
    (
        "command",
        frozenset(
            {Post.LEADER, Post.CHIEF, Post.DUTY, Post.ROOM_HEAD, Post.INTAKE, Post.ANALYST, Post.DISPATCHER,
             Post.ASSESSOR, Post.STATION}
        ),
    ),
    ("oversight", frozenset({Post.OVERSIGHT})),
    ("platform", frozenset({Post.PLATFORM_HEAD, Post.PLATFORM_CLERK})),
    ("office", frozenset({Post.OFFICE_HEAD, Post.HANDLER})),
    ("grid", frozenset({Post.GRID_HEAD, Post.GRID_WORKER})),
    ("audit_admin", frozenset({Post.AUDIT_ADMIN})),  # reads the logs of access/migrations/0003
    ("admin", frozenset({Post.SYSTEM_ADMIN, Post.SECURITY_ADMIN})),
)  # fmt: skip
OVER_AREAS = frozenset({"command", "oversight", "grid"})
"""Roles that see by area; platforms and offices see by what is assigned to their unit."""


LOOKING_ON = frozenset({Post.OVERSIGHT, Post.SYSTEM_ADMIN, Post.SECURITY_ADMIN, Post.AUDIT_ADMIN})
"""Posts that do no work on cases: their unit's restricted cases (限知) are not theirs to see."""


@frozen(kw_only=True)
class Standing:
    """The actor for core's rules, and the scope for row-level security (arguments of `actor_scope.scope`)."""

    actor: Actor
    role: str  # "" for somebody without any seat: they see nothing
    units: tuple[int, ...]
    areas: tuple[tuple[str, str], ...]  # half-open ranges of area codes
    leaders: tuple[OnDuty, ...] = ()  # who leads on duty now where the actor has a seat (值班领导)


def actor_for(account: int, now: datetime) -> Standing:
    """The seats an active account holds at `now`, own, as B岗 and on duty, in one query."""
    day = local(now).date()
    held = PostHolding.objects.filter(
        valid_on(day), valid_on(day, "unit__"), account_id=account, account__is_active=True
    )
    rows = held.annotate(led=leading_over("unit__area__code", now)).values_list(
        "unit_id", "post", "substitute_for_id", "unit__area__code", "led"
    )
    return standing(account, ((*row[:4], OnDuty(**row[4]) if row[4] else None) for row in rows))


def standing(account: int, rows: Iterable[tuple[int, str, int | None, str, OnDuty | None]]) -> Standing:
    """What follows from the seats held: unit, post, whom they stand in for, the unit's area, who leads there now.

    Leading on duty is a seat as well, for as long as it lasts. It needs another seat in the place: whoever has left
    the township leads nothing there, whatever the rota says.
    """
    own: set[Seat] = set()
    lent: set[Seat] = set()
    areas: set[str] = set()
    leaders: dict[int, OnDuty] = {}
    for unit, post, absent, area, leader in rows:
        seat = Seat(unit, Post(post))
        (own if absent is None else lent).add(seat)
        if role_of({seat.post}) in OVER_AREAS:
            areas.add(area)
        if leader is not None:
            leaders[leader.command] = leader
    for leader in leaders.values():
        if leader.account == account:
            own.add(Seat(leader.command, Post.DUTY))
            areas.add(leader.area)
    actor = Actor(kind=ActorKind.PERSON, person=account, seats=frozenset(own), substitute=frozenset(lent))
    return Standing(
        actor=actor,
        role=role_of({seat.post for seat in own | lent}),
        units=tuple(sorted({seat.unit for seat in own | lent if seat.post not in LOOKING_ON})),
        areas=tuple((code, after(code)) for code in sorted(_outermost(areas))),
        leaders=tuple(leaders[command] for command in sorted(leaders)),
    )


def role_of(posts: set[Post]) -> str:
    """The role that the highest of the posts gives."""
    return next((role for role, family in ROLES if posts & family), "")


def after(code: str) -> str:
    """The end of the range that holds the area and all within it: 331125 → 331126."""
    return str(int(code) + 1).zfill(len(code))


def _outermost(codes: set[str]) -> set[str]:
    return {code for code in codes if not any(code != other and code.startswith(other) for other in codes)}
