"""Five townships of five counties at work, through HTTP as their own people, each the way its own document says.

The scenarios are written once (scenarios.py); what differs is a table of facts from the documents (facts.py).
"""

import pytest
from pytest_django.live_server_helper import LiveServer

from tests.acceptance import scenarios
from tests.acceptance.facts import ALL, Facts, Incident
from tests.acceptance.people import People
from tests.acceptance.scenarios import Scene
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)

INCIDENTS = [(facts, incident) for facts in ALL for incident in facts.incidents]
each_township = pytest.mark.parametrize("facts", ALL, ids=[f.name for f in ALL])


@pytest.fixture(scope="module")
def everybody(townships: Township, live_server: LiveServer) -> People:
    """Signed in once for all the tests of this module."""
    return People(live_server.url, townships)


@pytest.mark.parametrize(("facts", "incident"), INCIDENTS, ids=[f"{f.name}-{i.platform}" for f, i in INCIDENTS])
def test_an_incident_of_each_platform_is_handled_to_its_end(
    everybody: People, facts: Facts, incident: Incident
) -> None:
    scenarios.an_incident(Scene(everybody, facts), incident)


@each_township
def test_a_matter_of_two_platforms_is_settled_by_the_document_s_arbiter(everybody: People, facts: Facts) -> None:
    scenarios.a_matter_of_two_platforms(Scene(everybody, facts))


@each_township
def test_a_return_within_a_platform_is_settled_the_township_s_way(everybody: People, facts: Facts) -> None:
    scenarios.a_return_within_a_platform(Scene(everybody, facts))


@each_township
def test_what_is_not_the_township_s_goes_to_its_county_and_the_answer_back(everybody: People, facts: Facts) -> None:
    scenarios.to_the_county_and_back(Scene(everybody, facts))


@each_township
def test_what_the_county_hands_down_is_handled_and_answered(everybody: People, facts: Facts) -> None:
    scenarios.handed_down_by_the_county(Scene(everybody, facts))


@each_township
def test_a_dissatisfied_villager_sends_it_back_and_is_answered_again(everybody: People, facts: Facts) -> None:
    scenarios.a_villagers_complaint(Scene(everybody, facts))


@each_township
def test_what_a_grid_reports_is_received_first_where_the_document_says(everybody: People, facts: Facts) -> None:
    scenarios.what_a_grid_reports(Scene(everybody, facts))
