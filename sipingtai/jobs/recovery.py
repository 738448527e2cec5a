"""Jobs whose worker was killed (中断的任务): given back to the queue, so that nothing waits for ever.

A worker that lives says so every few seconds (heartbeat). A job that is being done by a worker which has been silent
for a while, or which left without finishing it, is done by nobody. Every task may run twice, so it is simply put back.
"""

import logging
from datetime import UTC, datetime

from attrs import frozen
from procrastinate import exceptions
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

log = logging.getLogger(__name__)

HEARTBEAT = 5.0  # seconds between two signs of life
SILENCE = 20.0  # seconds without one, after which a worker is taken for dead
ATTEMPTS = 5  # a job that took this many workers with it is not given to another


@frozen(kw_only=True)
class Recovered:
    """What became of the jobs nobody was doing."""

    again: int = 0
    given_up: int = 0
    superfluous: int = 0  # the same work is waiting in the queue already


async def recover(manager: JobManager) -> Recovered:
    """Put every job of a dead worker back into the queue. Harmless in two workers at once: the second finds none."""
    count = {"again": 0, "given_up": 0, "superfluous": 0}
    for job in await manager.get_stalled_jobs(seconds_since_heartbeat=SILENCE):
        try:
            count[await _released(manager, job)] += 1
        except exceptions.UniqueViolation:
            # One job of a kind may wait at a time, and the next one already does: it will find what this one left.
            await manager.finish_job_by_id_async(_id(job), Status.ABORTED, delete_job=False)
            count["superfluous"] += 1
        except exceptions.ConnectorException:
            log.info("任务 %s 已由别处接手", job.id)
    return Recovered(**count)


async def _released(manager: JobManager, job: Job) -> str:
    if job.attempts + 1 >= ATTEMPTS:
        log.error("任务 %s（%s）%s 次未能完成，不再重试", job.id, job.task_name, ATTEMPTS)
        await manager.finish_job_by_id_async(_id(job), Status.FAILED, delete_job=False)
        return "given_up"
    await manager.retry_job_by_id_async(_id(job), datetime.now(UTC))
    return "again"


def _id(job: Job) -> int:
    assert job.id is not None  # it comes from the table
    return job.id
