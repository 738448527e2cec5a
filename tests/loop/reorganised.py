"""A township before, during and after its reorganisation: filled with matters in every stage, interrupted, finished."""

import contextlib
import io
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from attrs import define, field
from django.core.management import call_command
from django.db import connection, connections
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Case
from sipingtai.core.moves import Move
from sipingtai.core.setting import Setting
from sipingtai.loop.moves import move
from sipingtai.loop.reading.page import case_of
from sipingtai.org.models import Scheme, Unit
from sipingtai.stats.by_scheme import counts
from tests.township import Township, set_up

from .stages import Way, fill, one

ROOT = Path(__file__).parents[2]
SIZE = int(os.environ.get("SIPINGTAI_REORGANISE", "150"))  # cases of a township; 1000 for the long run


@define
class Snapshot:
    """The cases at one moment."""

    cases: dict[int, Case]
    rows: dict[int, tuple[int, str]]  # steps and state as stored
    by_platform: Counter[int]


@define
class Reorganised:
    """What happened, for the tests to look at."""

    area: str
    township: Township
    old_setting: Setting
    scheme: int  # the earlier one
    marked: dict[str, int] = field(factory=dict)  # cases made for one purpose each
    before: Snapshot = field(init=False)
    previewed: Snapshot = field(init=False)
    after: Snapshot = field(init=False)
    preview: str = ""
    killed_after: int = 0  # cases moved when the first run was killed
    told: str = ""
    seconds: float = 0.0
    stale: int = 0  # dispatched by the old set-up after the organisation had changed

    @property
    def room(self) -> int:
        return self.unit(f"{self.area}-指挥室")

    def unit(self, code: str) -> int:
        return Unit.objects.get(code=code if code.startswith(self.area) else f"{self.area}-{code}").pk

    def snapshot(self) -> Snapshot:
        with system_scope("测试"):
            rows = list(models.Case.objects.order_by("id"))
            return Snapshot(
                cases={row.id: case_of(row) for row in rows},
                rows={row.id: (row.steps, repr(row.state)) for row in rows},
                by_platform=counts(self.room, self.scheme),
            )

    def run(self, pack: str, **options: Any) -> str:
        out = io.StringIO()
        call_command("reorganise", pack, stdout=out, **options)
        return out.getvalue()


Special = Callable[[Way, "Reorganised"], object]


def begun(county: str, area: str, pack: Path, specials: Mapping[str, Special]) -> Reorganised:
    """The township under its earlier set-up, with cases in every stage and one case for each special purpose."""
    township = set_up([county, str(pack)])
    scheme = Scheme.objects.get(command__code=f"{area}-指挥室").pk
    found = Reorganised(area=area, township=township, old_setting=township.setting, scheme=scheme)
    fill(township.setting, area, SIZE, moment())
    for name, tell in specials.items():
        with system_scope("测试"):
            way = one(township.setting, area, moment())
            tell(way, found)
            found.marked[name] = way.id
    found.before = found.snapshot()
    return found


def carried_out(found: Reorganised, pack: str) -> Reorganised:
    """Previewed, begun, killed in the middle, used meanwhile by somebody with the old set-up in hand, and finished."""
    found.preview = found.run(pack, dry_run=True)
    found.previewed = found.snapshot()
    dispatcher = found.township.standing(f"{found.area}-dispatcher")
    _kill_in_the_middle(found, pack)
    found.stale = _dispatched_late(found, dispatcher.actor)
    began = time.monotonic()
    found.told = found.run(pack, yes=True)
    found.seconds = time.monotonic() - began
    found.after = found.snapshot()
    return found


def rehomed() -> int:
    with system_scope("测试"):
        return models.Step.objects.filter(action=Action.REHOME.value).count()


def _kill_in_the_middle(found: Reorganised, pack: str) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "sipingtai.config.settings"}
    child = subprocess.Popen(
        [sys.executable, "-m", "sipingtai", "reorganise", pack, "--yes"], cwd=ROOT, env=environment,
        stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    try:
        while child.poll() is None and rehomed() < 10:
            time.sleep(0.02)
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
    connections.close_all()
    found.killed_after = rehomed()


def _dispatched_late(found: Reorganised, dispatcher: Any) -> int:
    """Somebody's request read the organisation before it changed, and writes after."""
    marked = set(found.marked.values())
    case = next(
        c for c in found.before.cases.values()
        if c.stage.value == "accepted" and c.command == found.room and c.id not in marked and not c.rework
    )  # fmt: skip
    platform = next(
        u.id for u in found.old_setting.units.values()
        if u.kind.value == "platform" and u.area == found.area and not _in_use(u.id)
    )  # fmt: skip
    asked = Move(action=Action.DISPATCH, to=platform, reason="按原架构分流")
    with system_scope("测试"):
        move(case.id, asked, actor=dispatcher, now=local(timezone.now()), setting=found.old_setting)
    return case.id


def _in_use(unit: int) -> bool:
    return Unit.objects.filter(pk=unit, valid_to=None).exists()


def faults() -> list[str]:
    """What `sipingtai verify` finds wrong; that no worker anchors the journal in a test is not the matter here."""
    out = io.StringIO()
    with contextlib.suppress(SystemExit):
        call_command("verify", stdout=out)
    lines = out.getvalue().splitlines()
    assert any(line.startswith("核验事件") for line in lines)
    return [line for line in lines if re.match(r"\d+-|（内部编号", line)]


def rehome_steps() -> dict[int, int]:
    with connection.cursor() as cursor, system_scope("测试"):
        cursor.execute("SELECT case_id, count(*) FROM cases_step WHERE action = 'rehome' GROUP BY case_id")
        return dict(cursor.fetchall())


def moment() -> datetime:
    return local(timezone.now())
