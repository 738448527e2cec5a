"""The rota and the log of duty in SQL, as the application's role: who reads, who writes, and what nobody changes."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.core.calendar import local
from sipingtai.mechanisms.duty.models import Entry
from sipingtai.mechanisms.duty.rota import Planned, put, today
from sipingtai.org.setting import load
from tests.security.policy import BLIND
from tests.security.test_moves import ask as asking
from tests.security.test_moves import brought
from tests.security.test_sql import DENIED, as_, ask, attempt
from tests.security.world import World

pytestmark = pytest.mark.django_db

_SHIFT = (
    'INSERT INTO org_dutyshift (command_id, area, day, account_id, "leading", starts_at, ends_at, set_at)'
    " VALUES (%s, '331125201', %s, %s, true, now() + interval '2 days', now() + interval '3 days', now())"
)
_ENTRY = (
    "INSERT INTO duty_entry (command, area, account_id, at, kind, text, matters)"
    " VALUES (%s, %s, %s, now(), %s, 'x', '[]')"
)
WRITERS = {"room-head", "dispatcher", "chief", "leader", "mayor"}  # the dispatcher is the head's B岗


def on_duty(world: World, leader: str, staff: str = "") -> None:
    now = local(timezone.now())
    setting, room = load(now.date()), world.units["room"]
    others = (world.accounts[staff].pk,) if staff else ()
    with as_(world, "room-head"):
        plan = {today(setting, room, now): Planned(leader=world.accounts[leader].pk, staff=others)}
        put(room, plan, by=world.accounts["room-head"].pk, now=now, setting=setting)


def test_the_rota_is_written_by_the_room_s_head_and_the_chiefs_alone(world: World) -> None:
    values = (world.units["room"], date.today() + timedelta(days=2), world.accounts["platform head"].pk)  # noqa: DTZ011
    for who in sorted(world.accounts):
        with as_(world, who):
            assert attempt(_SHIFT, *values) == (("", 1) if who in WRITERS else (DENIED, 0)), who
    assert attempt(_SHIFT, *values) == (DENIED, 0)


def test_of_the_rota_nothing_changes_but_the_end_of_what_is_not_over(world: World) -> None:
    on_duty(world, "platform head")
    for who in ("room-head", "platform head", "foreign intake", "audit"):
        with as_(world, who):
            for column in ("account_id", "starts_at", '"leading"', "command_id", "day"):
                assert attempt(f"UPDATE org_dutyshift SET {column} = {column}") == (DENIED, 0)
            ended = attempt("UPDATE org_dutyshift SET ends_at = ends_at")
            assert ended == ("", 1 if who in WRITERS else 0), who
            assert attempt("DELETE FROM org_dutyshift WHERE starts_at < now() - interval '2 minutes'") == ("", 0)


def test_the_log_is_written_in_one_s_own_name_while_one_is_on_duty(world: World) -> None:
    on_duty(world, "platform head", "office")
    room = world.units["room"]
    for who in sorted(world.accounts):
        mine = world.accounts[who].pk
        with as_(world, who):
            noted = attempt(_ENTRY, room, "331125201", mine, "note")
            handed = attempt(_ENTRY, room, "331125201", mine, "handover")
            assert noted == (("", 1) if who in ("platform head", "office") else (DENIED, 0)), who
            assert handed == (("", 1) if who == "platform head" else (DENIED, 0)), who
            other = world.accounts["chief" if who != "chief" else "leader"].pk
            assert attempt(_ENTRY, room, "331125201", other, "note") == (DENIED, 0)
            # What decides who reads it stands in the rota as well, and cannot be made up.
            assert attempt(_ENTRY, room, "331126001", mine, "note") == (DENIED, 0)


def test_the_log_is_read_by_the_command_by_oversight_and_by_who_wrote_it_and_only_grows(world: World) -> None:
    with system_scope("测试"):
        Entry.objects.create(
            command=world.units["room"], area="331125201", account=world.accounts["office"], at=timezone.now(),
            kind="note", text="夜间巡查。",
        )  # fmt: skip
    room = {"intake", "analyst", "dispatcher", "room-head", "assessor", "chief", "leader", "mayor"}
    readers = room | {"office", "oversight", "county oversight"}
    for who in sorted(world.accounts):
        with as_(world, who):
            assert ask("SELECT count(*) FROM duty_entry") == [(1 if who in readers else 0,)], who
            assert attempt("UPDATE duty_entry SET text = ''")[0] == DENIED
            assert attempt("DELETE FROM duty_entry")[0] == DENIED
    assert not readers & BLIND


def test_a_duty_leader_sees_by_the_township_s_area_while_the_turn_lasts(world: World) -> None:
    number = world.cases["reported"]
    query = "SELECT count(*) FROM cases_case WHERE number = %s"
    with as_(world, "other platform"):
        assert ask(query, number) == [(0,)]
    with as_(world, "platform head"):
        assert ask(query, number) == [(0,)]
    on_duty(world, "platform head")
    with as_(world, "platform head"):
        assert ask(query, number) == [(1,)]
        assert ask(query, world.cases["foreign"]) == [(0,)]


def test_what_a_chief_may_is_the_duty_leader_s_to_do_through_a_program_too_and_ends_with_the_turn(world: World) -> None:
    asked = [
        ("accepted", "dispatch"),
        ("handling", "instruct"),
        ("suspension", "grant_suspension"),
        ("handling", "supervise"),
    ]
    who = "platform head"

    def tried() -> set[int]:
        return {asking(world, who, case, action, brought(world, action))[0] for case, action in asked}

    assert tried() <= {403, 404}
    on_duty(world, who)
    assert tried() == {200}
    on_duty(world, "mayor")  # somebody else takes over in the middle of the day
    assert tried() <= {403, 404}
