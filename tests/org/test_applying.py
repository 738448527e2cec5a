"""Bringing packs into the tables."""

from datetime import date

import pytest
from sipingtai.org import models
from sipingtai.org.packs.applying import apply, plan
from sipingtai.org.packs.shelf import Shelf

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = date(2026, 11, 2)


def test_second_time_changes_nothing(settled: Shelf) -> None:
    before = models.Version.objects.get().number
    assert plan(settled).lines == ()
    assert apply(settled, today=TODAY) == {}
    assert models.Version.objects.get().number == before
