"""What is open and pressing under a command at this moment: what one leader on duty hands to the next (交班)."""

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen
from django.db.models import Q

from sipingtai.cases.models import Case
from sipingtai.cases.stored import state_has
from sipingtai.core.setting import Level, Setting, UnitKind, Urgency
from sipingtai.core.stages import Stage
from sipingtai.loop.reading.lists import first_text
from sipingtai.loop.reading.queues import OPEN

MOST = 100
_UNDER = (UnitKind.PLATFORM, UnitKind.OFFICE, UnitKind.GRID)


@frozen(kw_only=True)
class Pressing:
    """One case and why it presses: 红牌督办, 超期, 加急, 待答复上级."""

    number: str
    why: tuple[str, ...]


@frozen(kw_only=True)
class Told:
    """The same as somebody reads it, now or years later: as far as they may see the case."""

    number: str
    title: str
    stage: Stage
    why: tuple[str, ...]


def pressing(command: int, setting: Setting, now: datetime) -> tuple[Pressing, ...]:
    """Red cards, overdue, urgent, and answers owed to another command, by due time: one statement over what is open."""
    rows = Case.objects.filter(OPEN, holder__in=_holders(command, setting)).annotate(
        red=state_has('$.cards[*] ? (!exists(@.lifted) && @.colour == "red")'),
        owed=state_has("$.stack[last] ? (@.owed == true)"),
    )
    late, urgent = Q(due_at__lt=now), ~Q(urgency=Urgency.NORMAL.value)
    found = rows.filter(late | urgent | Q(red=True) | Q(owed=True)).order_by("due_at", "id")
    return tuple(
        Pressing(
            number=number,
            why=tuple(
                word
                for word, holds in (
                    ("红牌督办", red),
                    ("超期", due is not None and due < now),
                    (Urgency(urgency).label, urgency != Urgency.NORMAL.value),
                    ("待答复", owed),
                )
                if holds
            ),
        )
        for number, red, owed, due, urgency in found.values_list("number", "red", "owed", "due_at", "urgency")[:MOST]
    )


def told(found: Sequence[Pressing]) -> tuple[Told, ...]:
    """With titles, those left out that the reader may not see: one statement."""
    rows = Case.objects.filter(number__in=[each.number for each in found]) if found else Case.objects.none()
    read = rows.annotate(title=first_text("title")).values_list("number", "title", "stage")
    known = {number: (title or "", Stage(stage)) for number, title, stage in read}
    return tuple(
        Told(number=each.number, title=known[each.number][0], stage=known[each.number][1], why=each.why)
        for each in found
        if each.number in known
    )


def _holders(command: int, setting: Setting) -> list[int]:
    """Who may hold a case under a command: the room, its units, its villages' stations and their grids."""
    rooms = {command} | {c for c in setting.children(command) if setting.commands[c].level is Level.VILLAGE}
    return sorted(rooms | {u.id for u in setting.units.values() if u.command in rooms and u.kind in _UNDER})
