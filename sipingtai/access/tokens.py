"""API tokens (接口令牌): issued by the command line, shown once, stored as a digest, found in one query."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Collection, Sequence
from typing import Any

from django.db import connection
from django.utils import timezone

from sipingtai.access import audit
from sipingtai.access.models import Account, AuditEvent, Token

SCOPES = {
    "cases:read": "查询事件",
    "cases:report": "只上报事件",
    "cases:write": "上报和办理事件",
}
LONGEST_DAYS = 730

_MARK = "spt_"  # lets scanners of public code recognise a leaked token
_PREFIX_LENGTH = len(_MARK) + 6


def issue(account: Account, scopes: Collection[str], days: int) -> str:
    """A new token for `days` calendar days from now. The returned text is not kept anywhere.

    Raises ValueError with a Chinese message for unknown scopes, a bad number of days or a closed account.
    """
    if not account.is_active:
        raise ValueError("账号已停用，不能签发令牌。")
    unknown = sorted(set(scopes) - set(SCOPES))
    if unknown or not scopes:
        raise ValueError(f"权限范围应从这些中选择：{'、'.join(SCOPES)}。")
    if not 1 <= days <= LONGEST_DAYS:
        raise ValueError(f"有效期应为 1 至 {LONGEST_DAYS} 天。")
    raw = _MARK + secrets.token_urlsafe(32)
    Token.objects.create(
        account=account,
        prefix=raw[:_PREFIX_LENGTH],
        digest=_digest(raw),
        scopes=sorted(set(scopes)),
        expires_at=timezone.now() + dt.timedelta(days=days),
    )
    return raw


_ACCOUNT = [field.column for field in Account._meta.concrete_fields]
_ATTRIBUTES = [field.attname for field in Account._meta.concrete_fields]
COLUMNS = len(_ACCOUNT) + 4
FIND = f"""
    SELECT {", ".join(f"account.{name}" for name in _ACCOUNT)},
        token.id AS token, token.prefix, token.scopes, token.last_used_on
    FROM access_token token JOIN access_account account ON account.id = token.account_id
    WHERE token.digest = %(token)s AND token.expires_at > %(now)s AND token.revoked_at IS NULL AND account.is_active
"""  # noqa: S608
"""The token that is good now, with its account, in COLUMNS columns; its parameters are those of `asked`. Written out
because it begins every call, and the ORM would take longer to put it together than the database to answer it."""


def asked(raw: str, now: dt.datetime) -> dict[str, bytes | dt.datetime] | None:
    """The parameters of FIND; None for what cannot be a token."""
    if not raw.startswith(_MARK) or len(raw) > 100 or not raw.isascii():
        return None
    return {"token": _digest(raw), "now": now}


def admitted(row: Sequence[Any], now: dt.datetime, address: str) -> tuple[Account, frozenset[str]]:
    """Whose token a row of FIND is, and what it may do.

    The first use on a day notes the day and writes one line of the audit log.
    """
    token, prefix, scopes, last_used_on = row[len(_ACCOUNT) : COLUMNS]
    account = Account.from_db(connection.alias, _ATTRIBUTES, row[: len(_ACCOUNT)])
    today = timezone.localdate(now)
    # The condition in the update lets one of several processes win, and the log has one line.
    if last_used_on != today and Token.objects.filter(pk=token).exclude(last_used_on=today).update(last_used_on=today):
        audit.record(AuditEvent.TOKEN, account, subject=prefix, address=address)
    return account, frozenset(scopes)


def authenticate(raw: str, address: str = "") -> tuple[Account, frozenset[str]] | None:
    """Whose token this is and what it may do; None when it is unknown, expired, revoked or its account closed.

    One query, every time: what is revoked is so at once.
    """
    now = timezone.now()
    if (parameters := asked(raw, now)) is None:
        return None
    with connection.cursor() as cursor:
        cursor.execute(FIND, parameters)
        found = cursor.fetchone()
    return admitted(found, now, address) if found else None


def revoke(token: Token) -> None:
    """End a token now; harmless when it has ended."""
    Token.objects.filter(pk=token.pk, revoked_at__isnull=True).update(revoked_at=timezone.now())


def _digest(raw: str) -> bytes:
    # Plain SHA-256: 256 random bits need no salt and no slow hash.
    return hashlib.sha256(raw.encode()).digest()
