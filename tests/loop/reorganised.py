"""A township before, during and after its reorganisation: filled with matters in every stage, interrupted, finished."""

import contextlib
import io
import os
import random
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
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
from sipingtai.core.case import Case, Channel, Colour
from sipingtai.core.moves import Move
from sipingtai.core.posts import Post
from sipingtai.core.setting import Setting
from sipingtai.loop.moves import move
from sipingtai.loop.reading.page import case_of
from sipingtai.ops.demo import matters, stories
from sipingtai.ops.demo.cast import gather
from sipingtai.ops.demo.filling import fill
from sipingtai.ops.demo.walk import Walk
from sipingtai.org.models import Scheme, Unit
from sipingtai.stats.by_scheme import counts
from tests.township import Township, set_up

ROOT = Path(__file__).parents[2]
SIZE = int(os.environ.get("SIPINGTAI_REORGANISE", "150"))  # cases of a township; 1000 for the long run
TOLD = 50  # stories of one round, about as many cases
LEFT_OUT = (stories.lapsed, stories.done, stories.called_back)  # too many closed ones say nothing more
SORT = matters.ORDINARY[0]


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


Special = Callable[[Walk, "Reorganised"], None]


def begun(county: str, area: str, pack: Path, specials: Mapping[str, Special]) -> Reorganised:
    """The township under its earlier set-up, with cases in every stage and one case for each special purpose."""
    township = set_up([county, str(pack)])
    now = local(timezone.now())
    scheme = Scheme.objects.get(command__code=f"{area}-指挥室").pk
    found = Reorganised(area=area, township=township, old_setting=township.setting, scheme=scheme)
    kept = [story for story in stories.STORIES if story.tell not in LEFT_OUT]
    for _ in range(max(1, SIZE // TOLD)):
        fill(now, stories=kept, times=1)
    cast = gather(now)
    for number, (name, tell) in enumerate(specials.items()):
        with system_scope("测试"):
            walk = Walk(cast, random.Random(number), now - timedelta(days=1), now - timedelta(minutes=1))
            tell(walk, found)
            found.marked[name] = walk.id
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


# What happens to one case each, besides the stories.


def at_work(w: Walk, found: Reorganised, office: str, platform: str, **fields: Any) -> Walk:
    """Reported, dispatched through the platform, and signed by the office."""
    office_id, platform_id = found.unit(office), found.unit(platform)
    w.report(SORT, Channel.VILLAGER, **fields).accept()
    w.do(w.room(Post.DISPATCHER), Action.DISPATCH, to=platform_id, reason="按职责")
    w.do(w.platform(platform_id), Action.FORWARD, to=office_id)
    return w.do(w.office(office_id), Action.SIGN)


def with_card(w: Walk) -> Walk:
    return w.do(w.room(Post.DISPATCHER), Action.SUPERVISE, colour=Colour.YELLOW, reason="进展慢")


def second_return(w: Walk, found: Reorganised, proposed: str) -> Walk:
    """The first return refused, the second waits for the arbiter."""
    for _ in range(2):
        w.do(w.main_office, Action.REQUEST_RETURN, clause="1", to=found.unit(proposed), reason="不属本办职责")
        if not w.case.returns:
            w.do(w.room(Post.DISPATCHER), Action.REFUSE_RETURN, reason="属职责清单第1条")
    return w


def with_person(w: Walk, found: Reorganised, office: str) -> Walk:
    head = w.cast.at(found.unit(office), Post.OFFICE_HEAD)
    return w.do(head, Action.ASSIGN_PERSON, person=w.office(found.unit(office)).person)


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
