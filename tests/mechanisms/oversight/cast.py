"""Who appears in the tests of oversight, and a restricted matter they differ about."""

from datetime import datetime, timedelta

from django.utils import timezone

from sipingtai.core.calendar import local
from sipingtai.mechanisms.oversight import granting
from sipingtai.mechanisms.oversight.models import Grant
from tests.township import Township

T = "331125201-"
OVERSIGHT, COUNTY_OVERSIGHT, CHIEF, COUNTY_CHIEF = T + "oversight", "331125-oversight", T + "chief", "331125-chief"
INTAKE, HEAD, AUDIT = T + "intake", T + "room-head", T + "audit"
WHY = "核查有关回避规定执行情况"


def now() -> datetime:
    return local(timezone.now())


def restricted(wuxi: Township) -> tuple[int, str]:
    found = wuxi.report("安置帮教走访。", by=INTAKE, category="17002", restricted=True)
    return found.case_id, found.number


def applied(wuxi: Township, number: str, *, by: str = OVERSIGHT, at: datetime | None = None) -> Grant:
    with wuxi.acting(by):
        return granting.apply_for(number, WHY, by=wuxi.standing(by), setting=wuxi.setting, now=at or now())


def decided(
    wuxi: Township, grant: Grant, *, by: str = CHIEF, granted: bool = True, days: int = 7, answer: str = "同意查看。",
    at: datetime | None = None,
) -> Grant:  # fmt: skip
    moment = at or now()
    with wuxi.acting(by) as actor:
        return granting.decide(
            grant.pk, granted=granted, answer=answer, until=(moment + timedelta(days=days)).date() if granted else None,
            by=actor, setting=wuxi.setting, now=moment,
        )  # fmt: skip
