"""`sipingtai serve`: the database, its migrations, and the web server in front of them."""

import contextlib
import ipaddress
import multiprocessing
import os
import signal
import socket
import threading
import time
from argparse import BooleanOptionalAction
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.utils import timezone
from granian.constants import Interfaces
from granian.http import HTTP1Settings
from granian.server import Server

from sipingtai.ops import ports
from sipingtai.ops.respawns import Respawns
from sipingtai.ops.tls import CertificateTrouble, check_own, how_to_trust, local_certificate

THREADS = 64  # of one process: they wait for those who send slowly; few of them work at once (config.unhurried)
RENEWAL_CHECK_SECONDS = 24 * 3600
PORT_SECONDS = 5  # for a server that was killed to leave the port


class Command(BaseCommand):
    help = "启动系统：数据库、迁移、网页服务"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="监听地址，默认只对本机开放")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--workers", type=int, default=min(5, (os.cpu_count() or 1) + 1), help="进程数")
        parser.add_argument("--tls", action=BooleanOptionalAction, help="默认：对外监听时启用，仅本机时不启用")
        parser.add_argument("--cert", type=Path, help="自有证书（PEM）")
        parser.add_argument("--key", type=Path, help="自有证书的私钥（PKCS#8 PEM）")
        parser.add_argument("--trusted-proxy", metavar="IP", help="唯一可信的反向代理的地址；此时只在本机以 HTTP 监听")

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Serve until SIGTERM or Ctrl-C. The embedded database is started and stopped by `sipingtai` around us."""
        host, port = options["host"], options["port"]
        tls = _wants_tls(options)
        check_port(host, port)
        certificate, key = self._certificate(options, host) if tls else (None, None)
        _tell_workers(host, options)

        call_command("migrate", interactive=False, verbosity=options["verbosity"])
        call_command("collectstatic", interactive=False, verbosity=0)
        connections.close_all()
        # Workers begin anew: they read the settings just chosen, and inherit neither connections nor locks.
        multiprocessing.set_start_method("spawn", force=True)

        self.stdout.write(f"四平台已启动：{'https' if tls else 'http'}://{_shown(host)}:{port}/  按 Ctrl-C 停止。")
        self.stdout.flush()
        server = Server(
            "sipingtai.config.wsgi:application",
            address=host, port=port, interface=Interfaces.WSGI, workers=options["workers"], blocking_threads=THREADS,
            ssl_cert=certificate, ssl_key=key, log_access=False, websockets=False, respawn_failed_workers=True,
            http1_settings=HTTP1Settings(header_read_timeout=30_000), workers_kill_timeout=10,
        )  # fmt: skip
        server.respawned_wrks = Respawns()
        server.serve()

    def _certificate(self, options: dict[str, Any], host: str) -> tuple[Path, Path]:
        try:
            if options["cert"]:
                check_own(options["cert"], options["key"], timezone.now())
                return options["cert"], options["key"]
            names = _names(host)
            certificate, key, _ = local_certificate(settings.KEYS, names, timezone.now())
        except CertificateTrouble as error:
            raise CommandError(str(error)) from error
        self.stdout.write(how_to_trust(settings.KEYS))
        threading.Thread(target=_renew, args=(names,), daemon=True).start()
        return certificate, key


def _wants_tls(options: dict[str, Any]) -> bool:
    local = _is_loopback(options["host"])
    if bool(options["cert"]) != bool(options["key"]):
        raise CommandError("--cert 与 --key 必须同时给出。")
    if options["trusted_proxy"]:
        try:
            ipaddress.ip_address(options["trusted_proxy"])
        except ValueError as error:
            raise CommandError("--trusted-proxy 应为反向代理的 IP 地址。") from error
        if options["tls"] or options["cert"] or not local:
            raise CommandError(
                "使用 --trusted-proxy 时，加密由反向代理负责，本服务只在本机（--host 127.0.0.1）以 HTTP 监听。"
            )
        return False
    wanted = options["tls"] if options["tls"] is not None else bool(options["cert"]) or not local
    if not wanted and not local:
        raise CommandError("明文 HTTP 只允许在本机使用。请去掉 --no-tls，或把 --host 改为 127.0.0.1。")
    if not wanted and options["cert"]:
        raise CommandError("给出了证书却又指定 --no-tls，请去掉其中之一。")
    return bool(wanted)


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError as error:
        raise CommandError("--host 应为 IP 地址，例如 127.0.0.1 或 0.0.0.0。") from error


def check_port(host: str, port: int) -> None:
    """Raises CommandError, saying what to do, where the port cannot be had."""
    if not 0 < port < 65536:
        raise CommandError("--port 应在 1 到 65535 之间。")
    until = time.monotonic() + PORT_SECONDS
    while (trouble := ports.trouble(host, port)) and time.monotonic() < until:
        time.sleep(0.2)
    if trouble:
        raise CommandError(trouble)


def _tell_workers(host: str, options: dict[str, Any]) -> None:
    """Worker processes read the settings anew: what was chosen here reaches them by the environment."""
    tls = _wants_tls(options)
    os.environ["SIPINGTAI_HOME"] = str(settings.SIPINGTAI_HOME)
    os.environ["SIPINGTAI_TRUSTED_PROXY"] = options["trusted_proxy"] or ""
    os.environ["SIPINGTAI_SECURE_COOKIES"] = "1" if tls or options["trusted_proxy"] else ""
    # A browser told to insist on https would also insist for other services of `localhost`.
    os.environ["SIPINGTAI_HSTS"] = "1" if options["cert"] or options["trusted_proxy"] else ""
    os.environ["SIPINGTAI_SERVED_BY"] = str(os.getpid())
    os.environ["SIPINGTAI_HOSTS"] = ",".join(_hosts(host))


def _hosts(host: str) -> list[str]:
    own = [] if _is_every_address(host) else [f"[{host}]" if ":" in host else host]
    return list(dict.fromkeys([*settings.ALLOWED_HOSTS, *own]))


def _is_every_address(host: str) -> bool:
    """Whether `host` means every address of this machine."""
    with contextlib.suppress(ValueError):
        return ipaddress.ip_address(host).is_unspecified
    return False


def _names(host: str) -> list[str]:
    return [name for name in _hosts(host) if name != "*"]


def _shown(host: str) -> str:
    if _is_every_address(host):
        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _renew(names: Sequence[str]) -> None:
    """Once a day, see whether the leaf is due; granian's workers read the new one when they are respawned."""
    tick = threading.Event()
    while not tick.wait(RENEWAL_CHECK_SECONDS):
        if local_certificate(settings.KEYS, names, timezone.now())[2]:
            os.kill(os.getpid(), signal.SIGHUP)
