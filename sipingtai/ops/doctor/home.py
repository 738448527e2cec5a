"""What lies under $SIPINGTAI_HOME: rights, keys, anchors, certificates, the last backup."""

import os
import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from cryptography import x509

from sipingtai.core.calendar import local
from sipingtai.ops.backup.making import last
from sipingtai.ops.backup.restoring import MARK
from sipingtai.ops.doctor.finding import Finding, Findings, Place
from sipingtai.ops.doctor.machine import nearest

SOON = timedelta(days=30)
"""Of a certificate's end. `serve` renews its own 60 days before: one with less is not being renewed."""


def file_rights(place: Place) -> Findings:
    """Nobody else reads keys, data or passwords; everything belongs to whoever runs the system."""
    for path in _private(place):
        found = path.lstat()
        if found.st_uid != os.geteuid():
            yield Finding(
                f"{path} 属于另一个用户（编号 {found.st_uid}）。",
                f"请用运行系统的用户执行本命令；若确是如此，由管理员执行 chown -R 把 {place.home} 交还给该用户。",
            )
        elif (loose := stat.S_IMODE(found.st_mode)) & (0o022 if path == place.home else 0o077):
            wanted = "755" if path == place.home else "700" if path.is_dir() else "600"
            yield Finding(
                f"{path} 的权限为 {loose:o}，其他用户可以读到或改动。",
                f"请确认没有泄露后执行 chmod {wanted} {path}。",
            )


def _private(place: Place) -> Iterator[Path]:
    home = place.home
    named = [home, *(home / name for name in ("pg", "files", "initial-passwords.csv", "keys"))]
    named += [place.anchors, place.anchors / "journal.anchors"]
    yield from (path for path in named if path.exists())
    yield from sorted((home / "keys").rglob("*"))


def anchors_writable(place: Place) -> Findings:
    """The anchor file can be appended to."""
    path = place.anchors / "journal.anchors"
    try:
        if path.exists():
            os.close(os.open(path, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW))
            return
        there = nearest(place.anchors)
        blocked = not there.is_dir() or not os.access(there, os.W_OK)
        why = "" if not blocked else "不是可写的目录"
    except OSError as error:
        why = error.strerror or ""
    if why:
        yield Finding(
            f"锚定文件 {path} 写不进去（{why}）。",
            "请检查磁盘、挂载和目录权限，或用环境变量 SIPINGTAI_ANCHORS 另指目录（网页服务、后台任务、命令三处一致）。",
        )


def certificates(place: Place) -> Findings:
    """No certificate ends soon."""
    own = place.home / "keys" / "tls"
    for path in (place.certificate, own / "server.pem", own / "ca.pem"):
        if path is None or (path != place.certificate and not path.exists()):
            continue
        try:
            ends = x509.load_pem_x509_certificates(path.read_bytes())[0].not_valid_after_utc
        except (OSError, ValueError):
            yield Finding(f"证书 {path} 无法读取，或不是 PEM 格式。", "请更换证书文件后重新启动 sipingtai serve。")
            continue
        if ends - place.now < SOON:
            left = "已过期" if ends <= place.now else f"{local(ends):%Y-%m-%d} 到期"
            remedy = "请更换证书后重新启动 sipingtai serve。"
            if path != place.certificate:
                remedy = "请重新启动 sipingtai serve，它会自动续签；根证书换新后须重新安装到使用者的电脑。"
            yield Finding(f"证书 {path} {left}。", remedy)


def restoring_finished(place: Place) -> Findings:
    """No restoring was cut short."""
    if (place.home / MARK).exists():
        yield Finding("上次恢复备份中途被打断，数据不完整。", "请用同一份备份重新运行 sipingtai restore，它会先清理。")


TOO_OLD = timedelta(hours=48)  # a daily backup may be missed once


def backup_age(place: Place) -> Findings:
    """There is a backup, and not an old one."""
    found = last(place.home)
    remedy = "请运行 sipingtai backup 备份到另一块磁盘，并启用每天的定时备份（deploy/systemd/sipingtai-backup.timer）。"
    if found is None:
        yield Finding("还没有备份过。", remedy)
    elif place.now - found[0] > TOO_OLD:
        yield Finding(f"最近一次备份是 {local(found[0]):%Y-%m-%d %H:%M}，在 {found[1]}，太旧了。", remedy)
