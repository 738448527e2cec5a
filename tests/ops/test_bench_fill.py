"""A filled home is as if its cases had been told one by one; the pages are measured on it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from sipingtai.ops.postgres import server

CASES = 300


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A home that `bench fill` has filled, with its server running."""
    found = tmp_path_factory.mktemp("filled") / "home"
    told = sipingtai("bench", "fill", "--cases", str(CASES), "--clients", "2", "--home", str(found), "--json")
    (found / "told.json").write_text(told.stdout, encoding="utf-8")
    with server.running(found):
        yield found


def sipingtai(*arguments: str, home: Path | None = None, code: int = 0) -> "subprocess.CompletedProcess[str]":
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "SIPINGTAI_"))}
    environment |= {"DJANGO_SETTINGS_MODULE": "sipingtai.config.settings"}
    environment |= {"SIPINGTAI_HOME": str(home)} if home else {}
    command = [sys.executable, "-m", "sipingtai", *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture
def rows(home: Path) -> Iterator[psycopg.Connection]:
    with psycopg.connect(server.superuser_dsn(home), autocommit=True) as connection:
        yield connection


def one(rows: psycopg.Connection, statement: str) -> Any:
    found = rows.execute(statement.encode()).fetchone()
    assert found is not None
    return found[0] if len(found) == 1 else found


def test_a_filled_home_is_found_without_fault(home: Path) -> None:
    assert "没有发现不符" in sipingtai("verify", home=home).stdout


def test_it_has_as_many_cases_as_were_asked_for(home: Path, rows: psycopg.Connection) -> None:
    assert one(rows, "SELECT count(*) FROM cases_case") == CASES
    told = json.loads((home / "told.json").read_text(encoding="utf-8"))
    assert told["bench"] == "fill"
    steps = next(figure for figure in told["figures"] if figure["name"] == "steps_per_case")
    assert steps["median"] == pytest.approx(one(rows, "SELECT count(*) FROM cases_step") / CASES)


def test_cases_are_numbered_in_the_order_in_which_they_came_in(rows: psycopg.Connection) -> None:
    alone = "SELECT received_at, lag(received_at) OVER (ORDER BY id) AS before FROM cases_case"
    assert one(rows, f"SELECT count(*) FROM ({alone}) AS c WHERE received_at < before - interval '1 day'") <= CASES / 50


def test_they_lie_in_every_township_and_its_grids(rows: psycopg.Connection) -> None:
    townships = "count(DISTINCT left(area, 9)) FILTER (WHERE length(area) >= 9)"
    found, grids = one(rows, f"SELECT {townships}, count(DISTINCT grid) FROM cases_case")
    assert found == 5
    assert grids > 20


def test_no_two_share_what_is_a_case_s_own(rows: psycopg.Connection) -> None:
    for what in ("number", "key", "contact", "tracking"):
        doubled = f"SELECT {what} FROM cases_case WHERE {what} IS NOT NULL GROUP BY {what} HAVING count(*) > 1"
        assert one(rows, f"SELECT count(*) FROM ({doubled}) AS d") == 0, what
    assert one(rows, "SELECT count(DISTINCT salt) = count(*) FROM cases_text") is True
    assert one(rows, "SELECT count(*) FROM cases_case c LEFT JOIN access_contact p ON p.id = c.contact"
                     " WHERE c.contact IS NOT NULL AND p.id IS NULL") == 0  # fmt: skip


def test_the_steps_of_different_cases_lie_between_each_other(rows: psycopg.Connection) -> None:
    """As in life: a page of the journal's table holds what happened at the same time."""
    ordered = "SELECT case_id, lag(case_id) OVER (ORDER BY id) AS before FROM cases_step"
    assert one(rows, f"SELECT avg((case_id <> before)::int) FROM ({ordered}) AS s") > 0.5


def test_indexes_and_constraints_are_all_there_again(rows: psycopg.Connection) -> None:
    kept = "SELECT count(*) FROM pg_constraint WHERE conrelid = 'cases_step'::regclass AND contype IN ('p', 'u', 'f')"
    assert one(rows, kept) == 3
    assert one(rows, "SELECT count(*) FROM pg_indexes WHERE tablename = 'cases_case'") >= 8
    assert one(rows, "SELECT last_value >= (SELECT max(id) FROM cases_case) FROM cases_case_id_seq") is True


def test_a_filled_home_is_not_filled_again(home: Path) -> None:
    again = sipingtai("bench", "fill", "--cases", "10", "--home", str(home), code=1)
    assert "这个文件夹里已有事件" in again.stderr


def test_a_folder_of_somebody_s_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear", encoding="utf-8")
    refused = sipingtai("bench", "fill", "--home", str(tmp_path), code=1)
    assert "不是测速用的文件夹" in refused.stderr
    assert [file.name for file in tmp_path.iterdir()] == ["letter.txt"]


def test_the_pages_are_measured_for_everybody_who_looks_at_them(home: Path) -> None:
    told = json.loads(sipingtai("bench", "pages", "--home", str(home), "--runs", "1", "--json").stdout)
    figures = {figure["name"]: figure for figure in told["figures"]}
    for page in ("home_dispatcher", "home_office", "home_chief", "home_county", "api_list_county", "tasks_grid",
                 "case_dispatcher", "search_two_dispatcher", "search_long_office", "progress", "home_leader",
                 "decisions_chief", "cards_leader", "instructions_leader", "below_county", "duty_chief",
                 "home_oversight", "trace_back_oversight", "inspections_oversight",
                 "inspection_oversight"):  # fmt: skip
        assert 0 < figures[f"{page}_50"]["median"] <= figures[f"{page}_95"]["median"], page
        counted = figures[f"{page}_statements"]["values"]
        assert len(set(counted)) == 1, page
        assert 2 <= counted[0] <= 12, page
