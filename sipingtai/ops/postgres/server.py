"""Start and stop the embedded PostgreSQL. Safe to call twice, from two processes at once, and after a power cut."""

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psycopg

from sipingtai.ops.postgres import unprivileged
from sipingtai.ops.postgres.bootstrap import ensure_roles_and_database
from sipingtai.ops.postgres.layout import (
    DATABASE,
    PORT,
    SUPERUSER,
    EmbeddedServerError,
    Layout,
    binary,
    private_folder,
)
from sipingtai.ops.secret_files import UnsafeSecretFile

READY_SECONDS = 300  # recovery after a crash replays the log, which may take minutes on a slow disk
STOP_SECONDS = 60
WATCH_SECONDS = 1
ORPHAN_SECONDS = 20  # how long the children of a killed server may take to notice


def start(home: Path) -> None:
    """Have a server running for `home` when this returns. Raises EmbeddedServerError with what to do."""
    layout = Layout(home.resolve())
    with _starting(layout):
        _start(layout)


def stop(home: Path) -> None:
    """Stop the server of `home`, waiting for running transactions to be rolled back. Harmless when none runs."""
    layout = Layout(home.resolve())
    with _starting(layout):
        _stop(layout)


@contextlib.contextmanager
def running(home: Path) -> Iterator[None]:
    """A server for as long as this process needs one: started again when it is killed, stopped by the last to leave.

    Who uses it is known by a shared lock, which a killed process gives back by itself.
    """
    layout = Layout(home.resolve())
    with _starting(layout):
        users = os.open(layout.root / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(users, fcntl.LOCK_SH)
        _start(layout)
    leaving = threading.Event()
    keeper = threading.Thread(target=_keep_running, args=(layout, leaving), daemon=True)
    keeper.start()
    try:
        yield
    finally:
        leaving.set()
        keeper.join()
        with _starting(layout):
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass  # somebody else still needs it
            else:
                _stop(layout)
            os.close(users)


def server_pid(home: Path) -> int | None:
    """The process id of the running server, or None. A stale file naming somebody else's process is seen through."""
    return _server_pid(Layout(home.resolve()))


def superuser_dsn(home: Path) -> str:
    """How to connect as the superuser, for backup and for measuring; the application never does."""
    layout = Layout(home.resolve())
    return psycopg.conninfo.make_conninfo(
        host=str(layout.socket_folder), port=PORT, user=SUPERUSER, password=layout.password(SUPERUSER), dbname=DATABASE
    )


@contextlib.contextmanager
def _starting(layout: Layout) -> Iterator[None]:
    private_folder(layout.root)
    descriptor = os.open(layout.root / "start.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _keep_running(layout: Layout, leaving: threading.Event) -> None:
    while not leaving.wait(WATCH_SECONDS):
        if _server_pid(layout) is None:
            try:
                start(layout.home)
            except (EmbeddedServerError, UnsafeSecretFile, psycopg.Error, OSError) as error:
                sys.stderr.write(f"{error}\n")  # and again in a second: a keeper that gave up would help nobody


def _server_pid(layout: Layout) -> int | None:
    try:
        pid = int((layout.cluster / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (OSError, ValueError):
        return None
    return pid if _stands_in(pid, layout) else None


def _stands_in(pid: int, layout: Layout) -> bool:
    """Whether this process is PostgreSQL in our data folder: a number alone may have gone to another process."""
    try:
        command = Path(f"/proc/{pid}/comm").read_text(encoding="utf-8").strip()
        return command == "postgres" and Path(f"/proc/{pid}/cwd").readlink() == layout.cluster
    except OSError:
        return False


def _start(layout: Layout) -> None:
    private_folder(layout.socket_folder)
    private_folder(layout.log)
    if not (layout.cluster / "PG_VERSION").exists():
        _create_cluster(layout)
    private_folder(layout.cluster)
    deadline = time.monotonic() + READY_SECONDS
    while not _is_ready(layout):
        if _server_pid(layout) is None:
            _launch(layout)
        elif time.monotonic() > deadline:
            raise EmbeddedServerError(f"内置数据库 {READY_SECONDS} 秒内未就绪。请查看 {layout.log} 中的日志。")
        else:  # starting, recovering, or just now dying
            time.sleep(0.05)


def _is_ready(layout: Layout) -> bool:
    """Whether it answers, and has our roles; False also where it was killed between the two."""
    if not _answers(layout):
        return False
    try:
        ensure_roles_and_database(layout)
    except psycopg.OperationalError:
        return False
    return True


def _create_cluster(layout: Layout) -> None:
    if layout.cluster.exists() and any(layout.cluster.iterdir()):
        raise EmbeddedServerError(f"目录 {layout.cluster} 里不是完整的数据库。请从备份恢复，或移走该目录后重试。")
    fresh = layout.root / "cluster.new"  # renamed when complete: a cut half-way leaves no half database
    shutil.rmtree(fresh, ignore_errors=True)
    layout.password(SUPERUSER)
    made = subprocess.run(  # noqa: S603
        _as_user(
            [
                str(binary("initdb")), f"--pgdata={fresh}", f"--username={SUPERUSER}",
                f"--pwfile={layout.home / 'keys' / 'pg-super'}", "--auth=scram-sha-256", "--encoding=UTF8",
                "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--data-checksums",
            ]
        ),
        env=_environment(), stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if made.returncode != 0:
        raise EmbeddedServerError(_refusal(made.returncode, made.stderr, layout))
    (fresh / "pg_hba.conf").write_text("local all all scram-sha-256\n", encoding="ascii")
    fresh.rename(layout.cluster)


def _launch(layout: Layout) -> None:
    _wait_for_orphans(layout)
    # Both name the dead server, and perhaps by now somebody else's process, which would keep PostgreSQL from starting.
    (layout.cluster / "postmaster.pid").unlink(missing_ok=True)
    (layout.socket_folder / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)
    first_words = layout.root / "start.log"
    with first_words.open("wb") as output:
        server = subprocess.Popen(  # noqa: S603
            _as_user([str(binary("postgres")), "-D", str(layout.cluster), *_settings(layout)]),
            env=_environment(), stdin=subprocess.DEVNULL, stdout=output, stderr=output,
            start_new_session=True,  # survives us, and our terminal's Ctrl-C
        )  # fmt: skip
    deadline = time.monotonic() + READY_SECONDS
    while not _answers(layout):
        if server.poll() is not None:
            said = first_words.read_text(encoding="utf-8", errors="replace")
            raise EmbeddedServerError(_refusal(server.returncode, said, layout))
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"内置数据库 {READY_SECONDS} 秒内未就绪。请查看 {layout.log} 中的日志。")
        time.sleep(0.05)


def _wait_for_orphans(layout: Layout) -> None:
    """The children of a killed server notice within moments; until then two servers could write at once."""
    deadline = time.monotonic() + ORPHAN_SECONDS
    while any(_stands_in(int(entry.name), layout) for entry in Path("/proc").iterdir() if entry.name.isdigit()):
        if time.monotonic() > deadline:
            raise EmbeddedServerError(f"上次异常退出的数据库进程仍占用 {layout.cluster}。请稍后重试，或重启本机。")
        time.sleep(0.05)


def _answers(layout: Layout) -> bool:
    try:
        psycopg.connect(superuser_dsn(layout.home), dbname="postgres", connect_timeout=5).close()
    except psycopg.OperationalError as error:
        if "authentication failed" in str(error):
            raise EmbeddedServerError(
                "内置数据库的密码与 keys 目录中的不一致。请从备份恢复 keys 目录后重试。"
            ) from error
        return False
    return True


def _stop(layout: Layout) -> None:
    pid = _server_pid(layout)
    if pid is None:
        return
    for how in (signal.SIGINT, signal.SIGQUIT):  # fast, then immediate: the latter recovers at the next start
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, how)
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if _server_pid(layout) is None:
                return
            time.sleep(0.05)
    raise EmbeddedServerError(f"内置数据库（进程 {pid}）未能停止。请查看 {layout.log} 中的日志。")


def _settings(layout: Layout) -> list[str]:
    settings = {
        "listen_addresses": "",
        "port": str(PORT),
        "unix_socket_directories": str(layout.socket_folder),
        "unix_socket_permissions": "0700",
        "password_encryption": "scram-sha-256",
        "max_connections": "100",
        "timezone": "Asia/Shanghai",
        # One call for the file system instead of one a file: recovery after a crash begins seconds earlier.
        "recovery_init_sync_method": "syncfs",
        "logging_collector": "on",
        "log_directory": str(layout.log),
        "log_filename": "postgres-%a.log",
        "log_rotation_age": "1d",
        "log_truncate_on_rotation": "on",
        "log_file_mode": "0600",
        # Statements and the details of errors carry names and telephone numbers: they stay out of the log.
        "log_min_error_statement": "panic",
        "log_error_verbosity": "terse",
        "log_parameter_max_length_on_error": "0",
    }
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]


def _as_user(command: Sequence[str]) -> list[str]:
    if os.geteuid() != 0:
        return list(command)
    return [sys.executable, "-I", "-S", str(Path(unprivileged.__file__)), *command]


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "Asia/Shanghai"}


def _refusal(code: int, said: str, layout: Layout) -> str:
    if code == unprivileged.REFUSED:
        return said.strip()
    if code < 0:
        return f"内置数据库启动时被信号 {-code} 终止。详情见 {layout.log}。"
    last = said.strip().splitlines()[-1:] or [f"退出码 {code}"]
    return f"内置数据库未能启动：{last[0]}。详情见 {layout.root / 'start.log'} 与 {layout.log}。"
