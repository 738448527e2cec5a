"""How many statements a call costs: few, and the same for a hundred rows as for one.

The figures are those of a warm process: the first call of a token on a day writes a line of the audit log, the first of
a minute takes a lot of requests from the shared cache, and one report in twenty fetches ids for the next.
Besides the statements named here a call costs BEGIN and COMMIT; Django lists both, `_statements` leaves them out.
Telling the database who acts (three times: the actor, the system, the actor again) rides along with other statements.
"""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sipingtai.api import throttle
from sipingtai.loop.intake import numbers
from tests.api.conftest import Program, type_of_caller
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)
CLERK = "331125201-intake"
WHO = 2  # whose token it is, their seats, the organisation; the actor told
AROUND = {"BEGIN", "COMMIT"}
ALIKE = 1  # what the report may repeat, told to whoever may read cases
THEIR_TEXTS = 1  # of what it may repeat, where it may: these reports all say the same


def _statements(captured: CaptureQueriesContext) -> list[str]:
    return [" ".join(q["sql"].split())[:90] for q in captured.captured_queries if q["sql"] not in AROUND]


def _warm(program: type_of_caller) -> Program:
    caller = program(CLERK)
    caller.get("/cases")
    while not numbers._waiting:
        numbers.next_id()
    return caller


@pytest.fixture(autouse=True)
def _fresh(wuxi: Township) -> None:
    numbers._waiting.clear()


def test_a_report_is_stored_by_one_statement_as_the_system(program: type_of_caller) -> None:
    caller = _warm(program)
    caller.report()
    with CaptureQueriesContext(connection) as captured:
        assert caller.report().status_code == 201
    found = _statements(captured)
    assert len(found) == WHO + 3 + ALIKE + THEIR_TEXTS, "\n".join(found)


def test_a_report_like_no_other_asks_for_no_texts(program: type_of_caller) -> None:
    caller = _warm(program)
    caller.report(point={"longitude": 119.58, "latitude": 28.13})
    with CaptureQueriesContext(connection) as captured:
        assert caller.report(point={"longitude": 119.553, "latitude": 28.113}).json()["alike"] == []
    assert len(_statements(captured)) == WHO + 3 + ALIKE, "\n".join(_statements(captured))


def test_a_report_with_a_contact_costs_no_more(program: type_of_caller) -> None:
    caller = _warm(program)
    caller.report()
    with CaptureQueriesContext(connection) as captured:
        assert caller.report(reporter={"name": "张三", "phone": "13800000000"}).status_code == 201
    assert len(_statements(captured)) == WHO + 3 + ALIKE + THEIR_TEXTS, "\n".join(_statements(captured))


def test_another_process_takes_its_lot_of_requests_without_a_rollback(wuxi: Township) -> None:
    # After a rollback psycopg forgets every prepared statement of the connection.
    throttle.take("one-and-the-same")
    throttle._allowances.clear()  # as another process would see it
    with CaptureQueriesContext(connection) as captured:
        assert throttle.take("one-and-the-same") == 0
    assert not any("ROLLBACK" in q["sql"] for q in captured.captured_queries)


def test_a_list_of_a_hundred_costs_what_a_list_of_one_costs(program: type_of_caller) -> None:
    caller = _warm(program)
    costs = []
    for count in (1, 99):
        for _ in range(count):
            caller.report()
        with CaptureQueriesContext(connection) as captured:
            assert len(caller.get("/cases", limit=100).json()["items"]) in (1, 100)
        costs.append(len(_statements(captured)))
    assert costs == [WHO + 1] * 2, "\n".join(_statements(captured))


def test_a_move_is_one_look_and_one_statement_as_the_system(program: type_of_caller) -> None:
    caller = _warm(program)
    number = caller.report().json()["number"]
    with CaptureQueriesContext(connection) as captured:
        assert caller.post(f"/cases/{number}/accept", {"reason": "属实", "seen": 1}).status_code == 200
    assert len(_statements(captured)) == WHO + 4, "\n".join(_statements(captured))


def test_a_case_and_its_journal_cost_the_same_however_long(program: type_of_caller) -> None:
    caller = _warm(program)
    number = caller.report().json()["number"]
    costs = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as captured:
            caller.get(f"/cases/{number}")
            caller.get(f"/cases/{number}/journal")
        costs.append(len(captured))
        for _ in range(10):
            caller.post(f"/cases/{number}/annotate", {"text": "看过"})
    assert costs[0] == costs[1]
