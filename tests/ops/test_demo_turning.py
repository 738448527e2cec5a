"""A township of the demo changes its set-up in the middle of what is told (架构调整): 移交, and the work goes on."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from attrs import frozen
from django.db import transaction
from django.utils import timezone
from pytest_django import DjangoDbBlocker

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.file_store import installed_files
from sipingtai.access.keys import installed_keys
from sipingtai.cases.models import Case, Step
from sipingtai.cases.verification import Figures, verify
from sipingtai.core.actions import Action
from sipingtai.core.calendar import TZ, local
from sipingtai.core.posts import Actor, ActorKind, Post, Seat
from sipingtai.core.stages import ENDED, Stage
from sipingtai.core.who import fits
from sipingtai.loop.reading.page import case_of
from sipingtai.loop.reorganise.homes import Removal
from sipingtai.loop.reorganise.moving import waiting
from sipingtai.loop.reorganise.replaying import moved_since
from sipingtai.ops.demo.cast import gather_all
from sipingtai.ops.demo.filling import Filled, planned, simulate
from sipingtai.ops.demo.turning import Turn, finish, first_forms, turn_all
from sipingtai.org.models import PostHolding, Reorganisation, Scheme, Unit
from sipingtai.org.packs.shelf import delivered, earlier, load
from sipingtai.org.setting import valid_on
from sipingtai.stats.by_scheme import counts
from sipingtai.villager.reading import progress_of
from tests.conftest import standing
from tests.desk.clerk import clerk, text
from tests.township import Township

from .told import everything

NOW = datetime(2026, 11, 18, 16, 24, tzinfo=TZ)
DAYS, AGO = 30, 16  # of the whole; since the evening the set-up changed
PACK = next(pack for pack in delivered() if earlier(pack))
AREA = Path(PACK).name.split("-")[0]

pytestmark = pytest.mark.django_db(databases=["default", "owner"])


@frozen
class Year:
    """What was told, and what was told of it in a first run that was interrupted."""

    turn: Turn
    filled: Filled
    township: Township
    interrupted: dict[str, object]
    again: dict[str, object]

    def moved(self) -> list[tuple[str, Removal]]:
        """Number and removal of each case that moved."""
        with system_scope("测试"):
            return list(moved_since(self.turn.at, self.turn.change))


def _told() -> tuple[Turn, Filled]:
    casts = gather_all(NOW)
    (turn,) = turns = turn_all(casts, NOW, ago=AGO)
    told = planned(gather_all(NOW), days=DAYS, seed=3, now=NOW, turns=turns)
    return turn, simulate(told, now=NOW, turns=turns)


@pytest.fixture(scope="module")
def year(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Year]:
    """Told once and interrupted before it was stored, then told again."""
    with django_db_blocker.unblock():
        assert str(earlier(PACK)) in first_forms()
    with standing([AREA[:6], str(earlier(PACK))], django_db_blocker) as township, django_db_blocker.unblock():
        assert str(earlier(PACK)) in first_forms()
        with transaction.atomic():
            _told()
            interrupted = everything()
            transaction.set_rollback(True)
        turn, filled = _told()
        finish([turn])
        yield Year(turn, filled, township, interrupted, everything())


def test_the_demo_goes_on_with_the_delivered_pack_once_the_township_has_changed(year: Year) -> None:
    assert PACK in first_forms()
    assert turn_all(gather_all(NOW), NOW) == []
    row = Reorganisation.objects.get()
    assert (row.started_at, row.finished_at is not None) == (year.turn.at, True)
    assert local(row.started_at).date() <= (NOW - timedelta(days=AGO)).date()


def test_open_cases_of_all_stages_an_office_has_a_part_in_move_that_evening(year: Year) -> None:
    with system_scope("测试"):
        steps = list(Step.objects.filter(action=Action.REHOME.value).values_list("case_id", "at", "actor_kind"))
    assert len(steps) == year.filled.moved[AREA] > 20
    assert max(Counter(case for case, _, _ in steps).values()) == 1
    assert all(year.turn.at < at < year.turn.at + timedelta(minutes=10) and kind == "system" for _, at, kind in steps)
    stages = {removal.before.stage for _, removal in year.moved()}
    assert stages >= {
        Stage.DISPATCHED, Stage.HANDLING, Stage.RETURNING, Stage.SUSPENDED, Stage.FINISHED, Stage.VERIFIED,
    }  # fmt: skip


def test_none_is_lost_and_none_without_a_holder_who_can_act(year: Year) -> None:
    day, setting = NOW.date(), year.turn.after.setting
    held = PostHolding.objects.filter(valid_on(day), valid_on(day, "unit__")).values_list("unit_id", "post")
    everybody = Actor(kind=ActorKind.PERSON, seats=frozenset(Seat(u, Post(p)) for u, p in held))
    with system_scope("测试"):
        cases = {row.id: case_of(row) for row in Case.objects.all()}
        assert list(waiting(year.turn.change)) == []
    assert len(cases) == year.filled.cases == len(year.again)
    for case in cases.values():
        if not case.stage.open:
            continue
        assert case.holder is not None
        assert fits(everybody, case.holder, setting), case
        live = {unit for x in case.assignments if x.state.live for unit in (x.unit, x.platform) if unit}
        assert all(setting.units[unit].active for unit in live)
    moved = [cases[removal.before.id] for _, removal in year.moved()]
    assert sum(case.stage in ENDED for case in moved) > 0.8 * len(moved)  # the work went on


def test_it_verifies_clean(year: Year) -> None:
    units = frozenset(Unit.objects.values_list("id", flat=True))
    assert list(map(str, verify(keys=installed_keys(), files=installed_files(), units=units, figures=Figures()))) == []


def test_interrupted_and_told_again_it_is_the_same(year: Year) -> None:
    assert year.again == year.interrupted


def test_closed_cases_keep_the_offices_they_knew_and_count_under_both_schemes(year: Year) -> None:
    units, room = year.turn.after.setting.units, year.turn.change.command
    old, new = Scheme.objects.filter(command=room).order_by("valid_from")
    with system_scope("测试"):
        within = list(Case.objects.filter(area__startswith=AREA))
        before = [row for row in within if row.received_at < year.turn.at]
        then, now = counts(room, old.pk), counts(room, new.pk)
        closed = [case_of(row) for row in before if row.closed_at is not None and row.closed_at < year.turn.at]
    assert sum(then.values()) == len(before)
    assert sum(now.values()) == len(within)
    assert all(units[platform].active for platform in now if platform)
    assert sum(n for platform, n in then.items() if platform and not units[platform].active) > 20
    former = [case for case in closed if case.main and not units[case.main.unit].active]
    assert former


def test_the_case_page_names_who_took_over_and_the_villagers_page_says_nothing_of_it(year: Year) -> None:
    units = year.turn.after.setting.units
    number, removal = next((n, r) for n, r in year.moved() if r.before.main and r.move.mapping.get(r.before.main.unit))
    main = removal.before.main
    assert main is not None
    old, new = units[main.unit].name, units[removal.move.mapping[main.unit]].name
    page = text(clerk(year.township, f"{AREA}-room-head").see(number))
    assert f"{old} → {new}" in page
    assert f"架构调整：{year.turn.change.name}" in page
    with system_scope("测试"):
        row = Case.objects.get(number=number)
        progress = progress_of(row, year.turn.after.setting, local(timezone.now()))
    assert "移交" not in str(progress)
    assert old not in str(progress)


def test_the_set_up_before_belongs_to_the_pack_that_follows_it() -> None:
    for pack in filter(earlier, delivered()):
        (before,), (after,) = load([str(earlier(pack))]).packs, load([pack]).packs
        assert before.live
        assert before.code == after.code
        assert before.first_day < after.first_day
