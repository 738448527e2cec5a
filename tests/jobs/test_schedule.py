"""The page of periodic work: the worker knows every task, and each does its work when called."""

import pytest
from django.utils import timezone
from procrastinate.contrib.django import app

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
}


def test_the_worker_knows_every_periodic_task_and_its_time() -> None:
    app.perform_import_paths()
    periodic = {task.task.name: task.cron for task in app.periodic_registry.periodic_tasks.values()}
    assert periodic == {f"sipingtai.jobs.schedule.{name}": cron for name, cron in CRON.items()}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("name", sorted(CRON.keys() - {"old_jobs", "stuck"}))
def test_each_task_runs_on_an_empty_database(name: str) -> None:
    getattr(schedule, name)(timestamp=int(timezone.now().timestamp()))
