"""Restoring a backup (恢复) into an installation that holds nothing yet.

1. Hold the backup to its manifest, part by part, before anything is written.
2. Refuse a place where something lies. What an interrupted restoring left is cleared away.
3. Keys, attachments, anchors; then the database, all or nothing.
4. Bring its tables up to this program, and verify every journal against the backup's own anchors.
5. Anchor anew, saying why: from here on the journal goes on from an earlier state.

An anchor file that is there already (it lay on another disk) is kept: nobody takes back what was anchored.
"""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath

from attrs import frozen
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.loader import MigrationLoader

from sipingtai.access.file_store import installed_files
from sipingtai.access.keys import Key, installed_keys
from sipingtai.cases.anchor_file import AnchorFile, installed_anchors
from sipingtai.cases.verification import Fault, Figures, verify
from sipingtai.cases.verification_anchors import read_anchors
from sipingtai.cases.verification_journal import Keyring
from sipingtai.jobs.anchor import anchor
from sipingtai.ops.backup import dump, manifest, sealed_keys
from sipingtai.ops.backup.copying import blocks, check, written
from sipingtai.ops.backup.making import ANCHORS, FILES
from sipingtai.ops.backup.trouble import BackupTrouble
from sipingtai.ops.postgres import chosen
from sipingtai.org.models import Unit

MARK = "restore.unfinished"
"""Lies in the home from the first file that is written until the database is whole."""

Progress = Callable[[int, int], None]  # bytes done, bytes in all


@frozen
class Checked:
    """A backup that is whole, unchanged and understood, with its key."""

    folder: Path
    manifest: manifest.Manifest
    key: Key


def checked(folder: Path, passphrase: str, progress: Progress = lambda _done, _all: None) -> Checked:
    """Hold a backup to its manifest. Raises BackupTrouble with what is wrong and what to do; writes nothing."""
    said = manifest.read(folder)
    key = said.opened(passphrase)
    whole, done = sum(part.size for part in said.parts.values()), 0
    for name, part in said.parts.items():
        check(folder / name, part)
        done += part.size
        progress(done, whole)
    known = {f"{app}.{name}" for app, name in MigrationLoader(None, ignore_no_migrations=True).disk_migrations}
    if set(said.migrations) - known:
        raise BackupTrouble(f"备份来自较新的版本（{said.product}）。请先安装同样或更新的版本，再恢复。")
    if said.role != settings.DATABASES["default"]["USER"]:
        raise BackupTrouble(
            f"备份中的权限授给应用角色 {said.role}，本机的应用角色是 {settings.DATABASES['default']['USER']}。"
            f"请在数据库中建立名为 {said.role} 的应用角色，写入 DATABASE_URL，再恢复。"
        )
    return Checked(folder, said, key)


def restore(backup: Checked, progress: Progress = lambda _done, _all: None) -> None:
    """Put the backup into this empty installation; the database must be running. Raises BackupTrouble.

    What was written is taken away again on any failure.
    """
    home, owner = Path(settings.SIPINGTAI_HOME), dump.installed_owner()
    if not dump.is_empty(owner):
        raise BackupTrouble("数据库里已有数据表，没有改动。请指定一个空的数据库，再恢复。")
    put: list[Path] = []
    try:
        (home / MARK).touch(mode=0o600)
        envelope = (backup.folder / sealed_keys.NAME).read_bytes()
        put += sealed_keys.put(sealed_keys.unseal(envelope, backup.key), home / "keys")
        whole, done = sum(part.size for part in backup.manifest.parts.values()), 0
        for name, part in backup.manifest.parts.items():
            target = _place(home, name)
            if target is not None:
                put.append(target)
                if written(target, blocks(backup.folder / name)) != part:
                    raise BackupTrouble(f"备份中的 {name} 在恢复期间变了，请查明原因后重试。")
            done += part.size
            progress(done, whole)
        dump.load(backup.folder / dump.NAME, owner)
        (home / MARK).unlink()
    except BaseException as error:
        for path in put:
            path.unlink(missing_ok=True)
        shutil.rmtree(home / FILES, ignore_errors=True)
        (home / MARK).unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise BackupTrouble(f"恢复未能完成（{error.strerror}），没有留下半份。请检查磁盘空间和权限。") from error
        raise


def bring_up(backup: Checked) -> None:
    """The tables as this program knows them, and the rows there were. Raises BackupTrouble where some are missing."""
    call_command("migrate", verbosity=0, interactive=False)
    with dump.installed_owner().connect() as connection:
        connection.execute("ANALYZE")
        found = dump.counts(connection)
    missing = [f"{table} 应有 {n} 行，只有 {found.get(table)} 行" for table, n in backup.manifest.counts.items()
               if found.get(table) != n]  # fmt: skip
    if missing:
        raise BackupTrouble(f"恢复出的数据与清单不符：{'；'.join(missing)}。请换用另一份备份。")


def faults(backup: Checked, figures: Figures, progress: Callable[[int], None]) -> Iterator[Fault]:
    """What verification finds, held against the backup's own anchors."""
    keys = installed_keys()
    anchors = read_anchors(AnchorFile(backup.folder / ANCHORS), Keyring(keys))
    units = frozenset(Unit.objects.values_list("id", flat=True))
    yield from verify(
        keys=keys, files=installed_files(), units=units, figures=figures, progress=progress, anchors=anchors
    )


def anchor_anew(backup: Checked, reason: str, now: datetime) -> str:
    """Anchor everything again; returns the reason that stays in the anchor file."""
    why = f"恢复到 {backup.manifest.moment:%Y-%m-%d %H:%M} 的备份" + (f"：{reason}" if reason else "")
    anchor(now, anew=why)
    return why


def clear_the_way(home: Path) -> None:
    """See that this installation is empty, before its database is started. Raises BackupTrouble with what lies there.

    What every start makes by itself counts for nothing: Django's key and the passwords of the embedded server.
    """
    if (home / MARK).exists():  # a restoring that was killed: all of it is in the backup as well
        for name in ("pg", FILES):
            shutil.rmtree(home / name, ignore_errors=True)
        for path in (home / "keys").rglob("*"):
            if path.is_file() and sealed_keys.belongs(PurePosixPath(path.name)):
                path.unlink()
        (home / MARK).unlink()
    lying = [name for name in ("pg/cluster", FILES, "initial-passwords.csv") if (home / name).exists()]
    lying += [f"keys/{path.name}" for path in (home / "keys").glob("*.key") if path.name != "django.key"]
    if lying:
        raise BackupTrouble(
            f"{home} 里已有数据（{'、'.join(sorted(lying))}），没有改动。请把 SIPINGTAI_HOME 指向一个空文件夹，再恢复。"
        )
    if chosen.embedded() is None and not dump.is_empty(dump.installed_owner()):
        raise BackupTrouble("数据库里已有数据表，没有改动。请指定一个空的数据库，再恢复。")
    connections.close_all()


def _place(home: Path, name: str) -> Path | None:
    """Where a part goes; None for what is not copied. Raises BackupTrouble for a place outside."""
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise BackupTrouble(f"备份的清单里有不该有的路径 {name}，不能使用。")
    if name == ANCHORS:
        anchors = installed_anchors().path
        return None if anchors.exists() else anchors
    return home / path if path.parts[0] == FILES else None
