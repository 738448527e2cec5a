"""Full- and part-time grid workers (专兼职网格员) and the teams attached to a grid (组团服务)."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sipingtai.core.posts import Post
from sipingtai.org.models import GridTeam, PostHolding
from sipingtai.org.packs.applying import apply
from sipingtai.org.packs.findings import Finding
from sipingtai.org.packs.shelf import Shelf, load

from .test_mistakes import change

TODAY = date(2026, 11, 2)
WORKERS = "{对象: 网格单元, 角色: 网格员, 专兼职: 专职,"
FIRST = "331125201200001"
in_tables = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def attach(supplement: Path, *entries: str) -> None:
    with supplement.open("a", encoding="utf-8") as file:
        file.write("\n组团服务:\n" + "".join(f"  - {entry}\n" for entry in entries))


def team(grid: str) -> dict[str, tuple[str, bool]]:
    """Who is attached to a grid, for what, and whether the document says so."""
    rows = GridTeam.objects.filter(grid__code=grid).values_list("office__code", "account__username", "role", "stated")
    return {office or person: (role, stated) for office, person, role, stated in rows}


@in_tables
def test_a_grid_worker_is_full_time_where_the_pack_says_so(settled: Shelf) -> None:
    workers = PostHolding.objects.filter(post=Post.GRID_WORKER.value)
    assert set(workers.values_list("part_time", flat=True)) == {False}
    others = PostHolding.objects.exclude(post=Post.GRID_WORKER.value)
    assert set(others.values_list("part_time", flat=True)) == {None}


@in_tables
def test_workers_who_become_part_time_are_shown_before_it_is_written(settled: Shelf, pack_file: Path) -> None:
    change(
        pack_file.with_name(pack_file.name.replace(".yaml", ".补充.yaml")), WORKERS, WORKERS.replace("专职,", "兼职,")
    )
    apply(load([str(pack_file)]), today=TODAY)
    held = PostHolding.objects.filter(post=Post.GRID_WORKER.value)
    assert set(held.values_list("part_time", flat=True)) == {True}
    assert apply(load([str(pack_file)]), today=TODAY) == {}


@in_tables
def test_an_office_serves_every_grid_unless_some_are_named(settled: Shelf, pack_file: Path, supplement: Path) -> None:
    attach(
        supplement,
        "{机构: 派出所, 分工: 治安联络}",
        "{机构: 派出所, 网格: 雾溪村第一网格, 分工: 驻点}",
        "{人员: intake, 网格: [雾溪村第一网格, 雾溪村第二网格], 分工: 联络}",
    )
    apply(load([str(pack_file)]), today=TODAY)
    assert team(FIRST) == {"331125201-派出所": ("驻点", False), "331125201-intake": ("联络", False)}
    assert team("331125201201001") == {"331125201-派出所": ("治安联络", False)}
    assert not load([str(pack_file)]).packs[0].successions
    assert apply(load([str(pack_file)]), today=TODAY) == {}


@in_tables
def test_whoever_is_no_longer_attached_is_let_go(settled: Shelf, pack_file: Path, supplement: Path) -> None:
    before = supplement.read_text("utf-8")
    attach(supplement, "{机构: 派出所}")
    apply(load([str(pack_file)]), today=TODAY)
    assert GridTeam.objects.count() == 9
    supplement.write_text(before, "utf-8")
    apply(load([str(pack_file)]), today=TODAY)
    assert not GridTeam.objects.exists()


@in_tables
def test_applying_the_county_leaves_the_townships_teams_alone(
    settled: Shelf, pack_file: Path, supplement: Path
) -> None:
    attach(supplement, "{机构: 派出所}")
    apply(load([str(pack_file)]), today=TODAY)
    apply(load(["331125"]), today=TODAY)
    assert GridTeam.objects.count() == 9


def test_mistakes_in_a_team_are_named(supplement: Path, mistakes: Callable[[], list[Finding]]) -> None:
    attach(supplement, "{机构: 派出锁}", "{机构: 派出所, 人员: intake}", "{分工: 联络}", "{人员: intake, 网格: 没有}")
    wrong = [finding.wrong for finding in mistakes()]
    assert wrong == [
        "没有写明机构“派出锁”",
        "“组团服务”的一项应写一个机构或一个人员",
        "“组团服务”的一项应写一个机构或一个人员",
        "没有写明网格单元“没有”",
    ]


def test_only_grid_posts_are_full_or_part_time(supplement: Path, mistakes: Callable[[], list[Finding]]) -> None:
    change(supplement, "{对象: 机构, 角色: 经办人,", "{对象: 机构, 角色: 经办人, 专兼职: 兼职,")
    (found,) = mistakes()
    assert found.wrong == "“经办人”不分专职、兼职"


@pytest.mark.parametrize("code", ["330602005", "330109014"])
def test_townships_whose_documents_speak_of_team_service_have_teams(everything: Shelf, code: str) -> None:
    pack = next(pack for pack in everything.packs if pack.code == code)
    assert "组团式服务" in str(pack.statements["网格"])
    assert pack.teams
    assert not any(pack.stated(team.place) for team in pack.teams)
