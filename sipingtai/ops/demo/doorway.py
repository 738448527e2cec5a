"""Whether this server is a demo's (演示): only then may a visitor sign in as anybody with one click.

`sipingtai demo` puts a fresh secret into a file of this SIPINGTAI_HOME and into the environment of the server it
starts. Both must be there and agree: neither a variable left over nor a file left over opens anything.
"""

import os
import secrets
from hmac import compare_digest
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

VARIABLE = "SIPINGTAI_DEMO"


def open_up() -> None:
    """Make this process, and the servers it starts, a demo's."""
    secret = secrets.token_urlsafe(32)
    draft = _path().with_name(f".{_path().name}.{os.getpid()}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "w") as file:
        file.write(secret)
    draft.replace(_path())
    os.environ[VARIABLE] = secret


def shut() -> None:
    """The demo is over."""
    os.environ.pop(VARIABLE, None)
    _path().unlink(missing_ok=True)


def is_open() -> bool:
    """Whether `sipingtai demo` started this server."""
    told = os.environ.get("SIPINGTAI_DEMO", "")
    try:
        return bool(told) and compare_digest(told.encode(), _path().read_bytes())
    except OSError:
        return False


def on_pages(request: HttpRequest) -> dict[str, bool]:  # noqa: ARG001  a context processor
    """`is_demo` for templates: the sign-in page then shows the way."""
    return {"is_demo": is_open()}


def _path() -> Path:
    return Path(settings.SIPINGTAI_HOME) / "demo.secret"
