"""The file of anchors (锚定文件): ``journal.anchors``, 0600 in a 0700 folder, only ever appended to.

It lies outside the database, best on another disk or host (`SIPINGTAI_ANCHORS`): who can write the one should not be
able to write the other. It may be made append-only by the file system (``chattr +a``): nothing here ever rewrites it.
"""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen
from django.conf import settings

from sipingtai.access.synced import sync_folder

_BLOCK = 1 << 20  # bytes read at once from the end


class AnchorTrouble(Exception):
    """锚定无法进行。 The message says in Chinese what an administrator has to do."""


@frozen
class AnchorFile:
    """The anchors of one installation."""

    path: Path

    def lines(self) -> Iterator[bytes]:
        """Every line from the first, without its end; a last one that was not finished as well. None without a file.

        Raises AnchorTrouble when there is one that cannot be read.
        """
        with self._telling():
            try:
                handle = self.path.open("rb")
            except FileNotFoundError:
                return
            with handle as file:
                for line in file:
                    yield line.removesuffix(b"\n")

    @contextlib.contextmanager
    def writing(self) -> Iterator["Writer"]:
        """The file, made if need be, for one writer at a time. Raises AnchorTrouble."""
        with self._telling():
            new = not self.path.parent.is_dir()
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
            handle = os.open(self.path, flags, 0o600)
            try:
                _lock(handle, self.path)
                sync_folder(self.path.parent)  # the file's name outlives a power cut as well
                if new:
                    sync_folder(self.path.parent.parent)
                yield Writer(handle)
            finally:
                os.close(handle)

    @contextlib.contextmanager
    def _telling(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise AnchorTrouble(
                f"无法读写锚定文件 {self.path}（{error.strerror}）。请检查磁盘、挂载和目录权限，"
                "或用环境变量 SIPINGTAI_ANCHORS 指定另一目录。"
            ) from error


@frozen
class Writer:
    """The open file, locked."""

    handle: int

    def backwards(self) -> Iterator[bytes]:
        """Its lines from the last, without their ends: the cost is what is asked for, not the file's length."""
        end, rest = os.fstat(self.handle).st_size, b""
        while end > 0:
            start = max(0, end - _BLOCK)
            *complete, rest = reversed((os.pread(self.handle, end - start, start) + rest).split(b"\n"))
            yield from (line for line in complete if line)
            end = start
        if rest:
            yield rest

    def append(self, line: bytes) -> None:
        """Write one line and see it safely on the disk. What a crash left unfinished becomes a line of its own."""
        size = os.fstat(self.handle).st_size
        torn = size > 0 and os.pread(self.handle, 1, size - 1) != b"\n"
        content = (b"\n" if torn else b"") + line + b"\n"
        while content:
            content = content[os.write(self.handle, content) :]
        os.fsync(self.handle)


def installed_anchors() -> AnchorFile:
    """The anchors of this installation, under ``$SIPINGTAI_ANCHORS``."""
    return AnchorFile(Path(settings.SIPINGTAI_ANCHORS) / "journal.anchors")


def _lock(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise AnchorTrouble(f"另一个进程正在写锚定文件 {path}，请稍后再试。") from error
