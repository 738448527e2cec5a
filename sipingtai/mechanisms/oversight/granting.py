"""Sight of a restricted case (限知查看): applied for with a reason, granted for days by a chief, ended by itself.

A pending application lapses when nobody decides it, and whoever asks learns no more from that than from a wrong number.
Every application, decision and end stands in the audit log; so does the first look of each day (`looking.py`).
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from django.contrib.postgres.functions import TransactionNow
from django.db.models import QuerySet

from sipingtai.access import audit
from sipingtai.access.actor_scope import as_system
from sipingtai.access.models import Account, AuditEvent
from sipingtai.cases.models import Case
from sipingtai.core.calendar import TZ
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting
from sipingtai.loop.errors import Conflict, Invalid, NotFound
from sipingtai.mechanisms.oversight.models import Asked, Grant
from sipingtai.mechanisms.oversight.standing import require_oversight, written
from sipingtai.org.actors import Standing

LONGEST = 30  # calendar days a sight may be granted for
LAPSES = timedelta(days=10)  # an application nobody decided
MOST_PENDING = 20  # applications of one account that wait at once
_NUMBER = re.compile(r"\d{6,9}-\d{8}-\d{6}", re.ASCII)


def apply_for(number: str, reason: str, *, by: Standing, setting: Setting, now: datetime) -> Grant:
    """Ask for sight of the case with this number. The answer never tells whether there is such a case.

    Raises NotFound for whoever does not look on, Invalid for what was filled in, for a case in sight already and for
    an application that is pending.
    """
    require_oversight(by)
    number = number.strip()
    if not _NUMBER.fullmatch(number):
        raise Invalid({"number": "请填写完整的事件编号，例如 331125201-20260302-000123。"})
    said = written({"reason": (reason, "查看理由", 5, 500)})
    if Case.objects.filter(number=number).exists():
        raise Invalid({"number": "这件事您现在就看得到，不用申请。"})
    pending = _pending(Grant.objects.filter(account=by.actor.person), now)
    if pending.filter(number=number).exists():
        raise Invalid({"number": "这个编号您已经申请过，正在等决定。"})
    if pending.count() >= MOST_PENDING:
        raise Invalid({"number": f"您已有 {MOST_PENDING} 件申请在等决定，请等有了结果再申请。"})
    with as_system("限知查看申请"):
        found = Grant.objects.create(account=by.actor.person, number=number, reason=said["reason"], asked_at=now)
        row = Case.objects.filter(number=number).first()
        if row is not None and _concerns(row, by):
            _ask(found, row, setting)
        _log(by.actor.person, f"申请 {number}")
    return found


def _concerns(row: Case, by: Standing) -> bool:
    """Whether there is anything to decide: restricted, within the area, and nothing the applicant must keep out of."""
    within = any(low <= row.area < high for low, high in by.areas)
    avoided = by.actor.person in row.shunned_people or set(by.units) & set(row.shunned)
    return row.restricted and within and not avoided


def _ask(found: Grant, row: Case, setting: Setting) -> None:
    above = setting.commands[row.command].parent if row.command in setting.commands else None
    commands = [c for c in (row.command, above) if c is not None and c in setting.commands and c not in row.shunned]
    seats = {seat.unit for command in commands for seat in setting.rules(command).chiefs}
    deciders = (seats | set(commands)) - set(row.shunned)
    if commands:
        Asked.objects.create(
            grant=found, case=row.pk, commands=commands, deciders=sorted(deciders), kept_out=row.shunned_people
        )


def chief_of(actor: Actor, commands: Sequence[int], setting: Setting) -> bool:
    """Whether the actor is 总指挥 or 主要领导 at one of these commands; not the leader on duty, for it can wait."""
    known = [setting.rules(command) for command in commands if command in setting.commands]
    return any(actor.sits(seat) for rules in known for seat in rules.chiefs)


def to_decide(actor: Actor, setting: Setting, now: datetime) -> tuple[Asked, ...]:
    """Applications that wait for this chief, the oldest first: one statement."""
    rows = waiting_for(now).select_related("grant").order_by("grant__asked_at")
    return tuple(row for row in rows if chief_of(actor, row.commands, setting) and row.grant.account != actor.person)


def waiting_for(now: datetime | TransactionNow) -> QuerySet[Asked]:
    """Applications that wait for anybody whom the policy names; `now` may be the database's."""
    return Asked.objects.filter(grant__decided_at=None, grant__asked_at__gt=now - LAPSES)


def in_force(actor: Actor, setting: Setting, now: datetime) -> tuple[Grant, ...]:
    """What was granted and could be taken back by this chief: one statement."""
    rows = Asked.objects.filter(grant__granted=True, grant__ended_at=None, grant__until__gt=now).select_related("grant")
    return tuple(row.grant for row in rows.order_by("grant__until") if chief_of(actor, row.commands, setting))


def decide(
    grant_id: int, *, granted: bool, answer: str, until: date | None, by: Actor, setting: Setting, now: datetime
) -> Grant:
    """Grant until the end of a day, or refuse with a reason.

    Raises NotFound for whoever is not asked, Conflict where it is decided, lapsed or there is nothing to see any more,
    Invalid for a missing reason or a day out of bounds.
    """
    asked = _judged(grant_id, by, setting)
    said = written({"answer": (answer, "意见" if granted else "理由", 0 if granted else 5, 500)})
    end = _end_of(until, now) if granted else None
    with as_system("限知查看审批"):
        found = Grant.objects.select_for_update().get(pk=grant_id)
        if found.decided_at is not None or found.asked_at <= now - LAPSES:
            raise Conflict(["这件申请已有决定或已过期"])
        found.decided_at, found.decided_by, found.granted = now, by.person, granted
        found.answer, found.until, found.case = said["answer"], end, asked.case if granted else None
        found.save()
        told = f"准许 {found.number} 至 {until}" if granted else f"不准许 {found.number}"
        _log(by.person, told)
    return found


def _judged(grant_id: int, by: Actor, setting: Setting) -> Asked:
    """The application, as far as it is this actor's to decide now. Raises NotFound."""
    asked = Asked.objects.filter(pk=grant_id).select_related("grant").first()
    if asked is None or not chief_of(by, asked.commands, setting) or asked.grant.account == by.person:
        raise NotFound
    with as_system("限知查看审批"):
        row = Case.objects.filter(pk=asked.case).first()
    # Since the application it may have become a complaint about whoever would decide.
    if row is None or by.person in row.shunned_people or by.units & set(row.shunned):
        raise NotFound
    return asked


def _end_of(until: date | None, now: datetime) -> datetime:
    last = now.date() + timedelta(days=LONGEST)
    if until is None or not now.date() <= until <= last:
        raise Invalid({"until": f"请选择查看截止日，今天起 {LONGEST} 天之内（最晚 {last}）。"})
    return datetime.combine(until + timedelta(days=1), time(), TZ)


def end(grant_id: int, why: str, *, by: Actor, setting: Setting, now: datetime) -> Grant:
    """Take a sight back (a chief who could grant it), or give it back (the applicant).

    Raises NotFound, Invalid, Conflict.
    """
    found = Grant.objects.filter(pk=grant_id).first()
    if found is None:
        raise NotFound
    if found.account != by.person:
        _judged(grant_id, by, setting)
    said = written({"why": (why, "收回理由", 4, 200)})
    with as_system("限知查看收回"):
        found = Grant.objects.select_for_update().get(pk=grant_id)
        if not found.granted or found.ended_at is not None or found.until is None or found.until <= now:
            raise Conflict(["这项查看已经结束"])
        found.ended_at, found.ended_by, found.ended_why = now, by.person, said["why"]
        found.save()
        _log(by.person, f"收回 {found.number}")
    return found


def own(account: int) -> QuerySet[Grant]:
    """One's own applications, the newest first."""
    return Grant.objects.filter(account=account).order_by("-asked_at", "-id")


def granted_on(case: int) -> QuerySet[Grant]:
    """To whom sight of this case was granted, the newest first, for whoever may see the case."""
    return Grant.objects.filter(case=case, granted=True).order_by("-decided_at")


def state(found: Grant, now: datetime) -> str:
    """How an application stands, in a word."""
    if found.granted is None:
        return "已过期" if found.asked_at <= now - LAPSES else "等待决定"
    if not found.granted:
        return "不准许"
    if found.ended_at is not None:
        return "已收回"
    return "可以查看" if found.until and found.until > now else "已到期"


def _pending(rows: QuerySet[Grant], now: datetime) -> QuerySet[Grant]:
    return rows.filter(decided_at=None, asked_at__gt=now - LAPSES)


def _log(account: int, subject: str) -> None:
    audit.record(AuditEvent.SIGHT, Account.objects.get(pk=account), subject=subject)
