"""The default catalogue of categories."""

from pathlib import Path

import pytest

from sipingtai.org.packs.catalogue import Catalogue, build_catalogue
from sipingtai.org.packs.desired_catalogue import routes
from sipingtai.org.packs.findings import Findings
from sipingtai.org.packs.reading import parse, read
from sipingtai.org.packs.shelf import PRESETS, Shelf

FILE = PRESETS / "catalogue" / "默认目录.yaml"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    findings = Findings()
    found = build_catalogue(read(FILE), str(FILE), findings)
    assert not findings
    return found


def test_every_limit_parses_and_is_marked_as_our_proposal(catalogue: Catalogue) -> None:
    assert len(catalogue.categories) == 203
    assert all(c.handle for c in catalogue.categories)
    assert all(c.advisory and c.name_source and c.limit_source for c in catalogue.categories)


def test_every_category_has_three_to_eight_keywords(catalogue: Catalogue) -> None:
    assert {c.code: len(c.keywords) for c in catalogue.categories if not 3 <= len(c.keywords) <= 8} == {}


def test_service_and_help_is_restricted_and_crime_goes_to_the_police(catalogue: Catalogue) -> None:
    assert {c.code[:2] for c in catalogue.categories if c.restricted} == {"14"}
    assert all(c.restricted for c in catalogue.categories if c.code.startswith("14"))
    assert [c.code for c in catalogue.categories if c.police] == [f"0200{n}" for n in range(1, 8)]


def test_what_is_other_must_be_classified_again(catalogue: Catalogue) -> None:
    assert all(c.residual == c.code.endswith("999") for c in catalogue.categories)


@pytest.mark.parametrize(
    ("platforms", "expected"),
    [
        ({"综治工作平台", "综合执法平台", "市场监管平台", "便民服务平台"}, "综合执法平台"),
        ({"监管执法平台", "公共服务平台", "应急管理平台", "综治工作平台"}, "应急管理平台"),
        ({"党建统领平台", "经济生态平台", "平安法治平台", "公共服务平台"}, "平安法治平台"),
    ],
)
def test_work_safety_belongs_where_the_towns_platforms_put_it(
    catalogue: Catalogue, platforms: set[str], expected: str
) -> None:
    major = next(m for m in catalogue.majors if m.code == "03")
    assert major.platforms[catalogue.set_for(platforms) or ""] == expected


def test_the_packs_own_word_comes_before_the_catalogues(shelf: Shelf) -> None:
    wuxi = shelf.packs[1]
    found = routes(wuxi, shelf.catalogues["默认目录"])
    assert found["17002"] == ("综合执法平台", "城乡建设管理中心")
    assert found["03002"] == ("综合执法平台", "安全生产监管")
    assert found["03001"] == ("综治工作平台", "消防指挥部")
    assert found["15001"] == (None, "党政综合办公室")
    assert set(found) == {c.code for c in shelf.catalogues["默认目录"].categories}


def test_mistakes_in_a_catalogue_have_lines_too(tmp_path: Path) -> None:
    findings = Findings()
    text = (
        FILE.read_text(encoding="utf-8").replace('代码: "17002"', '代码: "17001"').replace("办理: 30日", "办理: 久", 1)
    )
    build_catalogue(parse(text, "目录.yaml"), "目录.yaml", findings)
    assert len(findings.items) == 2
    assert all(f.place.line > 30 and f.remedy for f in findings.items)
