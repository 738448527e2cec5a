"""Reading the cases of a range of ids with all that hangs on them: one statement a table, rows as they lie there.

The rows come in PostgreSQL's binary form, so that nothing is spelled out only to be parsed again; bodies and states
come as the bytes that were stored.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import orjson
import psycopg
from attrs import frozen
from django.db import connection

Json = dict[str, Any]
Line = tuple[Any, ...]

BIGGEST = 2**63 - 1
COLUMNS = (
    "id", "number", "state", "steps", "kind", "channel", "stage", "category", "level", "urgency", "area", "grid",
    "command", "holder", "holder_post", "restricted", "asked", "sight", "shunned", "shunned_people", "reported_at",
    "received_at", "due_at", "warn_at", "began_at", "total_due_at", "closed_at", "reporter_account",
)  # fmt: skip
ASSIGNMENT = ("case_id", "no", "unit", "main", "state", "person", "sent_at")
CLOCK = ("case_id", "kind", "ref", "owner", "started_at", "warn_at", "due_at", "red_at", "paused_at")


class Span(NamedTuple):
    """A range of ids of cases: after `low`, up to `high`."""

    low: int
    high: int


EVERYTHING = Span(-BIGGEST - 1, BIGGEST)


class StoredStep(NamedTuple):
    """One line of the journal as it lies in the table."""

    case_id: int
    no: int
    at: datetime
    action: str
    actor_kind: str
    account: int | None
    unit: int | None
    key_id: int
    link: bytes
    sealed: bytes  # the body as it was stored
    body: Json  # the same, read


class StoredText(NamedTuple):
    """A text as its table holds it; content and salt are None once it was erased by law."""

    case_id: int
    no: int
    name: str
    content: str | None
    salt: bytes | None


class StoredFile(NamedTuple):
    """An attachment as its table holds it; digest and salt are empty once it was erased by law."""

    case_id: int
    no: int
    name: str
    mime: str
    size: int
    digest: str
    salt: bytes | None


@frozen(kw_only=True)
class Stored:
    """A case's row and everything beside it."""

    row: Json
    state: Json
    steps: Sequence[StoredStep]
    texts: Sequence[StoredText]
    files: Sequence[StoredFile]
    assignments: Sequence[Line]  # of ASSIGNMENT
    clocks: Sequence[Line]  # of CLOCK
    words: frozenset[str]


@frozen(kw_only=True)
class Orphan:
    """Something that belongs to a case which does not exist."""

    case_id: int
    table: str


def spans(cases: int) -> list[Span]:
    """All ids there can be, cut so that about as many cases lie in each. Within a scope of the system."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM (SELECT id, row_number() OVER (ORDER BY id) AS no FROM cases_case) numbered"
            " WHERE no %% %s = 0 ORDER BY id",
            [cases],
        )
        ends = [row[0] for row in cursor.fetchall()]
    return [Span(low, high) for low, high in zip([EVERYTHING.low, *ends], [*ends, EVERYTHING.high], strict=True)]


def stored_cases(span: Span) -> Iterator[Stored | Orphan]:
    """Every case of a range, by id, then what belongs to no case. Within a scope of the system."""
    beside = {table: _by_case(query, span) for table, query in _BESIDE.items()}
    for values in _rows(_CASES, span):
        row = dict(zip(COLUMNS, values, strict=True))
        case = row["id"]
        yield Stored(
            row=row,
            state=_object(row.pop("state")),
            steps=[StoredStep._make((*line, _object(line[-1]))) for line in beside["step"].pop(case, ())],
            texts=[StoredText._make(line) for line in beside["text"].pop(case, ())],
            files=[StoredFile._make(line) for line in beside["attachment"].pop(case, ())],
            assignments=beside["assignment"].pop(case, ()),
            clocks=beside["clock"].pop(case, ()),
            words=frozenset().union(*(words.split("\n") for _, words in beside["word"].pop(case, ()))),
        )
    for table, left in beside.items():
        for case in left:
            yield Orphan(case_id=case, table=table)


def anchor_rows() -> list[Line]:
    """What the database remembers of the anchors: number, moment, newest step, seal. Within a scope of the system."""
    return _rows(_ANCHORS, EVERYTHING)


def _object(text: bytes) -> Json:
    """What was stored as JSON; whatever is no object was tampered with, which its seal or the fold shows."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _by_case(query: str, span: Span) -> dict[int, list[Line]]:
    found: defaultdict[int, list[Line]] = defaultdict(list)
    for line in _rows(query, span):
        found[line[0]].append(line)
    return found


def _rows(query: str, span: Span) -> list[Line]:
    # Not Django's cursor: that one puts the values into the statement and then gets every row as text.
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(query, span, binary=True).fetchall()


# The statements, made of the names above and of nothing else.


def _read(column: str, json: str) -> str:
    if column == json:
        return f"convert_to({column}::text, 'UTF8')"
    if column.endswith("at"):
        return _DATABLE.format(column)
    return column


# A moment that Python's calendar does not have must not stop the reading, nor pass for none: it counts as very old.
_DATABLE = "CASE WHEN {0} < '0001-01-02' OR {0} > '9999-12-30' THEN '0001-01-02' ELSE {0} END"


def _select(table: str, columns: tuple[str, ...], order: str, key: str = "case_id", json: str = "") -> str:
    names = ", ".join(_read(column, json) for column in columns)
    return f"SELECT {names} FROM {table} WHERE {key} > %s AND {key} <= %s ORDER BY {order}"  # noqa: S608


_CASES = _select("cases_case", COLUMNS, "id", key="id", json="state")
_ANCHORS = _select("cases_anchor", ("no", "at", "upto", "seal"), "no", key="no")
_STEP = ("case_id", "no", "at", "action", "actor_kind", "account", "unit", "key_id", "link", "body")
_BESIDE = {
    "step": _select("cases_step", _STEP, "case_id, no", json="body"),
    "text": _select("cases_text", StoredText._fields, "case_id, no"),
    "attachment": _select("cases_attachment", StoredFile._fields, "case_id, no"),
    "assignment": _select("cases_assignment", ASSIGNMENT, "case_id, no"),
    "clock": _select("cases_clock", CLOCK, "case_id, kind, ref"),
    "word": (  # a case has hundreds: one row with all of them costs a sixth
        "SELECT case_id, string_agg(word, chr(10)) FROM cases_word"
        " WHERE case_id > %s AND case_id <= %s GROUP BY case_id"
    ),
}
