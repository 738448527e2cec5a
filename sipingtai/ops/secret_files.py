"""Secrets of this installation: random text in files that only their owner can read."""

import os
import secrets
from pathlib import Path


class UnsafeSecretFile(Exception):
    """A secret file may be read by others, or is not ours."""


def read_or_create(path: Path) -> str:
    """Return the secret kept in `path`, creating 43 random characters (256 bits) at first use.

    Safe for two processes at once: the file appears complete or not at all, and the first one wins.
    Raises UnsafeSecretFile when group or others may read it.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)  # unlike rename, never replaces a file another process has just put there
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    if path.stat().st_mode & 0o077:
        raise UnsafeSecretFile(f"密钥文件 {path} 可被其他用户读取，请执行 chmod 600 {path} 后重试。")
    return path.read_text(encoding="ascii").strip()
