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
from collections.abc import Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

MARK = "bench"  # a file in the home that says: made for measuring, to be thrown away


@contextlib.contextmanager
def home_for(arguments: Sequence[str]) -> Iterator[Path]:
    """The home the command line names with `--home DIR`, which stays; else a fresh one."""
    named = next((a.partition("=")[2] for a in arguments if a.startswith("--home=")), "")
    if "--home" in arguments[:-1]:
        named = arguments[arguments.index("--home") + 1]
    with _kept(Path(named)) if named else fresh_home() as home:
        yield home


@contextlib.contextmanager
def fresh_home() -> Iterator[Path]:
    """Point this process and its children to a new home and the embedded database; remove the home at the end."""
    home = Path(tempfile.mkdtemp(prefix="sipingtai-bench-"))
    (home / MARK).touch()
    _point_to(home)
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextlib.contextmanager
def _kept(home: Path) -> Iterator[Path]:
    """A home that is measured on more than once: new or empty, or made by a bench before."""
    if home.is_dir() and any(home.iterdir()) and not (home / MARK).exists():
        sys.exit(f"{home} 不是测速用的文件夹，没有改动。请换一个空的或不存在的文件夹。")
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    (home / MARK).touch()
    _point_to(home.resolve())
    yield home


def _point_to(home: Path) -> None:
    for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "SIPINGTAI_ANCHORS"):
        os.environ.pop(name, None)
    os.environ.update(SIPINGTAI_HOME=str(home), DJANGO_SETTINGS_MODULE="sipingtai.config.settings")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # unwinds, so that no server is left behind


def check_fresh() -> None:
    """Raises CommandError in a home that was not made by `fresh_home`: a bench writes thousands of made-up cases."""
    if not (settings.SIPINGTAI_HOME / MARK).exists():
        raise CommandError("测速只能在自己的临时文件夹里运行，请用 sipingtai bench 启动。")
