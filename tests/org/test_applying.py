"""Bringing packs into the tables: shown first, all or nothing, and nothing twice."""

from datetime import date
from pathlib import Path

import psycopg
import pytest
from django.db import IntegrityError

from sipingtai.access.models import Account
from sipingtai.org import models
from sipingtai.org.packs.accounts import create_people
from sipingtai.org.packs.applying import MovedOn, Plan, apply, plan
from sipingtai.org.packs.findings import PackError
from sipingtai.org.packs.shelf import Shelf, load

from .test_mistakes import VOLUNTEERS, change

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
TODAY = date(2026, 11, 2)


def test_second_time_changes_nothing(settled: Shelf) -> None:
    before = models.Version.objects.get().number
    assert plan(settled).lines == ()
    assert apply(settled, today=TODAY) == {}
    assert models.Version.objects.get().number == before


def test_the_tables_hold_what_the_document_counts(settled: Shelf) -> None:
    township = models.Unit.objects.filter(area__code__startswith="331125201", valid_to=None)
    assert township.filter(kind="platform").count() == 4
    assert township.filter(kind="grid").count() == 9
    assert township.filter(kind="command").count() == 1 + 6
    stated = models.PlatformMembership.objects.filter(
        scheme__command__code="331125201-指挥室", role="member", stated=True
    )
    assert [
        stated.filter(platform__code=f"331125201-{name}").count()
        for name in ("综治工作平台", "综合执法平台", "市场监管平台", "便民服务平台")
    ] == [12, 9, 13, 17]
    assert models.Line.objects.count() == 10
    assert models.Campaign.objects.count() == 3
    assert models.Category.objects.count() == 203


def test_changes_are_shown_as_added_altered_and_retired(settled: Shelf, pack_file: Path, supplement: Path) -> None:
    change(supplement, VOLUNTEERS, "")
    change(pack_file, "  - 名称: 志愿者\n", "  - 名称: 老年协会\n")
    change(pack_file, "      - 志愿者\n", "      - 老年协会\n")
    change(supplement, "{时钟: 转派, 时限: 4工作时/7工作时}", "{时钟: 转派, 时限: 2工作时/4工作时}")
    lines = plan(load([str(pack_file)])).lines
    assert "新增 单位 331125201-老年协会" in lines
    assert "停用 单位 331125201-志愿者" in lines
    (room,) = (line for line in lines if line.startswith("修改 指挥层级 331125201-指挥室"))
    assert "时限 [['forward', 0, 'normal', '4工作时/7工作时']] → [['forward', 0, 'normal', '2工作时/4工作时']]" in room
    assert models.Unit.objects.filter(code="331125201-老年协会").count() == 0


def test_an_abolished_office_keeps_its_row_and_comes_back(settled: Shelf, pack_file: Path, supplement: Path) -> None:
    kept = models.Unit.objects.get(code="331125201-志愿者").pk
    change(supplement, VOLUNTEERS, "")
    change(pack_file, "  - 名称: 志愿者\n", "")
    change(pack_file, "      - 志愿者\n", "")
    apply(load([str(pack_file)]), today=TODAY)
    assert models.Unit.objects.get(pk=kept).valid_to == TODAY
    assert not models.PostHolding.objects.filter(unit_id=kept, valid_to=None).exists()
    apply(settled, today=date(2026, 12, 1))
    assert models.Unit.objects.get(pk=kept).valid_to is None
    assert plan(settled).lines == ()


def test_a_broken_pack_changes_nothing(settled: Shelf, pack_file: Path) -> None:
    version = models.Version.objects.get().number
    change(pack_file, "    牵头: 综治办", "    牵头: 没有这个办")
    with pytest.raises(PackError):
        apply(load([str(pack_file)]), today=TODAY)
    assert models.Version.objects.get().number == version


def test_a_failure_half_way_leaves_nothing(
    transactional_db: None, shelf: Shelf, owner_connection: psycopg.Connection
) -> None:
    # The last table but one refuses: everything written before it must be gone.
    owner_connection.execute("ALTER TABLE org_postholding ADD CONSTRAINT never CHECK (false) NOT VALID")
    try:
        with pytest.raises(IntegrityError):
            apply(shelf, today=TODAY)
    finally:
        owner_connection.execute("ALTER TABLE org_postholding DROP CONSTRAINT never")
    assert not models.Area.objects.exists()
    assert not Account.objects.exists()


def test_a_live_township_with_a_gap_is_refused(transactional_db: None, pack_file: Path, supplement: Path) -> None:
    change(supplement, "  - {账号: intake, 称呼: 信息汇总岗, 岗位: [信息汇总岗], 替补: analyst}\n", "")
    change(supplement, "替补: intake}", "替补: room-head}")
    with pytest.raises(PackError, match="标为上线，但指挥室的“信息汇总岗”无人担任"):
        apply(load([str(pack_file)]), today=TODAY)
    assert not models.Area.objects.exists()
    change(supplement, "状态: 上线", "状态: 试运行")
    apply(load([str(pack_file)]), today=TODAY)
    assert not models.Command.objects.get(unit__code="331125201-指挥室").live


def test_what_was_agreed_to_is_what_is_done(settled: Shelf, pack_file: Path) -> None:
    change(pack_file, "  - {名称: 三改一拆, 依据: S4-61}\n", "")
    spoiled = load([str(pack_file)])
    with pytest.raises(MovedOn):
        apply(spoiled, today=TODAY, expected=Plan(("修改 别的",)))
    assert models.Campaign.objects.count() == 3
    apply(spoiled, today=TODAY, expected=plan(spoiled))
    assert models.Campaign.objects.count() == 2


def test_a_township_set_up_alone_finds_its_county_later(transactional_db: None) -> None:
    apply(load(["331125201"]), today=TODAY)
    room = models.Command.objects.get(unit__code="331125201-指挥室")
    assert room.parent is None
    apply(load(["331125", "331125201"]), today=TODAY)
    room.refresh_from_db()
    assert room.parent is not None
    assert room.parent.code == "331125-指挥室"


def test_setting_up_the_county_leaves_its_townships_alone(settled: Shelf) -> None:
    assert plan(load(["331125"])).lines == ()


def test_accounts_have_initial_passwords_that_must_be_changed(transactional_db: None, shelf: Shelf) -> None:
    passwords = apply(shelf, today=TODAY)
    assert {"331125201-dispatcher", "331125201-office-03", "331125201-grid-05", "331125201-platform-2-head"} <= set(
        passwords
    )
    account = Account.objects.get(username="331125201-dispatcher")
    assert account.check_password(passwords["331125201-dispatcher"])
    assert not Account.objects.filter(must_change_password=False).exists()
    assert len(set(passwords.values())) == len(passwords)
    assert create_people(shelf) == {}


def test_a_day_the_office_changed_by_hand_stays(settled: Shelf) -> None:
    models.CalendarDay.objects.using("owner").filter(day=date(2026, 10, 10)).update(works=False, note="本乡另定")
    models.CalendarDay.objects.using("owner").create(day=date(2026, 11, 14), works=True, note="本乡另定")
    assert plan(settled).lines == ()
