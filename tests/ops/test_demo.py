"""The demo shows every place a matter can come to, through the real door, and verifies clean."""

import json
import os
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
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.file_store import installed_files
from sipingtai.access.keys import installed_keys
from sipingtai.access.models import Account
from sipingtai.cases.models import Case, Clock, Precedent, Step
from sipingtai.cases.verification import Figures, verify
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Outcome
from sipingtai.core.setting import UnitKind
from sipingtai.core.stages import Stage
from sipingtai.loop.reading.page import case_of
from sipingtai.ops.demo import people
from sipingtai.ops.demo.cast import gather
from sipingtai.ops.demo.filling import fill, is_empty
from sipingtai.ops.demo.stories import STORIES
from sipingtai.org.models import Unit
from tests.township import Township

ROOT = Path(__file__).parents[2]
NEVER_TOLD = {
    # what a person of the demo may still try, and what only a reorganisation or an import does
    Action.ASSIGN_PERSON, Action.UNMERGE, Action.REFUSE_EXTENSION, Action.REFUSE_SUSPENSION, Action.DROP_RETURN,
    Action.REQUEST_RELEASE, Action.RELEASE, Action.TAKE_BACK, Action.REHOME, Action.LIFT, Action.ANNOTATE, Action.COPY,
    Action.RESTRICT, Action.LINK,
}  # fmt: skip


@pytest.mark.django_db
def test_every_stage_and_side_path_is_there_and_verifies_clean(wuxi: Township) -> None:
    now = local(timezone.now())
    assert is_empty()
    assert fill(now, times=1) == len(STORIES)
    assert not is_empty()
    with system_scope("测试"):
        cases = [case_of(row) for row in Case.objects.all()]
        actions = {Action(a) for a in Step.objects.values_list("action", flat=True)}
        assert {c.stage for c in cases} == set(Stage)
        assert {c.outcome for c in cases if c.outcome} == set(Outcome)
        assert set(Action) - actions == NEVER_TOLD
        assert any(c.restricted for c in cases)
        assert any(c.shunned for c in cases)
        assert any(c.children for c in cases)
        assert any(len(c.stack) > 1 for c in cases)
        assert any(c.cards for c in cases)
        assert Precedent.objects.exists()
        # Nobody acts in the future, nothing is older than sixty days, and no mark waits that has passed.
        assert not Step.objects.filter(at__gt=now).exists()
        assert not Step.objects.filter(at__lt=now - timedelta(days=61)).exists()
        assert not Clock.objects.filter(next_at__lte=now).exists()
    units = frozenset(Unit.objects.values_list("id", flat=True))
    found = verify(keys=installed_keys(), files=installed_files(), units=units, figures=Figures())
    assert list(map(str, found)) == []


@pytest.mark.django_db
def test_matters_lie_inside_the_grids(wuxi: Township) -> None:
    fill(local(timezone.now()), stories=STORIES[:6], times=2)
    setting = wuxi.setting
    with system_scope("测试"):
        rows = list(Case.objects.values_list("grid", "longitude", "area"))
    assert all(grid is not None and setting.units[grid].kind is UnitKind.GRID and lon for grid, lon, _ in rows)
    assert all(setting.units[grid].area == area for grid, _, area in rows)
    assert len({grid for grid, _, _ in rows}) > 3


@pytest.mark.django_db(databases=["default", "owner"], transaction=True)
def test_one_account_a_post_and_nobody_who_has_signed_in_loses_a_password(wuxi: Township) -> None:
    now = local(timezone.now())
    before = Account.objects.get(username="331125201-chief").password
    Account.objects.using("owner").filter(username="331125201-chief").update(last_login=now)
    try:
        found = people.appoint(gather(now), now)
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
    with (home / "demo.log").open("w+") as log:
        demo = subprocess.Popen([*command, "--port", str(port)], cwd=ROOT, env=environment, stdout=log, stderr=log)
        try:
            assert answers(f"http://127.0.0.1:{port}/healthz", demo), (home / "demo.log").read_text()
            listed = subprocess.run(
                [*command, "--people"], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
            )
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(timeout=60)
    told = (home / "demo.log").read_text()
    assert f"http://127.0.0.1:{port}/" in told
    dispatcher = next(p for p in json.loads(people_file(home).read_text()) if p["account"] == "331125201-dispatcher")
    line = rf"331125201-dispatcher\s+{dispatcher['password']}\s"
    assert re.search(line, told)
    assert re.search(line, listed.stdout)


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
