"""The two ways into the one database: as the application (`default`) and as the owner (`owner`)."""

import os
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from sipingtai.ops.postgres.layout import APP, DATABASE, OWNER, PORT, Layout


def databases(home: Path) -> dict[str, dict[str, Any]]:
    """Django's DATABASES: the servers of DATABASE_URL and DATABASE_OWNER_URL, else the embedded one under `home`."""
    app, owner = os.environ.get("DATABASE_URL"), os.environ.get("DATABASE_OWNER_URL")
    if app or owner:
        if not (app and owner):
            raise ImproperlyConfigured("DATABASE_URL（应用角色）与 DATABASE_OWNER_URL（所有者角色）必须同时设置。")
        return {"default": _connection(**parse_url(app)), "owner": _connection(**parse_url(owner))}
    layout = Layout(home)
    server = {"HOST": str(layout.socket_folder), "PORT": str(PORT), "NAME": DATABASE}
    return {
        "default": _connection(USER=APP, PASSWORD=layout.password(APP), **server),
        "owner": _connection(USER=OWNER, PASSWORD=layout.password(OWNER), **server),
    }


def is_embedded() -> bool:
    """Whether the database is the embedded one."""
    return not os.environ.get("DATABASE_URL")


def parse_url(url: str) -> dict[str, Any]:
    """Split `postgresql://user:password@host:port/name?host=/socket&option=value` into Django's settings.

    Raises ImproperlyConfigured for anything that is not a PostgreSQL address; the message repeats no password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured("数据库地址中的端口或主机写法有误。") from error
    name = unquote(parts.path.lstrip("/"))
    if parts.scheme not in {"postgresql", "postgres"} or not name or not parts.username:
        raise ImproperlyConfigured(
            "数据库地址应写作 postgresql://用户:密码@主机:端口/库名，或以 ?host=/套接字目录 指定本机。"
        )
    options = dict(parse_qsl(parts.query))
    return {
        "HOST": options.pop("host", parts.hostname or ""),
        "PORT": options.pop("port", str(port or "")),
        "NAME": name,
        "USER": unquote(parts.username),
        "PASSWORD": unquote(parts.password or ""),
        "OPTIONS": options,
    }


# Of libpq: a server that is gone without a word (its machine, the net between) is noticed in seconds, and not when the
# kernel gives up after hours. A socket on this machine needs none of it.
PATIENCE = {"connect_timeout": "5", "keepalives_idle": "20", "keepalives_interval": "5", "tcp_user_timeout": "20000"}


# A statement that comes for the sixth time on a connection is parsed and planned no more: under row-level security that
# is most of what a short one costs. Values travel apart from it, so that it is the same text every time.
PREPARED = {"server_side_binding": True, "prepare_threshold": 5}


def _connection(**settings: Any) -> dict[str, Any]:
    settings["OPTIONS"] = PATIENCE | PREPARED | settings.get("OPTIONS", {})
    return {
        "ENGINE": "sipingtai.config.postgres",
        # A connection a thread, kept: cheaper than one a request, and no pool to share across granian's forks.
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "ATOMIC_REQUESTS": False,  # the actor of a request opens its transaction: access.actor_scope
        **settings,
    }
