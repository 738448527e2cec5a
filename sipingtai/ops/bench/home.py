"""A home for measuring (测速): made before the settings are read, thrown away at the end.

So nothing of the user's is opened, let alone written. The embedded server in it runs as in production: everything is
synced to disk.
"""

import contextlib
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

MARK = "bench"  # a file in the home that says: made for measuring, to be thrown away


@contextlib.contextmanager
def fresh_home() -> Iterator[Path]:
    """Point this process and its children to a new home and the embedded database; remove the home at the end."""
    home = Path(tempfile.mkdtemp(prefix="sipingtai-bench-"))
    (home / MARK).touch()
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "SIPINGTAI_ANCHORS"):
        os.environ.pop(name, None)
    os.environ["SIPINGTAI_HOME"] = str(home)
    os.environ["DJANGO_SETTINGS_MODULE"] = "sipingtai.config.settings"
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # unwinds, so that no server is left behind
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def check_fresh() -> None:
    """Raises CommandError in a home that was not made by `fresh_home`: a bench writes thousands of made-up cases."""
    if not (settings.SIPINGTAI_HOME / MARK).exists():
        raise CommandError("测速只能在自己的临时文件夹里运行，请用 sipingtai bench 启动。")
