"""Which database this installation uses: the embedded one of its home, or another by DATABASE_URL."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from sipingtai.ops.postgres import server
from sipingtai.ops.postgres.layout import Layout


def embedded() -> Layout | None:
    """The embedded server's layout; None where the database is elsewhere."""
    layout = Layout(Path(settings.SIPINGTAI_HOME))
    return layout if settings.DATABASES["default"]["HOST"] == str(layout.socket_folder) else None


@contextlib.contextmanager
def running() -> Iterator[None]:
    """The embedded server for as long as it is needed; nothing to do for another. Raises EmbeddedServerError."""
    layout = embedded()
    with server.running(layout.home) if layout else contextlib.nullcontext():
        yield
