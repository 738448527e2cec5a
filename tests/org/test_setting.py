"""The organisation as core's values, and who somebody is in it."""

import logging
from datetime import date, datetime
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection
from django.test.utils import CaptureQueriesContext

from sipingtai.access.models import Account
from sipingtai.core.calendar import TZ
from sipingtai.core.clocks import ClockKind
from sipingtai.core.posts import Post, Seat
from sipingtai.core.setting import Level, UnitKind, Urgency
from sipingtai.org import models, setting
from sipingtai.org.actors import actor_for
from sipingtai.org.changes import mark_changed
from sipingtai.org.packs.applying import apply
from sipingtai.org.packs.shelf import Shelf, load
from sipingtai.org.routes import category_words, usual_routes

from .test_mistakes import VOLUNTEERS, change

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = date(2026, 11, 2)
NOW = datetime(2026, 11, 2, 9, 0, tzinfo=TZ)


def unit(code: str) -> int:
    return models.Unit.objects.get(code=code).pk


def account(name: str) -> int:
    return Account.objects.get(username=name).pk


def test_hops_chiefs_and_arbiters_come_from_the_pack(settled: Shelf) -> None:
    now, room = setting.load(TODAY), unit("331125201-指挥室")
    rules = now.rules(room)
    assert rules.hops == 2
    assert rules.chiefs == (Seat(room, Post.CHIEF), Seat(room, Post.LEADER))
    assert rules.arbiters[0] == Seat(room, Post.CHIEF), "重大问题报请副书记协调"
    assert rules.cross_arbiters == (Seat(room, Post.LEADER),), "跨平台由主要领导协调安排"
    assert rules.own_office == unit("331125201-党政综合办公室")
    assert (rules.extension_times, rules.extension_days, rules.suspension_days, rules.rework_cap) == (2, 15, 60, 3)
    assert now.rules(unit("331125-指挥室")).hops == 1


def test_commands_stand_one_above_the_other(settled: Shelf) -> None:
    now = setting.load(TODAY)
    county, room, station = unit("331125-指挥室"), unit("331125201-指挥室"), unit("331125201200-工作站")
    assert [now.commands[c].level for c in (county, room, station)] == [Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE]
    assert [now.commands[c].parent for c in (county, room, station)] == [None, county, room]
    assert now.rules(room).answer_owed
    assert not now.rules(station).answer_owed
    assert now.units[unit("331125201200001")].command == station, "网格员报给村站"


def test_platforms_know_their_managing_office_and_offices_their_platforms(settled: Shelf) -> None:
    now = setting.load(TODAY)
    managing = unit("331125201-社会治安综合治理工作中心")
    assert now.catalogue == models.CatalogueVersion.objects.get().pk
    both = {unit("331125201-综治工作平台"), unit("331125201-便民服务平台")}
    assert {u.id for u in now.units.values() if u.managing_office == managing} == both
    assert now.units[managing].platforms == both
    assert now.units[managing].kind is UnitKind.OFFICE


def test_every_clock_has_a_limit_at_every_command(settled: Shelf) -> None:
    now = setting.load(TODAY)
    for command in now.commands.values():
        for kind in ClockKind:
            if kind is not ClockKind.SUSPENSION:
                assert command.rules.limits.find(kind, 3, Urgency.NORMAL)
    find = now.rules(unit("331125201-指挥室")).limits.find
    assert str(find(ClockKind.HANDLE, 3, Urgency.EMERGENCY)) == "4小时/12小时"
    assert str(find(ClockKind.HANDLE, 2, Urgency.NORMAL)) == "2工作日/3工作日"


def test_nothing_is_read_twice_until_something_changes(settled: Shelf) -> None:
    first = setting.load(TODAY)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert setting.load(TODAY) is first
    assert len(queries) == 1
    mark_changed()
    assert setting.load(TODAY) is not first


def test_the_last_days_somebody_walked_through_are_kept(settled: Shelf) -> None:
    days = [date(2026, 11, day) for day in range(1, setting.KEPT + 1)]
    found = [setting.load(day) for day in days]
    assert [setting.load(day) for day in days] == found
    setting.load(date(2026, 12, 1))
    assert len(setting._kept) == setting.KEPT
    assert setting.load(days[-1]) is found[-1]


def test_an_abolished_office_is_known_but_not_active(settled: Shelf) -> None:
    models.Unit.objects.using("owner").filter(code="331125201-科技").update(valid_to=TODAY)
    mark_changed()
    assert not setting.load(TODAY).units[unit("331125201-科技")].active
    assert setting.load(date(2026, 11, 1)).units[unit("331125201-科技")].active


def test_a_reorganisation_announced_ahead_holds_from_its_day(settled: Shelf, pack_file: Path, supplement: Path) -> None:
    change(pack_file, "  启用: 2017-09-28", "  启用: 2027-01-01")
    change(pack_file, "      - 志愿者\n", "")
    change(supplement, VOLUNTEERS, "")
    change(pack_file, "  - 名称: 志愿者\n", "")
    apply(load([str(pack_file)]), today=TODAY)
    office, platform = unit("331125201-志愿者"), unit("331125201-便民服务平台")
    before, after = setting.load(date(2026, 12, 31)), setting.load(date(2027, 1, 1))
    assert before.units[office].active
    assert before.units[office].platforms == {platform}
    assert not after.units[office].active
    assert after.units[office].platforms == frozenset()
    assert after.units[unit("331125201-养老")].platforms == {platform}
    old = models.Scheme.objects.get(code="331125201-四个平台-2017-09-28")
    assert old.valid_to == date(2027, 1, 1)


def test_a_year_without_holidays_warns_once(settled: Shelf, caplog: pytest.LogCaptureFixture) -> None:
    setting._warned.clear()
    with caplog.at_level(logging.WARNING, logger="sipingtai.org.setting"):
        assert setting.load(date(2031, 10, 1)).calendar.is_workday(date(2031, 10, 1))
        setting.load(date(2031, 10, 2))
        assert not setting.load(date(2026, 10, 1)).calendar.is_workday(date(2026, 10, 1))
    assert [r.message for r in caplog.records if "2031" in r.message] == [
        "没有 2031 年的节假日与调休安排，暂按周一至周五计算工作日。请更新后重新运行 sipingtai init。"
    ]
    assert len(caplog.records) == 1


def test_the_deputy_secretary_is_chief_and_head_of_a_platform_in_one_query(settled: Shelf) -> None:
    person = account("331125201-chief")
    with CaptureQueriesContext(connection) as queries:
        standing = actor_for(person, NOW)
    assert len(queries) == 1
    room, platform = unit("331125201-指挥室"), unit("331125201-综治工作平台")
    assert standing.actor.seats == {Seat(room, Post.CHIEF), Seat(platform, Post.PLATFORM_HEAD)}
    assert standing.role == "command"
    assert standing.areas == (("331125201", "331125202"),)
    assert set(standing.units) >= {room, platform}


def test_a_substitute_sits_on_the_others_seat_and_says_so(settled: Shelf) -> None:
    actor = actor_for(account("331125201-analyst"), NOW).actor
    room = unit("331125201-指挥室")
    assert actor.seats == {Seat(room, Post.ANALYST)}
    assert Seat(room, Post.INTAKE) in actor.substitute


def test_an_office_sees_by_its_unit_and_a_grid_by_its_area(settled: Shelf) -> None:
    office = actor_for(account("331125201-office-03"), NOW)
    assert (office.role, office.areas) == ("office", ())
    grid = actor_for(account("331125201-grid-05"), NOW)
    assert (grid.role, grid.areas) == ("grid", (("331125201903001", "331125201903002"),))


def test_who_holds_nothing_or_is_locked_out_is_nobody(settled: Shelf) -> None:
    Account.objects.using("owner").filter(username="331125201-leader").update(is_active=False)
    assert actor_for(account("331125201-leader"), NOW).role == ""
    assert actor_for(10**9, NOW).actor.seats == frozenset()


def test_usual_routes_and_keywords(settled: Shelf) -> None:
    routes = usual_routes(unit("331125201-指挥室"), TODAY)
    assert routes["17002"].platform == unit("331125201-综合执法平台")
    assert routes["17002"].office == unit("331125201-城乡建设管理中心")
    words = {w.code: w.keywords for w in category_words(TODAY)}
    assert "路灯" in words["17002"]


def test_the_application_may_not_write_the_organisation(settled: Shelf) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        models.Unit.objects.update(name="改")
    assert apply(settled, today=TODAY) == {}
