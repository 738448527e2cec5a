"""`sipingtai reorganise PACK`: change a township's set-up and take its open cases along (架构调整)."""

import csv
import os
import sys
import time
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import ProgrammingError
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.core.calendar import local
from sipingtai.loop.reorganise.consequences import Decision, Figures, decisions
from sipingtai.loop.reorganise.homes import Removal
from sipingtai.loop.reorganise.moving import WHY, move_all, waiting
from sipingtai.loop.reorganise.replaying import moved_since
from sipingtai.ops.progress import Bar
from sipingtai.org import reorganising
from sipingtai.org.management.commands.init import keep_passwords
from sipingtai.org.packs.applying import MovedOn
from sipingtai.org.packs.findings import PackError
from sipingtai.org.packs.shelf import Shelf, load
from sipingtai.org.reorganising import CannotReorganise, Change
from sipingtai.org.routes import Route

SHOWN = 10  # decisions told at once; the report has them all
HEADINGS = ("编号", "原单位或人员", "情况", "请办理")


class Command(BaseCommand):
    help = "架构调整：按新的乡镇包改组，在办事件逐件移交给接替的单位；中断后再次运行即续办。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("pack", metavar="PACK", help="新架构的乡镇包文件，或区划代码（如 331102102）")
        parser.add_argument("--yes", action="store_true", help="不再询问，直接调整")
        parser.add_argument("--dry-run", action="store_true", help="只列出会怎样，不写入")

    def handle(self, *, pack: str, yes: bool, dry_run: bool, **_options: Any) -> None:
        """Exit with 1 where the pack has mistakes, the set-up cannot be changed, or cases are left in others' hands."""
        try:
            shelf = load([pack])
            reorganising.pack_of(shelf)
            with reorganising.nothing_else():
                self._reorganise(shelf, yes=yes, dry_run=dry_run)
        except PackError as error:
            for finding in error.findings:
                self.stderr.write(str(finding))
            self.stderr.write(f"有 {len(error.findings)} 处错误，什么都没有改。")
            sys.exit(1)
        except CannotReorganise as error:
            raise CommandError(str(error)) from error
        except MovedOn:
            raise CommandError("确认期间组织已有别的变动，什么都没有改。请重新运行。") from None
        except ProgrammingError as error:
            raise CommandError("数据库还没有建表。请先运行 sipingtai migrate。") from error

    def _reorganise(self, shelf: Shelf, *, yes: bool, dry_run: bool) -> None:
        now = local(timezone.now())
        row = reorganising.unfinished(shelf)
        if row is not None:
            self.stdout.write(f"“{row.name}”的调整上次没有做完，{'尚未续办。' if dry_run else '先把它做完。'}")
            if not dry_run:
                self._carry_on(reorganising.resumed(row, shelf, now), row.started_at)
                now = local(timezone.now())
        change = reorganising.preview(shelf, now)
        with system_scope(WHY):
            found = list(waiting(change))
        if not change.plan and not found:
            self.stdout.write("没有变化。")
            return
        self._tell(change, found)
        if dry_run:
            self.stdout.write("以上为预览，未写入。")
            return
        if not yes and not self._agreed(len(found)):
            self.stdout.write("已取消，什么都没有改。")
            return
        began = local(timezone.now())
        change, passwords = reorganising.carry_out(shelf, began, change.plan)
        self.stdout.write(f"组织已改：{len(change.plan.lines)} 项变动。")
        if passwords:
            self.stdout.write(f"新建账号 {len(passwords)} 个，初始密码在 {keep_passwords(passwords)}，首次登录须修改。")
        self._carry_on(change, began, expected=len(found))

    def _carry_on(self, change: Change, since: datetime, *, expected: int | None = None) -> None:
        """Move what has to move, then tell of the whole reorganisation from its beginning."""
        if expected is None:
            with system_scope(WHY):
                expected = sum(1 for _ in waiting(change))
        began = time.monotonic()
        with Bar("移交", expected) as bar:
            moved = move_all(change, progress=bar.at)
        self.stdout.write(f"移交在办事件 {moved.moved} 件，用时 {time.monotonic() - began:.1f} 秒。")
        with system_scope(WHY):
            needed = _decisions(moved_since(since, change), change)
        path = _write_report(change, needed, since)
        self._list(needed)
        self.stdout.write(f"需人工决定的 {len(needed)} 项，写在 {path}，只有本用户可读。")
        if moved.left:
            raise CommandError(f"还有 {moved.left} 件正由别人办理，没有移交。请稍后再次运行，会接着办。")
        reorganising.finish(change.command, local(timezone.now()))

    def _tell(self, change: Change, found: list[tuple[str, Removal]]) -> None:
        units = change.after.setting.units
        self.stdout.write(f"{change.name}：组织变动 {len(change.plan.lines)} 项。")
        for line in change.plan.lines:
            self.stdout.write(f"  {line}")
        for verb, listed in (("停用", change.ended), ("新设", change.begun)):
            if listed:
                self.stdout.write(f"{verb}单位 {len(listed)} 个：{'、'.join(units[u].name for u in listed)}")
        for old in change.successions:
            heirs = "、".join(units[u].name for u in change.heirs[old])
            self.stdout.write(f"接替 {units[old].name} → {heirs or '无'}")
        for (before, after), codes in change.rerouted.items():
            turn = f"{_way(before, change)} → {_way(after, change)}"
            self.stdout.write(f"改变去向的分类 {len(codes)} 个：{turn}（{'、'.join(codes[:SHOWN])}{_more(codes)}）")
        figures = Figures()
        for _, removal in found:
            figures.add(removal.before, removal.after)
        self.stdout.write(f"要移交的在办事件 {len(found)} 件。")
        for way in figures.ways():
            giver, taker = (units[u].name if u else "无（退回、解除或结束）" for u in way)
            counted = "，".join(
                f"{label} {counter[way]}"
                for label, counter in (
                    ("事件", figures.cases), ("交办", figures.assignments), ("申请", figures.applications),
                    ("督办牌", figures.cards), ("时限", figures.clocks),
                )
                if counter[way]
            )  # fmt: skip
            self.stdout.write(f"  {giver} → {taker}：{counted}")
        needed = _decisions(found, change)
        self.stdout.write(f"需人工决定的 {len(needed)} 项。")
        self._list(needed, every=True)

    def _list(self, needed: list[Decision], *, every: bool = False) -> None:
        for entry in needed if every else needed[:SHOWN]:
            whose = f"{entry.number} {entry.unit}".strip()
            self.stdout.write(f"  {whose}：{entry.why}。{entry.remedy}。")
        if not every and len(needed) > SHOWN:
            self.stdout.write("  ……")

    def _agreed(self, count: int) -> bool:
        if not sys.stdin.isatty():
            raise CommandError("没有终端可以询问。确认无误后加 --yes。")
        answer = input(f"按以上方案调整，并移交 {count} 件在办事件？[y/N] ")
        return answer.strip().lower() in {"y", "yes", "是"}


def _way(route: Route | None, change: Change) -> str:
    """Platform / office."""
    units = (route.platform, route.office) if route else ()
    return " / ".join(change.after.setting.units[u].name for u in units if u) or "无"


def _more(codes: list[str]) -> str:
    return " 等" if len(codes) > SHOWN else ""


def _decisions(found: Iterable[tuple[str, Removal]], change: Change) -> list[Decision]:
    """Cases first, by number; then people without any seat."""
    needed = [d for number, r in found for d in decisions(number, r.before, r.move, r.after, change)]
    needed.sort(key=lambda d: d.number)
    idle = [Decision(number="", unit=a, why="调整后没有任何岗位", remedy="请另行安排，或停用账号") for a in change.idle]
    return needed + idle


def _write_report(change: Change, needed: list[Decision], since: datetime) -> Path:
    """A CSV that only this user can read. A later run for the same reorganisation writes it anew."""
    home = Path(settings.SIPINGTAI_HOME)
    path = home / f"reorganisation-{change.area}-{local(since):%Y%m%d-%H%M%S}.csv"
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows((d.number, d.unit, d.why, d.remedy) for d in needed)
    return path
