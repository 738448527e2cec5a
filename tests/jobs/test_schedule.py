"""The page of periodic work: the worker knows every task, and each does its work when called."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from sipingtai.access.models import SignInFailures
from sipingtai.jobs import schedule

CRON = {
    "clocks": "* * * * *",
    "stuck": "* * * * *",
    "anchors": "*/5 * * * *",
    "archive": "10 18 * * *",
    "settled": "20 18 * * *",
    "contacts": "30 18 * * *",
    "old_jobs": "40 18 * * *",
    "half_files": "50 18 * * *",
    "forgotten": "0 19 * * *",
}


def test_the_worker_knows_every_periodic_task_and_its_time() -> None:
    app.perform_import_paths()
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic == {f"sipingtai.jobs.schedule.{name}": cron for name, cron in CRON.items()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(CRON.keys() - {"old_jobs", "stuck"}))
def test_each_task_runs_on_an_empty_database(name: str) -> None:
    getattr(schedule, name)(timestamp=int(timezone.now().timestamp()))


@pytest.mark.django_db(transaction=True)
def test_sessions_that_are_over_and_old_counts_are_forgotten_the_others_stay() -> None:
    now, hour = timezone.now(), timedelta(hours=1)
    for key, end in (("over", now - hour), ("runs", now + hour)):
        Session.objects.create(session_key=key, session_data="", expire_date=end)
        SignInFailures.objects.create(key=key.encode(), failures=1, counted_from=end - hour / 2)
    cache.set("over", 1, -1)
    cache.set("runs", 1, 60)
    schedule.forgotten(timestamp=int(now.timestamp()))
    assert [row.session_key for row in Session.objects.all()] == ["runs"]
    assert [bytes(row.key) for row in SignInFailures.objects.all()] == [b"runs"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key FROM access_cache")
        assert cursor.fetchall() == [(":2:runs",)]
