"""All periodic work on one page. `sipingtai worker` runs it, as the application role; times are Asia/Shanghai's.

Every task may run twice, or be killed half-way: what it did is committed, and what it did not is due the next time.
What comes every few minutes waits in the queue once at most (`queueing_lock`), so that an outage leaves no heap of it,
and is not tried again when it fails: the next one comes anyway. What comes by night is tried again within the hour.
"""

import logging
from datetime import UTC, datetime, timedelta

from django.contrib.sessions.backends.db import SessionStore
from procrastinate import JobContext, RetryStrategy, builtin_tasks
from procrastinate.contrib.django import app

from sipingtai.access import lockout, shared_cache
from sipingtai.access.file_store import installed_files
from sipingtai.core.calendar import local
from sipingtai.jobs import anchor, recovery, sweep

log = logging.getLogger(__name__)

BY_NIGHT = RetryStrategy(max_attempts=4, wait=600)  # seconds
UNFINISHED = timedelta(hours=6)  # no upload takes as long


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="clocks")
def clocks(timestamp: int) -> None:
    """Every minute: lapsed follow-ups close, suspensions that are over resume, marks that have passed move on."""
    log.info("时限：%s", sweep.sweep_clocks(_now(timestamp)))


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="stuck", pass_context=True)
async def stuck(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """Every minute: what a killed worker left half done goes back into the queue."""
    log.info("中断的任务：%s", await recovery.recover(context.app.job_manager))


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="anchors")
def anchors(timestamp: int) -> None:
    """Every five minutes: the journal's changed chain heads go to the file outside the database."""
    log.info("锚定：%s", anchor.anchor(_now(timestamp)))


# Nights in China; cron counts in UTC.
@app.periodic(cron="10 18 * * *")
@app.task(retry=BY_NIGHT)
def archive(timestamp: int) -> None:
    """02:10: closed cases past their time for reopening are archived."""
    log.info("归档：%s", sweep.archive(_now(timestamp)))


@app.periodic(cron="20 18 * * *")
@app.task(retry=BY_NIGHT)
def settled(timestamp: int) -> None:
    """02:20: what was settled on the spot and yet stayed open is closed."""
    log.info("自结：%s", sweep.close_settled(_now(timestamp)))


@app.periodic(cron="30 18 * * *")
@app.task(retry=BY_NIGHT)
def contacts(timestamp: int) -> None:
    """02:30: contacts past their retention are erased."""
    log.info("联系方式：删除 %s 条", sweep.erase_contacts(_now(timestamp)))


@app.periodic(cron="40 18 * * *")
@app.task(retry=BY_NIGHT, pass_context=True)
async def old_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """02:40: jobs done more than three days ago are forgotten; failed ones after a month, when somebody has looked."""
    await builtin_tasks.remove_old_jobs(context, max_hours=72, remove_cancelled=True, remove_aborted=True)
    await builtin_tasks.remove_old_jobs(context, max_hours=30 * 24, remove_failed=True)


@app.periodic(cron="50 18 * * *")
@app.task(retry=BY_NIGHT)
def half_files(timestamp: int) -> None:
    """02:50: what is left of uploads that were cut off is removed."""
    log.info("未写完的附件：删除 %s 个", installed_files().clear_unfinished(_now(timestamp) - UNFINISHED))


@app.periodic(cron="0 19 * * *")
@app.task(retry=BY_NIGHT)
def forgotten(timestamp: int) -> None:  # noqa: ARG001
    """03:00: sessions that are over, and counts of failures and of pace that no longer matter, are removed."""
    SessionStore.clear_expired()
    shared_cache.forget_expired()
    log.info("过期的登录失败计数：删除 %s 条", lockout.forget_old())


def _now(timestamp: int) -> datetime:
    """The moment, never before the one a job was made for: what was due then is due now."""
    return local(max(datetime.now(UTC), datetime.fromtimestamp(timestamp, UTC)))
