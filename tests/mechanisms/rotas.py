"""A rota for tests: who leads from day to day, put there by whoever may."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import psycopg
from psycopg.types.json import Jsonb

from sipingtai.core.calendar import TZ, local
from sipingtai.core.posts import Post, Seat
from sipingtai.mechanisms.duty.rota import Planned, put
from sipingtai.org.actors import actor_for
from tests.township import Township

HEAD, CHIEF, LEADER = "331125201-room-head", "331125201-chief", "331125201-leader"
DEPUTY, OTHER_DEPUTY = "331125201-platform-2-head", "331125201-platform-3-head"
CLERK = "331125201-office-03"
DAY = timedelta(days=1)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=TZ)


def room(wuxi: Township) -> int:
    return wuxi.unit("331125201-指挥室")


def id_of(wuxi: Township, username: str) -> int:
    return wuxi.account(username).pk


def roster(
    wuxi: Township, first: date, leaders: Sequence[str], *, now: datetime, by: str = HEAD, staff: Sequence[str] = ()
) -> None:
    """These people lead from `first` on, one a day."""
    others = tuple(id_of(wuxi, name) for name in staff) if staff else None
    plan = {
        first + no * DAY: Planned(leader=id_of(wuxi, name), staff=others) for no, name in enumerate(leaders)
    }  # fmt: skip
    with wuxi.acting(by) as actor:
        put(room(wuxi), plan, by=actor.person, now=now, setting=wuxi.setting)


@contextmanager
def arranged(owner: psycopg.Connection, command: int, *, handover: str = "", telephone: str = "") -> Iterator[None]:
    """As if the pack said so (值班: 交接, 电话), until the end."""
    before = owner.execute("SELECT document FROM org_command WHERE unit_id = %s", [command]).fetchone()
    assert before
    roster = {"handover": handover, "telephone": telephone}
    _write(owner, command, {**before[0], "roster": roster})
    try:
        yield
    finally:
        _write(owner, command, before[0])


def _write(owner: psycopg.Connection, command: int, document: object) -> None:
    owner.execute("UPDATE org_command SET document = %s WHERE unit_id = %s", [Jsonb(document), command])
    owner.execute("UPDATE org_version SET number = number + 1, changed_at = now()")


def leads(wuxi: Township, username: str, now: datetime) -> bool:
    """Whether somebody holds the leader's seat at a moment."""
    return Seat(room(wuxi), Post.DUTY) in actor_for(id_of(wuxi, username), local(now)).actor.seats
