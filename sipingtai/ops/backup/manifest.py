"""The manifest (清单) of a backup: every part with its digest, sealed, so that nothing can be exchanged unseen."""

import hmac
import json
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import asdict, evolve, frozen

from sipingtai.access import seal
from sipingtai.access.keys import Key
from sipingtai.access.sm import hmac_sm3
from sipingtai.ops.backup.passphrase import SALT_BYTES, drawn_key
from sipingtai.ops.backup.trouble import BackupTrouble

FORMAT = 1
NAME = "manifest.json"


@frozen
class Part:
    """One file of a backup."""

    size: int  # bytes
    sm3: str  # hexadecimal


@frozen(kw_only=True)
class Manifest:
    """What a backup says of itself."""

    made_at: str  # ISO 8601 with offset: the moment the database was taken at
    product: str  # version of 四平台
    server: int  # PostgreSQL's version number, such as 180004
    role: str  # the application's role, which the dump's grants name
    migrations: tuple[str, ...]  # app.name, those applied
    counts: dict[str, int]  # rows by table
    parts: dict[str, Part]  # by path within the backup
    salt: str  # of the passphrase, hexadecimal
    proof: str = ""  # tells a wrong passphrase from a changed backup
    seal: str = ""
    format: int = FORMAT

    def sealed(self, key: Key) -> "Manifest":
        """The manifest under the backup's key."""
        proven = evolve(self, proof=_proof(key))
        return evolve(proven, seal=proven._seal(key))

    def opened(self, passphrase: str) -> Key:
        """The backup's key. Raises BackupTrouble for a wrong passphrase or a manifest that was changed."""
        key = drawn_key(passphrase, bytes.fromhex(self.salt))
        if not hmac.compare_digest(self.proof, _proof(key)):
            raise BackupTrouble("备份口令不对，什么都没有改。请核对口令；大小写和空格都算。")
        if not hmac.compare_digest(self.seal, self._seal(key)):
            raise BackupTrouble(f"备份的清单 {NAME} 被改动过，不能使用。请换用另一份备份，并报告安全管理员。")
        return key

    def text(self) -> bytes:
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True, indent=1).encode() + b"\n"

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.made_at)

    def _seal(self, key: Key) -> str:
        said = {name: value for name, value in asdict(self).items() if name != "seal"}
        return hmac_sm3(key.derive(b"backup-manifest"), seal.canonical(said)).hex()


def read(folder: Path) -> Manifest:
    """The manifest of a backup, not yet held to its seal. Raises BackupTrouble where there is none that can be read."""
    try:
        found: dict[str, Any] = json.loads((folder / NAME).read_bytes())
        if found.get("format") != FORMAT:
            raise BackupTrouble(f"{folder} 的备份格式是第 {found.get('format')} 版，本程序认得第 {FORMAT} 版。")
        parts = {str(name): Part(int(part["size"]), str(part["sm3"])) for name, part in found.pop("parts").items()}
        migrations = tuple(map(str, found.pop("migrations")))
        manifest = Manifest(**found, parts=parts, migrations=migrations)
        if len(bytes.fromhex(manifest.salt)) != SALT_BYTES or manifest.moment.tzinfo is None:
            raise ValueError
    except FileNotFoundError as error:
        raise BackupTrouble(
            f"{folder} 里没有 {NAME}，不是完整的备份。请指定 sipingtai backup 打印的文件夹。"
        ) from error
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupTrouble(f"{folder / NAME} 无法读取或已损坏，请换用另一份备份。") from error
    return manifest


def _proof(key: Key) -> str:
    return key.derive(b"backup-passphrase").hex()
