"""The database as one file, and back: pg_dump and psql of the embedded server's wheel, against whatever server it is.

A logical dump and no copy of the cluster: it works through DATABASE_URL with the owner's rights alone, and goes from
any PostgreSQL to any other that the system supports (docs/decisions/0019-backup.md).
"""

import contextlib
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import psycopg
from attrs import frozen
from django.db import connections

from sipingtai.jobs.anchor import LOCK as ANCHORING
from sipingtai.ops.backup.trouble import BackupTrouble
from sipingtai.ops.postgres.layout import binary

NAME = "database.dump"
# What a restored system must not bring back: who was signed in, what was cached.
_WITHOUT_ROWS = ("django_session", "access_cache")
# Written by pg_restore, unknown to servers before 17, and of no use in a session of its own.
_NEWER = b"SET transaction_timeout"
_HEADER_LINES = 60
_COUNTED = ("cases_case", "cases_step", "cases_text", "cases_attachment", "cases_anchor", "access_account", "org_unit")
_BLOCK = 1 << 20  # bytes


@frozen
class Owner:
    """How to reach the database as its owner."""

    conninfo: str  # without the password
    password: str

    def environment(self) -> dict[str, str]:
        return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "PGPASSWORD": self.password, "PGCONNECT_TIMEOUT": "10"}

    def connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.conninfo, password=self.password, autocommit=True)


def installed_owner() -> Owner:
    """The owner of this installation's database."""
    parameters = connections["owner"].get_connection_params()
    libpq = {option.keyword.decode() for option in psycopg.pq.Conninfo.get_defaults()} - {"password"}
    known = {name: value for name, value in parameters.items() if name in libpq}  # the rest only Django's driver knows
    return Owner(psycopg.conninfo.make_conninfo("", **known), str(parameters.get("password", "")))


@frozen
class Moment:
    """One moment of the database, held open."""

    snapshot: str
    server: int
    migrations: tuple[str, ...]
    counts: dict[str, int]
    size: int  # bytes the database takes


@contextlib.contextmanager
def one_moment(owner: Owner, meanwhile: Callable[[], None]) -> Iterator[Moment]:
    """Hold the database as it is now. `meanwhile` is done while nobody can anchor: the anchors are of the same moment.

    Raises BackupTrouble where there are no tables.
    """
    with owner.connect() as connection:
        # Before the transaction begins: its first statement fixes what it sees.
        connection.execute("SELECT pg_advisory_lock(%s)", [ANCHORING])
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if _one(connection, "SELECT to_regclass('cases_step')") is None:
            raise BackupTrouble("数据库还没有建表，没有可备份的。请先运行 sipingtai migrate。")
        snapshot = str(_one(connection, "SELECT pg_export_snapshot()"))
        meanwhile()
        connection.execute("SELECT pg_advisory_unlock(%s)", [ANCHORING])
        migrations = connection.execute("SELECT app || '.' || name FROM django_migrations ORDER BY 1").fetchall()
        yield Moment(
            snapshot=snapshot,
            server=connection.info.server_version,
            migrations=tuple(str(row[0]) for row in migrations),
            counts=counts(connection),
            size=int(str(_one(connection, "SELECT pg_database_size(current_database())"))),
        )


def counts(connection: psycopg.Connection[tuple[object, ...]]) -> dict[str, int]:
    """Rows by table, of those a reader of the manifest knows something by."""
    return {table: int(str(_one(connection, f"SELECT count(*) FROM {table}"))) for table in _COUNTED}  # noqa: S608


def dump(owner: Owner, snapshot: str) -> Iterator[bytes]:
    """The database of that moment in pg_dump's custom format, piece by piece. Raises BackupTrouble."""
    command = [
        str(binary("pg_dump")), "--format=custom", "--no-owner", f"--snapshot={snapshot}",
        *(f"--exclude-table-data=public.{table}" for table in _WITHOUT_ROWS), f"--dbname={owner.conninfo}",
    ]  # fmt: skip
    with subprocess.Popen(  # noqa: S603
        command, env=owner.environment(), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as dumping:
        assert dumping.stdout is not None and dumping.stderr is not None  # noqa: PT018
        try:
            while block := dumping.stdout.read(_BLOCK):
                yield block
            said = dumping.stderr.read()
        except BaseException:
            dumping.kill()
            raise
    if dumping.returncode != 0:
        raise BackupTrouble(f"数据库未能导出：{_last_line(said)}。")


def load(dumped: Path, owner: Owner) -> None:
    """Bring a dump into an empty database, all or nothing. Raises BackupTrouble."""
    reading = [str(binary("pg_restore")), "--no-owner", "--file=-", str(dumped)]
    writing = [
        str(binary("psql")), "--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1",
        "--output=/dev/null", f"--dbname={owner.conninfo}",
    ]  # fmt: skip
    with (
        subprocess.Popen(  # noqa: S603
            reading, env=owner.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as source,
        subprocess.Popen(  # noqa: S603
            writing, env=owner.environment(), stdin=subprocess.PIPE, stderr=subprocess.PIPE
        ) as sink,
    ):
        assert source.stdout is not None and sink.stdin is not None  # noqa: PT018
        whole = False
        try:
            _pour(source.stdout, sink.stdin)
            whole = source.wait() == 0
        except BrokenPipeError:  # psql has said why
            source.kill()
        finally:
            if not whole:
                sink.kill()  # an end of its input would be taken for the end of the script, and committed
            with contextlib.suppress(BrokenPipeError):
                sink.stdin.close()
        sink.wait()
        assert source.stderr is not None and sink.stderr is not None  # noqa: PT018
        said = sink.stderr.read() or source.stderr.read()
    if not whole or sink.returncode != 0:
        raise BackupTrouble(f"数据库未能恢复：{_last_line(said)}。")


def is_empty(owner: Owner) -> bool:
    """Whether the database has no tables yet. Raises BackupTrouble when it cannot be asked."""
    try:
        with owner.connect() as connection:
            return _one(connection, "SELECT 1 FROM pg_tables WHERE schemaname = 'public' LIMIT 1") is None
    except psycopg.OperationalError as error:
        raise BackupTrouble("连不上数据库。请检查 DATABASE_OWNER_URL，或先运行 sipingtai doctor。") from error


def _pour(source: IO[bytes], sink: IO[bytes]) -> None:
    for _ in range(_HEADER_LINES):
        line = source.readline()
        if not line.startswith(_NEWER):
            sink.write(line)
    shutil.copyfileobj(source, sink, _BLOCK)
    sink.flush()


def _one(connection: psycopg.Connection[tuple[object, ...]], query: str) -> object:
    row = connection.execute(query.encode()).fetchone()
    return row[0] if row else None


def _last_line(said: bytes) -> str:
    lines = [line for line in said.decode("utf-8", "replace").splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line or "error" in line or "FATAL" in line]
    return (errors or lines or ["没有说明原因"])[0].strip()
