"""Storing what was taken in: one statement a table, however many matters come at once."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from attrs import frozen
from django.db import connection

from sipingtai.access import tracking
from sipingtai.access.actor_scope import as_system
from sipingtai.access.keys import KeyProvider, installed_keys
from sipingtai.access.models import Contact
from sipingtai.access.seal import GENESIS
from sipingtai.access.together import together
from sipingtai.cases import models
from sipingtai.cases.encode import encode
from sipingtai.cases.journal import Sealed, write
from sipingtai.cases.projection import Row, clock_row, columns
from sipingtai.core.case import Case
from sipingtai.core.moves import Decision
from sipingtai.core.posts import Actor
from sipingtai.insight.bigrams import bigrams
from sipingtai.loop.intake.numbers import number
from sipingtai.loop.rows import inserting, of_objects, of_values

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


# A case's words in one text: an array would be put together one by one, which costs more than to write them.
_WORDS = """
    SELECT given.case_id, word
    FROM json_to_recordset(%s) AS given (case_id bigint, words text), string_to_table(given.words, chr(10)) AS word
"""

# One statement for all tables, and nothing is written beside a report that had come in before. Sender and key tell that
# it had; but a tracking code follows from them, and of two at once the second may meet the other's code first: so any
# conflict means it, and one that does not is found no case for. References are checked at the end of a statement, when
# the case is there.
_STORE = f"""
    WITH new AS (
        {inserting(models.Case)} ON CONFLICT DO NOTHING RETURNING id, contact
    ), contacts AS ({inserting(Contact)} WHERE given.id IN (SELECT contact FROM new)
    ), steps AS ({inserting(models.Step)} WHERE given.case_id IN (SELECT id FROM new)
    ), texts AS ({inserting(models.Text)} WHERE given.case_id IN (SELECT id FROM new)
    ), clocks AS ({inserting(models.Clock)} WHERE given.case_id IN (SELECT id FROM new)
    ), files AS ({inserting(models.Attachment)} WHERE given.case_id IN (SELECT id FROM new)
    ), words AS (
        INSERT INTO cases_word (case_id, word)
        {_WORDS} WHERE given.case_id IN (SELECT id FROM new)
    )
    SELECT id FROM new
"""  # noqa: S608


def store(incoming: Sequence[Incoming]) -> frozenset[int]:
    """Store what is not known yet, as the system; returns the ids of the cases that are new.

    A second report with the same sender and key waits for the first, and is known then.
    """
    keys = installed_keys()
    sealed = [first_step(i, keys) for i in incoming]
    clocks = [
        {"case_id": i.decision.after.id, **clock_row(clock, i.now)}
        for i in incoming
        for clock in i.decision.after.clocks
    ]
    rows: list[Any] = [
        of_values([case_row(i, i.decision.after) for i in incoming]),
        of_objects([i.contact for i in incoming if i.contact is not None]),
        of_objects([s.step for s in sealed]),
        of_objects([text for s in sealed for text in s.texts]),
        of_values(clocks),
        of_objects([file for i in incoming for file in i.files]),
        _words((i.decision.after.id, i.texts) for i in incoming),
    ]
    with connection.cursor() as cursor:
        with together(), as_system("上报"):
            cursor.execute(_STORE, rows)
        return frozenset(found[0] for found in cursor.fetchall())


def first_step(i: Incoming, keys: KeyProvider) -> Sealed:
    """The journal's first step of a case, with its texts."""
    return write(
        i.decision, actor=i.actor, unit=i.unit, now=i.now, previous=GENESIS, texts=i.texts, files=i.files, keys=keys
    )


_INSERT = f"{inserting(models.Case)} ON CONFLICT DO NOTHING RETURNING id"


def insert_cases(rows: Sequence[Row]) -> frozenset[int]:
    """Insert rows of `case_row`; returns the ids of those that were not known yet."""
    with connection.cursor() as cursor:
        cursor.execute(_INSERT, [of_values(rows)])
        return frozenset(found[0] for found in cursor.fetchall())


def case_row(i: Incoming, case: Case) -> Row:
    """The row of a case that came in as `i` and now stands as `case`."""
    return columns(case) | {
        "id": case.id,
        "number": number(case.id, i.decision.after.area, case.received_at),
        "state": encode(case),
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
    with connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO cases_word (case_id, word) {_WORDS}", [_words(found)])


def _words(found: Iterable[tuple[int, Mapping[str, str]]]) -> str:
    """The parameter of `_WORDS`: each case with its words, a line each."""
    return of_values(
        {"case_id": case_id, "words": "\n".join(sorted(bigrams("\n".join(texts.get(name, "") for name in INDEXED))))}
        for case_id, texts in found
    )
