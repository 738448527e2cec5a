"""One world for each module that asks who may do what in it."""

from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker

from tests.conftest import standing
from tests.security.world import PACKS, World, build


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[World]:
    with standing(PACKS, django_db_blocker) as township:
        with django_db_blocker.unblock():
            found = build(township)
        yield found
