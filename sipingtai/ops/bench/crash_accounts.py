"""The reckoning of the crash bench (对账): what was acknowledged against what is there, by counting and by `verify`."""

import hashlib
import json
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
from attrs import Factory, define

from sipingtai.access.file_store import FileStore
from sipingtai.jobs.recovery import SILENCE
from sipingtai.ops.bench.crash_load import beside
from sipingtai.ops.bench.crash_system import System
from sipingtai.ops.postgres.server import superuser_dsn

SETTLE_SECONDS = 90  # for what is waiting, once the dead workers' jobs are given back
Json = dict[str, Any]


@define
class Accounts:
    """What there was, and what is wrong with it."""

    reports: int = 0
    moves: int = 0
    unanswered: int = 0  # moves that had happened without an answer
    uploads: int = 0
    refused: int = 0  # answers 503
    jobs: int = 0
    half_files: int = 0
    faults: list[str] = Factory(list)


def reckon(system: System, ledgers: Sequence[Path], jobs: Sequence[int]) -> Accounts:
    """Hold the ledgers against database and files. The load has ended, the system runs."""
    notes = [json.loads(line) for path in ledgers for line in _lines(path)]
    met = [json.loads(line) for path in ledgers for line in _lines(beside(path))]
    found = Accounts(jobs=len(jobs))
    with psycopg.connect(superuser_dsn(system.home), autocommit=True) as connection:
        _reports(connection, _of(notes, "report"), found)
        _moves(connection, _of(notes, "move"), found)
        _jobs(system, connection, jobs, found)
        _files(connection, system.home, found)
    found.uploads, found.refused = len(_of(notes, "upload")), len(_of(met, "503"))
    found.faults += [f"{n['where']} 得到不该有的答复 {n['status']}：{n['told']}" for n in _of(met, "fault")]
    found.faults += [f"{n['path']} 久无答复" for n in _of(met, "timeout")]
    for arguments in (("sipingtai", "anchor"), ("sipingtai", "verify")):
        done = system.command(*arguments)
        if done.returncode != 0:
            found.faults.append(f"{arguments[1]}：{(done.stdout + done.stderr)[-1500:]}")
    return found


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _of(notes: Iterable[Json], what: str) -> list[Json]:
    return [note for note in notes if note["what"] == what]


def _reports(connection: "psycopg.Connection[Any]", acknowledged: list[Json], found: Accounts) -> None:
    """One case for every key, under the number that was told, with all its files; and no case besides."""
    files = dict(connection.execute("SELECT case_id, count(*) FROM cases_attachment GROUP BY 1").fetchall())
    there = {
        str(key): (number, files.get(case, 0))
        for key, number, case in connection.execute("SELECT key, number, id FROM cases_case").fetchall()
    }
    keys = Counter(str(row[0]) for row in connection.execute("SELECT key FROM cases_case").fetchall())
    told = {note["key"]: note for note in acknowledged}
    found.reports = len(told)
    for note in acknowledged:
        number, kept = there.get(note["key"], ("没有", 0))
        if number != note["number"]:
            found.faults.append(f"上报 {note['key']} 得到编号 {note['number']}，库中为 {number}")
        elif kept != note["files"]:
            found.faults.append(f"{number} 应有附件 {note['files']} 个，库中 {kept} 个")
    found.faults += [f"上报 {key} 有 {count} 件" for key, count in keys.items() if count > 1]
    found.faults += [f"库中有没人上报过的事件 {there[key][0]}" for key in there.keys() - told.keys()]


def _moves(connection: "psycopg.Connection[Any]", made: list[Json], found: Accounts) -> None:
    """Every move that was acknowledged, or looked up and found, is in the journal exactly once."""
    steps = Counter(
        tuple(row)
        for row in connection.execute(
            "SELECT c.number, t.content FROM cases_text t JOIN cases_case c ON c.id = t.case_id WHERE t.name = 'note'"
        ).fetchall()
    )
    found.moves, found.unanswered = len(made), sum(not note["acknowledged"] for note in made)
    for note in made:
        if (count := steps[note["number"], note["mark"]]) != 1:
            found.faults.append(f"{note['number']} 的“{note['mark']}”在日志中有 {count} 步")
    doubled = [number for (number, _), count in steps.items() if count > 1]
    found.faults += [f"{number} 有一步记了两次" for number in doubled]


_UNDONE = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing' OR (status = 'todo' AND {due})"
_DUE = "(scheduled_at IS NULL OR scheduled_at < now() - interval '5 seconds')"


def _jobs(system: System, connection: "psycopg.Connection[Any]", queued: Sequence[int], found: Accounts) -> None:
    """Nothing is being done by nobody, nothing that is due waits; every job is done, or waits for its next try."""
    if _count(connection, "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"):
        time.sleep(SILENCE + 1)
        queue(connection, "stuck")  # the next minute's, now
    until = time.monotonic() + SETTLE_SECONDS
    while time.monotonic() < until and _count(connection, _UNDONE.format(due=_DUE)):
        system.tend()  # a worker may have met the last of the kills only now
        time.sleep(0.5)
    if undone := _count(connection, _UNDONE.format(due=_DUE)):
        found.faults.append(f"{undone} 个任务卡住")
    states = dict(
        connection.execute(
            "SELECT id, status::text FROM procrastinate_jobs WHERE id = ANY(%s)", [list(queued)]
        ).fetchall()
    )
    for job in queued:
        if states.get(job, "不见了") not in ("succeeded", "todo"):
            found.faults.append(f"任务 {job}：{states.get(job, '不见了')}")


def queue(connection: "psycopg.Connection[Any]", task: str) -> int:
    """Queue a task of the schedule; returns the job's id."""
    row = connection.execute(
        "SELECT unnest(procrastinate_defer_jobs_v1(ARRAY[ROW('default', %s, 0, NULL, NULL, %s, NULL)"
        "::procrastinate_job_to_defer_v1]))",
        [f"sipingtai.jobs.schedule.{task}", json.dumps({"timestamp": int(time.time())})],
    ).fetchone()
    assert row is not None
    return int(row[0])


def _count(connection: "psycopg.Connection[Any]", statement: str) -> int:
    row = connection.execute(statement.encode()).fetchone()  # of this module alone
    return int(row[0]) if row else 0


def _files(connection: "psycopg.Connection[Any]", home: Path, found: Accounts) -> None:
    """Every file is whole, every one a case names is there, and what was cut off is cleared away."""
    folder = home / "files"
    found.half_files = FileStore(folder).clear_unfinished(datetime.now(UTC) + timedelta(seconds=1))
    there = {path.name: path for path in folder.glob("??/*")}
    for name, path in there.items():
        if not name.endswith(".thumb") and hashlib.sha256(path.read_bytes()).hexdigest() != name:
            found.faults.append(f"附件 {name} 不完整")
        if name.startswith("."):
            found.faults.append(f"留下未写完的附件 {name}")
    named = {row[0] for row in connection.execute("SELECT digest FROM cases_attachment").fetchall()}
    found.faults += [f"附件 {digest} 不在" for digest in named - there.keys()]
