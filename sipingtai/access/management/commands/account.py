"""`sipingtai account USER`: what an account and its tokens are, and ending or renewing them (停用、重置、撤销)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sipingtai.access import accounts, audit, tokens
from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import Account, AuditEvent, Token


class Command(BaseCommand):
    help = "查看账号和它的接口令牌；停用账号、撤销令牌、重置密码或动态口令。"

    def add_arguments(self, parser: CommandParser) -> None:
        """USER, and at most one act."""
        parser.add_argument("username", metavar="USER", help="账号的用户名")
        act = parser.add_mutually_exclusive_group()
        act.add_argument("--close", action="store_true", help="停用账号：登录和令牌随即失效，办过的事照旧")
        act.add_argument("--revoke-tokens", action="store_true", help="撤销全部接口令牌，随即失效")
        act.add_argument("--reset-password", action="store_true", help="换成临时密码，只显示一次；下次登录须修改")
        act.add_argument("--reset-second-factor", action="store_true", help="清除动态口令，如手机丢失")

    def handle(self, *_args: Any, **options: Any) -> None:
        """A temporary password stands alone on standard output; everything else is told for people."""
        username = options["username"].lower()
        with system_scope("账号管理"):
            account = Account.objects.filter(username=username).first()
            if account is None:
                raise CommandError(f"没有账号“{username}”，请核对用户名。")
            if options["close"]:
                accounts.close(account, None)
                self.stderr.write(f"已停用 {username}，登录和令牌随即失效。")
            elif options["revoke_tokens"]:
                self.stderr.write(f"已撤销 {username} 的令牌 {self._revoke(account)} 个。")
            elif options["reset_password"]:
                self.stdout.write(accounts.reset_password(account, None))
                self.stderr.write("临时密码只显示这一次，下次登录须修改；原有登录已失效。")
            elif options["reset_second_factor"]:
                accounts.reset_second_factor(account, None)
                self.stderr.write(f"已清除 {username} 的动态口令。")
            else:
                self._tell(account)

    def _revoke(self, account: Account) -> int:
        good = list(_good(account))
        for token in good:
            tokens.revoke(token)
        audit.record(AuditEvent.CONFIGURATION, None, subject=f"revoke tokens of {account.username}")
        return len(good)

    def _tell(self, account: Account) -> None:
        state = "启用" if account.is_active else "已停用"
        self.stdout.write(f"{account.username} {account.display_name} {state}")
        for token in _good(account):
            used = f"最后使用 {token.last_used_on}" if token.last_used_on else "没有用过"
            scopes = "、".join(token.scopes)
            self.stdout.write(
                f"  令牌 {token.prefix}… {scopes} {timezone.localtime(token.expires_at):%Y-%m-%d} 到期，{used}"
            )


def _good(account: Account) -> list[Token]:
    """The tokens that open a door today."""
    found = Token.objects.filter(account=account, revoked_at=None, expires_at__gt=timezone.now())
    return list(found.order_by("created_at"))
