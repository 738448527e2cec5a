"""After days without a worker: what is due is done in bounded runs, once each, and nobody at work waits for it."""

import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connections
from django.utils import timezone
from procrastinate import exceptions
from procrastinate.contrib.django import app
from procrastinate.periodic import PeriodicDeferrer

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import Clock
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.core.posts import Actor, ActorKind
from sipingtai.jobs import schedule, sweep
from sipingtai.jobs.sweep import Swept
from sipingtai.loop.intake.report import Report, prepare, receive
from tests.township import Township

DUE = 2_000
DAYS = timedelta(days=3)
SHORT = timedelta(seconds=1)
ONE_RUN = 15  # seconds a move may take on a busy machine; it waits for one case at most


def reported(wuxi: Township, count: int, at: datetime) -> list[int]:
    """Matters nobody has looked at since: their first marks have all passed."""
    asked = Report(text="会溪桥头的路灯不亮了。", category="17002", channel=Channel.HOTLINE, area="331125201")
    nobody = Actor(kind=ActorKind.REPORTER)
    incoming = [
        prepare(asked, sender="p:test", key=uuid.uuid4(), actor=nobody, now=at, setting=wuxi.setting)
        for _ in range(count)
    ]
    with system_scope("测试"):
        return [receipt.case_id for receipt in receive(incoming)]


@pytest.mark.django_db(transaction=True)
def test_three_days_of_marks_are_worked_off_in_bounded_runs_beside_the_people(wuxi: Township) -> None:
    now = local(timezone.now())
    cases = reported(wuxi, DUE, now - DAYS)
    with system_scope("测试"):
        due = Clock.objects.filter(next_at__lte=now).values("case_id").distinct().count()
    assert due == DUE
    found: list[Swept] = []
    with ThreadPoolExecutor(1) as pool:
        while not found or found[-1].waiting:
            run = pool.submit(sweep.sweep_clocks, now, within=SHORT)
            begun = time.monotonic()
            if cases:  # the latest due: the sweep is far from it
                wuxi.act("331125201-intake", cases.pop(), Action.ACCEPT)
            answered = time.monotonic() - begun
            found.append(run.result())
            assert answered < ONE_RUN  # nobody waits for a run to end, let alone for all of them
            assert len(found) < 200
        pool.submit(connections.close_all).result()
    done = sum(f.passed for f in found)
    assert sum(f.moved + f.failed for f in found) == 0
    assert DUE - len(found) <= done <= DUE  # those accepted meanwhile were looked at, or had a new clock by then
    assert len(found) > 1
    assert sweep.sweep_clocks(now) == Swept()


def test_each_periodic_task_is_made_up_for_once_however_many_times_it_was_missed() -> None:
    app.perform_import_paths()
    deferrer = PeriodicDeferrer(app.periodic_registry, **app.periodic_defaults)
    back = datetime(2026, 3, 3, 9, 30, tzinfo=local(timezone.now()).tzinfo)
    found = Counter(task.task.name.rpartition(".")[2] for task, _ in deferrer.get_previous_tasks(at=back.timestamp()))
    nightly = {"archive", "settled", "contacts", "old_jobs", "half_files", "forgotten"}
    assert nightly | {"clocks", "stuck", "anchors"} <= found.keys()
    assert set(found.values()) == {1}


@pytest.mark.django_db(transaction=True)
def test_what_comes_every_minute_waits_in_the_queue_once() -> None:
    schedule.clocks.defer(timestamp=1)
    with pytest.raises(exceptions.AlreadyEnqueued):
        schedule.clocks.defer(timestamp=61)
