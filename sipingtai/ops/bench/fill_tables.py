"""The tables while they are filled: COPY as their owner, without indexes and constraints, which are built afterwards.

COPY is refused to the application by row-level security; the owner is not bound by it. Only a bench's home is filled.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence

import psycopg
from django.conf import settings
from django.db.models import Model
from psycopg import sql

from sipingtai.ops.bench.fill_patterns import columns

# What is lost in a power cut is a bench's own. Indexes are sorted in memory, by several processes.
_HASTE = ("synchronous_commit = off", "maintenance_work_mem = '1GB'", "max_parallel_maintenance_workers = 2")


def connect() -> psycopg.Connection:
    """As the owner of the tables, each statement a transaction."""
    owner = settings.DATABASES["owner"]
    names = {"host": "HOST", "port": "PORT", "dbname": "NAME", "user": "USER", "password": "PASSWORD"}
    connection = psycopg.connect(**{key: owner[name] for key, name in names.items() if owner[name]}, autocommit=True)
    for setting in _HASTE:
        connection.execute(f"SET {setting}".encode())
    return connection


def copy(connection: psycopg.Connection, lines: Mapping[type[Model], Sequence[str]]) -> None:
    """Store rows in the order of the mapping, all in one transaction."""
    with connection.transaction(), connection.cursor() as cursor:
        for model, rows in lines.items():
            names = sql.SQL(", ").join(sql.Identifier(str(f.column)) for f in columns(model))
            into = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(model._meta.db_table), names)
            with cursor.copy(into) as stream:
                for begin in range(0, len(rows), 1_000):
                    stream.write("\n".join([*rows[begin : begin + 1_000], ""]))


_CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, contype::text, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = ANY (%s::regclass[]) AND contype IN ('p', 'u', 'f') ORDER BY contype = 'f', conname
"""
_INDEXES = """
    SELECT c.relname, pg_get_indexdef(c.oid) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indrelid = ANY (%s::regclass[]) AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = c.oid)
    ORDER BY c.relname
"""


@contextlib.contextmanager
def bare(
    connection: psycopg.Connection, models: Sequence[type[Model]], built: Callable[[str], None] = lambda _: None
) -> Iterator[None]:
    """Take indexes and constraints off these tables, and build them again exactly as they were; `built` is told each.

    Not when the body fails: half a filling is thrown away.
    """
    tables = [model._meta.db_table for model in models]
    constraints = connection.execute(_CONSTRAINTS, [tables]).fetchall()
    indexes = connection.execute(_INDEXES, [tables]).fetchall()
    for table, name, _, _ in reversed(constraints):  # foreign keys before the keys they lean on
        connection.execute(
            sql.SQL("ALTER TABLE {} DROP CONSTRAINT {}").format(sql.Identifier(table), sql.Identifier(name))
        )
    for name, _ in indexes:
        connection.execute(sql.SQL("DROP INDEX {}").format(sql.Identifier(name)))
    yield
    keys = [row for row in constraints if row[2] != "f"]
    for table, name, _, definition in keys:
        built(name)
        _add(connection, table, name, definition)
    for name, definition in indexes:
        built(name)
        connection.execute(definition.encode())
    for table, name, kind, definition in constraints:
        if kind == "f":
            built(name)
            _add(connection, table, name, definition)


def _add(connection: psycopg.Connection, table: str, name: str, definition: str) -> None:
    connection.execute(
        sql.SQL("ALTER TABLE {} ADD CONSTRAINT {} ").format(sql.Identifier(table), sql.Identifier(name))
        + sql.SQL(definition)
    )


_SIZES = """
    SELECT c.relname, pg_table_size(c.oid), coalesce(sum(pg_relation_size(i.indexrelid)), 0)::bigint
    FROM pg_class c LEFT JOIN pg_index i ON i.indrelid = c.oid WHERE c.relname = ANY (%s)
    GROUP BY c.oid, c.relname ORDER BY 2 DESC
"""


def sizes(connection: psycopg.Connection, models: Sequence[type[Model]]) -> list[tuple[str, int, int]]:
    """Tables with the bytes of their rows and of their indexes, the largest first."""
    tables = [model._meta.db_table for model in models]
    return [(str(a), int(b), int(c)) for a, b, c in connection.execute(_SIZES, [tables]).fetchall()]
