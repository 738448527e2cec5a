"""The page of grids' workload: for command posts in groups, for a grid worker the own grid, for nobody else."""

import pytest
from django.utils import timezone

from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.core.posts import Post
from sipingtai.desk.grids import bounds
from tests.desk.clerk import clerk, text
from tests.township import Township

pytestmark = pytest.mark.django_db
DISPATCHER, WORKER, LINK = "331125201-dispatcher", "331125201-grid-01", 'href="/grids"'
FIRST = "331125201200001"


def reported(wuxi: Township) -> None:
    for _ in range(3):
        wuxi.report("路灯不亮。", by=WORKER, channel=Channel.GRID, grid=wuxi.unit(FIRST))


def test_a_command_post_sees_groups_and_no_single_grid(wuxi: Township) -> None:
    reported(wuxi)
    page = text(clerk(wuxi, DISPATCHER).get("/grids"))
    assert "（9 个网格）" in page
    assert page.count("<tr>") == 2  # the heading and one group
    assert '<td class="num">3</td>' in page


def test_a_grid_worker_sees_the_own_grid(wuxi: Township) -> None:
    reported(wuxi)
    page = text(clerk(wuxi, WORKER).get("/grids"))
    assert "雾溪村第一网格" in page
    assert "第二网格" not in page
    assert '<td class="num">3</td>' in page


def test_a_village_station_of_two_grids_is_told_why_it_sees_none(wuxi: Township) -> None:
    page = text(clerk(wuxi, station(wuxi)).get("/grids"))
    assert "没有可以显示的网格" in page
    assert "另有 2 个网格不足 5 个，不显示。" in page


def station(wuxi: Township) -> str:
    return wuxi.holding(wuxi.unit("331125201200-工作站"), Post.STATION)


@pytest.mark.parametrize("account", ["331125201-office-07", "331125201-oversight", "331125201-platform-2-head"])
def test_others_find_nothing_and_no_link(wuxi: Township, account: str) -> None:
    desk = clerk(wuxi, account)
    assert desk.get("/grids").status_code == 404
    assert LINK not in text(desk.get("/"))


def test_the_navigation_leads_command_posts_there(wuxi: Township) -> None:
    assert LINK in text(clerk(wuxi, DISPATCHER).get("/"))


@pytest.mark.parametrize("period", ["last-month", "last-year", "year", "no-such-period"])
def test_any_period_answers(wuxi: Township, period: str) -> None:
    answer = clerk(wuxi, DISPATCHER).get(f"/grids?period={period}")
    assert answer.status_code == 200
    assert ("没有可以显示" in text(answer)) is False


def test_periods_meet_without_a_gap() -> None:
    now = local(timezone.now()).replace(month=1, day=15)
    assert bounds("last-month", now)[1] == bounds("month", now)[0] == bounds("year", now)[0]
    assert bounds("last-month", now)[0].month == 12
    assert bounds("last-year", now)[1] == bounds("year", now)[0]
