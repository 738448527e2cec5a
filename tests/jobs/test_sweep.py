"""What the clock does by itself, once, at the right time, and whoever else is at work."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from sipingtai.access import vault
from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import Case, Clock, Step
from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.clocks import ClockKind
from sipingtai.core.stages import Stage
from sipingtai.jobs import sweep
from sipingtai.jobs.sweep import Swept
from sipingtai.loop.moves import lock
from tests.contacts import masked
from tests.township import Township

OFFICE = "331125201-村容村貌"
NOW = local(timezone.now()).replace(hour=10, minute=0, second=0, microsecond=0) - timedelta(days=30)


def verified(wuxi: Township, at: datetime = NOW) -> int:
    """A matter done and checked: its reporter may rate."""
    case_id = handled(wuxi, at)
    wuxi.act(wuxi.handler(OFFICE), case_id, A.FINISH, text="修好了", files=1, now=at)
    wuxi.act("331125201-dispatcher", case_id, A.VERIFY, now=at)
    return case_id


def handled(wuxi: Township, at: datetime = NOW) -> int:
    case_id = wuxi.report("会溪桥头的路灯不亮了。", category="17002", now=at).case_id
    wuxi.act("331125201-intake", case_id, A.ACCEPT, now=at)
    wuxi.act("331125201-dispatcher", case_id, A.DISPATCH, to=wuxi.unit("331125201-综合执法平台"), now=at)
    wuxi.act("331125201-platform-2-head", case_id, A.FORWARD, to=wuxi.unit(OFFICE), now=at)
    wuxi.act(wuxi.handler(OFFICE), case_id, A.SIGN, now=at)
    return case_id


def due(case_id: int, kind: ClockKind) -> datetime:
    with system_scope("测试"):
        return local(Clock.objects.get(case_id=case_id, kind=kind.value).due_at)


def lapse(wuxi: Township, case_id: int) -> datetime:
    """The pack's five working days after verification; the command's own limit for asking ends earlier."""
    end = wuxi.setting.calendar.add_workdays(NOW, 5)
    assert due(case_id, ClockKind.FOLLOW_UP) < end
    return end


def steps(case_id: int) -> int:
    with system_scope("测试"):
        return Step.objects.filter(case_id=case_id).count()


@pytest.mark.django_db
def test_a_follow_up_nobody_answered_lapses_into_closed_at_its_time_and_not_before(wuxi: Township) -> None:
    case_id = verified(wuxi)
    end = lapse(wuxi, case_id)
    sweep.sweep_clocks(end - timedelta(minutes=1))
    assert wuxi.case(case_id).stage is Stage.VERIFIED
    assert sweep.sweep_clocks(end).moved == 1
    case = wuxi.case(case_id)
    assert (case.stage, case.closed_at, case.answered) == (Stage.CLOSED, end, True)
    with system_scope("测试"):
        assert Step.objects.filter(case_id=case_id).latest("no").actor_kind == "system"
    assert sweep.sweep_clocks(end + timedelta(days=1)) == Swept()


@pytest.mark.django_db
def test_a_suspension_that_is_over_resumes(wuxi: Township) -> None:
    case_id = handled(wuxi)
    until = NOW + timedelta(days=6)
    wuxi.act(wuxi.handler(OFFICE), case_id, A.REQUEST_SUSPENSION, until=until, reason="等配件", now=NOW)
    wuxi.act("331125201-chief", case_id, A.GRANT_SUSPENSION, now=NOW)
    sweep.sweep_clocks(until - timedelta(minutes=1))
    assert wuxi.case(case_id).stage is Stage.SUSPENDED
    assert sweep.sweep_clocks(until).moved == 1
    assert wuxi.case(case_id).stage is Stage.HANDLING


@pytest.mark.django_db
def test_marks_that_have_passed_are_looked_at_once(wuxi: Township) -> None:
    case_id = handled(wuxi)
    with system_scope("测试"):
        handle = Clock.objects.get(case_id=case_id, kind="handle")
        assert handle.next_at == handle.warn_at
    before = steps(case_id)
    for at, following in ((handle.warn_at, handle.due_at), (handle.due_at, handle.red_at), (handle.red_at, None)):
        assert sweep.sweep_clocks(local(at)).passed == 1
        assert sweep.sweep_clocks(local(at)) == Swept()
        with system_scope("测试"):
            assert Clock.objects.get(pk=handle.pk).next_at == following
    assert steps(case_id) == before  # a mark is no move


@pytest.mark.django_db
def test_what_a_command_below_still_waits_for_does_not_lapse(wuxi: Township) -> None:
    case_id = wuxi.report("县道塌方", category="17002", now=NOW).case_id
    wuxi.act("331125201-intake", case_id, A.ACCEPT, now=NOW)
    wuxi.act("331125201-dispatcher", case_id, A.ESCALATE, reason="县道归县里管", now=NOW)
    wuxi.act("331125-intake", case_id, A.ACCEPT, now=NOW)
    wuxi.act("331125-dispatcher", case_id, A.DISPATCH, to=wuxi.unit("331125-县交通运输局"), now=NOW)
    county = wuxi.handler("331125-县交通运输局")
    wuxi.act(county, case_id, A.SIGN, now=NOW)
    wuxi.act(county, case_id, A.FINISH, text="已抢通", files=1, now=NOW)
    wuxi.act("331125-dispatcher", case_id, A.VERIFY, now=NOW)
    end = lapse(wuxi, case_id)
    assert sweep.sweep_clocks(end).moved == 0
    assert wuxi.case(case_id).stage is Stage.VERIFIED
    wuxi.act("331125-dispatcher", case_id, A.ANSWER, text="已抢通", now=end)
    assert wuxi.case(case_id).stage is Stage.FINISHED


@pytest.mark.django_db
def test_closed_cases_are_archived_when_they_can_no_longer_be_reopened(wuxi: Township) -> None:
    case_id = verified(wuxi)
    wuxi.act("reporter", case_id, A.RATE, now=NOW)
    days = wuxi.setting.rules(wuxi.case(case_id).command).reopen_days
    assert sweep.archive(NOW + timedelta(days=days)).moved == 0
    assert sweep.archive(NOW + timedelta(days=days, minutes=1)).moved == 1
    assert wuxi.case(case_id).stage is Stage.ARCHIVED
    assert sweep.archive(NOW + timedelta(days=days + 1)) == Swept()


@pytest.mark.django_db
def test_nothing_settled_on_the_spot_stays_open(wuxi: Township) -> None:
    case_id = handled(wuxi)
    assert sweep.close_settled(NOW) == Swept()
    assert wuxi.case(case_id).stage is Stage.HANDLING


@pytest.mark.django_db
def test_contacts_go_when_their_retention_ends(wuxi: Township) -> None:
    with system_scope("测试"):
        contact = vault.store("王小明", "13900000001", erase_after=NOW.date())
    assert sweep.erase_contacts(NOW) == 0
    assert sweep.erase_contacts(NOW + timedelta(days=1)) == 1
    with system_scope("测试"):
        assert masked(contact) == vault.ERASED


def alone(what: Callable[[], Swept]) -> Swept:
    try:
        return what()
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_do_everything_once(wuxi: Township) -> None:
    cases = [verified(wuxi) for _ in range(6)]
    end = lapse(wuxi, cases[0])
    before = sum(map(steps, cases))
    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: alone(lambda: sweep.sweep_clocks(end)), range(2)))
    assert sum(f.moved for f in found) == 6
    assert sum(f.failed for f in found) == 0
    assert sum(map(steps, cases)) == before + 6


@pytest.mark.django_db(transaction=True)
def test_a_case_in_somebodys_hands_is_left_and_done_the_next_time(wuxi: Township) -> None:
    case_id = verified(wuxi)
    end = lapse(wuxi, case_id)
    with ThreadPoolExecutor(1) as pool, wuxi.acting("331125201-dispatcher"):
        lock(case_id)
        assert pool.submit(alone, lambda: sweep.sweep_clocks(end)).result(timeout=20) == Swept(left=1)
    assert sweep.sweep_clocks(end).moved == 1


@pytest.mark.django_db(transaction=True)
def test_a_case_that_fails_stops_no_other(wuxi: Township, caplog: pytest.LogCaptureFixture) -> None:
    broken, sound = verified(wuxi), verified(wuxi)
    with system_scope("测试"), transaction.atomic():
        Case.objects.filter(pk=broken).update(state={"stage": "gone"})
    found = sweep.sweep_clocks(lapse(wuxi, sound))
    assert (found.moved, found.failed) == (1, 1)
    assert wuxi.case(sound).stage is Stage.CLOSED
    assert f"内部编号 {broken}" in caplog.text
