"""Storing what was taken in: one statement a table, however many matters come at once."""

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from attrs import frozen
from django.db import connection

from sipingtai.access import tracking
from sipingtai.access.keys import KeyProvider, installed_keys
from sipingtai.access.models import Contact
from sipingtai.access.seal import GENESIS
from sipingtai.cases import models
from sipingtai.cases.encode import encode, sparse
from sipingtai.cases.journal import Sealed, write
from sipingtai.cases.projection import Row, clock_row, columns
from sipingtai.core.case import Case
from sipingtai.core.moves import Decision
from sipingtai.core.posts import Actor
from sipingtai.insight.bigrams import bigrams
from sipingtai.loop.intake.numbers import number

INDEXED = ("title", "text", "place")


@frozen(kw_only=True)
class Incoming:
    """A checked report that has become a case, not stored yet."""

    decision: Decision
    texts: Mapping[str, str]
    files: Sequence[models.Attachment]
    contact: Contact | None  # sealed, not stored yet
    point: tuple[float, float] | None
    sender: str
    key: uuid.UUID
    code: str  # tracking code, if one is given
    actor: Actor
    unit: int | None
    now: datetime


def store(incoming: Sequence[Incoming]) -> frozenset[int]:
    """Store what is not known yet; returns the ids of the cases that are new. Within a system scope.

    A second report with the same sender and key waits for the first, and is known then.
    """
    new = insert_cases([case_row(i, i.decision.after) for i in incoming])
    fresh = [i for i in incoming if i.decision.after.id in new]
    Contact.objects.bulk_create([i.contact for i in fresh if i.contact is not None])
    keys = installed_keys()
    sealed = [first_step(i, keys) for i in fresh]
    models.Step.objects.bulk_create([s.step for s in sealed])
    models.Text.objects.bulk_create([text for s in sealed for text in s.texts])
    models.Clock.objects.bulk_create(
        [
            models.Clock(case_id=i.decision.after.id, **clock_row(clock, i.now))
            for i in fresh
            for clock in i.decision.after.clocks
        ]
    )
    models.Attachment.objects.bulk_create([file for i in fresh for file in i.files])
    index(fresh)
    return new


def first_step(i: Incoming, keys: KeyProvider) -> Sealed:
    """The journal's first step of a case, with its texts."""
    return write(
        i.decision, actor=i.actor, unit=i.unit, now=i.now, previous=GENESIS, texts=i.texts, files=i.files, keys=keys
    )


_INSERT = """
    INSERT INTO cases_case ({names}) VALUES {rows} ON CONFLICT (sender, key) DO NOTHING RETURNING id
"""


def insert_cases(rows: Sequence[Row]) -> frozenset[int]:
    """Insert rows of `case_row`; returns the ids of those that were not known yet."""
    if not rows:
        return frozenset()
    one = f"({', '.join(['%s'] * len(rows[0]))})"
    with connection.cursor() as cursor:
        cursor.execute(
            _INSERT.format(names=", ".join(rows[0]), rows=", ".join([one] * len(rows))),
            [value for row in rows for value in row.values()],
        )
        return frozenset(found[0] for found in cursor.fetchall())


def case_row(i: Incoming, case: Case) -> Row:
    """The row of a case that came in as `i` and now stands as `case`."""
    return columns(case) | {
        "id": case.id,
        "number": number(case.id, i.decision.after.area, case.received_at),
        "state": json.dumps(sparse(encode(case)), ensure_ascii=False),
        "sender": i.sender,
        "key": i.key,
        "contact": i.contact.id if i.contact else None,
        "tracking": tracking.digest(i.code) if i.code else None,
        "longitude": i.point[0] if i.point else None,
        "latitude": i.point[1] if i.point else None,
    }


def index(fresh: Iterable[Incoming]) -> None:
    """The words of what came in, for search."""
    _index((i.decision.after.id, i.texts) for i in fresh)


def index_words(case_id: int, texts: Mapping[str, str]) -> None:
    """The words of title, text and place, for search: one statement however long the text."""
    _index([(case_id, texts)])


def _index(found: Iterable[tuple[int, Mapping[str, str]]]) -> None:
    cases: list[int] = []
    words: list[str] = []
    for case_id, texts in found:
        own = sorted(bigrams("\n".join(texts.get(name, "") for name in INDEXED)))
        words += own
        cases += [case_id] * len(own)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO cases_word (case_id, word) SELECT * FROM unnest(%s::bigint[], %s::text[])", [cases, words]
        )
