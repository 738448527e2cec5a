"""What a monitoring system watches (监控指标): a handful of figures, each cheap however large the database is."""

from collections.abc import Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from attrs import frozen
from django.conf import settings
from django.db import connection

from sipingtai.access.actor_scope import system_scope
from sipingtai.core.stages import Stage
from sipingtai.ops.backup.making import last

PATIENCE = "2s"
"""Longer than this nobody waits for the figures: monitoring must not become the load it watches."""


@frozen
class Gauge:
    """One figure, by Prometheus' rules for names: seconds, bytes, or a count."""

    name: str
    told: str  # what it is, in English, as dashboards show it
    value: float
    label: tuple[str, str] | None = None


# Through the index of the queues, so that the cost is what is open: closed cases are many times as many.
_OPEN = """
    SELECT stage, sum(n) FROM (
        SELECT c.stage, count(*) AS n FROM org_unit u JOIN cases_case c ON c.holder = u.id AND c.stage = ANY(%(open)s)
        GROUP BY c.stage
        UNION ALL
        SELECT stage, count(*) FROM cases_case WHERE holder IS NULL AND stage = ANY(%(open)s) GROUP BY stage
    ) held GROUP BY stage
"""
_REST = """
    SELECT
        (SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo'),
        (SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'),
        (SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'),
        (SELECT max(last_heartbeat) FROM procrastinate_workers),
        (SELECT at FROM cases_anchor ORDER BY no DESC LIMIT 1),
        pg_database_size(current_database())
"""


def gauges(now: datetime) -> Iterator[Gauge]:
    """Every figure there is now. Raises DatabaseError when the database is away, or takes too long."""
    stages = [stage for stage in Stage if stage.open]
    with system_scope("监控"), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, true)", [PATIENCE])
        cursor.execute(_OPEN, {"open": [stage.value for stage in stages]})
        held = dict(cursor.fetchall())
        cursor.execute(_REST)
        todo, doing, failed, worker, anchor, size = cursor.fetchone()
    yield Gauge("sipingtai_info", "The running version.", 1, ("version", version("sipingtai")))
    for stage in stages:
        yield Gauge("sipingtai_cases_open", "Cases somebody has to act on.", held.get(stage.value, 0), ("stage", stage))
    for state, jobs in (("waiting", todo), ("doing", doing), ("failed", failed)):
        yield Gauge("sipingtai_jobs", "Background jobs.", jobs, ("state", state))
    yield Gauge("sipingtai_database_bytes", "Size of the database on disk.", size)
    backup = last(Path(settings.SIPINGTAI_HOME))
    for name, told, at in (
        ("worker_heartbeat", "a background worker told that it lives", worker),
        ("anchor", "the journal was anchored", anchor),
        ("backup", "a backup was made", backup[0] if backup else None),
    ):
        if at is not None:
            yield Gauge(f"sipingtai_{name}_age_seconds", f"Time since {told}.", (now - at).total_seconds())


def spelled(found: Iterator[Gauge]) -> str:
    """Prometheus' text format, version 0.0.4."""
    lines, said = [], set()
    for gauge in found:
        if gauge.name not in said:
            said.add(gauge.name)
            lines += [f"# HELP {gauge.name} {gauge.told}", f"# TYPE {gauge.name} gauge"]
        label = f'{{{gauge.label[0]}="{gauge.label[1]}"}}' if gauge.label else ""
        lines.append(f"{gauge.name}{label} {gauge.value:.15g}")
    return "\n".join(lines) + "\n"
