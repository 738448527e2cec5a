"""`sipingtai migrate`: Django's, run as the owner; then what the application may do with the libraries' tables."""

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandParser
from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections, transaction

from sipingtai.access.grants import FRAMEWORK_TABLES, grant_framework_tables
from sipingtai.access.rls import app_role


class Command(DjangoMigrate):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.set_defaults(database="owner")

    def handle(self, *args: Any, **options: Any) -> None:
        """Migrate, make the shared cache's table, and set the grants in one transaction."""
        super().handle(*args, **options)
        if options.get("plan") or options.get("check_unapplied"):
            return
        call_command("createcachetable", settings.CACHES["default"]["LOCATION"], database="owner", verbosity=0)
        owner = connections["owner"]
        with owner.cursor() as cursor:
            missing = FRAMEWORK_TABLES.keys() - set(owner.introspection.table_names(cursor))
            if missing:  # migrated backwards, or one app only
                self.stderr.write(f"以下数据表尚未建立，应用角色的授权未更新：{'、'.join(sorted(missing))}")
                return
            with transaction.atomic(using="owner"):
                grant_framework_tables(cursor.execute, app_role())
