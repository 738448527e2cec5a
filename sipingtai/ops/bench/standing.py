"""The system a bench measures: real packs, a real server and its tokens, within the home of `home.fresh_home`."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from attrs import frozen
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connections

from sipingtai.access import tokens
from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import Account
from sipingtai.ops.bench.processes import children
from sipingtai.org.packs.applying import apply
from sipingtai.org.packs.shelf import load

PACKS = ("331125", "331125201")  # a county and one of its townships, as delivered
FIRST_DAY = date(2026, 1, 1)  # by which the packs' people hold their posts
READY_SECONDS = 60


def set_up(packs: Sequence[str] = PACKS) -> dict[str, str]:
    """Tables and organisation; returns the passwords of its people by account name. Nobody has to change theirs."""
    call_command("migrate", verbosity=0, interactive=False)
    passwords = apply(load(packs), today=FIRST_DAY)
    with connections["owner"].cursor() as cursor:
        cursor.execute("UPDATE access_account SET must_change_password = false")
    return passwords


def tokens_of(username: str, count: int) -> list[str]:
    """So many tokens of one account, each with its own allowance of requests a minute."""
    with system_scope("测速"):
        account = Account.objects.get(username=username)
        return [tokens.issue(account, ("cases:read", "cases:write"), 1) for _ in range(count)]


@frozen
class Served:
    """A running `sipingtai serve`."""

    port: int
    pid: int

    @property
    def workers(self) -> list[int]:
        """Process ids of the web workers: those of its children that run Python's spawned main."""
        return [pid for pid in children(self.pid) if b"spawn_main" in Path(f"/proc/{pid}/cmdline").read_bytes()]


@contextlib.contextmanager
def serving(workers: int | None = None, environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """`sipingtai serve` with real workers (by default as many as it starts by itself) until the end."""
    connections.close_all()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "sipingtai", "serve", "--port", str(port), "--verbosity", "0"]
    if workers:
        command += ["--workers", str(workers)]
    said = settings.SIPINGTAI_HOME / "serve.log"
    with said.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, **(environment or {})})  # noqa: S603
    try:
        _wait(process, f"http://127.0.0.1:{port}/healthz", said)
        yield Served(port, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(process: subprocess.Popen[bytes], address: str, said: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5):  # noqa: S310
            return
        time.sleep(0.1)
    last = said.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-1:]
    raise CommandError(f"网页服务没有启动：{''.join(last) or process.returncode}")
