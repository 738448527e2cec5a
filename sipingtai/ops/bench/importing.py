"""`sipingtai bench import`: a hotline's table of 4,326 matters taken in, and taken in again (导入).

Put beside the same kind of matters taken in one by one through the one door, without HTTP.
"""

import csv
import random
import time
import uuid
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

from attrs import frozen
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import Case
from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.core.posts import SYSTEM
from sipingtai.core.setting import Setting
from sipingtai.loop.intake.report import Report, take_in
from sipingtai.ops.bench import Options, standing
from sipingtai.ops.bench.machine import Watch
from sipingtai.ops.bench.measuring import Figure, Result, Target
from sipingtai.ops.bench.reports import body
from sipingtai.org.setting import load

SIZE = 4_326  # rows: as many messages as one town's leader received in two years
SINGLY = 300
AREA = "331125201"
HEADING = ("工单编号", "来电人", "联系电话", "反映时间", "标题", "内容", "地址")
TARGETS = (Target("seconds", at_most=10), Target("ratio", at_least=2))


@frozen
class Round:
    """Seconds of the import, of the same import again, and of one row of each way."""

    first: float
    again: float
    row: float
    singly: float


def run(options: Options) -> Result:
    """Measure with so many rows (`--size`). Raises CommandError when a row was not taken in exactly once."""
    watch, size = Watch(settings.SIPINGTAI_HOME), options.size or SIZE
    standing.set_up()
    now = local(timezone.now())
    setting, draw = load(now.date()), random.Random(1)  # noqa: S311 - the same matters every time
    _round(draw, size // 10, setting, now)  # warm-up
    rounds = []
    for _ in range(options.runs):
        watch.look()
        rounds.append(_round(draw, size, setting, now))
    watch.look()
    return Result(
        bench="import",
        figures=(
            Figure(name="seconds", label="导入", unit="秒", values=tuple(r.first for r in rounds)),
            Figure(name="again", label="再导入一次", unit="秒", values=tuple(r.again for r in rounds)),
            Figure(name="rows_per_second", label="每秒", unit="行/秒", values=tuple(1 / r.row for r in rounds)),
            Figure(name="ratio", label="逐件受理 ÷ 导入一行", unit="", values=tuple(r.singly / r.row for r in rounds)),
        ),
        targets=TARGETS,
        notes=(f"每轮 {size} 行，各不相同；对照：{SINGLY} 件逐件经同一道门受理，不经 HTTP。",),
        machine=watch.machine(),
    )


def _round(draw: random.Random, size: int, setting: Setting, now: datetime) -> Round:
    path = Path(settings.SIPINGTAI_HOME) / "matters.csv"
    _write(path, draw, size, now)
    before = _cases()
    first, again = _imported(path), _imported(path)
    if _cases() - before != size:
        raise CommandError(f"导入了 {_cases() - before} 件，应为 {size} 件。")
    return Round(first, again, first / size, _singly(draw, setting, now) / SINGLY)


def _write(path: Path, draw: random.Random, size: int, now: datetime) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(HEADING)
        for _ in range(size):
            told, at = body(draw), now - timedelta(minutes=draw.randrange(1, 700 * 24 * 60))
            who = told["reporter"]
            row = (uuid.UUID(int=draw.getrandbits(128)), who["name"], who["phone"], f"{at:%Y-%m-%d %H:%M}")
            table.writerow((*row, told["title"], told["text"], told["place"]))


def _imported(path: Path) -> float:
    begun = time.perf_counter()
    call_command("import", path, channel="hotline", area=AREA, stdout=StringIO())
    return time.perf_counter() - begun


def _singly(draw: random.Random, setting: Setting, now: datetime) -> float:
    begun = time.perf_counter()
    for _ in range(SINGLY):
        told = body(draw)
        report = Report(
            channel=Channel.HOTLINE,
            text=told["text"],
            title=told["title"],
            place=told["place"],
            category=told["category"],
            area=AREA,
            name=told["reporter"]["name"],
            phone=told["reporter"]["phone"],
        )
        take_in(report, sender="bench", key=uuid.uuid4(), actor=SYSTEM, now=now, setting=setting)
    return time.perf_counter() - begun


def _cases() -> int:
    with system_scope("测速"):
        return Case.objects.count()
