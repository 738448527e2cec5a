"""The facts bite: with another township's arbiters, hops or stations in its pack, a township fails its scenarios."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker
from pytest_django.live_server_helper import LiveServer

from sipingtai.org.packs.shelf import PRESETS
from tests.acceptance import scenarios
from tests.acceptance.facts import ALL, DAGANGTOU, SONGYUAN, Facts
from tests.acceptance.people import People
from tests.acceptance.scenarios import DiffersError, Scene
from tests.conftest import standing

pytestmark = pytest.mark.django_db(transaction=True)

# Township, whether the line stands in the supplement, what its pack says, what another township's says.
Edit = tuple[str, bool, str, str]
ARBITERS: tuple[Edit, ...] = (
    ("331125201", False, "由: [乡主要领导, 联席会议]", "由: [乡党委副书记]"),
    ("330602005", False, "跨平台, 由: [副书记]", "跨平台, 由: [街道党工委书记]"),
    ("330109014", False, "跨平台, 由: [街道副书记]", "跨平台, 由: [街道主要领导]"),
    ("331126001", True, "跨平台, 由: [副书记, 主要领导]", "跨平台, 由: [主要领导]"),
    ("331102102", True, "跨平台, 由: [镇党委副书记, 镇党委书记]", "跨平台, 由: [镇党委书记]"),
)
STATIONS: tuple[Edit, ...] = (
    ("331126001", False, "先行受理: 村级工作站", "先行受理: 指挥室"),
    ("331102102", True, "先行受理: 指挥室", "先行受理: 村级工作站"),
)
ONE, TWO = "路径: [指挥室, 科室]", "路径: [指挥室, 平台, 科室]"
HOPS: tuple[Edit, ...] = (
    ("331125201", False, TWO, ONE),
    ("330109014", False, "路径: [指挥室, 平台]", ONE),
    ("330602005", True, ONE, TWO),
    ("331126001", True, ONE, TWO),
    ("331102102", True, ONE, TWO),
)
each_township = pytest.mark.parametrize("facts", ALL, ids=[f.name for f in ALL])


def edited(edits: tuple[Edit, ...], folder: Path) -> list[str]:
    """A copy of the delivered packs with these lines changed; returns the packs' files."""
    copies = Path(shutil.copytree(PRESETS / "townships", folder / "townships"))
    for code, supplement, said, other in edits:
        pack = next(p for p in copies.glob(f"{code}-*.yaml") if p.name.endswith(".补充.yaml") is supplement)
        text = pack.read_text("utf-8")
        assert text.count(said) == 1, (pack.name, said)
        pack.write_text(text.replace(said, other), "utf-8")
    return sorted(str(p) for p in copies.glob("*.yaml") if not p.name.endswith(".补充.yaml"))


@pytest.fixture(scope="module")
def swapped(
    request: pytest.FixtureRequest,
    tmp_path_factory: pytest.TempPathFactory,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    live_server: LiveServer,
) -> Iterator[People]:
    packs = edited(request.param, tmp_path_factory.mktemp("packs"))
    with standing(packs, django_db_blocker) as found:
        yield People(live_server.url, found)


@each_township
@pytest.mark.parametrize("swapped", [ARBITERS + STATIONS], ids=["arbiters"], indirect=True)
def test_with_another_s_arbiter_the_matter_of_two_platforms_fails(swapped: People, facts: Facts) -> None:
    with pytest.raises(DiffersError, match=f"^{facts.name}：跨平台事项应由{facts.across.title}裁定"):
        scenarios.a_matter_of_two_platforms(Scene(swapped, facts))


@pytest.mark.parametrize(
    ("facts", "receiver"), [(SONGYUAN, "村级工作站"), (DAGANGTOU, "指挥室")], ids=["松源", "大港头"]
)
@pytest.mark.parametrize("swapped", [ARBITERS + STATIONS], ids=["arbiters"], indirect=True)
def test_with_another_s_first_receiver_the_grid_s_report_fails(swapped: People, facts: Facts, receiver: str) -> None:
    with pytest.raises(DiffersError, match=f"^{facts.name}：网格上报的事应由{receiver}先收"):
        scenarios.what_a_grid_reports(Scene(swapped, facts))


@each_township
@pytest.mark.parametrize("swapped", [HOPS], ids=["hops"], indirect=True)
def test_with_another_s_hops_every_incident_fails(swapped: People, facts: Facts) -> None:
    with pytest.raises(DiffersError, match=f"^{facts.name}：分流应"):
        scenarios.an_incident(Scene(swapped, facts), facts.incidents[0])
