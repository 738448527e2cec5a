"""Reveals of contacts (联系方式查看记录): who opened whose matter's contact, when and why; never the contact itself.

Which lines there are is the database's to say: oversight finds those of cases it sees, the audit administrator all.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from attrs import frozen
from django.db.models import Q, QuerySet

from sipingtai.access.models import RevealLog
from sipingtai.cases.models import Case
from sipingtai.core.calendar import TZ
from sipingtai.core.posts import Post
from sipingtai.core.setting import Setting
from sipingtai.loop.reading import cursors
from sipingtai.mechanisms.oversight.standing import ROLE
from sipingtai.org.actors import Standing
from sipingtai.org.models import PostHolding
from sipingtai.org.setting import valid_on

PAGE = 50
AUDITS = "audit_admin"


@frozen(kw_only=True)
class Revealed:
    """One line."""

    at: datetime
    who: str
    units: tuple[str, ...]  # where they have a seat today
    number: str
    reason: str
    seen: bool  # whether the reader may open the case


@frozen(kw_only=True)
class Page:
    """One page, newest first."""

    lines: tuple[Revealed, ...]
    next: str = ""  # cursor of the next page; empty: this was the last


def may_read(standing: Standing) -> bool:
    """Oversight and the audit administrator (审计管理员)."""
    return standing.role in (ROLE, AUDITS)


def page(
    by: Standing, setting: Setting, today: date, *, day: date | None = None, unit: int | None = None, cursor: str = ""
) -> Page:
    """The reveals in scope, of one day and by one unit's people of today where asked.

    Raises ValueError for a forged cursor.
    """
    rows = RevealLog.objects.select_related("account").order_by("-at", "-id")
    if by.role == AUDITS:
        rows = rows.filter(_within(by, setting))
    if day is not None:
        start = datetime.combine(day, time(), TZ)
        rows = rows.filter(at__gte=start, at__lt=start + timedelta(days=1))
    if unit is not None:
        rows = rows.filter(account__in=PostHolding.objects.filter(valid_on(today), unit=unit).values("account"))
    found = list(_after(rows, cursor)[: PAGE + 1])
    more, found = len(found) > PAGE, found[:PAGE]
    numbers = set(Case.objects.filter(number__in=[r.subject for r in found]).values_list("number", flat=True))
    units = _units([r.account_id for r in found], setting, today)
    lines = tuple(
        Revealed(
            at=r.at, who=str(r.account), units=units.get(r.account_id, ()), number=r.subject, reason=r.reason,
            seen=r.subject in numbers,
        )
        for r in found
    )  # fmt: skip
    return Page(lines=lines, next=cursors.cursor(found[-1].at, found[-1].pk) if more else "")


def _within(by: Standing, setting: Setting) -> Q:
    """The audit administrator's own area, by the number a case has for good."""
    where = Q(pk__in=())
    for seat in by.actor.seats | by.actor.substitute:
        if seat.post is Post.AUDIT_ADMIN and seat.unit in setting.units:
            where |= Q(subject__startswith=setting.units[seat.unit].area)
    return where


def _after(rows: QuerySet[RevealLog], cursor: str) -> QuerySet[RevealLog]:
    if not cursor:
        return rows
    at, key = cursors.at_a_moment(cursor)
    return rows.filter(Q(at__lt=at) | Q(at=at, id__lt=UUID(key)))


def _units(accounts: Sequence[int], setting: Setting, today: date) -> dict[int, tuple[str, ...]]:
    found: dict[int, dict[str, None]] = {}
    held = PostHolding.objects.filter(valid_on(today), account__in=set(accounts), substitute_for=None)
    for account, unit in held.values_list("account_id", "unit_id").order_by("account_id", "unit_id"):
        if unit in setting.units:
            found.setdefault(account, {})[setting.units[unit].name] = None
    return {account: tuple(names) for account, names in found.items()}
