"""Rows as one value (整批行): whatever their number, one parameter of one prepared statement.

A table's rows travel as a JSON array, which PostgreSQL takes apart by the table's own columns. So a statement may write
several tables at once, is prepared once, and does not change with the number of rows or when a column is added.
"""

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db import connection, models


def columns_of(model: type[models.Model]) -> list[str]:
    """Every column but a number the database gives by itself."""
    return [name for name, field in _fields(model) if not isinstance(field, models.AutoField)]


@functools.cache
def _fields(model: type[models.Model]) -> list[tuple[str, Any]]:
    return [(field.get_attname_column()[1] or "", field) for field in model._meta.concrete_fields]


def read(model: type[models.Model], columns: Collection[str]) -> str:
    """SQL that reads these columns off one parameter, under the name `given`."""
    names = ", ".join(f"given.{column}" for column in columns)
    return f"SELECT {names} FROM {source(model)}"  # noqa: S608


def source(model: type[models.Model]) -> str:
    """SQL of the rows themselves, named `given`: one parameter."""
    return f"json_populate_recordset(NULL::{model._meta.db_table}, %s) AS given"


def inserting(model: type[models.Model]) -> str:
    """SQL that writes the rows of one parameter; a condition on `given` or a conflict clause may follow."""
    columns = columns_of(model)
    return f"INSERT INTO {model._meta.db_table} ({', '.join(columns)}) {read(model, columns)}"


def of_objects(objects: Sequence[models.Model]) -> str:
    """The parameter for unsaved objects of one model."""
    return _text([{name: _plain(f, getattr(o, f.attname)) for name, f in _fields(type(o))} for o in objects])


def of_values(rows: Iterable[Mapping[str, Any]]) -> str:
    """The parameter for rows that are plain values by column already (binary ones as `bytes`)."""
    return _text([{name: _binary(value) for name, value in row.items()} for row in rows])


def _text(rows: Sequence[Mapping[str, Any]]) -> str:
    return orjson.dumps(rows).decode()


def _plain(field: Any, value: Any) -> Any:
    if isinstance(value, dict) and not isinstance(field, models.JSONField):
        return orjson.Fragment(field.get_db_prep_value(value, connection))  # to the byte: a seal covers it
    return _binary(value)


def _binary(value: Any) -> Any:
    return "\\x" + value.hex() if isinstance(value, bytes | memoryview) else value
