"""`sipingtai token USER`: issue an API token and print it once."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from sipingtai.access import audit, tokens
from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import Account, AuditEvent


class Command(BaseCommand):
    help = "签发接口令牌，只显示一次。"

    def add_arguments(self, parser: CommandParser) -> None:
        """USER, --scope (repeatable), --days."""
        parser.add_argument("username", metavar="USER", help="账号的用户名")
        scopes = f"权限范围，可重复：{'、'.join(tokens.SCOPES)}（默认 cases:read）"
        parser.add_argument("--scope", action="append", metavar="SCOPE", help=scopes)
        parser.add_argument("--days", type=int, default=90, metavar="N", help="有效期天数（默认 90）")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the token alone on standard output, so that it can be piped."""
        username, scope, days = options["username"], options["scope"], options["days"]
        with system_scope("签发令牌"):
            account = Account.objects.filter(username=username.lower()).first()
            if account is None:
                raise CommandError(f"没有账号“{username}”，请核对用户名。")
            try:
                raw = tokens.issue(account, scope or ["cases:read"], days)
            except ValueError as error:
                raise CommandError(str(error)) from None
            audit.record(AuditEvent.CONFIGURATION, None, subject=f"token for {account.username}")
        self.stdout.write(raw)
        self.stderr.write(f"令牌只显示这一次，{days} 天内有效，请妥善保存。")
