"""Copying files one by one: hashed on the way, readable by their owner alone, safely on the disk."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from cryptography.hazmat.primitives import hashes

from sipingtai.ops.backup.manifest import Part
from sipingtai.ops.backup.trouble import BackupTrouble

_BLOCK = 1 << 20  # bytes


def blocks(path: Path) -> Iterator[bytes]:
    """The content of a file, piece by piece."""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            yield block


def written(target: Path, content: Iterable[bytes]) -> Part:
    """Write a new file (0600) in a folder that is made if need be (0700)."""
    for folder in (target.parent.parent, target.parent):  # `parents` would make the upper one open to others
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    digest, size = hashes.Hash(hashes.SM3()), 0
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        for block in content:
            file.write(block)
            digest.update(block)
            size += len(block)
        file.flush()
        os.fsync(file.fileno())
    return Part(size, digest.finalize().hex())


def check(path: Path, part: Part) -> None:
    """Raise BackupTrouble unless the file is what the manifest says."""
    digest = hashes.Hash(hashes.SM3())
    try:
        if path.is_symlink() or path.stat().st_size != part.size:
            raise BackupTrouble(_changed(path))
        for block in blocks(path):
            digest.update(block)
    except OSError as error:
        raise BackupTrouble(f"备份中缺少文件 {path}，或无法读取。请换用另一份备份，并查明原因。") from error
    if digest.finalize().hex() != part.sm3:
        raise BackupTrouble(_changed(path))


def _changed(path: Path) -> str:
    return f"备份中的 {path} 被改动或已损坏，不能使用，什么都没有改。请换用另一份备份，并报告安全管理员。"
