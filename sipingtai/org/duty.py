"""Who leads on duty (值班领导): what decides a seat is the organisation's; filling in the rota is `mechanisms.duty`'s.

A command's duty has its hour of handover and the duty office's telephone from the pack (`值班`: `交接`, `电话`).
"""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from functools import lru_cache

from attrs import frozen
from django.db.models import OuterRef, Subquery
from django.db.models.functions import JSONObject, Left

from sipingtai.core.calendar import local
from sipingtai.core.setting import Setting
from sipingtai.org.models import Command, DutyShift

LONGEST = 9  # digits of the area of a command that has a rota: townships and counties, not villages
HANDOVER = time(8, 30)  # where the pack names no hour


@frozen
class OnDuty:
    """Who leads at a command now."""

    command: int
    area: str  # the command's
    account: int
    name: str


@frozen(kw_only=True)
class Duty:
    """How a command's duty is arranged."""

    handover: time = HANDOVER
    telephone: str = ""  # of the duty office; empty where none is known


def leading_over(area: str, now: datetime) -> Subquery:
    """Who leads at `now` where the area (a lookup of the outer query) lies, as a JSON object; null for nobody."""
    day = local(now).date()
    found = DutyShift.objects.filter(
        leading=True, area=Left(OuterRef(area), LONGEST), day__range=(day - timedelta(days=1), day),
        starts_at__lte=now, ends_at__gt=now,
    )  # fmt: skip
    leader = JSONObject(command="command_id", area="area", account="account_id", name="account__display_name")
    return Subquery(found.values(led=leader)[:1])


def duty_of(command: int, setting: Setting) -> Duty:
    """How the command's duty is arranged. Read once for every state of the organisation."""
    return _read(setting.version, setting.catalogue).get(command, Duty())


@lru_cache(maxsize=4)
def _read(_version: int, _catalogue: int) -> Mapping[int, Duty]:
    rows = Command.objects.filter(document__roster__isnull=False).values_list("unit_id", "document__roster")
    return {
        unit: Duty(
            handover=time.fromisoformat(roster["handover"]) if roster.get("handover") else HANDOVER,
            telephone=roster.get("telephone") or "",
        )
        for unit, roster in rows
        if roster
    }
