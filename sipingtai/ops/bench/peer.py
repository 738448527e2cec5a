"""The bare client (裸客户端): writes the very rows an intake writes, and does nothing else.

What one intake wrote is read off the tables: every row that its transaction made. The client writes such rows again
under new numbers, as the tables' owner, whom no policy binds: statements prepared, one transaction a case, one INSERT a
table, no pipeline.
"""

import functools
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psycopg
from attrs import frozen
from psycopg import sql
from psycopg.types.json import Json, Jsonb

_TABLES = """
    SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attidentity <> ''
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
    ORDER BY c.relname, a.attnum
"""
_spelled = functools.partial(json.dumps, ensure_ascii=False, separators=(",", ":"))  # as the journal does
FIRST = ("access_contact", "cases_case")  # whatever else an intake writes refers to the case


@frozen
class Column:
    """A column an INSERT names. A number the database gives by itself is not among them."""

    name: str
    type: str


@frozen
class Rows:
    """What one case has in one table: values in the order of `columns`."""

    table: str
    columns: tuple[Column, ...]
    values: tuple[tuple[Any, ...], ...]


@frozen
class Sample:
    """All rows of one case."""

    case: int
    number: str
    tables: tuple[Rows, ...]


def written_by(connection: psycopg.Connection, number: str) -> Sample:
    """Every row the transaction wrote that took this case in. The connection must see all rows (superuser).

    Raises LookupError for a number there is none of.
    """
    found = connection.execute("SELECT id, xmin::text FROM cases_case WHERE number = %s", [number]).fetchone()
    if found is None:
        raise LookupError(number)
    case, transaction = found
    tables = [
        rows
        for name, columns in _columns(connection).items()
        if (rows := _rows(connection, name, columns, transaction))
    ]
    order = {name: place for place, name in enumerate(FIRST)}
    return Sample(case, number, tuple(sorted(tables, key=lambda rows: order.get(rows.table, len(order)))))


def _columns(connection: psycopg.Connection) -> dict[str, tuple[Column, ...]]:
    found: dict[str, tuple[Column, ...]] = {}
    for table, name, kind, given in connection.execute(_TABLES).fetchall():
        found[table] = found.get(table, ()) + (() if given else (Column(name, kind),))
    return found


def _rows(connection: psycopg.Connection, table: str, columns: tuple[Column, ...], transaction: str) -> Rows | None:
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in columns)
    query = sql.SQL("SELECT {} FROM {} WHERE xmin = {}::xid").format(names, sql.Identifier(table), transaction)
    values = connection.execute(query).fetchall()
    return Rows(table, columns, tuple(values)) if values else None


def writing(dsn: str) -> Callable[[Sequence[tuple[int, Sample]]], int]:
    """Open one connection; returns what writes each sample again under the id given with it."""
    connection = psycopg.connect(dsn)
    connection.prepare_threshold = 0
    statements: dict[tuple[str, int], sql.Composed] = {}

    def write(job: Sequence[tuple[int, Sample]]) -> int:
        for case, sample in job:
            again = _renamed(sample, case)
            for rows in sample.tables:
                shape = (rows.table, 0 if _varies(rows) else len(rows.values))
                statement = statements.get(shape) or statements.setdefault(shape, _insert(rows))
                connection.execute(statement, _parameters(rows, again), prepare=True)
            connection.commit()
        return len(job)

    return write


def _varies(rows: Rows) -> bool:
    """Whether a table has another number of rows for every case: a list of VALUES could not be prepared once."""
    return rows.table == "cases_word"


def _insert(rows: Rows) -> sql.Composed:
    """One INSERT for all of a case's rows in a table."""
    names = sql.SQL(", ").join(sql.Identifier(column.name) for column in rows.columns)
    into = sql.SQL("INSERT INTO {} ({}) ").format(sql.Identifier(rows.table), names)
    if _varies(rows):
        arrays = sql.SQL(", ").join(sql.SQL("%s::" + column.type + "[]") for column in rows.columns)
        return into + sql.SQL("SELECT * FROM unnest({})").format(arrays)
    one = sql.SQL(", ").join(sql.SQL("%s::" + column.type) for column in rows.columns)
    return into + sql.SQL("VALUES ") + sql.SQL(", ").join([sql.SQL("({})").format(one)] * len(rows.values))


def _renamed(sample: Sample, case: int) -> Callable[[Column, Any], Any]:
    """What a value becomes under another id: whatever must be unique is new, everything else stays as it was."""
    number = f"{sample.number[:-6]}{case % 1_000_000:06d}"
    made: dict[uuid.UUID, uuid.UUID] = {}

    def again(column: Column, value: Any) -> Any:
        if isinstance(value, uuid.UUID):
            return made.get(value) or made.setdefault(value, uuid.uuid4())
        if value == sample.case and column.name in ("id", "case_id"):
            return case
        if value == sample.number:
            return number
        if isinstance(value, dict):
            return (Json if column.type == "json" else Jsonb)(value, dumps=_spelled)
        return value

    return again


def _parameters(rows: Rows, again: Callable[[Column, Any], Any]) -> list[Any]:
    values = [[again(column, value) for column, value in zip(rows.columns, row, strict=True)] for row in rows.values]
    return (
        [list(one) for one in zip(*values, strict=True)]
        if _varies(rows)
        else [value for row in values for value in row]
    )


def shape(sample: Sample) -> Mapping[str, tuple[tuple[Column, ...], int]]:
    """Tables → columns and count of rows: two samples of the same report have the same."""
    return {rows.table: (rows.columns, len(rows.values)) for rows in sample.tables}
