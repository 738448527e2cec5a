"""Who asks, and by which organisation: what every request begins with, in one statement."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from attrs import frozen
from django.db import connection

from sipingtai.access import tokens
from sipingtai.access.models import Account
from sipingtai.core.setting import Setting
from sipingtai.org.actors import Standing, standing
from sipingtai.org.duty import LONGEST, OnDuty
from sipingtai.org.setting import Stamp, kept

# One row a seat, at least one for whoever asks; the state of the organisation stands in each, and who leads there now.
_ASKED = """
    SELECT asker.*, v.number, v.changed_at, held.unit_id, held.post, held.substitute_for_id, held.code,
        duty.command_id, duty.area, duty.account_id, leader.display_name
    FROM ({asker}) AS asker
    LEFT JOIN org_version v ON v.id = 1
    LEFT JOIN (
        SELECT h.account_id, h.unit_id, h.post, h.substitute_for_id, area.code
        FROM org_postholding h
        JOIN access_account a ON a.id = h.account_id AND a.is_active
        JOIN org_unit u ON u.id = h.unit_id AND u.valid_from <= %(day)s AND (u.valid_to IS NULL OR u.valid_to > %(day)s)
        JOIN org_area area ON area.id = u.area_id
        WHERE h.valid_from <= %(day)s AND (h.valid_to IS NULL OR h.valid_to > %(day)s)
    ) AS held ON held.account_id = asker.id
    LEFT JOIN org_dutyshift duty ON duty.leading AND duty.area = left(held.code, {longest})
        AND duty.day BETWEEN %(day)s::date - 1 AND %(day)s::date
        AND duty.starts_at <= %(now)s AND duty.ends_at > %(now)s
    LEFT JOIN access_account leader ON leader.id = duty.account_id
"""
_BY_ACCOUNT = _ASKED.format(asker="SELECT %(account)s::bigint AS id", longest=LONGEST)
_BY_TOKEN = _ASKED.format(asker=tokens.FIND, longest=LONGEST)


@frozen(kw_only=True)
class Program:
    """Whoever asks by a token."""

    account: Account
    scopes: frozenset[str]
    standing: Standing
    setting: Setting
    now: datetime  # local, the moment of the request


def asked_by(account: int, now: datetime) -> tuple[Standing, Setting]:
    """What `actors.actor_for` and `setting.load` tell of an account and of the day of `now` (local time)."""
    return _told(account, _rows(_BY_ACCOUNT, {"account": account, "day": now.date(), "now": now}), 1, now)


def asked_by_token(raw: str, now: datetime, address: str) -> Program | None:
    """The same for a token, with `tokens.authenticate`'s answer; None where that is None."""
    if (parameters := tokens.asked(raw, now)) is None:
        return None
    rows = _rows(_BY_TOKEN, {**parameters, "day": now.date()})
    if not rows:
        return None
    account, scopes = tokens.admitted(rows[0], now, address)
    who, setting = _told(account.pk, rows, tokens.COLUMNS, now)
    return Program(account=account, scopes=scopes, standing=who, setting=setting, now=now)


def _rows(statement: str, parameters: dict[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _leader(found: tuple[Any, ...]) -> OnDuty | None:
    return None if found[0] is None else OnDuty(*found)


def _told(account: int, rows: Sequence[tuple[Any, ...]], at: int, now: datetime) -> tuple[Standing, Setting]:
    """`at`: the column where the organisation begins."""
    number, changed_at = rows[0][at : at + 2]
    seats = [(*row[at + 2 : at + 6], _leader(row[at + 6 :])) for row in rows if row[at + 2] is not None]
    return standing(account, seats), kept(Stamp(number or 0, changed_at), now.date())
