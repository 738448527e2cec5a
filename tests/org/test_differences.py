"""Townships differ by data alone: tables and setting follow the packs."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sipingtai.core.posts import Post, Seat
from sipingtai.core.setting import Rules
from sipingtai.org import models, setting
from sipingtai.org.packs.applying import apply, plan
from sipingtai.org.packs.desired_catalogue import routes
from sipingtai.org.packs.shelf import PRESETS, Shelf, load

TODAY = date(2026, 11, 2)
TOWNSHIPS = ("331126001", "331102102", "330602005", "330109014", "331125201")
database = pytest.mark.django_db(transaction=True, databases=["default", "owner"])


def rules(area: str) -> Rules:
    return setting.load(TODAY).rules(unit(f"{area}-指挥室"))


def unit(code: str) -> int:
    return models.Unit.objects.get(code=code).pk


def posts(seats: tuple[Seat, ...]) -> list[Post]:
    return [seat.post for seat in seats]


@pytest.fixture
def bench(tmp_path: Path) -> Callable[[str], Path]:
    """A delivered pack with its supplement, in a folder where it may be changed."""

    def lay_out(code: str) -> Path:
        for path in (PRESETS / "townships").glob(f"{code}-*.yaml"):
            shutil.copy(path, tmp_path)
        return next(p for p in tmp_path.glob(f"{code}-*.yaml") if "补充" not in p.name)

    return lay_out


@database
def test_each_township_has_the_rules_of_its_own_document(transactional_db: None, everything: Shelf) -> None:
    apply(everything, today=TODAY)
    assert {code: rules(code).hops for code in TOWNSHIPS} == {
        "331126001": 1, "331102102": 1, "330602005": 1, "330109014": 2, "331125201": 2,
    }  # fmt: skip
    assert {code for code in TOWNSHIPS if rules(code).station_first} == {"331126001"}
    # Only one document lets the principals, not the deputy secretary, settle what crosses platforms.
    assert {code for code in TOWNSHIPS if posts(rules(code).cross_arbiters)[0] is Post.LEADER} == {"331125201"}
    assert {posts(rules(code).arbiters)[0] for code in TOWNSHIPS} == {Post.CHIEF}
    assert {code: [a.title for a in arbiters(code)] for code in TOWNSHIPS} == {
        "331126001": ["副书记", "主要领导"],
        "331102102": ["镇党委副书记", "镇党委书记"],
        "330602005": ["副书记", "街道党工委书记"],
        "330109014": ["街道副书记", "街道主要领导"],
        "331125201": ["乡党委副书记", "乡主要领导"],
    }
    now = setting.load(TODAY)
    assert {code: now.commands[unit(f"{code}-指挥室")].parent for code in TOWNSHIPS} == {
        code: unit(f"{code[:6]}-指挥室") for code in TOWNSHIPS
    }


def arbiters(area: str) -> list[models.Arbiter]:
    return list(models.Arbiter.objects.filter(command__code=f"{area}-指挥室").order_by("position"))


@database
def test_all_ten_packs_together_change_nothing_the_second_time(transactional_db: None, everything: Shelf) -> None:
    assert len(everything.packs) == 10
    apply(everything, today=TODAY)
    assert plan(everything).lines == ()
    assert apply(everything, today=TODAY) == {}


@database
def test_what_a_document_says_besides_is_kept_for_mechanisms(transactional_db: None, everything: Shelf) -> None:
    apply(everything, today=TODAY)
    kept = {c.unit.code[:9]: c.document for c in models.Command.objects.filter(level=2).select_related("unit")}
    assert kept["331102102"]["roster"] == {
        "cadence": "每日", "by": ["镇班子成员"], "number": 1, "handover": "", "telephone": "", "clause": "S1-37",
    }  # fmt: skip
    assert kept["330602005"]["oversight"][0]["by"] == ["街道纪工委", "330602005-综治办"]
    assert kept["331102102"]["platforms"]["331102102-经济生态平台"]["承接"] == ["数字政府", "数字经济"]
    assert kept["331126001"]["platforms"]["331126001-党政综合业务模块"]["module"] is True
    assert kept["331126001"]["room"]["职权"] == ["指挥权", "督导权", "考核权"]
    assert {s["name"]: s["office"] for s in kept["331126001"]["services"]}[
        "村便民服务"
    ] == "331126001-社会事务综合服务中心"


@database
def test_offices_have_their_parts_in_the_platforms(transactional_db: None, everything: Shelf) -> None:
    apply(everything, today=TODAY)
    rows = models.PlatformMembership.objects.filter(office__code="331126001-松源综合行政执法中队")
    assert set(rows.values_list("platform__code", "role", "stated")) == {
        ("331126001-监管执法平台", "member", True),
        ("331126001-监管执法平台", "cooperating", True),
    }
    wards = models.Unit.objects.filter(area__code="330602005", dispatched=True).values_list("name", flat=True)
    assert set(wards) == {"国土", "司法所", "行政执法", "市场监管所", "派出所"}
    both = models.PlatformMembership.objects.filter(office__code="330602005-卫生").values_list(
        "platform__name", flat=True
    )
    assert set(both) == {"市场监管平台", "便民服务平台"}


@database
def test_swapping_hops_and_arbiters_of_two_packs_swaps_their_rules(
    transactional_db: None, bench: Callable[[str], Path]
) -> None:
    songyuan, xinjie = bench("331126001"), bench("330109014")
    apply(load([str(songyuan), str(xinjie)]), today=TODAY)
    before = {code: (rules(code).hops, posts(rules(code).arbiters)) for code in ("331126001", "330109014")}
    assert before == {
        "331126001": (1, [Post.CHIEF, Post.LEADER]),
        "330109014": (2, [Post.CHIEF, Post.LEADER]),
    }
    ours = songyuan.with_name(f"{songyuan.stem}.补充.yaml")
    swap(ours, "路径: [指挥室, 科室]", "路径: [指挥室, 平台]")
    swap(ours, "由: [副书记, 主要领导]", "由: [主要领导, 副书记]")
    swap(xinjie, "路径: [指挥室, 平台]", "路径: [指挥室, 科室]")
    swap(xinjie, "  - {事项: 跨平台, 由: [街道副书记], 依据: S3-13}\n", "")
    swap(songyuan, "先行受理: 村级工作站", "先行受理: 指挥室")
    apply(load([str(songyuan), str(xinjie)]), today=TODAY)
    after = {code: (rules(code).hops, posts(rules(code).arbiters)) for code in ("331126001", "330109014")}
    assert after == {
        "331126001": (2, [Post.LEADER, Post.CHIEF]),
        "330109014": (1, [Post.LEADER]),
    }
    assert not rules("331126001").station_first


def swap(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("330602005", {"03": "综合执法平台", "04": "综治工作平台", "11": "市场监管平台", "15": None}),
        ("330109014", {"03": "综合执法平台", "10": "综合执法平台", "12": "市场监管平台", "13": "便民服务平台"}),
        ("331126001", {"03": "应急管理平台", "11": "监管执法平台", "12": "公共服务平台", "15": "党政综合业务模块"}),
        ("331102102", {"03": "平安法治平台", "10": "经济生态平台", "15": "党建统领平台", "16": "党建统领平台"}),
    ],
)
def test_categories_go_where_the_towns_platforms_put_them(
    everything: Shelf, code: str, expected: dict[str, str | None]
) -> None:
    pack = next(p for p in everything.packs if p.code == code)
    found = routes(pack, everything.catalogues["默认目录"])
    assert {
        major: found[f"{major}999" if f"{major}999" in found else f"{major}001"][0] for major in expected
    } == expected


def test_a_suggested_office_belongs_to_the_suggested_platform(everything: Shelf) -> None:
    for pack in everything.packs:
        members = {p.name: {pack.office_name(ref.name) for _, ref in p.parts()} for p in pack.platforms}
        for category, (platform, office) in routes(pack, everything.catalogues["默认目录"]).items():
            if platform and office:
                assert pack.office_name(office) in members[platform], (pack.name, category, office)


def test_every_office_of_a_township_has_a_duty_list_a_return_can_refer_to(everything: Shelf) -> None:
    for pack in everything.packs:
        if pack.code in TOWNSHIPS:
            assert [o.name for o in pack.real_offices if not o.duties] == []


def test_grids_are_few_and_lie_near_their_township(everything: Shelf) -> None:
    centres = {"331126001": (119.06, 27.62), "331102102": (119.73, 28.31), "330602005": (120.58, 29.97),
               "330109014": (120.35, 30.20)}  # fmt: skip
    for pack in everything.packs:
        if pack.code not in centres:
            continue
        assert len(pack.villages) <= len(pack.grids) <= 40
        assert {g.village.name for g in pack.grids} == {v.name for v in pack.villages}
        lon, lat = centres[pack.code]
        for grid in pack.grids:
            assert all(abs(x - lon) < 0.05 and abs(y - lat) < 0.05 for x, y in grid.boundary)
