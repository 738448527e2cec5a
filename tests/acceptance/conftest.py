"""雾溪畲族乡 at its browsers, for the tests of what only it does; every township: see test_townships.py."""

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.acceptance.facts import WUXI
from tests.acceptance.people import People
from tests.acceptance.scenarios import Scene
from tests.township import Township


@pytest.fixture(scope="module")
def people(wuxi: Township, live_server: LiveServer) -> People:
    return People(live_server.url, wuxi)


@pytest.fixture
def scene(people: People) -> Scene:
    return Scene(people, WUXI)
