"""`default` and `owner` are two roles in one database: only the owner changes its tables."""

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from django.db.models import Model

_ahead: ContextVar[bool] = ContextVar("organisation_ahead", default=False)


@contextlib.contextmanager
def organisation_ahead() -> Iterator[None]:
    """Read the organisation as the owner's open transaction will leave it, be it committed or not."""
    token = _ahead.set(True)
    try:
        yield
    finally:
        _ahead.reset(token)


class OwnerMigrates:
    """Migrations run as the owner; rows fetched through either role may refer to each other."""

    def db_for_read(self, model: type[Model], **hints: Any) -> str | None:  # noqa: ARG002
        return "owner" if _ahead.get() and model._meta.app_label == "org" else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:  # noqa: ARG002
        return db == "owner"

    def allow_relation(self, obj1: Model, obj2: Model, **hints: Any) -> bool:  # noqa: ARG002
        return True
