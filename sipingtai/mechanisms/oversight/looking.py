"""The first look of a day (查看留痕) of an oversight account at a restricted case it was granted sight of."""

from datetime import datetime

from sipingtai.access import audit
from sipingtai.access.models import Account, AuditEntry, AuditEvent
from sipingtai.cases.models import Case
from sipingtai.mechanisms.oversight.standing import looks_on
from sipingtai.org.actors import Standing


def looked(number: str, *, restricted: bool, account: Account, standing: Standing, now: datetime) -> None:
    """Write it down, once a day. For an ordinary case, and for everybody else, nothing is asked or written.

    For whoever has just found the case of this number.
    """
    if not (restricted and looks_on(standing)):
        return
    subject, today = f"查看 {number}", now.replace(hour=0, minute=0, second=0, microsecond=0)
    lines = AuditEntry.objects.filter(account=account, event=AuditEvent.SIGHT, subject=subject, at__gte=today)
    if not lines.exists():
        audit.record(AuditEvent.SIGHT, account, subject=subject)


def looked_into(case_id: int, *, account: Account, standing: Standing, now: datetime) -> None:
    """The same for whoever opens a file of a case in sight by its own address. Nothing is asked for anybody else."""
    if not looks_on(standing):
        return
    row = Case.objects.only("number", "restricted").get(pk=case_id)
    looked(row.number, restricted=row.restricted, account=account, standing=standing, now=now)
