"""One actor a transaction, told to the database in one statement and forgotten with it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sipingtai.access.actor_scope import ScopeInsideScope, current, scope, system_scope


def told() -> tuple[object, ...]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT actor_role(), actor_account(), actor_units(), actor_areas_from(), actor_areas_to(),"
            " current_setting('sipingtai.reason', true)"
        )
        return tuple(cursor.fetchone())


NOBODY = ("", None, [], None, None)


def test_the_database_knows_the_actor_inside_and_nobody_outside(transactional_db: None) -> None:
    assert told()[:5] == NOBODY
    with scope(7, [1, 2], [("3311", "3312"), ("3302", "3303")], "dispatcher") as actor:
        assert told()[:5] == ("dispatcher", 7, [1, 2], "3302", "3312")
        assert current() == actor
    assert told()[:5] == NOBODY
    assert current() is None


def test_the_system_says_why_it_acts(db: None) -> None:
    with system_scope("导入历史数据"):
        assert (told()[0], told()[5]) == ("system", "导入历史数据")
    with pytest.raises(ValueError, match="reason"), system_scope(""):
        pass


def test_nobody_acts_as_two_at_once(db: None) -> None:
    with scope(7, [], [], "dispatcher"):
        with pytest.raises(ScopeInsideScope), system_scope("偷偷提权"):
            pass
        assert told()[:2] == ("dispatcher", 7)


def test_setting_the_actor_costs_one_statement(transactional_db: None) -> None:
    connection.ensure_connection()
    with CaptureQueriesContext(connection) as queries, scope(7, [1], [("33", "34")], "dispatcher"):
        pass
    assert [query["sql"].split()[0] for query in queries if "set_config" in query["sql"]] == ["SELECT"]


def test_an_exception_rolls_everything_back(transactional_db: None) -> None:
    def leave_a_row_and_fail() -> None:
        with scope(7, [], [], "dispatcher"), connection.cursor() as cursor:
            cursor.execute("INSERT INTO django_session VALUES ('key', '', now())")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        leave_a_row_and_fail()
    assert current() is None
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM django_session")
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("area", [("33:1", "34"), ("33", "34,35"), ("33'", "34")])
def test_what_is_no_area_code_is_refused(db: None, area: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="area"), scope(7, [], [area], "dispatcher"):
        pass


def test_what_is_no_role_is_refused(db: None) -> None:
    with pytest.raises(ValueError, match="role"), scope(7, [], [], "Root; --"):
        pass
