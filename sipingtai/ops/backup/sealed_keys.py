"""The keys of an installation (keys/), encrypted under the passphrase of a backup.

Left out are the passwords of the embedded server's roles: they belong to one server, and a new one gets its own.
"""

import base64
import json
import os
from pathlib import Path, PurePosixPath

from sipingtai.access.keys import Key
from sipingtai.access.sm import CannotDecrypt, decrypt, encrypt
from sipingtai.ops.backup.trouble import BackupTrouble

NAME = "keys.sealed"
_AAD = b"sipingtai backup keys"


def belongs(path: PurePosixPath) -> bool:
    """Whether a file of keys/ goes into a backup."""
    return not path.name.startswith((".", "pg-"))


def seal(folder: Path, key: Key) -> bytes:
    """Every key below `folder` in one envelope."""
    found = {
        name.as_posix(): base64.b64encode(path.read_bytes()).decode()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and belongs(name := PurePosixPath(path.relative_to(folder)))
    }
    return encrypt(json.dumps(found).encode(), key_id=key.id, key=key.sm4(), aad=_AAD)


def unseal(envelope: bytes, key: Key) -> dict[str, bytes]:
    """The keys by their path below keys/. Raises BackupTrouble where the envelope was changed."""
    try:
        found = json.loads(decrypt(envelope, key_of=lambda _: key.sm4(), aad=_AAD))
    except CannotDecrypt as error:
        raise BackupTrouble(f"备份中的 {NAME} 被改动或已损坏，不能使用。请换用另一份备份。") from error
    return {name: base64.b64decode(content) for name, content in found.items()}


def put(keys: dict[str, bytes], folder: Path) -> list[Path]:
    """Write the keys, replacing those this very start has just made; returns their files."""
    for name, content in keys.items():
        target = folder / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh = target.with_name(f".{target.name}.{os.getpid()}")
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(target)
    return [folder / name for name in keys]
