"""Accounts to look at the demo with (演示账号): one for each post of every county and township, and a village's.

The passwords are random, made once, and kept in a file only this user can read. An account somebody has signed in to
before keeps its own: it may be a real person's.
"""

import json
import os
import secrets
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path

from attrs import asdict, frozen
from django.conf import settings

from sipingtai.access.models import Account
from sipingtai.core.calendar import local
from sipingtai.core.posts import Post
from sipingtai.ops.demo.cast import Cast
from sipingtai.ops.demo.matters import EVERYDAY
from sipingtai.org.models import Area, PostHolding
from sipingtai.org.packs.accounts import LENGTH, LETTERS, quick_hash
from sipingtai.org.packs.sheets import OWNER
from sipingtai.org.setting import valid_on


@frozen
class Person:
    """An account, what it is, and its password; none where it keeps one of its own."""

    account: str
    post: str
    unit: str
    password: str
    place: str = ""  # the county's or township's name


def path() -> Path:
    """Where the demo's passwords lie."""
    return Path(settings.SIPINGTAI_HOME) / "demo-people.json"


def people() -> list[Person] | None:
    """The accounts of the demo, or None where there is no demo."""
    try:
        return [Person(**found) for found in json.loads(path().read_text("utf-8"))]
    except FileNotFoundError:
        return None


def appoint(casts: Sequence[Cast], now: datetime) -> list[Person]:
    """Choose one account a post, give each a password, and remember them."""
    fresh: list[Person] = []
    for account, post, unit, place in _chosen(casts, now):
        password = "" if account.last_login else "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        if password:
            Account.objects.using(OWNER).filter(pk=account.pk).update(
                password=quick_hash(password), must_change_password=False
            )
        fresh.append(Person(account=account.username, post=post.label, unit=unit, password=password, place=place))
    _remember(fresh)
    return fresh


def _chosen(casts: Sequence[Cast], now: datetime) -> Iterable[tuple[Account, Post, str, str]]:
    """Per area and post the account at the busiest unit; one that is listed already only where there is no other."""
    busy = sum((_busy(cast) for cast in casts), Counter[int]())
    held = PostHolding.objects.using(OWNER).filter(valid_on(local(now).date()), substitute_for=None)
    rows = sorted(held.select_related("account", "unit__area"), key=lambda r: (-busy[r.unit_id], r.account.username))
    areas = _areas(casts)
    names = dict(Area.objects.filter(code__in=areas).values_list("code", "name"))
    by_seat: dict[tuple[str, str], list[PostHolding]] = {}
    for row in rows:
        by_seat.setdefault((_area(areas, row.unit.area.code), row.post), []).append(row)
    listed: set[int] = set()
    for area in areas:
        for post in Post:
            fit = by_seat.get((area, post.value), [])
            found = next((r for r in fit if r.account_id not in listed), fit[0] if fit else None)
            if found is not None and found.account_id not in listed:
                listed.add(found.account_id)
                yield found.account, post, found.unit.name, names[area]


def _areas(casts: Sequence[Cast]) -> list[str]:
    """Counties and townships, each county before its own."""
    return sorted({cast.setting.units[command].area for cast in casts for command in (cast.county, cast.township)})


def _area(areas: Sequence[str], code: str) -> str:
    """County or township an area belongs to; villages and grids are the township's."""
    return max((area for area in areas if code.startswith(area)), key=len, default="")


def _busy(cast: Cast) -> Counter[int]:
    """How many of the demo's sorts of matter usually go to each unit."""
    found: Counter[int] = Counter()
    for sort in EVERYDAY:
        platform, office = cast.office_for(cast.township, sort.category)
        found.update(unit for unit in (platform, office) if unit is not None)
    return found


def _remember(found: list[Person]) -> None:
    draft = path().with_name(f".{path().name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump([asdict(person) for person in found], file, ensure_ascii=False, indent=1)
    draft.replace(path())
