"""`sipingtai serve` as an administrator meets it: a real process, real HTTP and TLS."""

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from sipingtai.ops.bench.processes import children
from sipingtai.ops.postgres import server

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("serve")
    yield folder
    server.stop(folder)


def environment(home: Path) -> dict[str, str]:
    return {**os.environ, "SIPINGTAI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "sipingtai.config.settings"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def serve(home: Path, *options: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "sipingtai", "serve", "--workers", "1", *options]
    with (home / "out").open("wb") as out:
        return subprocess.Popen(command, cwd=ROOT, env=environment(home), stdout=out, stderr=out)


def answer(url: str, context: ssl.SSLContext | None = None) -> str:
    for _ in range(300):
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5, context=context) as response:
            return str(response.read().decode())
        time.sleep(0.1)
    raise AssertionError("no answer")


def refused(home: Path, *options: str) -> str:
    command = [sys.executable, "-m", "sipingtai", "serve", *options]
    done = subprocess.run(
        command, cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    return done.stderr


def test_sigterm_stops_everything_it_started(home: Path) -> None:
    port = free_port()
    running = serve(home, "--port", str(port))
    assert answer(f"http://127.0.0.1:{port}/healthz") == "ok\n"
    running.send_signal(signal.SIGTERM)
    assert running.wait(timeout=30) == 0
    assert server.server_pid(home) is None
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0


def test_whoever_sends_slowly_keeps_nobody_waiting(home: Path) -> None:
    port = free_port()
    running = serve(home, "--port", str(port))
    answer(f"http://127.0.0.1:{port}/healthz")
    begun = b"POST /p/query/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5000\r\n\r\ncode="
    with contextlib.ExitStack() as stack:
        for _ in range(30):
            stack.enter_context(socket.create_connection(("127.0.0.1", port))).sendall(begun)
        time.sleep(0.5)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as response:
            assert response.read() == b"ok\n"
    running.terminate()
    assert running.wait(timeout=30) == 0


def test_a_killed_server_leaves_nobody_on_its_port_and_starts_anew(home: Path) -> None:
    port = free_port()
    first = serve(home, "--port", str(port))
    answer(f"http://127.0.0.1:{port}/healthz")
    first.kill()
    first.wait()
    time.sleep(0.5)
    second = serve(home, "--port", str(port))
    assert answer(f"http://127.0.0.1:{port}/healthz") == "ok\n"
    second.terminate()
    assert second.wait(timeout=30) == 0


def test_a_killed_database_comes_back_under_a_running_server(home: Path) -> None:
    port = free_port()
    running = serve(home, "--port", str(port))
    answer(f"http://127.0.0.1:{port}/healthz")
    killed = server.server_pid(home)
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    time.sleep(0.2)
    assert answer(f"http://127.0.0.1:{port}/healthz") == "ok\n"
    assert server.server_pid(home) not in {None, killed}
    running.terminate()
    assert running.wait(timeout=30) == 0
    assert server.server_pid(home) is None


def test_a_web_worker_killed_again_and_again_does_not_end_the_server(home: Path) -> None:
    port = free_port()
    running = serve(home, "--port", str(port))
    answer(f"http://127.0.0.1:{port}/healthz")
    for _ in range(3):
        killed = web_worker(running.pid)
        os.kill(killed, signal.SIGKILL)
        for _ in range(300):  # granian gives up where the next one dies within seconds
            if web_worker(running.pid) not in {0, killed}:
                break
            time.sleep(0.1)
        assert running.poll() is None
    assert answer(f"http://127.0.0.1:{port}/healthz") == "ok\n"
    running.terminate()
    assert running.wait(timeout=30) == 0


def web_worker(pid: int) -> int:
    return next((child for child in children(pid) if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()), 0)


def test_tls_is_trusted_through_the_local_authority(home: Path) -> None:
    port = free_port()
    running = serve(home, "--tls", "--port", str(port))
    for _ in range(300):
        if (home / "keys/tls/server.pem").exists():
            break
        time.sleep(0.1)
    trusting = ssl.create_default_context(cafile=str(home / "keys/tls/ca.pem"))
    assert answer(f"https://localhost:{port}/healthz", trusting) == "ok\n"
    running.terminate()
    assert running.wait(timeout=30) == 0
    assert "受信任的根证书颁发机构" in (home / "out").read_text(encoding="utf-8")


def test_a_taken_port_is_said_so(home: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        assert "已被占用" in refused(home, "--port", str(taken.getsockname()[1]))


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--host", "0.0.0.0", "--no-tls"), "明文 HTTP 只允许在本机使用"),
        (("--host", "0.0.0.0", "--trusted-proxy", "10.0.0.1"), "只在本机"),
        (("--trusted-proxy", "proxy.example"), "IP 地址"),
        (("--cert", "a.pem"), "必须同时给出"),
        (("--port", "99999"), "65535"),
        (("--host", "这里"), "IP 地址"),
    ],
)
def test_what_would_be_unsafe_or_wrong_is_refused(home: Path, options: tuple[str, ...], said: str) -> None:
    with server.running(home):
        assert said in refused(home, *options)
