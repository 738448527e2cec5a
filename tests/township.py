"""A township for tests: the delivered packs in the tables, its people by account name, and their ways to act.

    def test_…(wuxi: Township, db: None) -> None:
        receipt = wuxi.report("路灯坏了", by="331125201200001-grid-worker")
        wuxi.act("331125201-intake", receipt.case_id, Action.ACCEPT)

Account names: see `sipingtai demo --people`, or `township.accounts`.
"""

import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from typing import Any

from attrs import frozen
from django.db import connections
from django.utils import timezone

from sipingtai.access.actor_scope import scope, system_scope
from sipingtai.access.models import Account
from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Case, Channel
from sipingtai.core.moves import Move
from sipingtai.core.posts import SYSTEM, Actor, ActorKind, Post
from sipingtai.core.setting import Setting
from sipingtai.loop import moves
from sipingtai.loop.intake.report import Receipt, Report, take_in
from sipingtai.loop.reading.page import case_of
from sipingtai.org.actors import Standing, actor_for
from sipingtai.org.models import PostHolding, Unit
from sipingtai.org.packs.applying import apply
from sipingtai.org.packs.shelf import Shelf
from sipingtai.org.packs.shelf import load as load_packs
from sipingtai.org.setting import load

TABLES = (
    "org_area", "org_unit", "org_command", "org_chiefseat", "org_arbiter", "org_scheme", "org_platformmembership",
    "org_postholding", "org_gridteam",
    "org_dutyclause", "org_catalogueversion", "org_category", "org_categoryroute", "org_calendarday",
    "org_line", "org_campaign", "org_meetingrule", "org_reorganisation", "org_version", "access_account",
    "django_session",
)  # fmt: skip
_standing: list[bool] = []


def kept() -> tuple[str, ...]:
    """The tables of a module's township, which outlive the emptying after a committed test."""
    return TABLES if _standing else ()


def set_up(packs: list[str]) -> "Township":
    passwords = apply(_shelf(tuple(packs)), today=date(2026, 1, 1))
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE access_account SET must_change_password = false")
    connections.close_all()
    _standing.append(True)
    return Township(passwords=passwords)


@cache
def _shelf(packs: tuple[str, ...]) -> Shelf:
    """As delivered: read once, for reading takes longer than all the rest of setting up."""
    return load_packs(list(packs))


def take_down() -> None:
    _standing.clear()


@frozen
class Township:
    """The people of a set of packs, and what they do. Every act is one transaction of its own scope."""

    passwords: Mapping[str, str]

    @property
    def accounts(self) -> list[str]:
        return sorted(self.passwords)

    @property
    def setting(self) -> Setting:
        return load(local(timezone.now()).date())

    def unit(self, code: str) -> int:
        """The id of a unit by its code, such as 331125201-综治办."""
        return Unit.objects.get(code=code).pk

    def account(self, username: str) -> Account:
        return Account.objects.get(username=username)

    def holding(self, unit: int, post: Post) -> str:
        """The first account, by its name, that holds a post at a unit in its own right."""
        held = PostHolding.objects.filter(unit=unit, post=post.value, substitute_for=None)
        return held.order_by("account__username").values_list("account__username", flat=True)[0]

    def handler(self, office: str) -> str:
        """Who does an office's work (经办人), by its code."""
        return self.holding(self.unit(office), Post.HANDLER)

    def standing(self, username: str) -> Standing:
        return actor_for(self.account(username).pk, local(timezone.now()))

    @contextmanager
    def acting(self, username: str) -> Iterator[Actor]:
        """One transaction in which the database knows this person."""
        found = self.standing(username)
        with scope(found.actor.person, found.units, found.areas, found.role):
            yield found.actor

    def report(self, text: str, *, by: str = "", now: datetime | None = None, **fields: Any) -> Receipt:
        """A report: by somebody's account, else a villager's with a tracking code."""
        fields = {"area": "331125201", "channel": Channel.HOTLINE if by else Channel.VILLAGER} | fields
        at = now or local(timezone.now())
        asked = Report(text=text, **fields)
        if not by:
            with system_scope("群众上报"):
                return take_in(
                    asked, sender="p:test", key=uuid.uuid4(), actor=Actor(kind=ActorKind.REPORTER), now=at,
                    setting=self.setting, with_code=True,
                )  # fmt: skip
        with self.acting(by) as actor:
            return take_in(
                asked, sender=f"account:{actor.person}", key=uuid.uuid4(), actor=actor, now=at, setting=self.setting
            )

    def act(self, by: str, case_id: int, action: Action, *, now: datetime | None = None, **fields: Any) -> Case:
        """A move by an account, "system" or "reporter". Raises what the door raises."""
        at, asked = now or local(timezone.now()), Move(action=action, **fields)
        if by in ("system", "reporter"):
            actor = SYSTEM if by == "system" else Actor(kind=ActorKind.REPORTER)
            with system_scope(by):
                return moves.move(case_id, asked, actor=actor, now=at, setting=self.setting).case
        with self.acting(by) as actor:
            return moves.move(case_id, asked, actor=actor, now=at, setting=self.setting).case

    def case(self, case_id: int) -> Case:
        with system_scope("测试"):
            return case_of(models.Case.objects.get(pk=case_id))

    def seen_by(self, username: str, case_id: int) -> bool:
        with self.acting(username):
            return models.Case.objects.filter(pk=case_id).exists()

    def numbered(self, number: str) -> Case:
        with system_scope("测试"):
            return case_of(models.Case.objects.get(number=number))
