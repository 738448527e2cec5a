"""Where keys come from. The rest of the house knows the :class:`KeyProvider` only; a cipher machine may be one.

:class:`FileKeys` keeps each key in a file of its own, ``<name>-<id>.key``, 0600 in a 0700 folder outside the database.
The highest id is current; rotation adds an id, and older ones stay readable for what they sealed.
"""

import contextlib
import os
import re
import secrets
import stat
from functools import lru_cache
from pathlib import Path
from typing import Literal, Protocol, get_args

from attrs import field, frozen
from django.conf import settings

from sipingtai.access.sm import KEY_BYTES, hmac_sm3
from sipingtai.access.synced import sync_folder

KeyName = Literal["vault", "journal", "tracking"]
NAMES: tuple[KeyName, ...] = get_args(KeyName)

_SECRET_BYTES = 32
_FILE = re.compile(r"([a-z]+)-(\d{6})\.key")


class KeyTrouble(Exception):
    """密钥不可用。 The message says in Chinese what an administrator has to do."""


@frozen
class Key:
    """One version of a named key."""

    id: int
    secret: bytes = field(repr=False)  # 32 bytes

    def sm4(self) -> bytes:
        """The SM4 key derived from this secret (16 bytes); the secret itself never encrypts."""
        return self.derive(b"sm4-gcm")[:KEY_BYTES]

    def derive(self, purpose: bytes) -> bytes:
        """A 32-byte key for one purpose alone, so that no two uses share one."""
        return _derived(self.secret, purpose)


@lru_cache(maxsize=64)
def _derived(secret: bytes, purpose: bytes) -> bytes:
    return hmac_sm3(secret, b"sipingtai:" + purpose)


class KeyProvider(Protocol):
    """Named keys with versions. Raises KeyTrouble when a key cannot be had."""

    def current(self, name: KeyName) -> Key:
        """The version that seals new content; made on first use."""
        ...

    def get(self, name: KeyName, key_id: int) -> Key:
        """The version that sealed old content."""
        ...

    def every(self, name: KeyName) -> tuple[Key, ...]:
        """All versions, newest first."""
        ...

    def rotate(self, name: KeyName) -> Key:
        """Make a new version and return it; it is current from now on."""
        ...


class FileKeys:
    """Keys in files, shared by all processes of one installation."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        # name → (folder's modification time when read, versions newest first)
        self._read: dict[KeyName, tuple[int, tuple[Key, ...]]] = {}

    def current(self, name: KeyName) -> Key:
        return self.every(name)[0]

    def get(self, name: KeyName, key_id: int) -> Key:
        for key in self.every(name):
            if key.id == key_id:
                return key
        self._read.pop(name, None)  # another process may have rotated within the clock's grain
        for key in self.every(name):
            if key.id == key_id:
                return key
        raise KeyTrouble(f"找不到密钥 {name}-{key_id:06d}，请从备份恢复到目录 {self._folder}。")

    def every(self, name: KeyName) -> tuple[Key, ...]:
        changed = self._check_folder()
        seen = self._read.get(name)
        if seen and seen[0] == changed:
            return seen[1]
        keys = self._load(name)
        if not keys:
            self._create(name, 1)
            changed = self._check_folder()
            keys = self._load(name)
        self._read[name] = (changed, keys)
        return keys

    def rotate(self, name: KeyName) -> Key:
        self._create(name, self.current(name).id + 1)
        self._read.pop(name, None)
        return self.current(name)

    def ensure(self) -> None:
        """Make every named key that does not exist yet (``sipingtai init``)."""
        for name in NAMES:
            self.current(name)

    def _check_folder(self) -> int:
        try:
            try:
                found = self._folder.lstat()
            except FileNotFoundError:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                found = self._folder.lstat()
        except OSError as error:
            raise KeyTrouble(f"无法读取密钥目录 {self._folder}，请检查其所有者和权限。") from error
        if not stat.S_ISDIR(found.st_mode):
            raise KeyTrouble(f"密钥目录 {self._folder} 不是一个普通目录，请改正后再启动。")
        _refuse_loosened(self._folder, found.st_mode, "700")
        return found.st_mtime_ns

    def _load(self, name: KeyName) -> tuple[Key, ...]:
        keys = []
        for path in self._folder.iterdir():
            match = _FILE.fullmatch(path.name)
            if match and match[1] == name:
                keys.append(Key(int(match[2]), _read_secret(path)))
        return tuple(sorted(keys, key=lambda key: -key.id))

    def _create(self, name: KeyName, key_id: int) -> None:
        target = self._folder / f"{name}-{key_id:06d}.key"
        unfinished = self._folder / f".{target.name}.{secrets.token_hex(8)}"
        handle = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "w") as file:
                file.write(secrets.token_hex(_SECRET_BYTES) + "\n")
                file.flush()
                os.fsync(file.fileno())
            # A hard link appears whole or not at all, and fails where another process was first: then its key counts.
            with contextlib.suppress(FileExistsError):
                os.link(unfinished, target)
        finally:
            unfinished.unlink()
        sync_folder(self._folder)


def _read_secret(path: Path) -> bytes:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    except OSError as error:
        raise KeyTrouble(f"无法读取密钥文件 {path}，请检查其所有者和权限。") from error
    with os.fdopen(handle) as file:
        _refuse_loosened(path, os.fstat(file.fileno()).st_mode, "600")
        try:
            secret = bytes.fromhex(file.read(1000))
        except ValueError:
            secret = b""
    if len(secret) != _SECRET_BYTES:
        raise KeyTrouble(f"密钥文件 {path} 已损坏，请从备份恢复。")
    return secret


def _refuse_loosened(path: Path, mode: int, wanted: str) -> None:
    if mode & 0o077:
        raise KeyTrouble(
            f"{path} 的权限为 {stat.S_IMODE(mode):o}，其他用户也能读到密钥。"
            f"请确认没有泄露后执行 chmod {wanted} {path}；如可能已泄露，请更换密钥。"
        )


@lru_cache(maxsize=8)
def _file_keys(home: str | Path) -> FileKeys:
    return FileKeys(Path(home) / "keys")


def installed_keys() -> KeyProvider:
    """The keys of this installation, under ``$SIPINGTAI_HOME/keys``."""
    return _file_keys(settings.SIPINGTAI_HOME)
