"""Reading every case with all that hangs on it, in batches of bounded size and the order of their ids.

The database puts each case's lines together as one JSON text: a tenth of the rows to fetch, and moments come spelled as
they were sealed.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from attrs import frozen
from django.db import connection

Json = dict[str, Any]

BATCH = 400  # cases held in memory at once
BIGGEST = 2**63 - 1
COLUMNS = (
    "id", "number", "state", "steps", "kind", "channel", "stage", "category", "level", "urgency", "area", "grid",
    "command", "holder", "holder_post", "restricted", "asked", "sight", "shunned", "shunned_people", "reported_at",
    "received_at", "due_at", "total_due_at", "closed_at", "reporter_account",
)  # fmt: skip
ASSIGNMENT = ("no", "unit", "main", "state", "person", "sent_at")
CLOCK = ("kind", "ref", "owner", "started_at", "warn_at", "due_at", "red_at", "paused_at")


@frozen
class StoredStep:
    """One line of the journal as it lies in the table."""

    no: int
    at: str  # UTC, microseconds
    action: str
    actor_kind: str
    account: int | None
    unit: int | None
    body: Json
    key_id: int
    link: str  # hexadecimal


@frozen
class StoredText:
    no: int
    name: str
    content: str | None
    salt: str | None  # hexadecimal


@frozen
class StoredFile:
    no: int
    digest: str
    salt: str | None  # hexadecimal


@frozen(kw_only=True)
class Stored:
    """A case's row and everything beside it. Moments are text, as in `StoredStep.at`."""

    row: Json
    state: Json
    steps: list[StoredStep]
    texts: list[StoredText]
    files: list[StoredFile]
    assignments: list[Json]
    clocks: list[Json]
    words: frozenset[str]


@frozen(kw_only=True)
class Orphan:
    """Something that belongs to a case which does not exist."""

    case_id: int
    table: str


def stored_cases() -> Iterator[Stored | Orphan]:
    """Every case, by id. Run it in one transaction, which sees one moment."""
    low = -1
    while True:
        found = [(case, json.loads(text)) for case, text in _rows(_CASES, [low, BATCH])]
        high = found[-1][0] if len(found) == BATCH else BIGGEST
        yield from _batch(found, low, high)
        if high == BIGGEST:
            return
        low = high


def _batch(found: list[tuple[int, list[Any]]], low: int, high: int) -> Iterator[Stored | Orphan]:
    beside = {table: dict(_rows(query, [low, high])) for table, query in _BESIDE.items()}
    for case, values in found:
        row = dict(zip(COLUMNS, values, strict=True))
        yield Stored(
            row=row,
            state=row.pop("state"),
            steps=[StoredStep(*rest) for rest in _lines(beside["step"], case)],
            texts=[StoredText(*rest) for rest in _lines(beside["text"], case)],
            files=[StoredFile(*rest) for rest in _lines(beside["attachment"], case)],
            assignments=[dict(zip(ASSIGNMENT, rest, strict=True)) for rest in _lines(beside["assignment"], case)],
            clocks=[dict(zip(CLOCK, rest, strict=True)) for rest in _lines(beside["clock"], case)],
            words=frozenset(beside["word"].pop(case, "").split("\n")) - {""},
        )
    # What is left belongs to nobody.
    for table, left in beside.items():
        for case in left:
            yield Orphan(case_id=case, table=table)


def _rows(query: str, values: list[int]) -> list[tuple[int, str]]:
    with connection.cursor() as cursor:
        cursor.execute(query, values)
        found: list[tuple[int, str]] = cursor.fetchall()
        return found


def _lines(found: dict[int, str], case: int) -> list[Any]:
    text = found.pop(case, None)
    lines: list[Any] = json.loads(text) if text else []
    return lines


# The statements, made of the names above and of nothing else.


def _spelled(columns: tuple[str, ...]) -> str:
    """The columns as arguments of json_build_array, moments and bytes as text."""
    return ", ".join(
        _AS_TEXT[c.rpartition("_")[2]].format(c) if c.rpartition("_")[2] in _AS_TEXT else c for c in columns
    )


_AS_TEXT: Mapping[str, str] = {
    "at": """to_char({} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')""",
    "link": "encode({}, 'hex')",
    "salt": "encode({}, 'hex')",
}
_BETWEEN = "WHERE case_id > %s AND case_id <= %s GROUP BY case_id"


def _gathered(table: str, columns: tuple[str, ...], order: str) -> str:
    lines = f"json_agg(json_build_array({_spelled(columns)}) ORDER BY {order})::text"
    return f"SELECT case_id, {lines} FROM {table} {_BETWEEN}"  # noqa: S608


_CASES = (
    f"SELECT id, json_build_array({_spelled(COLUMNS)})::text FROM cases_case"  # noqa: S608
    " WHERE id > %s ORDER BY id LIMIT %s"
)
_STEP = ("no", "at", "action", "actor_kind", "account", "unit", "body", "key_id", "link")
_BESIDE = {
    "step": _gathered("cases_step", _STEP, "no"),
    "text": _gathered("cases_text", ("no", "name", "content", "salt"), "no"),
    "attachment": _gathered("cases_attachment", ("no", "digest", "salt"), "no"),
    "assignment": _gathered("cases_assignment", ASSIGNMENT, "no"),
    "clock": _gathered("cases_clock", CLOCK, "kind, ref"),
    "word": f"SELECT case_id, string_agg(word, chr(10)) FROM cases_word {_BETWEEN}",  # noqa: S608
}
