"""`sipingtai simulate`: made-up matters for the townships that are set up (模拟)."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from sipingtai.core.calendar import local
from sipingtai.jobs.anchor import anchor
from sipingtai.ops.demo.cast import gather_all
from sipingtai.ops.demo.filling import SEED, YEAR, is_empty, planned, simulate
from sipingtai.ops.demo.turning import finish, turn_all
from sipingtai.ops.progress import Bar
from sipingtai.org.reorganising import CannotReorganise


class Command(BaseCommand):
    help = "模拟：为已装入的乡镇填入虚构事项，只用于空库"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--days", type=int, default=YEAR, help=f"到今天为止多少天，默认 {YEAR}")
        parser.add_argument("--seed", type=int, default=SEED, help="随机种子：同一种子、同一时刻，内容相同")
        parser.add_argument(
            "--area", nargs="+", default=[], metavar="CODE", help="只填这些区划代码（可为前缀）内的乡镇"
        )

    def handle(self, *args: Any, **options: Any) -> None:  # noqa: ARG002
        """Fill empty tables; real matters are never mixed with made-up ones."""
        if not 1 <= options["days"] <= 3660:
            raise CommandError("--days 应在 1 到 3660 之间。")
        if not is_empty():
            raise CommandError(
                "这个库里已有事件，没有改动。模拟只用于空库，请把 SIPINGTAI_HOME 指向另一个文件夹再运行。"
            )
        now, began = local(timezone.now()), time.monotonic()
        casts = gather_all(now, options["area"])
        if not casts:
            raise CommandError("没有找到这些区划内已装入的乡镇。请先运行 sipingtai init，或核对 --area。")
        try:
            turns = turn_all(casts, now)
        except CannotReorganise as error:
            raise CommandError(str(error)) from error
        casts = gather_all(now, options["area"]) if turns else casts
        told = planned(casts, days=options["days"], seed=options["seed"], now=now, turns=turns)
        with Bar("填入虚构事项", len(told)) as bar:
            filled = simulate(told, now=now, turns=turns, progress=bar.at)
        finish(turns)
        anchor(now)
        seconds = time.monotonic() - began
        self.stdout.write(
            f"已为 {len(casts)} 个乡镇填入 {options['days']} 天的 {filled.cases} 件虚构事项，用时 {seconds:.0f} 秒。"
        )
        for turn in turns:
            day, moved = f"{turn.at:%Y-%m-%d}", filled.moved[turn.change.area]
            self.stdout.write(f"{turn.place}于 {day} 由前架构调整为“{turn.change.name}”，移交在办事件 {moved} 件。")
