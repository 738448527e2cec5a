"""The passphrase (备份口令) of a backup: where it comes from, and the keys drawn from it."""

import getpass
import os
import stat
import sys
from pathlib import Path

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from sipingtai.access.keys import Key
from sipingtai.ops.backup.trouble import BackupTrouble

SHORTEST = 12  # characters
SALT_BYTES = 16
# 64 MiB and half a second a guess: whoever took a backup away must not be able to try words by the million.
_COST, _BLOCK = 2**16, 8


def drawn_key(passphrase: str, salt: bytes) -> Key:
    """The key of one backup; every use derives its own from it."""
    return Key(1, Scrypt(salt=salt, length=32, n=_COST, r=_BLOCK, p=1).derive(passphrase.encode()))


def asked(file: Path | None, *, twice: bool) -> str:
    """The first line of `file`, else what is typed at the terminal. Raises BackupTrouble."""
    if file is not None:
        found = _first_line(file)
    elif sys.stdin.isatty():
        found = getpass.getpass("备份口令：")
        if twice and getpass.getpass("再输入一次：") != found:
            raise BackupTrouble("两次输入的口令不同，请重新运行。")
    else:
        raise BackupTrouble("没有终端可以询问口令。请用 --passphrase-file 指定只有本用户可读的口令文件。")
    if len(found) < SHORTEST:
        raise BackupTrouble(f"备份口令至少 {SHORTEST} 个字符：密钥靠它保护。")
    return found


def _first_line(path: Path) -> str:
    try:
        handle = os.open(path, os.O_RDONLY)
        with os.fdopen(handle, encoding="utf-8") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise BackupTrouble(f"口令文件 {path} 可被其他用户读取，请执行 chmod 600 {path} 后重试。")
            return file.readline(1000).rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise BackupTrouble(f"无法读取口令文件 {path}，请检查路径和权限。") from error
