"""Attachments on disk: ``$SIPINGTAI_HOME/files/<first 2 hex>/<digest>``, each written once and whole.

The name is the content's digest, so that the same photo sent twice lies there once and a name can never be a path.
Thumbnails lie beside their picture as ``<digest>.thumb``.
"""

import contextlib
import os
import re
import secrets
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from sipingtai.access.synced import sync_folder
from sipingtai.access.uploads import Accepted

_DIGEST = re.compile(r"[0-9a-f]{64}")
_THUMB = ".thumb"
_UNFINISHED = ".*"  # hidden: no finished file is


class FileStore:
    """The files under one folder (0700, files 0600)."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, accepted: Accepted) -> str:
        """Write an accepted file, and its thumbnail if it has one; returns the digest to remember."""
        if accepted.thumbnail:
            self._write(self._path(accepted.digest, _THUMB), accepted.thumbnail)
        self._write(self._path(accepted.digest), accepted.content)
        return accepted.digest

    def open(self, digest: str) -> BinaryIO:
        """The content. Raises FileNotFoundError."""
        return self._path(digest).open("rb")

    def open_thumbnail(self, digest: str) -> BinaryIO:
        """The JPEG thumbnail of a picture. Raises FileNotFoundError."""
        return self._path(digest, _THUMB).open("rb")

    def erase(self, digest: str) -> None:
        """Remove content and thumbnail, by law or retention; harmless when they are gone.

        The caller makes sure that no other attachment has the same digest.
        """
        for path in (self._path(digest), self._path(digest, _THUMB)):
            path.unlink(missing_ok=True)

    def clear_unfinished(self, before: datetime) -> int:
        """Remove what was left of writing when a process was killed before this moment; returns how many."""
        cleared = 0
        for path in self._folder.glob(f"??/{_UNFINISHED}"):
            with contextlib.suppress(FileNotFoundError):  # it was finished, and is no longer called so
                if path.stat().st_mtime < before.timestamp():
                    path.unlink()
                    cleared += 1
        return cleared

    def _path(self, digest: str, suffix: str = "") -> Path:
        if not _DIGEST.fullmatch(digest):
            raise ValueError("Not a digest")
        return self._folder / digest[:2] / f"{digest}{suffix}"

    def _write(self, target: Path, content: bytes) -> None:
        if target.exists():
            return
        for needed in (self._folder, target.parent):  # `parents` alone would leave the upper one open to others
            needed.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = target.with_name(f".{target.name}.{secrets.token_hex(8)}")
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):
                unfinished.unlink()
            raise
        # Without this a power cut could leave a journal that speaks of a file which is not there.
        sync_folder(target.parent)


def installed_files() -> FileStore:
    """The attachments of this installation."""
    return FileStore(Path(settings.SIPINGTAI_HOME) / "files")
