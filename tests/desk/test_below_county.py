"""上下级 of a whole county: twenty townships cost no statement more than two, and are one screen to read."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Browser
from pytest_django import DjangoDbBlocker

from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.org.packs.applying import apply
from sipingtai.org.packs.shelf import find, load
from tests.conftest import standing
from tests.desk.browsing import screen
from tests.desk.clerk import clerk, text
from tests.desk.test_statements import statements
from tests.township import Township

COUNTY = "331125-dispatcher"
NAMES = "东溪 南岭 西塘 北山 春和 夏庄 秋口 冬坑 云岭 竹口 松阳 梅源 兰溪 石塘 泉湖 沙铺 紧水滩 崇头 安溪"


@pytest.fixture(scope="module")
def townships(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The packs of nineteen more townships, like the delivered one but for code and name."""
    folder, pack = tmp_path_factory.mktemp("packs"), find("331125201")
    for no, name in enumerate(NAMES.split(), start=301):
        for file in (pack, pack.with_name(pack.name.replace(".yaml", ".补充.yaml"))):
            said = file.read_text("utf-8").replace("331125201", f"331125{no}").replace("雾溪畲族乡", f"{name}镇")
            (folder / file.name.replace("331125201-雾溪畲族乡", f"331125{no}-{name}镇")).write_text(said, "utf-8")
    return sorted(str(file) for file in folder.glob("*.yaml") if ".补充" not in file.name)


@pytest.fixture(scope="module")
def county(
    townships: list[str], django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Township]:  # fmt: skip
    """The county with two of them."""
    with standing(["331125", "331125201", townships[0]], django_db_blocker) as found:
        yield found


def work_in(county: Township, code: str, no: int) -> None:
    """What stands in a township: reports, a matter handed down, one that is long overdue."""
    now = local(timezone.now())
    for ago in (0, 40)[: 1 + no % 2]:
        county.report("桥头路灯不亮。", by=f"{code}-intake", area=code, now=now - timedelta(days=ago))
    then = now - timedelta(days=no)
    receipt = county.report("民宿没有办手续。", by="331125-intake", channel=Channel.COUNTY, area="331125", now=then)
    county.act("331125-intake", receipt.case_id, A.ACCEPT, now=then)
    to = county.unit(f"{code}-指挥室")
    county.act(COUNTY, receipt.case_id, A.HAND_DOWN, to=to, reason="请属地办理。", now=then)


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_twenty_townships_ask_what_two_ask_and_stand_on_one_screen(
    county: Township, townships: list[str], live_server, chromium: Browser
) -> None:
    desk = clerk(county, COUNTY)
    for no, code in enumerate(("331125201", "331125301")):
        work_in(county, code, no)
    desk.get("/below")
    two = statements(lambda: desk.get("/below"))
    assert text(desk.get("/below")).split("<tbody>")[1].count("<tr>") == 2

    apply(load(["331125", "331125201", *townships]), today=date(2026, 1, 1))
    for no, path in enumerate(townships[1:], start=2):
        work_in(county, Path(path).name[:9], no)
    desk.get("/below")  # names of areas are read once for every state of the organisation
    twenty = statements(lambda: desk.get("/below"))
    assert len(twenty) == len(two) <= 12
    page = text(desk.get("/below"))
    rows = page.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:]
    assert len(rows) == 20
    assert all(row.count("已等") == 1 for row in rows)

    seen = screen(chromium, live_server.url, county, COUNTY)
    seen.go("/below")
    last = seen.page.locator("tbody tr").last.bounding_box()
    assert last
    assert last["y"] + last["height"] <= 768  # nobody has to scroll, and no name is broken over two lines
    assert len({round(row.bounding_box()["height"]) for row in seen.page.locator("tbody tr").all()}) == 1  # type: ignore[index]
    assert seen.barriers() == seen.complaints == []
