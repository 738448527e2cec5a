"""Who asks, and by which organisation: what every request begins with, in one statement."""

from datetime import datetime

from django.db import connection

from sipingtai.core.setting import Setting
from sipingtai.org.actors import Standing, standing
from sipingtai.org.setting import Stamp, kept

# One row a seat, at least one; the state of the organisation stands in each.
_ASKED = """
    SELECT v.number, v.changed_at, held.unit_id, held.post, held.substitute_for_id, held.code
    FROM (SELECT %(account)s::bigint AS account) AS asker
    LEFT JOIN org_version v ON v.id = 1
    LEFT JOIN (
        SELECT h.account_id, h.unit_id, h.post, h.substitute_for_id, area.code
        FROM org_postholding h
        JOIN access_account a ON a.id = h.account_id AND a.is_active
        JOIN org_unit u ON u.id = h.unit_id AND u.valid_from <= %(day)s AND (u.valid_to IS NULL OR u.valid_to > %(day)s)
        JOIN org_area area ON area.id = u.area_id
        WHERE h.valid_from <= %(day)s AND (h.valid_to IS NULL OR h.valid_to > %(day)s)
    ) AS held ON held.account_id = asker.account
"""


def asked_by(account: int, now: datetime) -> tuple[Standing, Setting]:
    """What `actors.actor_for` and `setting.load` tell of an account and of the day of `now` (local time)."""
    with connection.cursor() as cursor:
        cursor.execute(_ASKED, {"account": account, "day": now.date()})
        rows = cursor.fetchall()
    stamp = Stamp(rows[0][0] or 0, rows[0][1])
    return standing(account, [row[2:] for row in rows if row[2] is not None]), kept(stamp, now.date())
