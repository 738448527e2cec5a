"""Supervision (督办) and what else changes no stage: cards, urging, instructions, notes, progress."""

from attrs import evolve

from sipingtai.core.case import AssignmentState, Card, Case
from sipingtai.core.effects.flow import worked
from sipingtai.core.moves import Attempt
from sipingtai.core.who import is_chief, works_at


def supervise(a: Attempt) -> Case:
    """A card on whoever holds the case now; it stays owed by that unit wherever the case goes."""
    assert a.move.colour is not None
    assert a.case.holder is not None
    card = Card(no=len(a.case.cards) + 1, colour=a.move.colour, unit=a.case.holder.unit, issued_at=a.now)
    return evolve(a.case, cards=(*a.case.cards, card))


def lift(a: Attempt) -> Case:
    """The card in force is taken off; another may follow, of any colour."""
    card = a.case.card
    assert card is not None
    return evolve(a.case, cards=tuple(evolve(c, lifted=True) if c.no == card.no else c for c in a.case.cards))


def reply_supervision(a: Attempt) -> Case:
    """The written reply of whoever owes one: it answers every card of theirs in force."""

    def mine(card: Card) -> bool:
        return works_at(a.actor, card.unit, a.setting) or (
            card.unit in a.setting.commands and is_chief(a.actor, card.unit, a.setting)
        )

    return evolve(a.case, cards=tuple(evolve(c, replied=True) if mine(c) and not c.lifted else c for c in a.case.cards))


def unchanged(a: Attempt) -> Case:
    """Words in the journal only: urge 催办, instruct 批示, annotate 批注, copy 抄告, link 关联."""
    return a.case


def progress(a: Attempt) -> Case:
    """进展, in words; an office's people who write it have worked on the case."""
    units = {x.unit for x in a.case.assignments if x.state is AssignmentState.SIGNED}
    unit = next((u for u in units if works_at(a.actor, u, a.setting)), None)
    return a.case if unit is None else worked(a, a.case, unit)


def restrict(a: Attempt) -> Case:
    """限知, or open again: who may know of it besides those who work on it."""
    return evolve(a.case, restricted=True if a.move.restricted is None else a.move.restricted)
