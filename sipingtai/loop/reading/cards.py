"""Supervision cards in force (督办牌): every one in sight, since when, who owes the written reply and until when."""

from datetime import datetime
from typing import Any

from attrs import frozen

from sipingtai.cases.models import CARDED
from sipingtai.cases.models import Case as Row
from sipingtai.core.actions import Action
from sipingtai.core.case import Card, Case, Colour
from sipingtai.core.decide import permitted
from sipingtai.core.limits import ClockState, Limit, marks
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.core.stages import Stage
from sipingtai.core.who import is_chief, works_at
from sipingtai.loop.reading.lists import first_text
from sipingtai.loop.reading.page import case_of, unit_name
from sipingtai.loop.reading.said import Said, said

MOST = 100  # cases looked at, newest first
REPLY = Limit.parse("3工作日")  # for the written reply to a red card; our default, no document names one


@frozen(kw_only=True)
class InForce:
    """A card that was not lifted, with what was said about it."""

    number: str
    title: str
    case: Case
    card: Card
    unit: str  # whose it is
    issued: Said | None  # by whom, why
    replies: tuple[Said, ...]
    reply_by: datetime | None  # of a red card that has no reply yet
    reply_state: ClockState | None
    mine: bool  # the actor's own unit has it
    may_reply: bool
    may_lift: bool

    @property
    def owed(self) -> bool:
        """Whether a written reply is owed: each red card has one."""
        return self.reply_by is not None


@frozen(kw_only=True)
class Cards:
    """The cards in force that somebody may see."""

    found: tuple[InForce, ...]
    more: bool  # there are older ones


def in_force(actor: Actor, setting: Setting, now: datetime, *, own_only: bool) -> Cards:
    """Those that owe a reply first, the reddest and oldest before others. Two statements, however many there are.

    `own_only`: the cards of the actor's own units; a card stays with the unit that held the case when it was issued.
    """
    rows: list[Any] = list(Row.objects.filter(CARDED).annotate(title=first_text("title")).order_by("-id")[: MOST + 1])
    titles = {row.pk: row.title or "" for row in rows}
    cases = {row.pk: (row.number, case_of(row)) for row in rows[:MOST]}
    cards = [
        (number, case, card)
        for number, case in cases.values()
        for card in case.cards
        if _counts(case, card) and (not own_only or _mine(card, actor, setting))
    ]
    ids = [case.id for case in {case.id: case for _, case, _ in cards}.values()]
    words = said(ids, (Action.SUPERVISE, Action.REPLY_SUPERVISION), setting)
    moves = {case.id: {row.action for row in permitted(case, actor, now, setting)} for _, case, _ in cards}
    found = []
    for number, case, card in cards:
        issued, replies = _said_of(card, words.get(case.id, []))
        by = marks(REPLY, card.issued_at, setting.calendar) if _owes(card) else None
        mine = _mine(card, actor, setting)
        found.append(
            InForce(
                number=number, title=titles[case.id], case=case, card=card,
                unit=unit_name(setting, card.unit), issued=issued, replies=replies,
                reply_by=by.due_at if by else None, mine=mine,
                reply_state=by.state(now) if by else None,
                may_reply=mine and not card.replied and Action.REPLY_SUPERVISION in moves[case.id],
                may_lift=case.card is not None and case.card.no == card.no and Action.LIFT in moves[case.id],
            )
        )  # fmt: skip
    found.sort(key=lambda each: (not each.owed, -each.card.colour.rank, each.card.issued_at))
    return Cards(found=tuple(found), more=len(rows) > MOST)


def _counts(case: Case, card: Card) -> bool:
    """In force while the case is open; beyond that only the written reply is still owed."""
    return not card.lifted and (case.stage.open or (case.stage is Stage.CLOSED and _owes(card)))


def _owes(card: Card) -> bool:
    return card.colour is Colour.RED and not card.replied


def _mine(card: Card, actor: Actor, setting: Setting) -> bool:
    if works_at(actor, card.unit, setting):
        return True
    unit = setting.units.get(card.unit)
    return unit is not None and unit.kind is UnitKind.COMMAND and is_chief(actor, card.unit, setting)


def _said_of(card: Card, words: list[Said]) -> tuple[Said | None, tuple[Said, ...]]:
    """The step that issued it (cards are numbered as they come), and the replies since."""
    issues = [each for each in words if each.action is Action.SUPERVISE]
    issued = issues[card.no - 1] if card.no <= len(issues) else None
    replies = [
        each for each in words if each.action is Action.REPLY_SUPERVISION and each.at >= card.issued_at and card.replied
    ]
    own = [each for each in replies if each.unit == card.unit]
    return issued, tuple(own or replies)
