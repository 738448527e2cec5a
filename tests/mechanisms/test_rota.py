"""The rota: whoever leads on duty is a chief from the hour of handover to the next, and neither before nor after."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sipingtai.access.actor_scope import scope, system_scope
from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.moves import Move
from sipingtai.loop import moves
from sipingtai.loop.errors import NotFound, Refused
from sipingtai.mechanisms.duty.people import people
from sipingtai.mechanisms.duty.rota import RotaError, days, put, rotation, swap, today
from sipingtai.org.actors import actor_for
from sipingtai.org.asking import asked_by
from sipingtai.org.models import DutyShift
from tests.mechanisms.rotas import (
    CHIEF,
    CLERK,
    DAY,
    DEPUTY,
    HEAD,
    LEADER,
    OTHER_DEPUTY,
    arranged,
    at,
    id_of,
    leads,
    room,
    roster,
)
from tests.township import Township

pytestmark = pytest.mark.django_db


def test_the_leader_on_duty_decides_as_chief_from_handover_to_handover(wuxi: Township) -> None:
    now = local(timezone.now())
    first = now.date() + 3 * DAY
    roster(wuxi, first, [DEPUTY, LEADER], now=now)
    assert [leads(wuxi, DEPUTY, at(*moment)) for moment in (
        (first, 8, 29), (first, 8, 30), (first + DAY, 8, 29), (first + DAY, 8, 30),
    )] == [False, True, True, False]  # fmt: skip
    assert leads(wuxi, LEADER, at(first + DAY, 8, 30))
    assert not leads(wuxi, CLERK, at(first, 12))


def test_an_instruction_is_the_duty_leader_s_to_give_on_the_day_alone(wuxi: Township) -> None:
    now = local(timezone.now())
    case = wuxi.report("会溪桥头的路灯不亮。", by="331125201-intake", category="17002").case_id
    first = now.date() + 3 * DAY
    roster(wuxi, first, [DEPUTY], now=now)

    def instruct(moment: object) -> None:
        who, setting = asked_by(id_of(wuxi, DEPUTY), moment)  # type: ignore[arg-type]
        with scope(who.actor.person, who.units, who.areas, who.role):
            moves.move(case, Move(action=A.INSTRUCT, text="请抓紧办。"), actor=who.actor, now=moment, setting=setting)  # type: ignore[arg-type]

    instruct(at(first, 8, 30))  # a platform's head who would not even see it otherwise
    for moment in (at(first, 8, 29), at(first + DAY, 8, 30)):
        with pytest.raises((NotFound, Refused)):
            instruct(moment)


def test_asking_and_looking_up_a_person_tell_the_same_in_one_statement(wuxi: Township) -> None:
    now = local(timezone.now())
    roster(wuxi, now.date() + DAY, [DEPUTY], now=now)
    moment = at(now.date() + DAY, 12)
    for name in (DEPUTY, CLERK, "331125201-grid-01", "331125201-oversight", "331125-intake"):
        account = id_of(wuxi, name)
        asked_by(account, moment)
        with CaptureQueriesContext(connection) as captured:
            told = asked_by(account, moment)[0]
        assert len(captured) == 1
        assert told == actor_for(account, moment)
        assert [led.account for led in told.leaders] == ([] if name == "331125-intake" else [id_of(wuxi, DEPUTY)])


def test_two_days_are_swapped_and_the_seats_with_them(wuxi: Township) -> None:
    now = local(timezone.now())
    first = now.date() + 3 * DAY
    roster(wuxi, first, [DEPUTY, LEADER, CHIEF], now=now)
    with wuxi.acting(CHIEF) as actor:
        swap(room(wuxi), first, first + 2 * DAY, by=actor.person, now=now, setting=wuxi.setting)
    assert leads(wuxi, CHIEF, at(first, 12))
    assert leads(wuxi, DEPUTY, at(first + 2 * DAY, 12))
    assert leads(wuxi, LEADER, at(first + DAY, 12))
    with wuxi.acting(HEAD) as actor, pytest.raises(RotaError, match="还没有排值班领导"):
        swap(room(wuxi), first, first + 9 * DAY, by=actor.person, now=now, setting=wuxi.setting)


def test_turns_skip_nobody_and_leave_the_staff_as_they_are(wuxi: Township) -> None:
    now = local(timezone.now())
    first = now.date() + 2 * DAY
    roster(wuxi, first, [LEADER], now=now, staff=[CLERK])
    order = [id_of(wuxi, name) for name in (CHIEF, DEPUTY, OTHER_DEPUTY)]
    with wuxi.acting(HEAD) as actor:
        put(room(wuxi), rotation(first, first + 6 * DAY, order), by=actor.person, now=now, setting=wuxi.setting)
        found = days(room(wuxi), first, first + 6 * DAY, wuxi.setting, now)
    assert [turn.account for day in found for turn in day.leaders] == [*order, *order, order[0]]
    assert [turn.account for turn in found[0].staff] == [id_of(wuxi, CLERK)]
    assert {(turn.starts_at, turn.ends_at) for turn in found[1].turns} == {
        (at(first + DAY, 8, 30), at(first + 2 * DAY, 8, 30))
    }


def test_what_is_over_is_fixed_and_a_day_that_runs_changes_from_now_on(wuxi: Township) -> None:
    now = local(timezone.now())
    day = today(wuxi.setting, room(wuxi), now)
    with pytest.raises(RotaError, match="已经过去"):
        roster(wuxi, day - DAY, [DEPUTY], now=now)
    roster(wuxi, day, [DEPUTY], now=now)
    later = now + timedelta(seconds=1)
    roster(wuxi, day, [LEADER], now=later)
    with wuxi.acting(HEAD):
        (found,) = days(room(wuxi), day, day, wuxi.setting, later)
    assert [turn.name for turn in found.leaders] == ["乡人武部长", "乡党委书记"]
    assert found.leaders[0].ends_at == found.leaders[1].starts_at == later
    assert leads(wuxi, LEADER, later)
    assert not leads(wuxi, DEPUTY, later)


def test_a_new_hour_of_handover_leaves_neither_gap_nor_overlap(
    wuxi: Township, owner_connection: psycopg.Connection
) -> None:
    now = local(timezone.now())
    first = now.date() + 3 * DAY
    roster(wuxi, first, [DEPUTY, LEADER], now=now)
    with arranged(owner_connection, room(wuxi), handover="07:00"):
        roster(wuxi, first + 2 * DAY, [CHIEF, DEPUTY], now=now)
    rows = DutyShift.objects.filter(leading=True, day__gte=first).order_by("day").values_list("starts_at", "ends_at")
    turns = list(rows)
    assert [behind[0] for behind in turns[1:]] == [before[1] for before in turns[:-1]]
    assert local(turns[-1][1]).hour == 7


def test_only_the_leadership_leads_and_only_the_room_s_head_or_the_chief_fills_in(wuxi: Township) -> None:
    now = local(timezone.now())
    known = {person.account: person.leads for person in people(room(wuxi), wuxi.setting, now.date())}
    assert {name for name in (LEADER, DEPUTY, "331125201-oversight", CLERK) if not known[name]} == {CLERK}
    assert known.keys().isdisjoint({"331125201-audit", "331125201-grid-01", "331125-intake"})
    for name, told in ((CLERK, "不是班子成员"), (HEAD, "不是班子成员"), ("331125-chief", "不在可排的人员里")):
        with pytest.raises(RotaError, match=told):
            roster(wuxi, now.date() + 2 * DAY, [name], now=now)
    for name in (LEADER, CHIEF, HEAD, "331125201-dispatcher"):  # the dispatcher is the head's B岗
        roster(wuxi, now.date() + 2 * DAY, [DEPUTY], now=now, by=name)
    for name in ("331125201-intake", DEPUTY, CLERK, "331125-chief", "331125201-audit"):
        with pytest.raises(DatabaseError), transaction.atomic():
            roster(wuxi, now.date() + 2 * DAY, [DEPUTY], now=now, by=name)


def test_the_leader_on_duty_cannot_put_off_their_own_end(wuxi: Township) -> None:
    now = local(timezone.now())
    roster(wuxi, today(wuxi.setting, room(wuxi), now), [DEPUTY], now=now)
    who = actor_for(id_of(wuxi, DEPUTY), now)
    with scope(who.actor.person, who.units, who.areas, who.role), connection.cursor() as cursor:
        cursor.execute("UPDATE org_dutyshift SET ends_at = ends_at + interval '1 day'")
        assert cursor.rowcount == 0
        with pytest.raises(DatabaseError), transaction.atomic():
            cursor.execute("UPDATE org_dutyshift SET account_id = 1")


def test_what_is_over_cannot_be_rewritten_in_sql(wuxi: Township) -> None:
    now = local(timezone.now())
    old = now - 10 * DAY
    command = room(wuxi)
    row = {"command_id": command, "area": "331125201", "account_id": id_of(wuxi, LEADER), "leading": True}
    with wuxi.acting(HEAD), pytest.raises(DatabaseError), transaction.atomic():
        DutyShift.objects.create(**row, day=old.date(), starts_at=old, ends_at=old + DAY)
    with system_scope("测试"):
        DutyShift.objects.create(**row, day=old.date(), starts_at=old, ends_at=old + DAY)
    with wuxi.acting(HEAD):
        assert DutyShift.objects.filter(day=old.date()).update(ends_at=now) == 0
        assert DutyShift.objects.filter(day=old.date()).delete()[0] == 0
