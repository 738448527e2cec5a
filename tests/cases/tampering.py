"""Changes made behind the door's back by somebody who owns the tables and the files, and has no key."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import cycle
from pathlib import Path
from typing import Any

import orjson
from django.db import connection
from django.utils import timezone

from sipingtai.access.file_store import installed_files
from sipingtai.cases.anchor_file import installed_anchors
from sipingtai.cases.encode import apply, decode
from sipingtai.cases.projection import assignment_row, clock_row, columns
from sipingtai.core.calendar import local

TABLES = ("case", "step", "text", "attachment", "assignment", "clock", "word", "anchor")

# Not held to the journal, by design; the same table stands in docs/decisions/0017.
NOT_COVERED = {
    "case": {
        "sender": "scope of the key by which a report sent twice is one case; shown nowhere",
        "key": "the same",
        "contact": "where the vault keeps the reporter's contact, which the law may have erased",
        "tracking": "keyed digest of the tracking code, which nobody else can make",
        "longitude": "the point on the map: where somebody stood, never part of the journal",
        "latitude": "the same",
    },
    "step": {"id": "a number the database gives"},
    "text": {"id": "a number the database gives"},
    "attachment": {"id": "drawn by lot, an address and nothing else"},
    "assignment": {"id": "a number the database gives"},
    "clock": {"id": "a number the database gives", "next_at": "when the sweep looks next: its own affair"},
}

Row = dict[str, Any]


def rows(statement: str, *values: object) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if cursor.description else []


class Tamperer:
    """Draws one change at a time. `change` makes it and returns the case it touched (0: none in particular)."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)
        self._cases = [row[0] for row in rows("SELECT id FROM cases_case ORDER BY id")]
        self._types = {
            table: {
                name: kind
                for name, kind in rows(
                    "SELECT attname, format_type(atttypid, NULL) FROM pg_attribute"
                    " WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
                    f"cases_{table}",
                )
                if name not in NOT_COVERED.get(table, {})
            }
            for table in TABLES
        }

        every = [(table, name) for table, types in self._types.items() for name in types]
        self._draw.shuffle(every)
        self._columns = cycle(every)  # each in turn, so that none is left out

    def plan(self) -> tuple[str, Callable[[], int]]:
        """What to do next: in words, and as something to be done."""
        kinds = {self._column: 70, self._delete: 12, self._double: 5, self._whole: 4, self._tail: 5}
        (kind,) = self._draw.choices([*kinds], [*kinds.values()])
        found: tuple[str, Callable[[], int]] = kind()
        return found

    def _pick(self, table: str) -> tuple[str, str, int]:
        """A row of a table, by its place: table, ctid, case."""
        case = "no" if table == "anchor" else "id" if table == "case" else "case_id"
        found = rows(f"SELECT ctid::text, {case} FROM cases_{table} ORDER BY {', '.join(_KEYS[table])}")
        if table == "anchor":
            found.pop()  # the newest row may be missing: a crash after the file was written leaves it so
        place, owner = self._draw.choice(found)
        return f"cases_{table}", place, 0 if table == "anchor" else owner

    def _column(self) -> tuple[str, Callable[[], int]]:
        table, name = next(self._columns)
        where, place, case = self._pick(table)
        ((old,),) = rows(f"SELECT {name}::text FROM {where} WHERE ctid = %s::tid", place)
        new = self._other(old, self._types[table][name])

        def change() -> int:
            rows(f"UPDATE {where} SET {name} = %s::text::{self._types[table][name]} WHERE ctid = %s::tid", new, place)
            return case

        return f"{where}.{name} of case {case}: {str(old)[:60]} -> {str(new)[:60]}", change

    def _other(self, old: str | None, kind: str) -> str | None:
        draw = self._draw
        if old is None or (draw.random() < 0.1 and kind != "boolean"):
            if old is not None:
                return None
            old = _SOME[kind]
        if kind in ("bigint", "integer", "smallint"):
            return str(int(old) + draw.choice((-1, 1, 2, 7)))
        if kind == "boolean":
            return "false" if old == "true" else "true"
        if kind == "timestamp with time zone":
            return draw.choice(("infinity", "2026-01-01 00:00Z", f"{old[:-3]}+07"))
        if kind == "bytea":
            at = 2 + 2 * draw.randrange(max(len(old) // 2 - 1, 1))
            return f"{old[:at]}{(int(old[at : at + 2] or '0', 16) ^ 1 << draw.randrange(8)):02x}{old[at + 2 :]}"
        if kind in ("json", "jsonb"):
            return self._json(old)
        if kind.endswith("[]"):
            return (
                "{" + ",".join([*old.strip("{}").split(",")] * bool(old.strip("{}")) + [str(draw.randrange(99))]) + "}"
            )
        at = draw.randrange(len(old) + 1)
        return draw.choice(
            (old[:at] + "改" + old[at + 1 :], old[:at] + old[at + 1 :] if at < len(old) else old[1:] + "x")
        )

    def _json(self, old: str) -> str:
        whole = orjson.loads(old)
        place = self._draw.choice([*_leaves(whole)])
        place[0][place[1]] = self._draw.choice((0, 99, "别的", None, [], {"x": 1}))
        return orjson.dumps(whole, option=orjson.OPT_SORT_KEYS).decode()

    def _delete(self) -> tuple[str, Callable[[], int]]:
        where, place, case = self._pick(self._draw.choice(TABLES))

        def change() -> int:
            rows(f"DELETE FROM {where} WHERE ctid = %s::tid", place)
            return case

        return f"a row of {where} of case {case} deleted", change

    def _double(self) -> tuple[str, Callable[[], int]]:
        table = self._draw.choice(("step", "text", "assignment", "clock", "word"))
        where, place, case = self._pick(table)
        other = {"step": "no", "text": "no", "assignment": "no", "clock": "ref", "word": "word"}[table]
        names = [name for name in self._types[table] if name not in ("id", "next_at")]
        value = "word || 'x'" if table == "word" else f"{other} + 50"
        taken = ", ".join(value if name == other else name for name in names)

        def change() -> int:
            rows(f"INSERT INTO {where} ({', '.join(names)}) SELECT {taken} FROM {where} WHERE ctid = %s::tid", place)
            return case

        return f"a row of {where} of case {case} doubled", change

    def _whole(self) -> tuple[str, Callable[[], int]]:
        case = self._draw.choice(self._cases)

        def change() -> int:
            for table in ("text", "attachment", "assignment", "clock", "word", "precedent", "step"):
                rows(f"DELETE FROM cases_{table} WHERE case_id = %s", case)
            rows("DELETE FROM cases_case WHERE id = %s", case)
            return case

        return f"case {case} deleted whole", change

    def _tail(self) -> tuple[str, Callable[[], int]]:
        case = self._draw.choice([row[0] for row in rows("SELECT id FROM cases_case WHERE steps > 1 ORDER BY id")])
        bodies = rows("SELECT body FROM cases_step WHERE case_id = %s ORDER BY no", case)
        keep = self._draw.randrange(1, len(bodies))
        return f"case {case} set back to step {keep}", lambda: set_back(case, [row[0] for row in bodies[:keep]])


def set_back(case_id: int, bodies: list[Row]) -> int:
    """All of a case as it was after these steps: without the key nothing inside the database shows it."""
    state: Row = {}
    for body in bodies:
        state = apply(state, body["changes"])
    keep = len(bodies)
    case = decode(state, case_id=case_id, steps=keep)
    for table in ("step", "text", "attachment"):
        rows(f"DELETE FROM cases_{table} WHERE case_id = %s AND no > %s", case_id, keep)
    for table in ("assignment", "clock"):
        rows(f"DELETE FROM cases_{table} WHERE case_id = %s", case_id)
    now = local(timezone.now())
    for table, lines in (
        ("assignment", [assignment_row(a) for a in case.assignments]),
        ("clock", [clock_row(c, now) for c in case.clocks]),
    ):
        for line in lines:
            names = ", ".join(line)
            marks = ", ".join(["%s"] * len(line))
            rows(f"INSERT INTO cases_{table} (case_id, {names}) VALUES (%s, {marks})", case_id, *line.values())
    row = columns(case) | {"state": orjson.dumps(state).decode()}
    rows(f"UPDATE cases_case SET {', '.join(f'{n} = %s' for n in row)} WHERE id = %s", *row.values(), case_id)
    return case_id


def _leaves(value: Any) -> Iterator[tuple[Any, Any]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in inside:
        yield value, key
        yield from _leaves(below)


@contextmanager
def file_changed(path: Path, draw: random.Random) -> Iterator[str]:
    """A file that somebody writes to, and as it was afterwards."""
    before = path.read_bytes()
    at = draw.randrange(len(before))
    how = draw.choice(("gone", "shorter", "another byte"))
    try:
        if how == "gone":
            path.unlink()
        elif how == "shorter":
            path.write_bytes(before[:at])
        else:
            path.write_bytes(before[:at] + bytes([before[at] ^ 1 << draw.randrange(8)]) + before[at + 1 :])
        yield f"{path.name[:20]} {how} at {at}"
    finally:
        path.write_bytes(before)


def attached() -> list[tuple[int, Path]]:
    """The attachments: case and file."""
    found = rows("SELECT case_id, digest FROM cases_attachment WHERE digest <> '' ORDER BY case_id, no, digest")
    return [(case, installed_files()._path(digest)) for case, digest in found]


def anchor_path() -> Path:
    return installed_anchors().path


_KEYS = {
    "case": ("id",),
    "step": ("case_id", "no"),
    "text": ("case_id", "no", "name"),
    "attachment": ("case_id", "no", "digest"),
    "assignment": ("case_id", "no"),
    "clock": ("case_id", "kind", "ref"),
    "word": ("case_id", "word"),
    "anchor": ("no",),
}
_SOME = {
    "bigint": "1",
    "integer": "1",
    "smallint": "1",
    "boolean": "false",
    "timestamp with time zone": "2026-02-02 00:00:00+00",
    "bytea": "\\x00ff",
    "character varying": "值",
    "text": "值",
    "bigint[]": "{1}",
    "json": "{}",
    "jsonb": "{}",
}
