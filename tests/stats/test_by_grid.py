"""Workload by grid: counted for splitting and merging grids; one worker's figures are nobody else's."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.core.moves import Move
from sipingtai.core.posts import Actor, ActorKind, Post, Seat
from sipingtai.core.stages import Stage
from sipingtai.loop import moves
from sipingtai.stats.by_grid import GridWorkload, shown_to, workload
from tests.township import Township

GRID, OTHER = "331125201-grid-01", "331125201-grid-02"
PLAIN = "02008"  # needs no photo
FIRST, SECOND = "331125201200001", "331125201200002"


def grid(number: int, *, village: int = 1, workers: int = 1, reported: int = 1, ended: bool = False) -> GridWorkload:
    area = f"331125201{village:03}{number:03}"
    return GridWorkload(grid=number, name=f"{number}号", area=area, ended=ended, workers=workers, reported=reported)


def somebody(*seats: Seat, substitute: frozenset[Seat] = frozenset()) -> Actor:
    return Actor(kind=ActorKind.PERSON, person=1, seats=frozenset(seats), substitute=substitute)


ROOM = somebody(Seat(90, Post.DISPATCHER))


def test_grids_with_one_worker_are_shown_in_groups_of_five_or_more() -> None:
    found = [grid(n, village=(n + 1) // 2, reported=n) for n in range(1, 10)]  # villages of two, the last of one
    (first,) = shown_to(ROOM, found).rows
    assert first.reported == sum(range(1, 10))
    assert len(first.grids) == 9
    assert all(len(row.grids) >= 5 for row in shown_to(ROOM, [grid(n, village=n) for n in range(1, 14)]).rows)


def test_a_village_of_five_grids_is_a_group_by_itself() -> None:
    found = [grid(n, village=1) for n in range(1, 6)] + [grid(n, village=n) for n in range(6, 12)]
    rows = shown_to(ROOM, found).rows
    assert [(len(row.grids), row.areas[0]) for row in rows] == [(5, "331125201001"), (6, "331125201006")]


def test_too_few_for_a_group_are_not_shown_at_all() -> None:
    showing = shown_to(ROOM, [grid(n) for n in range(1, 5)])
    assert (showing.rows, showing.withheld) == ((), 4)


def test_what_is_left_over_joins_a_group_instead_of_standing_out() -> None:
    found = [grid(n, village=1) for n in range(1, 6)] + [grid(6, village=2)]
    (row,) = shown_to(ROOM, found).rows
    assert len(row.grids) == 6


def test_townships_are_not_mixed() -> None:
    near = [grid(n) for n in range(1, 4)]
    far = [GridWorkload(grid=n, name=str(n), area=f"331125202001{n:03}", ended=False, workers=1) for n in range(4, 7)]
    showing = shown_to(ROOM, near + far)
    assert (showing.rows, showing.withheld) == ((), 6)


def test_a_grid_of_two_workers_stands_by_itself() -> None:
    showing = shown_to(ROOM, [grid(1, workers=2, reported=7), grid(2)])
    (row,) = showing.rows
    assert (row.grids, row.reported, showing.withheld) == (("1号",), 7, 1)


def test_a_grid_without_a_worker_is_guarded_too() -> None:
    """Whoever worked there last is still known."""
    assert shown_to(ROOM, [grid(1, workers=0)]).rows == ()


def test_a_worker_sees_the_own_grid_and_no_other() -> None:
    worker = somebody(Seat(2, Post.GRID_WORKER))
    (row,) = shown_to(worker, [grid(n, workers=n % 3) for n in range(1, 10)]).rows
    assert (row.grids, row.own) == (("2号",), True)


@pytest.mark.parametrize("post", [Post.GRID_HEAD, Post.OFFICE_HEAD, Post.OVERSIGHT, Post.SYSTEM_ADMIN])
def test_others_see_nothing(post: Post) -> None:
    assert shown_to(somebody(Seat(2, post)), [grid(n, workers=2) for n in range(1, 10)]).rows == ()


def test_a_substitute_does_not_see_the_workers_own_figures() -> None:
    stand_in = somebody(substitute=frozenset({Seat(2, Post.GRID_WORKER)}))
    assert shown_to(stand_in, [grid(2)]).rows == ()


def test_an_ended_grid_keeps_its_name() -> None:
    found = [grid(1, ended=True), *(grid(n) for n in range(2, 6))]
    assert shown_to(ROOM, found).rows[0].grids[0] == "1号（已撤销）"


def figures(town: Township, by: str = "331125201-dispatcher") -> dict[str, GridWorkload]:
    now = local(timezone.now())
    with town.acting(by):
        found = workload(town.unit("331125201-指挥室"), now - timedelta(days=1), now + timedelta(days=1))
    return {row.area: row for row in found}


@pytest.mark.django_db
def test_every_grid_is_listed_with_its_one_worker(wuxi: Township) -> None:
    found = figures(wuxi)
    assert len(found) == 9
    assert {row.workers for row in found.values()} == {1}
    assert sum(row.reported for row in found.values()) == 0


@pytest.mark.django_db
def test_matters_are_counted_where_they_lie(wuxi: Township) -> None:
    first = wuxi.unit(FIRST)
    settled = wuxi.report("路边一处垃圾，当场清走了。", by=GRID, channel=Channel.GRID, grid=first, category="05002")
    now = local(timezone.now())
    with wuxi.acting(GRID) as actor:
        moved = moves.move(
            settled.case_id,
            Move(action=A.SETTLE, text="已清理。"),
            actor=actor,
            now=now,
            setting=wuxi.setting,
            unit=first,
        )
    wuxi.report("路灯不亮。", by=GRID, channel=Channel.GRID, grid=first)
    wuxi.report("井盖松动。", by=OTHER, channel=Channel.GRID, grid=wuxi.unit(SECOND))
    wuxi.report("不知道在哪一格。", by="331125201-intake")
    found = figures(wuxi)
    assert (found[FIRST].reported, found[FIRST].settled) == (2, 1)
    assert found[FIRST].handled_open == 1 + (moved.case.stage is Stage.FINISHED)  # a settled one may be drawn
    assert (found[SECOND].reported, found[SECOND].settled, found[SECOND].handled_open) == (1, 0, 1)


@pytest.mark.django_db
def test_test_entries_do_not_count(wuxi: Township) -> None:
    case = wuxi.report("测试一下。", by=GRID, channel=Channel.GRID, grid=wuxi.unit(FIRST)).case_id
    wuxi.act("331125201-room-head", case, A.VOID, reason="测试录入")
    assert figures(wuxi)[FIRST].reported == 0


@pytest.mark.django_db
def test_counting_takes_two_statements_over_cases_however_many_grids(wuxi: Township) -> None:
    with CaptureQueriesContext(connection) as queries:
        figures(wuxi)
    assert sum("cases_" in query["sql"] for query in queries) == 2


@pytest.mark.django_db
def test_a_grids_own_verification_is_its_work_and_the_rooms_is_not(wuxi: Township) -> None:
    first = wuxi.unit(FIRST)
    for by in (GRID, "331125201-room-head"):
        case = wuxi.report("门口的路不平。", by=GRID, channel=Channel.GRID, grid=first, category=PLAIN).case_id
        wuxi.act("331125201-intake", case, A.ACCEPT)
        wuxi.act("331125201-dispatcher", case, A.DISPATCH, to=wuxi.unit("331125201-综合执法平台"))
        office = "331125201-城乡建设管理中心"
        wuxi.act("331125201-platform-2-head", case, A.FORWARD, to=wuxi.unit(office))
        handler = wuxi.handler(office)
        wuxi.act(handler, case, A.SIGN)
        wuxi.act(handler, case, A.FINISH, text="填平了。")
        unit = first if by == GRID else wuxi.unit("331125201-指挥室")
        now = local(timezone.now())
        with wuxi.acting(by) as actor:
            asked = Move(action=A.VERIFY, text="看过，平了。")
            moves.move(case, asked, actor=actor, now=now, setting=wuxi.setting, unit=unit)
    assert (figures(wuxi)[FIRST].reported, figures(wuxi)[FIRST].verified) == (2, 1)
