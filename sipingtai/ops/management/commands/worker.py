"""`sipingtai worker`: run the queued and periodic tasks (定时任务), as the application role."""

import asyncio
import contextlib
import logging
import os
import signal
from collections.abc import Iterator
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate import exceptions
from procrastinate.contrib.django import app, connector_params
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager
from procrastinate.psycopg_connector import PsycopgConnector

from sipingtai.jobs.recovery import HEARTBEAT, SILENCE
from sipingtai.ops.lifeline import die_with

log = logging.getLogger(__name__)

PAUSE = 2.0  # seconds before asking a lost database again


class Command(BaseCommand):
    help = "运行后台任务"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--concurrency", type=int, default=2, help="同时运行的任务数")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Work until SIGTERM or Ctrl-C; a task that has begun is finished first."""
        if served_by := os.environ.get("SIPINGTAI_SERVED_BY"):
            die_with(int(served_by))
        asyncio.run(_work(options["concurrency"]))


async def _work(concurrency: int) -> None:
    """Sitting after sitting, until told to stop: one ends when the database was lost, and the next begins anew."""
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    while not stopping.is_set():
        with contextlib.suppress(exceptions.ConnectorException):
            await _sit(concurrency, stopping)
        if not stopping.is_set():
            log.warning("数据库暂时没有应答，%.0f 秒后再试", PAUSE)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), PAUSE)


async def _sit(concurrency: int, stopping: asyncio.Event) -> None:
    """Work as one registered worker. Raises ConnectorException when the database goes away."""
    connector = PsycopgConnector(kwargs=connector_params("default"), timeout=10)  # seconds for a connection
    books = _Books(connector)
    with app.replace_connector(connector) as working:
        kept, working.job_manager = working.job_manager, books
        try:
            async with working.open_async():
                worker = working.run_worker_async(
                    concurrency=concurrency, install_signal_handlers=False,
                    update_heartbeat_interval=HEARTBEAT, stalled_worker_timeout=SILENCE,
                )  # fmt: skip
                await _until(asyncio.ensure_future(worker), stopping, books.torn)
        finally:
            working.job_manager = kept


async def _until(worker: "asyncio.Future[None]", *ends: asyncio.Event) -> None:
    """Wait for the worker to end, or tell it to: it finishes the tasks it has begun, and leaves."""
    waiting = [asyncio.ensure_future(event.wait()) for event in ends]
    every: list[asyncio.Future[Any]] = [worker, *waiting]
    await asyncio.wait(every, return_when=asyncio.FIRST_COMPLETED)
    for one in every:
        one.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await worker


class _Books(JobManager):
    """Notices when the end of a job could not be written down.

    Nobody would: the job would count as being done, by a worker that lives, for ever. So the worker leaves, and what it
    leaves unfinished is put back into the queue like a dead one's.
    """

    def __init__(self, connector: PsycopgConnector) -> None:
        super().__init__(connector)
        self.torn = asyncio.Event()

    async def finish_job(self, job: Job, status: Status, delete_job: bool) -> None:
        with self._noticing():
            await super().finish_job(job, status, delete_job)

    async def retry_job(self, job: Job, *args: Any, **kwargs: Any) -> None:
        with self._noticing():
            await super().retry_job(job, *args, **kwargs)

    @contextlib.contextmanager
    def _noticing(self) -> Iterator[None]:
        try:
            yield
        except exceptions.ConnectorException:
            self.torn.set()
            raise
