"""`sipingtai worker`: run the queued and periodic tasks (定时任务), as the application role."""

import asyncio
import os
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from procrastinate.contrib.django import app, connector_params
from procrastinate.psycopg_connector import PsycopgConnector

from sipingtai.ops.lifeline import die_with


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
    connector = PsycopgConnector(kwargs=connector_params("default"))
    with app.replace_connector(connector) as working:
        async with working.open_async():
            await working.run_worker_async(concurrency=concurrency, install_signal_handlers=True)
