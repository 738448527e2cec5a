"""Saved views (我的视图): named, ordered, one's own alone, and never anything but a list of the desk."""

import re

import pytest

from sipingtai.desk.models import View
from sipingtai.desk.saved import MOST
from tests.desk.clerk import Clerk, clerk, text
from tests.township import Township

pytestmark = pytest.mark.django_db

INTAKE, DISPATCHER = "331125201-intake", "331125201-dispatcher"
HX = {"HX-Request": "true"}


def keep(desk: Clerk, name: str, query: str = "queue=all&stage=handling") -> str:
    return text(desk.client.post("/views", {"name": name, "query": query}, headers=HX))


def names(desk: Clerk) -> list[str]:
    own = text(desk.get("/")).split('id="view-list"')[1].split("</ul>")[0]
    return re.findall(r'<span class="cut">([^<]+)</span>', own)


def pk(township: Township, account: str, name: str) -> int:
    with township.acting(account):
        return View.objects.get(name=name).pk


def test_a_view_is_kept_named_moved_and_deleted(wuxi: Township) -> None:
    desk = clerk(wuxi, INTAKE)
    for name in ("甲", "乙", "丙"):
        keep(desk, name)
    assert names(desk) == ["甲", "乙", "丙"]
    desk.client.post(f"/views/{pk(wuxi, INTAKE, '丙')}/up", headers=HX)
    assert names(desk) == ["甲", "丙", "乙"]
    desk.client.post(f"/views/{pk(wuxi, INTAKE, '甲')}/rename", {"name": "在办的"}, headers=HX)
    desk.client.post(f"/views/{pk(wuxi, INTAKE, '乙')}/delete", headers=HX)
    assert names(desk) == ["在办的", "丙"]


def test_a_view_leads_to_its_list_with_its_filters(wuxi: Township) -> None:
    desk = clerk(wuxi, INTAKE)
    keep(desk, "路灯", "queue=all&q=路灯&days=30&sort=due")
    address = re.search(r'<a href="(/\?[^"]+)"[^>]*>(?:(?!</a>).)*路灯', text(desk.get("/")))
    assert address
    page = text(desk.get(address[1].replace("&amp;", "&")))
    assert "含“路灯”" in page
    assert "近 30 日" in page
    assert 'aria-current="page"' in page.split('id="view-list"')[1].split("</ul>")[0]


def test_a_view_is_its_owner_s_alone(wuxi: Township) -> None:
    keep(clerk(wuxi, INTAKE), "我的")
    mine = pk(wuxi, INTAKE, "我的")
    other = clerk(wuxi, DISPATCHER)
    assert names(other) == []
    for what in ("delete", "up", "rename"):
        other.client.post(f"/views/{mine}/{what}", {"name": "改掉"}, headers=HX)
    assert names(clerk(wuxi, INTAKE)) == ["我的"]
    with wuxi.acting(DISPATCHER):
        assert not View.objects.exists()  # the database itself keeps it from others


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("queue=all&evil=1&case=x&cursor=y", "queue=all"),
        ("queue=//example.org&stage=nothing", "queue=all"),
        ("queue=accepted&q=" + "长" * 80, "queue=accepted&q=" + "%E9%95%BF" * 50),
        ("q=<script>", "queue=all&q=%3Cscript%3E"),
    ],
)
def test_only_what_the_desk_itself_would_write_is_kept(wuxi: Township, query: str, kept: str) -> None:
    keep(clerk(wuxi, INTAKE), "试", query)
    with wuxi.acting(INTAKE):
        assert [row.query for row in View.objects.all()] in ([kept], [])


def test_a_view_wants_a_name_and_there_are_not_too_many(wuxi: Township) -> None:
    desk = clerk(wuxi, INTAKE)
    answer = desk.client.post("/views", {"name": " ", "query": ""}, headers=HX)
    assert answer.status_code == 422
    assert "起个名字" in text(answer)
    assert desk.client.post("/views", {"name": "字" * 21, "query": ""}, headers=HX).status_code == 422
    for no in range(MOST):
        keep(desk, f"视图 {no}")
    assert f"最多存 {MOST} 个视图" in keep(desk, "再一个")
    assert "已存好" in keep(desk, "视图 3", "queue=all&urgent=on")  # the same name takes the new list
    assert len(names(desk)) == MOST


def test_without_script_a_view_is_kept_as_well(wuxi: Township) -> None:
    desk = clerk(wuxi, INTAKE)
    answer = desk.client.post("/views", {"name": "紧急", "query": "queue=all&urgent=on"})
    assert answer["Location"] == "/?queue=all&urgent=on"
    assert names(desk) == ["紧急"]
