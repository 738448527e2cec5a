"""限知查看: applied for with a reason, granted for days, seen that long and no longer, and all of it on record."""

from datetime import timedelta

import pytest
from attrs import evolve
from django.db import connection, transaction
from django.db.utils import DatabaseError

from sipingtai.access.actor_scope import scope, system_scope
from sipingtai.access.models import AuditEntry, AuditEvent
from sipingtai.cases.models import Case, Step
from sipingtai.core.actions import Action as A
from sipingtai.loop.errors import Conflict, DoorError, Invalid, NotFound
from sipingtai.mechanisms.oversight import granting
from sipingtai.mechanisms.oversight.models import Asked, Grant
from tests.mechanisms.oversight.cast import (
    CHIEF,
    COUNTY_CHIEF,
    COUNTY_OVERSIGHT,
    HEAD,
    INTAKE,
    OVERSIGHT,
    applied,
    decided,
    now,
    restricted,
)
from tests.township import Township

pytestmark = pytest.mark.django_db


def seen(wuxi: Township, who: str) -> set[int]:
    """Restricted cases somebody reads by plain SQL."""
    with wuxi.acting(who), connection.cursor() as cursor:
        cursor.execute("SELECT id FROM cases_case WHERE restricted")
        return {row[0] for row in cursor.fetchall()}


def logged(wuxi: Township) -> list[tuple[str, str]]:
    with system_scope("测试"):
        found = AuditEntry.objects.filter(event=AuditEvent.SIGHT).order_by("at", "subject")
        return [(line.account.username, line.subject) for line in found if line.account]


def test_an_ungranted_oversight_account_reads_nothing_restricted(wuxi: Township) -> None:
    case_id, _ = restricted(wuxi)
    assert seen(wuxi, OVERSIGHT) == seen(wuxi, COUNTY_OVERSIGHT) == set()
    assert seen(wuxi, HEAD) == {case_id}


def test_a_granted_one_reads_exactly_that_case_and_what_hangs_on_it(wuxi: Township) -> None:
    case_id, number = restricted(wuxi)
    other, _ = restricted(wuxi)
    decided(wuxi, applied(wuxi, number))
    assert seen(wuxi, OVERSIGHT) == {case_id}
    assert seen(wuxi, COUNTY_OVERSIGHT) == set()  # granted to one account, not to all who look on
    with wuxi.acting(OVERSIGHT):
        assert set(Step.objects.filter(case__in=(case_id, other)).values_list("case_id", flat=True)) == {case_id}


def test_it_ends_by_itself(wuxi: Township) -> None:
    case_id, number = restricted(wuxi)
    before = now() - timedelta(days=9)
    decided(wuxi, applied(wuxi, number, at=before), at=before, days=7)
    assert seen(wuxi, OVERSIGHT) == set()
    decided(wuxi, applied(wuxi, number, at=now()), days=0)  # until the end of today
    assert seen(wuxi, OVERSIGHT) == {case_id}


@pytest.mark.parametrize("who", [CHIEF, COUNTY_CHIEF, OVERSIGHT])
def test_it_is_taken_back_by_whoever_may_grant_it_and_given_back_by_its_holder(wuxi: Township, who: str) -> None:
    _, number = restricted(wuxi)
    grant = decided(wuxi, applied(wuxi, number))
    with wuxi.acting(who) as actor:
        granting.end(grant.pk, "已核查完毕", by=actor, setting=wuxi.setting, now=now())
    assert seen(wuxi, OVERSIGHT) == set()
    with wuxi.acting(who) as actor, pytest.raises(Conflict):
        granting.end(grant.pk, "再收回一次", by=actor, setting=wuxi.setting, now=now())


def test_refused_is_refused_with_a_reason(wuxi: Township) -> None:
    _, number = restricted(wuxi)
    grant = applied(wuxi, number)
    with pytest.raises(Invalid, match="至少 5 个字"):
        decided(wuxi, grant, granted=False, answer="不行")
    decided(wuxi, grant, granted=False, answer="与检查事项无关。")
    assert seen(wuxi, OVERSIGHT) == set()
    with pytest.raises(Conflict):
        decided(wuxi, grant)


def test_the_answer_never_tells_whether_there_is_such_a_case(wuxi: Township) -> None:
    """A restricted one, one that does not exist, and one of another area leave the applicant with the same."""
    _, number = restricted(wuxi)
    numbers = (number, "331125201-20200101-000001", "999999999-20200101-000001")
    for each in numbers:
        applied(wuxi, each)
    with wuxi.acting(OVERSIGHT):
        rows = list(Grant.objects.order_by("pk").values())
        assert not Asked.objects.exists()
    alike = [{name: value for name, value in row.items() if name not in ("id", "number", "asked_at")} for row in rows]
    assert alike[0] == alike[1] == alike[2]
    with wuxi.acting(CHIEF) as actor:
        assert [a.grant.number for a in granting.to_decide(actor, wuxi.setting, now())] == [number]


def test_what_one_sees_already_and_what_one_asked_already_is_said(wuxi: Township) -> None:
    ordinary = wuxi.report("路灯坏了。", by=INTAKE, category="17002").number
    with pytest.raises(Invalid, match="现在就看得到"):
        applied(wuxi, ordinary)
    applied(wuxi, "331125201-20200101-000001")
    with pytest.raises(Invalid, match="已经申请过"):
        applied(wuxi, "331125201-20200101-000001")
    with pytest.raises(Invalid, match="完整的事件编号"):
        applied(wuxi, "第三号")


@pytest.mark.parametrize("who", [INTAKE, HEAD, "331125201-audit", "331125201-grid-01"])
def test_nobody_else_applies_or_decides(wuxi: Township, who: str) -> None:
    _, number = restricted(wuxi)
    with pytest.raises(NotFound):
        applied(wuxi, number, by=who)
    with pytest.raises(NotFound):
        decided(wuxi, applied(wuxi, number), by=who)


def test_the_chiefs_one_level_above_decide_as_well(wuxi: Township) -> None:
    case_id, number = restricted(wuxi)
    decided(wuxi, applied(wuxi, number), by=COUNTY_CHIEF)
    assert seen(wuxi, OVERSIGHT) == {case_id}


def test_an_application_lapses(wuxi: Township) -> None:
    _, number = restricted(wuxi)
    grant = applied(wuxi, number, at=now() - granting.LAPSES - timedelta(minutes=1))
    assert granting.state(grant, now()) == "已过期"
    with wuxi.acting(CHIEF) as actor:
        assert granting.to_decide(actor, wuxi.setting, now()) == ()
    with pytest.raises(Conflict):
        decided(wuxi, grant)


def test_the_days_are_bounded(wuxi: Township) -> None:
    _, number = restricted(wuxi)
    grant = applied(wuxi, number)
    for days in (-1, 31):
        with pytest.raises(Invalid, match="截止日"):
            decided(wuxi, grant, days=days)
    assert decided(wuxi, grant, days=30).granted


def test_nobody_decides_on_their_own_application(wuxi: Township) -> None:
    """Not even whoever has become chief since."""
    _, number = restricted(wuxi)
    grant = applied(wuxi, number)
    with wuxi.acting(CHIEF) as chief:
        applicant = evolve(chief, person=wuxi.account(OVERSIGHT).pk)
        assert granting.to_decide(applicant, wuxi.setting, now()) == ()
        with pytest.raises(NotFound):
            granting.decide(
                grant.pk,
                granted=True,
                answer="同意。",
                until=now().date(),
                by=applicant,
                setting=wuxi.setting,
                now=now(),
            )
        assert [row.grant for row in granting.to_decide(chief, wuxi.setting, now())] == [grant]


def test_who_must_keep_out_is_kept_out_in_spite_of_a_grant(wuxi: Township) -> None:
    """回避 wins: granted, and then the matter turns out to be about the account it was granted to."""
    case_id, number = restricted(wuxi)
    decided(wuxi, applied(wuxi, number))
    with system_scope("测试"):
        Case.objects.filter(pk=case_id).update(shunned_people=[wuxi.account(OVERSIGHT).pk])
    assert seen(wuxi, OVERSIGHT) == set()
    # The same where it is about an office in which the account works as well.
    office, account = wuxi.unit("331125201-村容村貌"), wuxi.account(OVERSIGHT).pk
    for shunned, visible in (([], {case_id}), ([office], set())):
        with system_scope("测试"):
            Case.objects.filter(pk=case_id).update(shunned_people=[], shunned=shunned)
        with scope(account, [office], [("331125201", "331125202")], "oversight"):
            assert set(Case.objects.filter(restricted=True).values_list("pk", flat=True)) == visible


def test_of_a_complaint_about_the_room_its_own_chief_is_not_asked(wuxi: Township) -> None:
    case_id, number = restricted(wuxi)
    with system_scope("测试"):
        Case.objects.filter(pk=case_id).update(shunned=[wuxi.unit("331125201-指挥室")])
    grant = applied(wuxi, number)
    with wuxi.acting(CHIEF) as actor:
        assert granting.to_decide(actor, wuxi.setting, now()) == ()
        assert not Asked.objects.exists()
    decided(wuxi, grant, by=COUNTY_CHIEF)
    assert seen(wuxi, OVERSIGHT) == {case_id}


def test_application_decision_and_end_are_in_the_audit_log(wuxi: Township) -> None:
    _, number = restricted(wuxi)
    grant = decided(wuxi, applied(wuxi, number))
    with wuxi.acting(CHIEF) as actor:
        granting.end(grant.pk, "核查结束", by=actor, setting=wuxi.setting, now=now())
    until = (now() + timedelta(days=7)).date()
    assert logged(wuxi) == [
        (OVERSIGHT, f"申请 {number}"), (CHIEF, f"准许 {number} 至 {until}"), (CHIEF, f"收回 {number}"),
    ]  # fmt: skip


def test_a_granted_case_is_read_and_never_touched(wuxi: Township) -> None:
    case_id, number = restricted(wuxi)
    decided(wuxi, applied(wuxi, number))
    with pytest.raises(DoorError):
        wuxi.act(OVERSIGHT, case_id, A.ANNOTATE, text="请尽快办理。")
    with wuxi.acting(OVERSIGHT):
        assert list(Case.objects.select_for_update().filter(pk=case_id)) == []


def test_nobody_grants_by_sql(wuxi: Township) -> None:
    """The tables are written by the mechanism, as the system, and by nobody in their own name."""
    case_id, number = restricted(wuxi)
    grant = applied(wuxi, number)
    forged = (
        f'INSERT INTO oversight_grant (account, number, reason, asked_at, answer, ended_why, granted, "case", until)'
        f" VALUES ({wuxi.account(OVERSIGHT).pk}, 'x', 'x', now(), '', '', true, {case_id}, now() + interval '1 day')"
    )
    for who in (OVERSIGHT, CHIEF):
        with wuxi.acting(who), connection.cursor() as cursor:
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute(forged)
            cursor.execute("UPDATE oversight_grant SET granted = true, until = now() + interval '1 day'")
            assert cursor.rowcount == 0
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute("DELETE FROM oversight_grant WHERE id = %s", [grant.pk])
    assert seen(wuxi, OVERSIGHT) == set()


def test_those_who_see_the_case_read_to_whom_it_was_shown(wuxi: Township) -> None:
    case_id, number = restricted(wuxi)
    decided(wuxi, applied(wuxi, number))
    for who, count in ((INTAKE, 1), (CHIEF, 1), (OVERSIGHT, 1), (COUNTY_OVERSIGHT, 0), ("331125201-grid-01", 0)):
        with wuxi.acting(who):
            assert granting.granted_on(case_id).count() == count, who


def test_what_is_refused_leaves_nobody_acting_as_the_system(wuxi: Township) -> None:
    _, number = restricted(wuxi)
    grant = decided(wuxi, applied(wuxi, number))
    with wuxi.acting(OVERSIGHT) as actor, connection.cursor() as cursor:
        granting.end(grant.pk, "核查结束", by=actor, setting=wuxi.setting, now=now())
        with pytest.raises(Conflict), transaction.atomic():  # as a page does it
            granting.end(grant.pk, "核查结束", by=actor, setting=wuxi.setting, now=now())
        cursor.execute("SELECT actor_role(), count(*) FROM cases_case WHERE restricted")
        assert cursor.fetchone() == ("oversight", 0)


def test_nobody_else_s_statement_asks_for_grants_and_a_queue_keeps_its_index(wuxi: Township) -> None:
    wuxi.report("路灯坏了。", by=INTAKE, category="17002")
    restricted(wuxi)
    room = wuxi.unit("331125201-指挥室")
    for who, asked in ((INTAKE, False), (OVERSIGHT, True)):
        with wuxi.acting(who), connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")  # two rows are read faster without any index
            cursor.execute(
                "EXPLAIN (ANALYZE, VERBOSE, COSTS OFF, TIMING OFF) SELECT id FROM cases_case"
                " WHERE holder = %s AND stage = 'reported' ORDER BY due_at, id LIMIT 31",
                [room],
            )
            lines = [str(row[0]).strip() for row in cursor.fetchall()]
        assert any("Index Scan using queue on" in line or "Index Scan on queue" in line for line in lines), lines
        step = lines[lines.index("Output: oversight_granted()") - 1]
        assert ("never executed" not in step) is asked, step
