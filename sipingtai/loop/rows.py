"""Rows as one value (整批行): whatever their number, one parameter of one prepared statement.

A table's rows travel as a JSON array, which PostgreSQL takes apart by the table's own columns. So a statement may write
several tables at once, is prepared once, and does not change with the number of rows or when a column is added.
"""

import functools
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from django.db import models

from sipingtai.cases.sealed_json import SealedJson, spelled


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
    return of_values(_row(o) for o in objects)


def of_values(rows: Iterable[Mapping[str, Any]]) -> str:
    """The parameter for rows that are plain values by column already (binary ones as `bytes`)."""
    return orjson.dumps(list(rows), default=_binary).decode()


def _row(unsaved: models.Model) -> dict[str, Any]:
    row = {name: getattr(unsaved, field.attname) for name, field in _fields(type(unsaved))}
    for name in _sealed(type(unsaved)):
        row[name] = orjson.Fragment(spelled(row[name]))  # to the byte: a seal covers it
    return row


@functools.cache
def _sealed(model: type[models.Model]) -> list[str]:
    return [name for name, field in _fields(model) if isinstance(field, SealedJson)]


def _binary(value: Any) -> str:
    """Asked for what orjson does not know by itself, so not for every value of every row."""
    if isinstance(value, bytes | memoryview):
        return "\\x" + value.hex()
    raise TypeError(f"{type(value).__name__} has no place in a row")
