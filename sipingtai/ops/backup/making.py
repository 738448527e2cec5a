"""Making a backup (备份) while the system runs.

1. One at a time in a target; what an interrupted one left there is cleared away.
2. Copy the attachments there are: each is written once and never changed.
3. Hold the database at one moment, and copy the anchors while nobody anchors.
4. Dump that moment; copy the attachments that came meanwhile, so that none the dump speaks of is missing.
5. Seal the keys; write and seal the manifest; see it all safely on the disk; only then give it its name.
"""

import contextlib
import fcntl
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from attrs import define, field
from django.conf import settings

from sipingtai.access.synced import sync_folder
from sipingtai.cases.anchor_file import installed_anchors
from sipingtai.core.calendar import local
from sipingtai.ops.backup import dump, sealed_keys
from sipingtai.ops.backup.copying import blocks, written
from sipingtai.ops.backup.manifest import NAME as MANIFEST
from sipingtai.ops.backup.manifest import Manifest, Part
from sipingtai.ops.backup.passphrase import SALT_BYTES, drawn_key
from sipingtai.ops.backup.trouble import BackupTrouble

UNFINISHED = ".unfinished"
ANCHORS = "anchors/journal.anchors"
FILES = "files"
LAST = "last-backup.json"  # under $SIPINGTAI_HOME: what `doctor` and `/metrics` know of

Progress = Callable[[int, int], None]  # bytes done, bytes in all as far as known


def back_up(target: Path, passphrase: str, now: datetime, progress: Progress = lambda _done, _all: None) -> Path:
    """Make a backup in a new folder below `target`, and return it. Raises BackupTrouble, KeyTrouble."""
    home = Path(settings.SIPINGTAI_HOME)
    if target.resolve().is_relative_to(home):
        raise BackupTrouble(f"备份不能放在 {home} 里面：一起坏，一起丢。请指定另一块磁盘上的文件夹。")
    try:
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _alone(target):
            name = f"sipingtai-{local(now):%Y%m%d-%H%M%S}"
            unfinished, done = target / f"{UNFINISHED}-{name}", target / name
            if done.exists():
                raise BackupTrouble(f"{done} 已存在，请稍后再试。")
            try:
                _Making(unfinished, home, progress).make(passphrase, now)
                unfinished.rename(done)
                sync_folder(target)
            finally:
                shutil.rmtree(unfinished, ignore_errors=True)
            _remember(home / LAST, done, now)
    except OSError as error:
        raise BackupTrouble(
            f"备份未能写成（{error.strerror}），没有留下半份。请检查 {target} 的空间和权限。"
        ) from error
    return done


@define
class _Making:
    folder: Path
    home: Path
    progress: Progress
    parts: dict[str, Part] = field(factory=dict)
    done: int = 0  # bytes
    size: int = 0  # bytes, of what is known to come

    def make(self, passphrase: str, now: datetime) -> None:
        self.folder.mkdir(mode=0o700)
        salt = os.urandom(SALT_BYTES)
        key, owner = drawn_key(passphrase, salt), dump.installed_owner()
        self._copy_attachments()
        with dump.one_moment(owner, self._copy_anchors) as moment:
            self.size += moment.size
            before = self.done
            self._write(dump.NAME, dump.dump(owner, moment.snapshot))
            self.size -= moment.size - (self.done - before)  # what is dumped is packed
            self._copy_attachments()
            self._write(sealed_keys.NAME, [sealed_keys.seal(self.home / "keys", key)])
            manifest = Manifest(
                made_at=local(now).isoformat(timespec="seconds"),
                product=version("sipingtai"),
                server=moment.server,
                role=str(settings.DATABASES["default"]["USER"]),
                migrations=moment.migrations,
                counts=moment.counts,
                parts=self.parts,
                salt=salt.hex(),
            )
        written(self.folder / MANIFEST, [manifest.sealed(key).text()])
        for folder in (self.folder, *(path for path in self.folder.rglob("*") if path.is_dir())):
            sync_folder(folder)

    def _copy_attachments(self) -> None:
        """Those that are not there yet. One erased by law meanwhile is gone, and is not asked for any more."""
        found = [
            path
            for path in sorted((self.home / FILES).glob("??/*"))
            if not path.name.startswith(".") and path.relative_to(self.home).as_posix() not in self.parts
        ]
        for path in found:
            with contextlib.suppress(FileNotFoundError):
                self.size += path.stat().st_size
        for path in found:
            with contextlib.suppress(FileNotFoundError):
                path.stat()
                self._write(path.relative_to(self.home).as_posix(), blocks(path))

    def _copy_anchors(self) -> None:
        anchors = installed_anchors().path
        if anchors.exists():
            self._write(ANCHORS, blocks(anchors))

    def _write(self, name: str, content: Iterable[bytes]) -> None:
        self.parts[name] = written(self.folder / name, self._counted(content))

    def _counted(self, content: Iterable[bytes]) -> Iterator[bytes]:
        for block in content:
            self.done += len(block)
            self.progress(self.done, max(self.done, self.size))
            yield block


@contextlib.contextmanager
def _alone(target: Path) -> Iterator[None]:
    handle = os.open(target / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        for left in target.glob(f"{UNFINISHED}-*"):
            shutil.rmtree(left)
        yield
    except BlockingIOError as error:
        raise BackupTrouble(f"另一个备份正在写入 {target}，请等它结束。") from error
    finally:
        os.close(handle)


def _remember(path: Path, done: Path, now: datetime) -> None:
    said = json.dumps({"at": local(now).isoformat(timespec="seconds"), "path": str(done)}, ensure_ascii=False)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(said)
    fresh.replace(path)


def last(home: Path) -> tuple[datetime, str] | None:
    """When the last backup of this home was made, and where; None where none is known."""
    try:
        found = json.loads((home / LAST).read_text("utf-8"))
        return datetime.fromisoformat(found["at"]), str(found["path"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
