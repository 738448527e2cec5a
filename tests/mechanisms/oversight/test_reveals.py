"""联系方式查看: every reveal in scope is listed for oversight and the audit administrator, and for nobody else."""

from datetime import timedelta

import pytest
from django.db import connection

from sipingtai.access import vault
from sipingtai.access.models import RevealLog
from sipingtai.cases.models import Case
from sipingtai.mechanisms.oversight import reveals
from tests.mechanisms.oversight.cast import (
    AUDIT,
    COUNTY_OVERSIGHT,
    INTAKE,
    OVERSIGHT,
    applied,
    decided,
    now,
)
from tests.township import Township

pytestmark = pytest.mark.django_db


def revealed(wuxi: Township, times: int = 1, **fields: object) -> str:
    receipt = wuxi.report("路灯坏了。", by=INTAKE, name="王小明", phone="13812345678", category="17002", **fields)
    with wuxi.acting(INTAKE):
        contact = Case.objects.get(pk=receipt.case_id).contact
        assert contact
        for no in range(times):
            vault.reveal(contact, wuxi.account(INTAKE), f"回访核实现场位置 {no}", receipt.number)
    return receipt.number


def listed(wuxi: Township, who: str) -> list[str]:
    with wuxi.acting(who):
        return [line.number for line in reveals.page(wuxi.standing(who), wuxi.setting, now().date()).lines]


def test_every_reveal_on_a_case_in_sight_is_listed(wuxi: Township) -> None:
    number = revealed(wuxi)
    assert listed(wuxi, OVERSIGHT) == listed(wuxi, COUNTY_OVERSIGHT) == listed(wuxi, AUDIT) == [number]
    with wuxi.acting(OVERSIGHT):
        (line,) = reveals.page(wuxi.standing(OVERSIGHT), wuxi.setting, now().date()).lines
        assert (line.who, line.reason, line.seen) == (str(wuxi.account(INTAKE)), "回访核实现场位置 0", True)
    with wuxi.acting(AUDIT):
        (line,) = reveals.page(wuxi.standing(AUDIT), wuxi.setting, now().date()).lines
        assert not line.seen  # the auditor reads the log and no case


def test_of_a_restricted_case_oversight_reads_it_once_it_is_granted(wuxi: Township) -> None:
    number = revealed(wuxi, restricted=True)
    assert listed(wuxi, OVERSIGHT) == []
    assert listed(wuxi, AUDIT) == [number]
    decided(wuxi, applied(wuxi, number))
    assert listed(wuxi, OVERSIGHT) == [number]
    assert listed(wuxi, COUNTY_OVERSIGHT) == []


def test_the_database_lets_exactly_these_through(wuxi: Township) -> None:
    revealed(wuxi)
    for who, count in ((OVERSIGHT, 1), (AUDIT, 1), (INTAKE, 1), ("331125201-chief", 0), ("331125201-system", 0)):
        with wuxi.acting(who), connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM access_reveallog")
            assert cursor.fetchone() == (count,), who  # one's own reveals are one's own to read


def test_it_is_narrowed_by_day_and_office_and_turned_page_by_page(wuxi: Township) -> None:
    number, room, by = revealed(wuxi, reveals.PAGE + 2), wuxi.unit("331125201-指挥室"), wuxi.standing(OVERSIGHT)
    with wuxi.acting(OVERSIGHT):
        first = reveals.page(by, wuxi.setting, now().date(), unit=room)
        rest = reveals.page(by, wuxi.setting, now().date(), unit=room, cursor=first.next)
        assert (len(first.lines), len(rest.lines), rest.next) == (reveals.PAGE, 2, "")
        assert {line.number for line in (*first.lines, *rest.lines)} == {number}
        assert len({line.reason for line in (*first.lines, *rest.lines)}) == reveals.PAGE + 2
        assert reveals.page(by, wuxi.setting, now().date(), unit=wuxi.unit("331125201-村容村貌")).lines == ()
        today = RevealLog.objects.values_list("at", flat=True)[0].astimezone(now().tzinfo).date()
        assert reveals.page(by, wuxi.setting, now().date(), day=today).next
        assert reveals.page(by, wuxi.setting, now().date(), day=today - timedelta(days=1)).lines == ()
        with pytest.raises(ValueError):  # noqa: PT011  whatever Python says of it
            reveals.page(by, wuxi.setting, now().date(), cursor="x")
