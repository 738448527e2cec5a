"""The demo shows every place a matter can come to, through the real door, and verifies clean."""

import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.file_store import installed_files
from sipingtai.access.keys import installed_keys
from sipingtai.access.models import Account
from sipingtai.cases.models import Case, Clock, Precedent, Step
from sipingtai.cases.verification import Figures, verify
from sipingtai.core.actions import Action
from sipingtai.core.calendar import TZ, local
from sipingtai.core.case import Outcome
from sipingtai.core.setting import UnitKind
from sipingtai.core.stages import Stage
from sipingtai.loop.reading.page import case_of
from sipingtai.mechanisms.duty.models import Entry
from sipingtai.ops.demo import matters, people
from sipingtai.ops.demo.cast import gather_all
from sipingtai.ops.demo.duty import put_on_duty
from sipingtai.ops.demo.filling import is_empty, planned, simulate
from sipingtai.ops.demo.rhythm import arrivals
from sipingtai.org.models import DutyShift, Unit
from tests.township import Township

from .told import everything

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 18, 16, 24, tzinfo=TZ)  # a Wednesday; the same day every time, for the chances depend on it
DAYS = 75


def _simulated(now: datetime = NOW, *, days: int = DAYS, seed: int = 5) -> int:
    return simulate(planned(gather_all(now), days=days, seed=seed, now=now), now=now).cases


@pytest.mark.django_db
def test_every_stage_and_side_path_is_there_and_verifies_clean(wuxi: Township) -> None:
    assert is_empty()
    assert _simulated() > 100
    assert not is_empty()
    with system_scope("测试"):
        cases = [case_of(row) for row in Case.objects.all()]
        actions = {Action(a) for a in Step.objects.values_list("action", flat=True)}
        assert {c.stage for c in cases} == set(Stage)
        assert {c.outcome for c in cases if c.outcome} == set(Outcome)
        # What a person of the demo may still try, or a reorganisation does; the rare ones come in a longer time.
        rare = {Action.DROP_RETURN, Action.TAKE_BACK, Action.LINK, Action.UNMERGE, Action.RESTRICT, Action.COPY,
                Action.REQUEST_RELEASE, Action.RELEASE, Action.LIFT, Action.REFUSE_EXTENSION, Action.ANNOTATE,
                Action.REFUSE_SUSPENSION, Action.ASSIGN_PERSON}  # fmt: skip
        assert set(Action) - actions - rare == {Action.REHOME}
        assert any(c.restricted for c in cases)
        assert any(c.shunned for c in cases)
        assert any(c.children for c in cases)
        assert any(len(c.stack) > 1 for c in cases)
        assert any(c.cards for c in cases)
        assert any(c.settled and c.sampled for c in cases)
        assert Precedent.objects.exists()
        # Nobody acts in the future, nobody in the very last minute, and no mark waits that has passed.
        assert not Step.objects.filter(at__gt=NOW - timedelta(minutes=1)).exists()
        assert not Step.objects.filter(at__lt=NOW - timedelta(days=DAYS)).exists()
        assert not Clock.objects.filter(next_at__lte=NOW).exists()
    units = frozenset(Unit.objects.values_list("id", flat=True))
    found = verify(keys=installed_keys(), files=installed_files(), units=units, figures=Figures())
    assert list(map(str, found)) == []


@pytest.mark.django_db
def test_the_past_is_done_and_the_present_has_work_of_which_some_is_late(wuxi: Township) -> None:
    _simulated()
    with system_scope("测试"):
        old = Case.objects.filter(received_at__lt=NOW - timedelta(days=45))
        ended = old.filter(stage__in=[Stage.CLOSED.value, Stage.ARCHIVED.value, Stage.DECLINED.value, Stage.VOID.value])
        assert ended.count() > 0.95 * old.count() > 20
        waiting = Case.objects.filter(closed_at=None).exclude(stage=Stage.DECLINED.value)
        late = waiting.filter(due_at__lt=NOW).count()
        assert 0 < late < waiting.count() / 2
        assert max(Counter(Step.objects.values_list("at", flat=True)).values()) < 5  # not all at one moment


@pytest.mark.django_db
def test_the_same_seed_tells_the_same_and_later_that_day_tells_it_further(wuxi: Township) -> None:
    def told(now: datetime, seed: int) -> dict[str, Any]:
        with transaction.atomic():
            _simulated(now, days=12, seed=seed)
            found = everything()
            transaction.set_rollback(True)
        return found

    one = told(NOW, 5)
    assert len(one) > 20
    assert told(NOW, 5) == one
    assert told(NOW, 6).keys() != one.keys()
    later = told(NOW + timedelta(minutes=40), 5)
    # What stands where today is told anew, back from the later moment; what came in by itself goes on.
    flow = [key for key in one if key in later and later[key][2][0] == one[key][2][0]]
    assert len(flow) > 10
    assert all(later[key][2][: len(one[key][2])] == one[key][2] for key in flow)


@pytest.mark.django_db
def test_matters_follow_season_week_and_size(wuxi: Township) -> None:
    cast = gather_all(NOW)[0]
    year = [date(2025, 11, 1) + timedelta(days=n) for n in range(365)]
    by_day = {day: len(list(arrivals(cast, day, 1))) for day in year}
    assert 300 < sum(by_day.values()) < 600  # nine grids
    weekday = Counter({n: sum(by_day[d] for d in year if d.weekday() == n) for n in range(7)})
    assert weekday[0] > weekday[6]
    assert sum(by_day[d] for d in year if d.month in (7, 8)) > sum(by_day[d] for d in year if d.month in (2, 3))
    draw = random.Random(1)
    for category, season, out in (("04012", 8, 2), ("04013", 3, 7), ("01085", 1, 6)):
        inside = sum(matters.ordinary(draw, season).category == category for _ in range(400))
        assert inside > 5 * max(1, sum(matters.ordinary(draw, out).category == category for _ in range(400)))


@pytest.mark.django_db
def test_matters_lie_inside_the_grids(wuxi: Township) -> None:
    _simulated(days=12)
    setting = wuxi.setting
    with system_scope("测试"):
        own = Case.objects.filter(sender="demo").exclude(channel="county")  # a part lies where its whole lies
        rows = list(own.values_list("grid", "longitude", "area"))
    assert all(grid is not None and setting.units[grid].kind is UnitKind.GRID and lon for grid, lon, _ in rows)
    assert all(setting.units[grid].area == area for grid, _, area in rows if grid is not None)
    assert len({grid for grid, _, _ in rows}) > 3


@pytest.mark.django_db
def test_made_up_matters_are_never_mixed_with_real_ones(wuxi: Township) -> None:
    with pytest.raises(CommandError, match="没有找到"):
        call_command("simulate", "--area", "110101")
    with pytest.raises(CommandError, match="--days"):
        call_command("simulate", "--days", "0")
    wuxi.report("路灯坏了")
    with pytest.raises(CommandError, match="已有事件"):
        call_command("simulate", "--days", "3")


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_each_township_has_a_rota_around_today_and_somebody_has_yet_to_take_over(wuxi: Township) -> None:
    _simulated(days=10)
    casts = gather_all(NOW)
    listed = {person.account for person in people.appoint(casts, NOW)}
    put_on_duty(casts, NOW, listed)
    with system_scope("测试"):
        led = DutyShift.objects.filter(leading=True, starts_at__lte=NOW, ends_at__gt=NOW).select_related("account")
        assert [shift.area for shift in led] == ["331125201"]
        assert {shift.account.username for shift in led} <= listed
        handed = Entry.objects.filter(kind="handover").order_by("-id")
        assert [entry.taken_by.account_id if hasattr(entry, "taken_by") else None for entry in handed][:1] == [None]
        assert all(hasattr(entry, "taken_by") for entry in handed[1:])
        assert handed[0].matters


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_one_account_a_post_and_nobody_who_has_signed_in_loses_a_password(wuxi: Township) -> None:
    now = local(timezone.now())
    before = Account.objects.get(username="331125201-chief").password
    Account.objects.using("owner").filter(username="331125201-chief").update(last_login=now)
    try:
        found = people.appoint(gather_all(now), now)
        assert people.people() == found
        assert people.path().stat().st_mode & 0o077 == 0
        assert max(Counter((p.account[:9], p.post) for p in found).values()) == 1
        names = {p.account for p in found}
        assert {"331125-dispatcher", "331125201-dispatcher", "331125201-grid-01", "331125201-village-01"} <= names
        for person in found:
            account = Account.objects.get(username=person.account)
            assert not account.must_change_password
            if person.account == "331125201-chief":
                assert (person.password, account.password) == ("", before)
            else:
                assert account.check_password(person.password)
        assert len({p.password for p in found}) == len(found)
    finally:
        people.path().unlink()


@pytest.fixture
def home() -> Iterator[Path]:
    found = Path(tempfile.mkdtemp(prefix="sipingtai-demo-"))
    yield found
    shutil.rmtree(found, ignore_errors=True)


def test_demo_from_nothing_to_a_page(home: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("SIPINGTAI_")}
    environment |= {"SIPINGTAI_HOME": str(home), "DJANGO_SETTINGS_MODULE": "sipingtai.config.settings"}
    command = [sys.executable, "-m", "sipingtai", "demo"]
    early = subprocess.run(
        [*command, "--people"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert early.returncode == 1
    assert "请先运行 sipingtai demo" in early.stderr
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", port))
        taken.listen()
        refused = subprocess.run(
            [*command, "--port", str(port)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
    assert "已被占用" in refused.stderr
    assert "填入" not in refused.stdout  # said before the long part
    root = f"http://127.0.0.1:{port}"
    with (home / "demo.log").open("w+") as log:
        demo = subprocess.Popen(
            [*command, "--port", str(port), "--days", "4"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        try:
            assert answers(f"{root}/healthz", demo), (home / "demo.log").read_text()
            assert answers(f"{root}/demo/", demo)
            workers = _children(demo.pid, "worker")
            assert len(workers) == 1
            run = [sys.executable, "-m", "sipingtai"]
            listed = subprocess.run(
                [*command, "--people"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
            )
            verified = subprocess.run(
                [*run, "verify"], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
            )
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(timeout=60)
    assert verified.returncode == 0, verified.stdout
    assert "没有发现不符" in verified.stdout
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    told = (home / "demo.log").read_text()
    for address in ("/", "/field/", "/p/", "/demo/"):
        assert re.search(rf"{root}{address}\s", told)
    dispatcher = next(p for p in json.loads(people_file(home).read_text()) if p["account"] == "331125201-dispatcher")
    line = rf"331125201-dispatcher\s+{dispatcher['password']}\s"
    assert re.search(line, told)
    assert re.search(line, listed.stdout)
    assert {p["account"][:9] for p in json.loads(people_file(home).read_text())} >= {
        "330109014", "330602005", "331102102", "331125201", "331126001",
    }  # fmt: skip


def _children(parent: int, word: str) -> list[int]:
    """The processes below one whose command line names a word."""
    found = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    return [int(pid) for pid in found if word in Path(f"/proc/{pid}/cmdline").read_text().split("\0")]


def people_file(home: Path) -> Path:
    return home / people.path().name


def answers(address: str, demo: subprocess.Popen[bytes]) -> bool:
    for _ in range(1200):
        if demo.poll() is not None:
            return False
        try:
            with urllib.request.urlopen(address, timeout=2) as response:
                return bool(response.status == 200)
        except OSError:
            time.sleep(0.1)
    return False
