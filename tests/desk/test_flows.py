"""The desk's pages take a matter through the loop: who sees which form, what it does, what is said."""

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from sipingtai.access.models import RevealLog
from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.stages import Stage
from tests.desk.clerk import Clerk, clerk, number_of, text
from tests.township import Township

pytestmark = pytest.mark.django_db

INTAKE, DISPATCHER, PLATFORM = "331125201-intake", "331125201-dispatcher", "331125201-platform-2-head"
LAMP = "会溪桥头的路灯不亮了，晚上看不见路。"


def taken_in(wuxi: Township, **fields: object) -> tuple[int, str]:
    receipt = wuxi.report(LAMP, by=INTAKE, **({"category": "17002"} | fields))
    return receipt.case_id, receipt.number


def dispatched(wuxi: Township) -> tuple[int, str]:
    case_id, number = taken_in(wuxi)
    wuxi.act(INTAKE, case_id, A.ACCEPT)
    wuxi.act(DISPATCHER, case_id, A.DISPATCH, to=wuxi.unit("331125201-综合执法平台"))
    return case_id, number


def with_office(wuxi: Township) -> tuple[int, str, str]:
    case_id, number = dispatched(wuxi)
    wuxi.act(PLATFORM, case_id, A.FORWARD, to=wuxi.unit("331125201-村容村貌"))
    return case_id, number, wuxi.handler("331125201-村容村貌")


def picture() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (64, 48), (90, 120, 60)).save(content, "JPEG")
    return SimpleUploadedFile("处置后.jpg", content.getvalue(), "image/jpeg")


def test_a_matter_goes_over_two_hops_from_the_telephone_to_the_office(wuxi: Township) -> None:
    desk = clerk(wuxi, INTAKE)
    answer = desk.report(LAMP, name="王小明", phone="13812345678", category="17002 公共设施 · 路灯")
    assert answer.status_code == 302, text(answer)
    number = answer["Location"].rsplit("/", 1)[1]
    page = text(desk.see(number))
    assert "查询码" in page
    assert "王**" in page
    assert "13812345678" not in page

    assert desk.move(number, "accept").status_code == 302
    desk = clerk(wuxi, DISPATCHER)
    form = text(desk.get(f"/cases/{number}/dispatch"))
    # The pack's way for this category, chosen beforehand.
    assert "建议交 <strong>综合执法平台</strong>，由 <strong>城乡建设管理中心</strong> 承办" in form
    platform, office = wuxi.unit("331125201-综合执法平台"), wuxi.unit("331125201-村容村貌")
    assert f'value="{platform}" selected' in form
    assert f'<option value="{office}"' not in form.split('name="assists"')[0]  # its work goes through the platform
    answer = desk.move(number, "dispatch", to=platform, text="请尽快核实。")
    assert answer.status_code == 302
    told = text(desk.get("/"))
    assert f"{number} 已办“分流交办”，现由综合执法平台承办。" in told

    desk = clerk(wuxi, PLATFORM)
    assert "待转派" in text(desk.get("/"))
    assert desk.move(number, "forward", to=office).status_code == 302
    desk = clerk(wuxi, wuxi.handler("331125201-村容村貌"))
    assert "请尽快核实。" in text(desk.see(number))
    assert desk.move(number, "sign").status_code == 302
    answer = desk.move(number, "finish", text="已更换灯泡。")
    assert answer.status_code == 422
    assert "请上传照片" in text(answer)
    assert "已更换灯泡。" in text(answer)  # what was typed stays
    assert desk.move(number, "finish", text="已更换灯泡。", files=picture()).status_code == 302

    desk = clerk(wuxi, DISPATCHER)
    page = text(desk.see(number))
    small = re.search(rf'src="(/cases/{number}/files/[0-9a-f-]+/small)"', page)
    assert small
    shown = desk.get(small[1])
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["X-Content-Type-Options"] == "nosniff"
    whole = desk.get(small[1].removesuffix("/small"))
    assert whole["Content-Disposition"].startswith("inline")
    assert desk.move(number, "verify").status_code == 302


def test_files_of_a_form_that_comes_back_are_asked_for_again(wuxi: Township) -> None:
    _, number, account = with_office(wuxi)
    desk = clerk(wuxi, account)
    desk.move(number, "sign")
    answer = desk.move(number, "finish", text="", files=picture())
    assert answer.status_code == 422
    assert "文件没能保留，请重新选一次" in text(answer)
    assert "文件没能保留" not in text(desk.move(number, "finish", text=""))
    answer = clerk(wuxi, INTAKE).report("", files=picture())
    assert answer.status_code == 422
    assert "文件没能保留，请重新选一次" in text(answer)


def test_a_long_story_shows_its_latest_steps_and_opens_to_the_rest(wuxi: Township) -> None:
    case_id, number = taken_in(wuxi)
    for no in range(1, 21):
        wuxi.act(INTAKE, case_id, A.ANNOTATE, text=f"第 {no} 次来电。")
    page = text(clerk(wuxi, INTAKE).see(number))
    folded, shown = page[page.index("更早的 13 步") :].split("</details>", 1)
    assert "第 1 次来电。" in folded
    assert "第 13 次来电。" not in folded
    assert "第 13 次来电。" in shown
    assert "第 20 次来电。" in shown


def test_a_return_names_a_clause_and_the_room_rules_on_it(wuxi: Township) -> None:
    _, number, office = with_office(wuxi)
    desk = clerk(wuxi, office)
    answer = desk.move(number, "request_return", reason="不属于本单位职责。")
    assert answer.status_code == 422
    assert "依据条款" in text(answer)
    to = wuxi.unit("331125201-环保")
    assert desk.move(number, "request_return", clause="1", to=to, reason="属环境保护。").status_code == 302
    room = clerk(wuxi, DISPATCHER)
    page = text(room.get("/?queue=returning"))
    assert number in page
    assert "村容村貌申请退单（依据：1 村容村貌与宣传广告；建议交：环保）" in page
    answer = room.move(number, "grant_return", reason="同意改交。")
    assert answer.status_code == 302
    assert "同意退单" in text(room.see(number))


def test_a_return_names_no_clause_that_is_not_in_the_duty_list(wuxi: Township) -> None:
    _, number, office = with_office(wuxi)
    desk, to = clerk(wuxi, office), wuxi.unit("331125201-环保")
    answer = desk.move(number, "request_return", clause="第 8 条", to=to, reason="属环境保护。")
    assert answer.status_code == 422
    assert "退单要依据本单位职责清单的条款" in text(answer)
    assert desk.move(number, "request_return", clause="1", to=to, reason="属环境保护。").status_code == 302


def test_a_duty_list_holds_until_the_day_of_the_set_up_that_leaves_it_out(
    wuxi: Township, owner_connection: psycopg.Connection
) -> None:
    _, number, office = with_office(wuxi)
    desk = clerk(wuxi, office)
    tomorrow = local(timezone.now()).date() + timedelta(days=1)
    for last, offered in ((tomorrow, True), (tomorrow - timedelta(days=1), False)):
        with duty_clause(owner_connection, wuxi.unit("331125201-村容村貌"), "沿街店招管理", until=last):
            page = text(desk.get(f"/cases/{number}/request_return"))
            assert ("99 沿街店招管理" in page) is offered


@contextmanager
def duty_clause(owner: psycopg.Connection, office: int, clause: str, *, until: date) -> Iterator[None]:
    """As if the pack gave the office this clause, and a later pack ended it on a day."""
    changed = "UPDATE org_version SET number = number + 1, changed_at = now()"
    columns = "(office_id, number, text, clause, valid_to)"
    owner.execute(f"INSERT INTO org_dutyclause {columns} VALUES (%s, '99', %s, '', %s)", [office, clause, until])
    owner.execute(changed)
    try:
        yield
    finally:
        owner.execute("DELETE FROM org_dutyclause WHERE office_id = %s AND text = %s", [office, clause])
        owner.execute(changed)


def test_the_chief_decides_what_the_platform_may_not_and_writes_instructions(wuxi: Township) -> None:
    case_id, number, office = with_office(wuxi)
    wuxi.act(office, case_id, A.SIGN)
    desk = clerk(wuxi, office)
    assert desk.move(number, "request_suspension", until="2030-01-01", reason="等待天气。").status_code == 422
    until = (wuxi.case(case_id).received_at.date().toordinal()) + 20
    day = type(wuxi.case(case_id).received_at.date()).fromordinal(until).isoformat()
    assert desk.move(number, "request_suspension", until=day, reason="等待天气。").status_code == 302
    chief = clerk(wuxi, "331125201-chief")
    assert number in text(chief.get("/?queue=asked"))
    assert chief.move(number, "instruct", text="注意安全，先设警示。").status_code == 302
    assert chief.move(number, "grant_suspension").status_code == 302
    page = text(chief.see(number))
    assert "注意安全，先设警示。" in page
    assert wuxi.case(case_id).stage is Stage.SUSPENDED


def test_who_acts_on_old_sight_is_told_what_changed_and_keeps_what_was_typed(wuxi: Township) -> None:
    case_id, number = taken_in(wuxi)
    wuxi.act(INTAKE, case_id, A.ACCEPT)
    desk = clerk(wuxi, DISPATCHER)
    old = wuxi.case(case_id).steps
    wuxi.act(INTAKE, case_id, A.CLASSIFY, reason="更正", level=3)
    to = wuxi.unit("331125201-综合执法平台")
    late = {"seen": old, "to": to, "text": "我写的交办意见"}
    answer = desk.client.post(f"/cases/{number}/dispatch", late)
    assert answer.status_code == 409
    page = text(answer)
    assert "研判" in page.split('role="alert"')[1][:400]
    assert "我写的交办意见" in page
    assert wuxi.case(case_id).stage is Stage.ACCEPTED
    # The page that came back was made from the present version: pressing again goes through.
    assert f'name="seen" value="{old + 1}"' in page
    assert desk.client.post(f"/cases/{number}/dispatch", late | {"seen": old + 1}).status_code == 302


def test_a_move_that_is_gone_keeps_the_words_for_copying(wuxi: Township) -> None:
    case_id, number = taken_in(wuxi)
    desk = clerk(wuxi, INTAKE)
    old = wuxi.case(case_id).steps
    wuxi.act(INTAKE, case_id, A.ACCEPT)
    answer = desk.client.post(f"/cases/{number}/accept", {"seen": old, "text": "电话里已告知"})
    assert answer.status_code == 409
    assert "电话里已告知" in text(answer)


def test_the_same_form_sent_twice_is_one_case(wuxi: Township) -> None:
    desk = clerk(wuxi, INTAKE)
    key = "3f2b8a52-7f8b-4b0e-9b58-0d9b2b1c7d11"
    first, second = desk.report(LAMP, key=key), desk.report(LAMP, key=key)
    assert first["Location"] == second["Location"]
    assert "没有重复登记" in text(desk.get(second["Location"]))


def test_a_split_makes_children_that_are_accepted_and_hold_the_parent(wuxi: Township) -> None:
    case_id, number = taken_in(wuxi)
    wuxi.act(INTAKE, case_id, A.ACCEPT)
    desk = clerk(wuxi, DISPATCHER)
    assert desk.move(number, "split", parts="只有一行", reason="一事多因").status_code == 422
    assert desk.move(number, "split", parts="修路灯\n清垃圾", reason="一事多因").status_code == 302
    children = [wuxi.case(child) for child in wuxi.case(case_id).children]
    assert [child.stage for child in children] == [Stage.ACCEPTED, Stage.ACCEPTED]
    assert {child.parent for child in children} == {case_id}
    page = text(desk.see(number))
    assert all(number_of(wuxi, child.id) in page for child in children)


def test_a_merge_names_the_other_case_by_its_number(wuxi: Township) -> None:
    first, _ = taken_in(wuxi)
    second, number = taken_in(wuxi)
    for case_id in (first, second):
        wuxi.act(INTAKE, case_id, A.ACCEPT)
    desk = clerk(wuxi, INTAKE)
    answer = desk.move(number, "merge", other="331125201-19990101-000001")
    assert answer.status_code == 422
    assert "没有找到这件事" in text(answer)
    assert desk.move(number, "merge", other=number_of(wuxi, first)).status_code == 302
    assert wuxi.case(second).master == first
    assert "并入主件" in text(desk.see(number))


def test_the_contact_is_shown_for_a_reason_and_the_reason_is_kept(wuxi: Township) -> None:
    desk = clerk(wuxi, INTAKE)
    number = desk.report(LAMP, name="王小明", phone="13812345678")["Location"].rsplit("/", 1)[1]
    refused = desk.client.post(f"/cases/{number}/contact", {"why": "看"})
    assert refused.status_code == 422
    assert "13812345678" not in text(refused)
    shown = desk.client.post(f"/cases/{number}/contact", {"why": "回访核实现场位置"}, headers={"HX-Request": "true"})
    assert shown.status_code == 200
    assert "13812345678" in text(shown)
    assert shown["Cache-Control"] == "private, no-store"
    with wuxi.acting(INTAKE):
        assert list(RevealLog.objects.values_list("subject", "reason")) == [(number, "回访核实现场位置")]


def test_who_has_nothing_to_do_on_a_case_is_shown_no_contact(wuxi: Township) -> None:
    number = clerk(wuxi, INTAKE).report(LAMP, name="王小明", phone="13812345678")["Location"].rsplit("/", 1)[1]
    looking_on = clerk(wuxi, "331125201-oversight")
    assert looking_on.see(number).status_code == 200
    assert looking_on.client.post(f"/cases/{number}/contact", {"why": "回访核实现场位置"}).status_code == 404


def test_offered_is_exactly_what_the_table_permits(wuxi: Township) -> None:
    case_id, number, office = with_office(wuxi)
    wuxi.act(office, case_id, A.SIGN)
    page = text(clerk(wuxi, office).see(number))
    offered = set(re.findall(rf'(?:href|action)="/cases/{number}/([a-z_]+)"', page))
    assert {"finish", "progress", "request_return", "request_extension", "request_suspension", "enlist"} <= offered
    assert not offered & {"dispatch", "accept", "verify", "void", "reassign", "grant_extension"}


@pytest.mark.parametrize("who", ["331125-dispatcher", "331125201-leader", "331125201-oversight", "331125201-system"])
def test_every_post_has_a_desk(wuxi: Township, who: str) -> None:
    assert clerk(wuxi, who).get("/").status_code == 200


def test_the_county_answers_what_was_escalated(wuxi: Township) -> None:
    case_id, number = taken_in(wuxi)
    wuxi.act(INTAKE, case_id, A.ACCEPT)
    assert clerk(wuxi, DISPATCHER).move(number, "escalate", reason="事权在县。").status_code == 302
    county: Clerk = clerk(wuxi, "331125-dispatcher")
    assert number in text(county.get("/cases?stage=reported"))
    assert county.move(number, "accept").status_code == 302
    assert county.move(number, "answer", text="县里已派人修复。", verdict="yes").status_code == 302
    assert wuxi.case(case_id).command == wuxi.unit("331125201-指挥室")


def test_the_second_return_lies_in_the_arbiters_queue_and_its_ruling_guides_the_next_dispatch(wuxi: Township) -> None:
    case_id, number, office = with_office(wuxi)
    to = wuxi.unit("331125201-环保")
    wuxi.act(office, case_id, A.REQUEST_RETURN, clause="第 8 条", to=to, reason="属环境保护。")
    wuxi.act(DISPATCHER, case_id, A.REFUSE_RETURN, reason="请先行处置。")
    wuxi.act(office, case_id, A.REQUEST_RETURN, clause="第 8 条", to=to, reason="确无职责。")
    holder = wuxi.case(case_id).holder
    assert holder is not None
    assert holder.post is not None
    desk = clerk(wuxi, wuxi.holding(holder.unit, holder.post))
    assert number in text(desk.get("/?queue=returning"))
    assert desk.move(number, "grant_return", reason="终裁：由环保承办。").status_code == 302
    following, another = taken_in(wuxi)
    wuxi.act(INTAKE, following, A.ACCEPT)
    page = text(clerk(wuxi, DISPATCHER).see(another))
    ruling = page.split("建议交 ")[1].split("</section>")[0]
    assert "<strong>环保</strong> 承办" in ruling
    assert "作出退单终裁：环保承办（村容村貌退单）" in ruling
    assert f'href="/cases/{number}">{number}</a>' in ruling
    assert "规则与终裁不一致，以终裁为准" in ruling


def test_the_head_of_an_office_sends_one_of_its_people(wuxi: Township) -> None:
    case_id, number, office = with_office(wuxi)
    head = f"{office}-head"
    desk = clerk(wuxi, head)
    person = wuxi.account(office)
    assert f'<option value="{person.pk}">' in text(desk.get(f"/cases/{number}/assign_person"))
    assert desk.move(number, "assign_person", person=person.pk).status_code == 302
    assert f"派员 → {person.display_name}" in text(desk.see(number))
    main = wuxi.case(case_id).main
    assert main is not None
    assert main.person == person.pk


def test_a_suggested_category_is_taken_only_when_it_is_chosen(wuxi: Township) -> None:
    desk = clerk(wuxi, INTAKE)
    shown = desk.client.post("/new/category", {"text": LAMP}, headers={"HX-Request": "true"})
    assert "公共设施 · 路灯" in text(shown)
    assert "文中提到" in text(shown)
    for fields, category in (({"suggested": "17002"}, "公共设施 · 路灯"), ({}, "其他")):
        number = desk.report(LAMP, **fields)["Location"].rsplit("/", 1)[1]
        assert category in text(desk.see(number)).split("<h2>要点</h2>")[1]
