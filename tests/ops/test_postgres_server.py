"""The embedded server: one for a home, private, and nothing acknowledged is lost whatever is killed."""

import contextlib
import os
import signal
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from sipingtai.ops.postgres import server, unprivileged
from sipingtai.ops.postgres.layout import APP, OWNER, EmbeddedServerError, Layout
from sipingtai.ops.secret_files import UnsafeSecretFile

ROOT = Path(__file__).parents[2]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for folder in (tmp_path / "pg", tmp_path / "pg" / "cluster"):
        if folder.exists():
            folder.chmod(0o700)
    server.stop(tmp_path)


def connect(home: Path, role: str = OWNER, password: str | None = None) -> psycopg.Connection:
    layout = Layout(home)
    return psycopg.connect(
        host=str(layout.socket_folder), port=5432, dbname="sipingtai", user=role,
        password=password or layout.password(role), connect_timeout=10,
    )  # fmt: skip


def acknowledged_and_unacknowledged_row(home: Path) -> psycopg.Connection:
    """One row committed, a second one written in a transaction that is still open."""
    with connect(home) as connection:
        connection.execute("CREATE TABLE kept (id int)")
        connection.execute("INSERT INTO kept VALUES (1)")
    open_transaction = connect(home)
    open_transaction.execute("INSERT INTO kept VALUES (2)")
    return open_transaction


def kept_rows(home: Path) -> list[tuple[int]]:
    with connect(home) as connection:
        return connection.execute("SELECT id FROM kept ORDER BY id").fetchall()


def test_starting_twice_finds_the_same_server(home: Path) -> None:
    server.start(home)
    first = server.server_pid(home)
    server.start(home)
    assert first is not None
    assert server.server_pid(home) == first


def test_two_starters_at_once_share_one_server(home: Path) -> None:
    code = (
        "import sys, pathlib; from sipingtai.ops.postgres import server; home = pathlib.Path(sys.argv[1]);"
        " server.start(home); print(server.server_pid(home))"
    )
    starters = [
        subprocess.Popen([sys.executable, "-c", code, str(home)], cwd=ROOT, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    pids = {starter.communicate(timeout=60)[0].strip() for starter in starters}
    assert [starter.returncode for starter in starters] == [0, 0]
    # Both starters are gone; their server lives.
    assert pids == {str(server.server_pid(home))}


def test_killing_the_server_loses_nothing_acknowledged(home: Path) -> None:
    server.start(home)
    open_transaction = acknowledged_and_unacknowledged_row(home)
    killed = server.server_pid(home)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    server.start(home)
    assert server.server_pid(home) != killed
    assert kept_rows(home) == [(1,)]
    open_transaction.close()


def test_killing_a_backend_loses_nothing_acknowledged(home: Path) -> None:
    server.start(home)
    open_transaction = acknowledged_and_unacknowledged_row(home)
    os.kill(_backend_pid_outside(home, open_transaction), signal.SIGKILL)
    for _ in range(100):  # the server drops every connection and recovers by itself
        with contextlib.suppress(psycopg.OperationalError):
            connect(home).close()
            break
        time.sleep(0.1)
    assert kept_rows(home) == [(1,)]
    with pytest.raises(psycopg.OperationalError):
        open_transaction.execute("SELECT 1")


def _backend_pid_outside(home: Path, connection: psycopg.Connection) -> int:
    pid = connection.info.backend_pid
    assert Path(f"/proc/{pid}/cwd").readlink() == Layout(home).cluster
    return pid


def test_a_stale_file_naming_another_process_is_seen_through(home: Path) -> None:
    server.start(home)
    killed = server.server_pid(home)
    assert killed is not None
    note = Layout(home).cluster / "postmaster.pid"
    os.kill(killed, signal.SIGKILL)
    while Path(f"/proc/{killed}/cwd").exists() and "Z" not in Path(f"/proc/{killed}/stat").read_text():
        time.sleep(0.02)
    note.write_text("\n".join([str(os.getpid()), *note.read_text().splitlines()[1:]]) + "\n")
    assert server.server_pid(home) is None
    server.start(home)
    connect(home).close()


def test_a_creation_cut_short_is_begun_anew(home: Path) -> None:
    unfinished = home / "pg" / "cluster.new"
    unfinished.mkdir(parents=True, mode=0o700)
    (home / "pg").chmod(0o700)
    (unfinished / "PG_VERSION").write_text("18\n")
    server.start(home)
    connect(home).close()


def test_whoever_keeps_it_running_tries_again_after_a_failure(home: Path) -> None:
    password = home / "keys" / "pg-super"
    with server.running(home):
        killed = server.server_pid(home)
        assert killed is not None
        password.chmod(0o644)  # refused, as long as others may read it
        os.kill(killed, signal.SIGKILL)
        time.sleep(server.WATCH_SECONDS * 2.5)
        assert server.server_pid(home) is None
        password.chmod(0o600)
        for _ in range(200):
            if server.server_pid(home) is not None:
                break
            time.sleep(0.1)
        assert server.server_pid(home) not in (None, killed)


def test_the_last_to_leave_stops_the_server(home: Path) -> None:
    with server.running(home):
        with server.running(home):
            pass
        assert server.server_pid(home) is not None
    assert server.server_pid(home) is None


def test_it_listens_on_no_network_address_and_its_folders_are_private(home: Path) -> None:
    server.start(home)
    layout = Layout(home)
    with psycopg.connect(server.superuser_dsn(home)) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
        assert connection.execute("SHOW data_checksums").fetchone() == ("on",)
        assert connection.execute("SHOW server_encoding").fetchone() == ("UTF8",)
        assert connection.execute("SHOW fsync").fetchone() == ("on",)
        hba = connection.execute("SELECT type, auth_method FROM pg_hba_file_rules").fetchall()
    assert hba == [("local", "scram-sha-256")]
    for folder in (layout.root, layout.cluster, layout.log, layout.socket_folder, home / "keys"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700, folder
    for secret in (home / "keys").iterdir():
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600, secret


def test_the_server_holds_no_privilege_of_root(home: Path) -> None:
    server.start(home)
    status = Path(f"/proc/{server.server_pid(home)}/status").read_text()
    held = {line.split(":")[0]: line.split()[1] for line in status.splitlines() if line.startswith("Cap")}
    assert int(held["CapEff"], 16) == int(held["CapPrm"], 16) == int(held["CapAmb"], 16) == 0


START = "import sys, pathlib; from sipingtai.ops.postgres import server; server.start(pathlib.Path(sys.argv[1]))"


def test_somebody_who_is_not_root_needs_nothing_special(home: Path) -> None:
    script = [sys.executable, "-c", START, str(home)]
    if os.geteuid() == 0:
        script = [sys.executable, unprivileged.__file__, *script]
    subprocess.run(script, cwd=ROOT, check=True, timeout=60)
    connect(home).close()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root needs a user namespace")
def test_root_without_user_namespaces_is_refused_and_told_what_to_do(home: Path) -> None:
    # The limit is set inside a namespace of this test's own.
    forbid = 'echo 0 > /proc/sys/user/max_user_namespaces && exec "$@"'
    command = ["unshare", "--user", "--map-root-user", "sh", "-c", forbid, "sh", sys.executable, "-c", START, str(home)]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True, timeout=60)
    assert "请改用普通用户运行" in done.stderr
    assert not (home / "pg" / "cluster").exists()


def test_a_wrong_password_is_refused(home: Path) -> None:
    server.start(home)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(home, APP, password="wrong")


def test_a_folder_open_to_others_is_refused_with_the_remedy(home: Path) -> None:
    (home / "pg").mkdir()
    (home / "pg").chmod(0o755)
    with pytest.raises(EmbeddedServerError, match=r"chmod 700 .*/pg"):
        server.start(home)


def test_a_password_file_open_to_others_is_refused_with_the_remedy(home: Path) -> None:
    server.start(home)
    (home / "keys" / "pg-app").chmod(0o644)
    with pytest.raises(UnsafeSecretFile, match=r"chmod 600 .*/keys/pg-app"):
        Layout(home).password(APP)


def test_half_a_cluster_is_refused_and_left_alone(home: Path) -> None:
    cluster = home / "pg" / "cluster"
    cluster.mkdir(parents=True)
    (home / "pg").chmod(0o700)
    (cluster / "base").touch()
    with pytest.raises(EmbeddedServerError, match="请从备份恢复"):
        server.start(home)
    assert [path.name for path in cluster.iterdir()] == ["base"]


def test_a_home_too_deep_for_a_socket_gets_a_short_private_folder(home: Path) -> None:
    deep = home / ("很深的目录" * 8)
    layout = Layout(deep)
    assert len(os.fsencode(layout.socket_folder)) < 60
    try:
        server.start(deep)
        connect(deep).close()
        assert stat.S_IMODE(layout.socket_folder.stat().st_mode) == 0o700
    finally:
        server.stop(deep)
        layout.socket_folder.rmdir()
