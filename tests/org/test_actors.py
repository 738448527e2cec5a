"""What a person's posts let them see: by unit, by area, or nothing."""

import pytest
from django.utils import timezone

from sipingtai.core.calendar import local
from sipingtai.org.actors import Standing, actor_for
from tests.township import Township

pytestmark = pytest.mark.django_db


def standing(wuxi: Township, username: str) -> Standing:
    return actor_for(wuxi.account(username).pk, local(timezone.now()))


def test_oversight_looks_on_by_area_and_not_as_the_command_room(wuxi: Township) -> None:
    found = standing(wuxi, "331125201-oversight")
    assert (found.role, found.units, found.areas) == ("oversight", (), (("331125201", "331125202"),))


def test_administrators_see_no_case(wuxi: Township) -> None:
    for name in ("system", "security", "audit"):
        found = standing(wuxi, f"331125201-{name}")
        assert (found.units, found.areas) == ((), ())


def test_only_the_audit_administrator_reads_the_logs(wuxi: Township) -> None:
    assert [standing(wuxi, f"331125201-{n}").role for n in ("audit", "system", "security")] == [
        "audit_admin",
        "admin",
        "admin",
    ]
