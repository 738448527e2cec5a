"""All periodic work on one page. `sipingtai worker` runs it, as the application role; times are Asia/Shanghai's."""

import logging
from datetime import UTC, datetime

from procrastinate import JobContext, builtin_tasks
from procrastinate.contrib.django import app

from sipingtai.core.calendar import local
from sipingtai.jobs import anchor, sweep

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="clocks")
def clocks(timestamp: int) -> None:
    """Every minute: lapsed follow-ups close, suspensions that are over resume, marks that have passed move on."""
    log.info("时限：%s", sweep.sweep_clocks(_now(timestamp)))


@app.periodic(cron="*/5 * * * *")
@app.task(queueing_lock="anchors")
def anchors(timestamp: int) -> None:
    """Every five minutes: the journal's changed chain heads go to the file outside the database."""
    log.info("锚定：%s", anchor.anchor(_now(timestamp)))


# Nights in China; cron counts in UTC.
@app.periodic(cron="10 18 * * *")
@app.task(queueing_lock="archive")
def archive(timestamp: int) -> None:
    """02:10: closed cases past their time for reopening are archived."""
    log.info("归档：%s", sweep.archive(_now(timestamp)))


@app.periodic(cron="20 18 * * *")
@app.task(queueing_lock="settled")
def settled(timestamp: int) -> None:
    """02:20: what was settled on the spot and yet stayed open is closed."""
    log.info("自结：%s", sweep.close_settled(_now(timestamp)))


@app.periodic(cron="30 18 * * *")
@app.task(queueing_lock="contacts")
def contacts(timestamp: int) -> None:
    """02:30: contacts past their retention are erased."""
    log.info("联系方式：删除 %s 条", sweep.erase_contacts(_now(timestamp)))


@app.periodic(cron="40 18 * * *")
@app.task(queueing_lock="old-jobs", pass_context=True)
async def old_jobs(context: JobContext, timestamp: int) -> None:  # noqa: ARG001
    """02:40: jobs done more than three days ago are forgotten; failed ones stay for whoever looks into them."""
    await builtin_tasks.remove_old_jobs(context, max_hours=72)


def _now(timestamp: int) -> datetime:
    """The moment, never before the one a job was made for: what was due then is due now."""
    return local(max(datetime.now(UTC), datetime.fromtimestamp(timestamp, UTC)))
