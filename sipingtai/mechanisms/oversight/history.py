"""An inspection's history, which only grows, and the numbers of inspections and records."""

from datetime import datetime

from django.db import connection
from django.db.models import Max

from sipingtai.core.posts import Actor
from sipingtai.mechanisms.oversight.models import Accountability, Entry, Event, Inspection


def enter(
    found: Inspection, event: Event, by: Actor, now: datetime, *, unit: int | None = None, case: int | None = None,
    content: str = "",
) -> None:  # fmt: skip
    """Append a line. Within a system scope."""
    Entry.objects.create(
        inspection=found, event=event, account=by.person, at=now, unit=unit, case=case, content=content
    )


def next_number(model: type[Inspection] | type[Accountability], letters: str, area: str, now: datetime) -> str:
    """The next of the area and year; two at once wait for each other."""
    prefix = f"{letters}{area}-{now.year}-"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [prefix])
    last = model.objects.filter(number__gte=prefix, number__lt=prefix + "~").aggregate(last=Max("number"))["last"]
    return f"{prefix}{int(last.rpartition('-')[2]) + 1 if last else 1:04d}"
