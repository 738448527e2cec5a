"""The machine: Python, disk, port."""

import shutil
import ssl
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from sipingtai.ops import ports
from sipingtai.ops.doctor.finding import Finding, Findings, Place

OLDEST, NEWEST = (3, 11), (3, 13)
"""The Python versions this release is tested with."""

LEAST_FREE = 1 << 30  # bytes: below it, a day's attachments may not fit
LEAST_SHARE = 0.05


def python_version(_place: Place) -> Findings:
    """This interpreter is one the release is tested with."""
    yield from judged_python(sys.version_info[:2])


def judged_python(version: tuple[int, ...]) -> Findings:
    """Whether a version of Python is within the range."""
    if not OLDEST <= version <= NEWEST:
        low, high = (".".join(map(str, bound)) for bound in (OLDEST, NEWEST))
        shown = ".".join(map(str, version))
        yield Finding(f"Python {shown} 不在支持的范围（{low} 至 {high}）。", f"请用 Python {high} 重新建立运行环境。")


def disk_space(place: Place) -> Findings:
    """There is room for a day's work, wherever something is written."""
    seen = set()
    for folder in (place.home, place.anchors):
        there = nearest(folder)
        device = there.stat().st_dev
        if device in seen:
            continue
        seen.add(device)
        usage = shutil.disk_usage(there)
        if usage.free < LEAST_FREE or usage.free < usage.total * LEAST_SHARE:
            full = "已满" if usage.free < LEAST_FREE // 64 else "快满了"
            yield Finding(
                f"{folder} 所在的磁盘{full}，只剩 {usage.free / (1 << 20):,.0f} MB。",
                "请清理旧备份和日志，或换更大的磁盘；写满后任何人都无法上报和办理。",
            )


def port_free(place: Place) -> Findings:
    """Nobody else sits on the port; our own running server may."""
    if (trouble := ports.trouble(place.host, place.port)) and not _is_ours(place):
        yield Finding(trouble, f"请用 ss -ltnp 'sport = :{place.port}' 找出占用端口的程序，停止它或另选端口。")


def nearest(path: Path) -> Path:
    """The folder itself, or the first above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _is_ours(place: Place) -> bool:
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(place.host, place.host)  # noqa: S104
    return any(answer == b"ok\n" for answer in _answers(f"{host}:{place.port}/healthz"))


def _answers(address: str) -> Iterator[bytes]:
    anyone = ssl.create_default_context()
    anyone.check_hostname, anyone.verify_mode = False, ssl.CERT_NONE  # who answers is all that is asked
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=anyone))
    for scheme in ("http", "https"):
        try:
            with opener.open(f"{scheme}://{address}", timeout=2) as answer:
                yield answer.read(100)
        except (OSError, ValueError):
            continue
