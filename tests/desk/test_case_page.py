"""The case page: where it went back, what may be the same matter, how much an office has, replies to take."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.loop.reading.load import Load, loads
from tests.desk.clerk import clerk, number_of, text
from tests.desk.test_flows import DISPATCHER, INTAKE, PLATFORM, with_office
from tests.township import Township

pytestmark = pytest.mark.django_db

LAMP = "会溪桥头的路灯不亮了，晚上看不见路。"
CHIEF = "331125201-chief"
BRIDGE = (119.5600, 28.1000)


def track(page: str) -> list[str]:
    found = re.search(r'<ol class="track".*?</ol>', page, re.S)
    assert found
    return [re.sub(r"<[^>]+>", "", stop) for stop in re.findall(r"<li.*?</li>", found[0], re.S)]


def test_the_track_shows_where_a_case_went_back(wuxi: Township) -> None:
    case_id, number, office = with_office(wuxi)
    assert "回到" not in "".join(track(text(clerk(wuxi, DISPATCHER).see(number))))
    wuxi.act(office, case_id, A.REQUEST_RETURN, clause="1", to=wuxi.unit("331125201-综治办"), reason="不属于本科室")
    wuxi.act(DISPATCHER, case_id, A.GRANT_RETURN, reason="同意改交")
    stops = track(text(clerk(wuxi, DISPATCHER).see(number)))
    assert "分流回到 1 次" in stops
    assert "退单裁定1 次" in stops


def test_a_case_handed_up_shows_its_way_and_no_way_back(wuxi: Township) -> None:
    receipt = wuxi.report(LAMP, by=INTAKE, category="17002")
    wuxi.act(INTAKE, receipt.case_id, A.ACCEPT)
    wuxi.act(DISPATCHER, receipt.case_id, A.ESCALATE, reason="本级无法办理")
    page = text(clerk(wuxi, "331125-dispatcher").see(receipt.number))
    assert "回到" not in "".join(track(page))
    stack = wuxi.case(receipt.case_id).stack
    township, county = (wuxi.setting.units[layer.command].name for layer in stack)
    layers = page.split("<h2>上下级</h2>")[1].split("</section>")[0]
    assert f"<dt>现在指挥</dt><dd>云和县 · {county}</dd>" in layers
    assert f"<dt>等答复</dt><dd>雾溪畲族乡 · {township}" in layers


def test_the_same_lamp_reported_twice_is_named_with_reasons_and_merged_from_there(wuxi: Township) -> None:
    first = wuxi.report(LAMP, by=INTAKE, category="17002", point=BRIDGE)
    second = wuxi.report("桥头路灯又不亮，晚上看不见。", by=INTAKE, category="17002", point=(119.5602, 28.1))
    other = wuxi.report("垃圾桶满了。", by=INTAKE, category="04001", point=BRIDGE)
    page = text(clerk(wuxi, INTAKE).see(second.number))
    assert "疑似重复" in page
    assert "类别相同、文字相近、相距约 20 米" in page
    assert f"other={first.number}" in page
    assert f"other={other.number}" not in page
    form = text(clerk(wuxi, INTAKE).get(f"/cases/{second.number}/merge?other={first.number}"))
    assert f'value="{first.number}"' in form


def test_what_was_declined_is_no_matter_to_merge_with(wuxi: Township) -> None:
    first = wuxi.report(LAMP, by=INTAKE, category="17002", point=BRIDGE)
    second = wuxi.report(LAMP, by=INTAKE, category="17002", point=BRIDGE)
    assert first.number in text(clerk(wuxi, INTAKE).see(second.number))
    wuxi.act(INTAKE, first.case_id, A.DECLINE, reason="重复反映。")
    assert first.number not in text(clerk(wuxi, INTAKE).see(second.number))


def test_what_lies_out_of_sight_is_not_named_as_near(wuxi: Township) -> None:
    first = wuxi.report(LAMP, by=INTAKE, category="17002", point=BRIDGE)
    wuxi.act(INTAKE, first.case_id, A.ACCEPT)
    case_id, number, office = with_office(wuxi)
    assert not wuxi.seen_by(office, first.case_id)
    assert wuxi.seen_by(office, case_id)
    assert first.number not in text(clerk(wuxi, office).see(number))


def test_an_office_s_load_stands_beside_its_name(wuxi: Township) -> None:
    case_id, _, office = with_office(wuxi)
    unit = wuxi.unit("331125201-村容村貌")
    now = local(timezone.now())
    with wuxi.acting(DISPATCHER):
        assert loads([unit], now) == {unit: Load(open=1, late=0)}
        assert loads([unit], now + timedelta(days=60)) == {unit: Load(open=1, late=1)}
    wuxi.act(office, case_id, A.SIGN)
    wuxi.act(office, case_id, A.REQUEST_SUSPENSION, until=now + timedelta(days=30), reason="等待上级批复。")
    wuxi.act(CHIEF, case_id, A.GRANT_SUSPENSION)
    with wuxi.acting(DISPATCHER):
        assert loads([unit], now + timedelta(days=29)) == {unit: Load(open=1, late=0)}, "挂起的不算超期"
    receipt = wuxi.report("又一盏路灯不亮。", by=INTAKE, category="17002")
    wuxi.act(INTAKE, receipt.case_id, A.ACCEPT)
    form = text(clerk(wuxi, DISPATCHER).get(f"/cases/{receipt.number}/dispatch"))
    assert "综合执法平台（在办 1）" in form
    assert "综治工作平台（无在办）" in form


def test_forms_offer_what_is_written_every_day(wuxi: Township) -> None:
    case_id, number, office = with_office(wuxi)
    wuxi.act(office, case_id, A.SIGN)
    page = text(clerk(wuxi, office).get(f"/cases/{number_of(wuxi, case_id)}/finish"))
    assert (
        '<button class="chip chip-plain" type="button" data-phrase="move_text">已到现场处置完毕，现场已恢复正常。'
        in page
    )
    assert "data-phrase" not in text(clerk(wuxi, PLATFORM).see(number))
