"""What a list is narrowed to by its address."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sipingtai.core.calendar import local
from tests.desk.clerk import clerk, text
from tests.township import Township

pytestmark = pytest.mark.django_db

INTAKE = "331125201-intake"


@pytest.mark.parametrize(("days", "first"), [("1", 1), ("7", 6), ("30", 29)])
def test_days_are_those_of_the_calendar_today_being_the_last(wuxi: Township, days: str, first: int) -> None:
    midnight = local(timezone.now()).replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=first)
    inside = wuxi.report("路灯坏了。", by=INTAKE, now=midnight).number
    before = wuxi.report("井盖松动。", by=INTAKE, now=midnight - timedelta(seconds=1)).number
    page = text(clerk(wuxi, INTAKE).get(f"/cases?days={days}"))
    assert inside in page
    assert before not in page
