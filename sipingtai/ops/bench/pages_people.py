"""Who looks at the pages (角色): by what the tables hold, so that each has as much before them as anybody has."""

from attrs import frozen
from django.db.models import Count
from django.test import Client
from django.utils import timezone

from sipingtai.access.actor_scope import scope, system_scope
from sipingtai.access.models import Account
from sipingtai.cases.models import Assignment, Case
from sipingtai.core.calendar import local
from sipingtai.core.posts import Post
from sipingtai.ops.bench.standing import tokens_of
from sipingtai.org.actors import actor_for
from sipingtai.org.models import PostHolding

TOKENS = 4  # of each: one has its allowance of requests a minute


@frozen(kw_only=True)
class Person:
    """Somebody signed in, on the desk or by a program."""

    name: str  # stable: dispatcher, office, …
    label: str  # Chinese
    account: Account
    cookie: str
    tokens: tuple[str, ...]


def people() -> dict[str, Person]:
    """The busiest township's dispatcher, chief, leader and grid worker, its offices, the county and its oversight."""
    with system_scope("测速"):
        towns = Case.objects.values("area").annotate(n=Count("id")).order_by("-n")
        given = Assignment.objects.values_list("unit").annotate(n=Count("id")).order_by("-n")
        by_area: dict[str, int] = {}
        for row in towns:
            by_area[row["area"][:9]] = by_area.get(row["area"][:9], 0) + row["n"]
        town = max(by_area, key=by_area.__getitem__)
        grid = next(row["area"] for row in towns if row["area"].startswith(town) and len(row["area"]) == 15)
        every = list(given)
    offices = _held(Post.HANDLER, town)
    counts = {unit: n for unit, n in every if unit in offices}
    chosen = {
        "dispatcher": ("分流岗", _held(Post.DISPATCHER, town)),
        "chief": ("总指挥", _held(Post.CHIEF, town)),
        "leader": ("主要领导", _held(Post.LEADER, town)),
        "office": ("忙的站所", {u: offices[u] for u in [max(counts, key=counts.__getitem__)]}),
        "quiet": ("闲的站所", {u: offices[u] for u in [min(counts, key=counts.__getitem__)]}),
        "county": ("县级分流岗", _held(Post.DISPATCHER, town[:6])),
        "oversight": ("县级监督", _held(Post.OVERSIGHT, town[:6]) or _held(Post.OVERSIGHT, town)),
        "grid": ("网格员", _held(Post.GRID_WORKER, grid)),
    }
    return {name: _person(name, label, next(iter(who.values()))) for name, (label, who) in chosen.items() if who}


def _held(post: Post, area: str) -> dict[int, Account]:
    """Who holds a post, by unit: units of exactly this area."""
    rows = PostHolding.objects.filter(post=post.value, unit__area__code=area, valid_to=None, substitute_for=None)
    return {row.unit_id: row.account for row in rows.select_related("account").order_by("-account__username")}


def _person(name: str, label: str, account: Account) -> Person:
    client = Client()
    client.force_login(account)
    return Person(
        name=name,
        label=label,
        account=account,
        cookie="; ".join(f"{key}={morsel.value}" for key, morsel in client.cookies.items()),
        tokens=tuple(tokens_of(account.username, TOKENS)),
    )


def seen_by(person: Person, count: int) -> list[str]:
    """Numbers of the cases this person saw come in last. One statement, whatever it costs."""
    found = actor_for(person.account.pk, local(timezone.now()))
    with scope(person.account.pk, found.units, found.areas, found.role):
        return list(Case.objects.order_by("-received_at").values_list("number", flat=True)[:count])
