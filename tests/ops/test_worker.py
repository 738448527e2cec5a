"""`sipingtai worker`: a queued task is done, as the application role."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, transaction
from procrastinate.contrib.django import app

ROOT = Path(__file__).parents[2]


def state(job: int) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT status FROM procrastinate_jobs WHERE id = %s", [job])
        return str(cursor.fetchone()[0])


@contextmanager
def working() -> Iterator["subprocess.Popen[bytes]"]:
    environment = {**os.environ, "SIPINGTAI_HOME": str(settings.SIPINGTAI_HOME)}
    environment["DJANGO_SETTINGS_MODULE"] = "sipingtai.config.settings"
    worker = subprocess.Popen([sys.executable, "-m", "sipingtai", "worker"], cwd=ROOT, env=environment)
    try:
        yield worker
    finally:
        worker.kill()
        worker.wait()


def queued() -> int:
    task = app.configure_task("builtin:procrastinate.builtin_tasks.remove_old_jobs")
    return int(task.defer(max_hours=1000))


def ends(job: int, seconds: float = 60) -> str:
    until = time.monotonic() + seconds
    while state(job) in ("todo", "doing") and time.monotonic() < until:
        time.sleep(0.1)
    return state(job)


def test_a_queued_task_is_done_and_sigterm_ends_the_worker(transactional_db: None) -> None:
    job = queued()
    with working() as worker:
        assert ends(job) == "succeeded"
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=30) == 0


def test_a_worker_that_lost_its_database_goes_on_when_it_is_back(transactional_db: None) -> None:
    with working() as worker:
        assert ends(queued()) == "succeeded"
        for _ in range(2):
            cut_the_workers_connections()
            assert ends(queued()) == "succeeded"
        assert worker.poll() is None


def cut_the_workers_connections() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE usename = current_user AND pid <> pg_backend_pid()"
        )


def test_a_job_lives_and_dies_with_the_transaction_that_queued_it(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        before = cursor.fetchone()
    with pytest.raises(ZeroDivisionError):
        queue_and_fail()
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs")
        assert cursor.fetchone() == before


def queue_and_fail() -> None:
    with transaction.atomic():
        app.configure_task("builtin:procrastinate.builtin_tasks.remove_old_jobs").defer(max_hours=1000)
        raise ZeroDivisionError
