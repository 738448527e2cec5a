"""Orders (排序) of lists, with the cursors of their keyset pages.

Newest first goes through everything. The others ask what is to be done next, and so go through open cases alone: a
queue then costs what waits in it, and a list of all what is open, however many cases have ended.
"""

from datetime import datetime
from enum import StrEnum

from django.db.models import Case as Cases
from django.db.models import F, IntegerField, Q, QuerySet, Value, When

from sipingtai.cases.models import Case
from sipingtai.core.setting import Urgency
from sipingtai.loop.reading.cursors import at_a_moment, cursor, number, parts


class Order(StrEnum):
    """What comes first. The values stand in addresses."""

    NEW = "new"  # what came in last
    DUE = "due"  # what is due first
    URGENT = "urgent"  # the most urgent, of these the highest level (层级), of these what is due first
    STILL = "still"  # what has stood longest where it stands now (停留), by the start of its step clock


_RISING = tuple(Urgency)
_URGENCY = Cases(
    *(When(urgency=urgency.value, then=Value(no)) for no, urgency in enumerate(reversed(_RISING))),
    default=Value(len(_RISING)),
    output_field=IntegerField(),
)
_KEYS = {Order.NEW: "received_at", Order.DUE: "due_at", Order.URGENT: "due_at", Order.STILL: "began_at"}


def arranged(rows: QuerySet[Case], order: Order, after: str = "") -> QuerySet[Case]:
    """The rows in this order, those after a cursor's where there is one. Raises ValueError for none of ours."""
    if order is Order.NEW:
        rows = rows.order_by("-received_at", "-id")
    elif order is Order.URGENT:
        rows = rows.annotate(rank=_URGENCY * 10 + 9 - F("level")).order_by("rank", "due_at", "id")
    else:
        rows = rows.order_by(_KEYS[order], "id")
    return rows.filter(_after(after, order)) if after else rows


def cursor_of(row: Case, order: Order) -> str:
    """Where a page ends that ends with this row."""
    moment: datetime | None = getattr(row, _KEYS[order])
    rank = f"{row.rank}~" if order is Order.URGENT else ""  # type: ignore[attr-defined]
    return rank + cursor(moment, row.pk)


def position(text: str) -> tuple[datetime | None, int]:
    """The moment and the id of the line a cursor stands for. Raises ValueError."""
    moment, key = parts(text)
    return moment, number(key)


def _after(text: str, order: Order) -> Q:
    if order is Order.URGENT:
        rank, _, rest = text.partition("~")
        return Q(rank__gt=int(rank[:4])) | Q(rank=int(rank[:4])) & _later("due_at", *position(rest))
    if order is Order.NEW:
        received, key = at_a_moment(text)
        return Q(received_at__lt=received) | Q(received_at=received, id__lt=number(key))
    return _later(_KEYS[order], *position(text))


def _later(name: str, moment: datetime | None, case_id: int) -> Q:
    """Behind this place where the moments rise and those without one come last."""
    unknown = Q(**{f"{name}__isnull": True})
    if moment is None:
        return unknown & Q(id__gt=case_id)
    return Q(**{f"{name}__gt": moment}) | Q(**{name: moment}, id__gt=case_id) | unknown
