"""Names of areas hold until the day of the set-up that ends them, however early it is announced."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import psycopg
import pytest
from django.utils import timezone

from sipingtai.core.calendar import local
from sipingtai.loop.reading.places import names
from tests.township import Township

pytestmark = pytest.mark.django_db

VILLAGE = "331125201200"


@contextmanager
def ending(owner: psycopg.Connection, day: date) -> Iterator[None]:
    """As if a later pack had been brought in that leaves the village out from a day on."""
    changed = "UPDATE org_version SET number = number + 1, changed_at = now()"
    owner.execute("UPDATE org_area SET valid_to = %s WHERE code = %s", [day, VILLAGE])
    owner.execute(changed)
    try:
        yield
    finally:
        owner.execute("UPDATE org_area SET valid_to = NULL WHERE code = %s", [VILLAGE])
        owner.execute(changed)


def test_a_village_keeps_its_name_until_it_ends(wuxi: Township, owner_connection: psycopg.Connection) -> None:
    today = local(timezone.now()).date()
    for last, known in ((today + timedelta(days=1), True), (today, False)):
        with ending(owner_connection, last):
            assert (VILLAGE in names(wuxi.setting, today).areas) is known
