"""Jobs whose worker was killed go back into the queue; those of living workers stay where they are."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import psycopg
import pytest
from procrastinate.contrib.django import app, connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from sipingtai.jobs.recovery import ATTEMPTS, SILENCE, Recovered, recover

pytestmark = pytest.mark.django_db(transaction=True)


@contextmanager
def table() -> Iterator["psycopg.Connection[tuple[object, ...]]"]:
    with psycopg.connect(**connector_params("default"), autocommit=True) as connection:
        yield connection


def worker(silent: float) -> int:
    """A worker that gave its last sign of life so many seconds ago."""
    return one(
        "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => %s)) RETURNING id",
        silent,
    )


def job(worker_id: int | None, *, status: str = "doing", attempts: int = 0, queueing_lock: str | None = None) -> int:
    return one(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, status, worker_id, attempts, queueing_lock)"
        " VALUES ('default', 'sipingtai.jobs.schedule.clocks', %s, %s, %s, %s) RETURNING id",
        status, worker_id, attempts, queueing_lock,
    )  # fmt: skip


def one(statement: str, *values: object) -> int:
    with table() as connection:
        row = connection.execute(statement.encode(), values).fetchone()
        assert row is not None
        return int(str(row[0]))


def states() -> dict[int, str]:
    with table() as connection:
        return dict(connection.execute("SELECT id, status::text FROM procrastinate_jobs").fetchall())  # type: ignore


def recovered() -> Recovered:
    async def once() -> Recovered:
        with app.replace_connector(PsycopgConnector(kwargs=connector_params("default"))) as working:
            async with working.open_async():
                return await recover(working.job_manager)

    # In a thread of its own: the browser tests leave an event loop running in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asyncio.run, once()).result()


def test_what_a_dead_worker_was_doing_is_given_to_another() -> None:
    lost, left = job(worker(SILENCE + 5)), job(None)  # killed; or gone without finishing it
    assert recovered() == Recovered(again=2)
    assert states() == {lost: "todo", left: "todo"}
    assert recovered() == Recovered()


def test_a_living_workers_job_is_left_alone() -> None:
    slow = job(worker(SILENCE - 10))
    assert recovered() == Recovered()
    assert states() == {slow: "doing"}


def test_where_the_same_work_waits_already_one_is_enough() -> None:
    lost = job(worker(60), queueing_lock="clocks")
    waiting = job(None, status="todo", queueing_lock="clocks")
    assert recovered() == Recovered(superfluous=1)
    assert states() == {lost: "aborted", waiting: "todo"}


def test_a_job_that_takes_every_worker_with_it_is_given_up_and_said_so(caplog: pytest.LogCaptureFixture) -> None:
    deadly = job(worker(60), attempts=ATTEMPTS - 1)
    assert recovered() == Recovered(given_up=1)
    assert states() == {deadly: "failed"}
    assert f"任务 {deadly}" in caplog.text
