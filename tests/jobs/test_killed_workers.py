"""Two workers, killed at random moments: what falls due happens exactly once all the same."""

import os
import random
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.utils import timezone
from procrastinate.contrib.django import app

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import Case, Clock, Step
from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.stages import Stage
from tests.jobs.test_sweep import OFFICE, handled, verified
from tests.township import Township

ROOT = Path(__file__).parents[2]
LONG_AGO = local(timezone.now()).replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=60)
EACH, KILLS, PATIENCE = 10, 6, 120  # cases of a kind, kills, seconds


def start() -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "SIPINGTAI_HOME": str(settings.SIPINGTAI_HOME)}
    environment["DJANGO_SETTINGS_MODULE"] = "sipingtai.config.settings"
    return subprocess.Popen([sys.executable, "-m", "sipingtai", "worker"], cwd=ROOT, env=environment)


@contextmanager
def two_workers() -> Iterator[list["subprocess.Popen[bytes]"]]:
    workers = [start(), start()]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()


def queue() -> None:
    """Both workers find work: one for each, and one for whoever is ready first."""
    for task in ("clocks", "archive", "clocks"):
        name = f"sipingtai.jobs.schedule.{task}"
        app.configure_task(name, queueing_lock=str(uuid.uuid4())).defer(timestamp=int(time.time()))


def suspended(wuxi: Township) -> int:
    case_id = handled(wuxi, LONG_AGO)
    until = LONG_AGO + timedelta(days=6)
    wuxi.act(wuxi.handler(OFFICE), case_id, A.REQUEST_SUSPENSION, until=until, reason="等配件", now=LONG_AGO)
    wuxi.act("331125201-chief", case_id, A.GRANT_SUSPENSION, now=LONG_AGO)
    return case_id


def closed(wuxi: Township) -> int:
    case_id = verified(wuxi, LONG_AGO)
    wuxi.act("reporter", case_id, A.RATE, now=LONG_AGO)
    return case_id


def stages(cases: list[int]) -> set[str]:
    with system_scope("测试"):
        return set(Case.objects.filter(pk__in=cases).values_list("stage", flat=True))


def by_system(cases: list[int], action: A) -> list[int]:
    """How many such steps each case has."""
    with system_scope("测试"):
        return [Step.objects.filter(case_id=case, action=action.value, actor_kind="system").count() for case in cases]


def begun() -> set[int]:
    """The jobs some worker has begun."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM procrastinate_jobs WHERE status <> 'todo'")
        return {row[0] for row in cursor.fetchall()}


def wait_for(what: Callable[[], bool], seconds: float) -> bool:
    until = time.monotonic() + seconds
    while not what() and time.monotonic() < until:
        time.sleep(0.02)
    return what()


@pytest.mark.django_db(transaction=True)
def test_every_mark_is_one_step_whoever_is_killed(wuxi: Township) -> None:
    lapsing = [verified(wuxi, LONG_AGO) for _ in range(EACH)]
    resuming = [suspended(wuxi) for _ in range(EACH)]
    archiving = [closed(wuxi) for _ in range(EACH)]
    late = [handled(wuxi, LONG_AGO) for _ in range(EACH)]
    chance = random.Random(60)
    with two_workers() as workers:
        for _ in range(KILLS):
            known = begun()
            queue()
            assert wait_for(lambda known=known: begun() > known, PATIENCE)
            time.sleep(chance.uniform(0, 0.4))  # in the midst of it
            which = chance.randrange(2)
            workers[which].kill()
            workers[which].wait()
            workers[which] = start()
        queue()
        assert wait_for(lambda: stages(resuming) == {Stage.HANDLING.value}, PATIENCE)
        assert wait_for(lambda: stages(archiving) == {Stage.ARCHIVED.value}, PATIENCE)
        assert wait_for(lambda: stages(lapsing) <= {Stage.CLOSED.value, Stage.ARCHIVED.value}, PATIENCE)
        assert wait_for(lambda: not any(due(late)), PATIENCE)
    assert by_system(resuming, A.RESUME) == [1] * EACH
    assert by_system(archiving, A.ARCHIVE) == [1] * EACH
    assert by_system(lapsing, A.CLOSE) == [1] * EACH
    assert steps(late) == [5] * EACH  # a mark is no step


def due(cases: list[int]) -> list[int]:
    with system_scope("测试"):
        return list(Clock.objects.filter(case_id__in=cases, next_at__lte=timezone.now()).values_list("id", flat=True))


def steps(cases: list[int]) -> list[int]:
    with system_scope("测试"):
        return [Step.objects.filter(case_id=case).count() for case in cases]
