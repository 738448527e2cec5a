"""The first look of a day (查看留痕) of an oversight account at a restricted case it was granted sight of."""

from datetime import datetime

from sipingtai.access import audit
from sipingtai.access.models import Account, AuditEntry, AuditEvent
from sipingtai.core.case import Case
from sipingtai.mechanisms.oversight.standing import looks_on
from sipingtai.org.actors import Standing


def looked(case: Case, number: str, *, account: Account, standing: Standing, now: datetime, address: str = "") -> None:
    """Write it down, once a day. For an ordinary case, and for everybody else, nothing is asked or written."""
    if not (case.restricted and looks_on(standing)) or case.reporter.person == account.pk:
        return
    subject, today = f"查看 {number}", now.replace(hour=0, minute=0, second=0, microsecond=0)
    lines = AuditEntry.objects.filter(account=account, event=AuditEvent.SIGHT, subject=subject, at__gte=today)
    if not lines.exists():
        audit.record(AuditEvent.SIGHT, account, subject=subject, address=address)
