"""Run a program as root's own files' owner, but not as root: `python unprivileged.py PROGRAM ARG…`.

PostgreSQL refuses to run with user id 0. Instead of adding a system user and opening folders to it, this enters a
user namespace in which the same kernel user is called 1000. The program keeps access to what its caller owns, holds no
capability at all, and every file it writes belongs to its caller. Standard library only: it runs as a script of its
own, because a process with threads cannot enter a user namespace.
"""

import ctypes
import os
import sys
from pathlib import Path

CLONE_NEWUSER = 0x10000000
INSIDE = 1000
REFUSED = 77


def enter() -> None:
    """Move this process into a user namespace where it is user and group 1000. Raises OSError where forbidden."""
    uid, gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
    Path("/proc/self/uid_map").write_text(f"{INSIDE} {uid} 1", encoding="ascii")
    Path("/proc/self/gid_map").write_text(f"{INSIDE} {gid} 1", encoding="ascii")


def main() -> int:
    """Become the program; return REFUSED, having said why, where the machine forbids it."""
    try:
        enter()
    except OSError as error:
        sys.stderr.write(
            f"当前以 root 身份运行，而本机不允许建立用户命名空间（{error.strerror}），内置数据库无法启动。"
            "请改用普通用户运行，或用 DATABASE_URL 与 DATABASE_OWNER_URL 指定已有的 PostgreSQL。\n"
        )
        return REFUSED
    return os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606


if __name__ == "__main__":
    sys.exit(main())
