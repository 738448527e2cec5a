"""`default` and `owner` are two roles in one database: only the owner changes its tables."""

from typing import Any

from django.db.models import Model


class OwnerMigrates:
    """Migrations run as the owner; rows fetched through either role may refer to each other."""

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool:  # noqa: ARG002
        return db == "owner"

    def allow_relation(self, obj1: Model, obj2: Model, **hints: Any) -> bool:  # noqa: ARG002
        return True
