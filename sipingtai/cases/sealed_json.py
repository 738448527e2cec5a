"""The journal's JSON: one spelling, and a column that keeps it to the byte.

What a seal covers is what is stored, so that verification hashes what it reads and never has to spell a step again.
The spelling is `access.seal.canonical`'s for plain values (a test holds the two together), at ten times the speed.
"""

from typing import Any

import orjson
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

Json = dict[str, Any]


def spelled(value: object) -> bytes:
    """Sorted keys, UTF-8, no white space. Enums by their value; raises TypeError for what is not plain JSON."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


class SealedJson(models.Field):  # type: ignore[type-arg]  # Django's own class takes no arguments at run time
    """A JSON object in a column of type `json`, which PostgreSQL keeps as it was written (`jsonb` takes it apart)."""

    def db_type(self, connection: BaseDatabaseWrapper) -> str:  # noqa: ARG002
        return "json"

    def get_db_prep_value(self, value: Json, connection: BaseDatabaseWrapper, prepared: bool = False) -> str:  # noqa: ARG002
        return spelled(value).decode()
