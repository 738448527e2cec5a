"""值班表 and 值班日志 on the desk: filled in by the head, seen by all; a handover is kept."""

import re
from datetime import date

import psycopg
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone

from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.case import Colour
from sipingtai.core.setting import Urgency
from sipingtai.mechanisms.duty.log import PAGE
from sipingtai.mechanisms.duty.models import Entry
from sipingtai.mechanisms.duty.rota import today
from sipingtai.org.models import DutyShift
from tests.desk.clerk import Clerk, clerk, text
from tests.desk.test_statements import statements
from tests.mechanisms.rotas import CHIEF, CLERK, DAY, DEPUTY, HEAD, LEADER, arranged, id_of, room, roster
from tests.township import Township

pytestmark = pytest.mark.django_db

INTAKE, COUNTY = "331125201-intake", "331125-intake"


def send(desk: Clerk, what: str, **fields: object) -> HttpResponse:
    return desk.client.post(f"/duty/{what}", fields)


def running(wuxi: Township) -> date:
    return today(wuxi.setting, room(wuxi), local(timezone.now()))


def table(*rows: str, heading: str = "日期\t值班领导\t值班人员") -> str:
    return "\n".join([heading, *rows])


def test_the_head_fills_in_a_range_in_one_go_and_everybody_of_the_township_sees_it(wuxi: Township) -> None:
    day = running(wuxi)
    head = clerk(wuxi, HEAD)
    assert "这个月还没有排值班" in text(head.get("/duty"))
    last = day + 9 * DAY
    answer = send(head, "turns", first=day.isoformat(), last=last.isoformat(), order="乡党委书记\n乡长\n\n乡人武部长\n")
    assert answer.status_code == 302, text(answer)
    assert DutyShift.objects.count() == 10
    for name in (CLERK, "331125201-grid-01", "331125201-oversight", "331125201-village-01"):
        page = text(clerk(wuxi, name).get(f"/duty?month={day:%Y-%m}"))
        assert "乡党委书记" in page, name
        assert "轮值排班" not in page
    assert clerk(wuxi, CLERK).client.post("/duty/turns", {"first": day.isoformat()}).status_code == 404
    assert DutyShift.objects.count() == 10


def test_one_day_is_changed_with_its_staff(wuxi: Township) -> None:
    day = running(wuxi) + 2 * DAY
    head = clerk(wuxi, HEAD)
    page = text(head.get(f"/duty?month={day:%Y-%m}&day={day}"))
    assert f"{day.month}月{day.day}日值班" in page
    answer = send(head, "day", day=day.isoformat(), leader=id_of(wuxi, DEPUTY), staff=[id_of(wuxi, CLERK)])
    assert answer.status_code == 302, text(answer)
    assert answer["Location"] == f"/duty?month={day:%Y-%m}&command={room(wuxi)}"
    assert {(row.account.username, row.leading) for row in DutyShift.objects.all()} == {(DEPUTY, True), (CLERK, False)}
    answer = send(head, "day", day=day.isoformat(), leader=id_of(wuxi, CLERK))
    assert answer.status_code == 422
    assert "不是班子成员" in text(answer)


@pytest.mark.parametrize(
    ("what", "fields", "told"),
    [
        ("turns", {"first": "2026-02-30", "last": "", "order": ""}, "请填写开始日期"),
        ("turns", {"first": "2199-01-01", "last": "2198-01-01", "order": "乡长"}, "早于开始日期"),
        ("turns", {"first": "2198-01-01", "last": "2199-12-01", "order": "乡长"}, "一次最多排"),
        ("turns", {"first": "2198-01-01", "last": "2198-01-03", "order": "张三\n乡长\n李四"}, "第 3 行：“李四”不在"),
        ("turns", {"first": "2198-01-01", "last": "2198-01-03", "order": " "}, "请写明轮值的人"),
        ("turns", {"first": "2020-01-01", "last": "2020-01-03", "order": "乡长"}, "已经过去"),
        ("swap", {"one": "2198-01-01", "other": "2198-01-01"}, "两个日期相同"),
        ("swap", {"one": "2198-01-01", "other": "2198-01-02"}, "还没有排值班领导"),
        ("day", {"day": "", "leader": ""}, "请填写日期"),
        ("day", {"day": "2198-01-01", "leader": "999999999"}, "不在可排的人员里"),
        ("table", {"rows": ""}, "请粘贴值班表"),
        ("table", {"rows": "姓名\t电话\n甲\t1"}, "没有找到表头"),
    ],
)
def test_what_was_filled_in_wrong_is_said_and_kept(
    wuxi: Township, what: str, fields: dict[str, str], told: str
) -> None:
    answer = send(clerk(wuxi, HEAD), what, **fields)
    assert answer.status_code == 422
    assert told in text(answer)
    assert all(
        value in text(answer) for key, value in fields.items() if key in ("order", "one", "first") and value.strip()
    )
    assert not DutyShift.objects.exists()


def test_a_table_with_one_wrong_row_is_not_taken_and_every_fault_names_its_row(wuxi: Township) -> None:
    day = running(wuxi) + 3 * DAY
    said = f"{day.month}月{day.day}日"
    rows = table(
        f"{day}\t乡长\t便民服务中心经办人", f"{said}\t乡长", "2026-13-40\t乡长", "\t乡长", f"{day + DAY}\t张三",
        f"{day + 2 * DAY}\t综治办经办人", f"{day + 3 * DAY}\t乡长、乡党委书记", f"{day + 4 * DAY}\t",
        f"{day - 9 * DAY}\t乡长",
    )  # fmt: skip
    answer = send(clerk(wuxi, HEAD), "table", rows=rows)
    page = text(answer)
    assert answer.status_code == 422
    for fault in (
        f"第 3 行：{said}前面已经有一行", "第 4 行：日期", "第 5 行：没有日期",
        "第 6 行：值班领导“张三”不在可排的人员里",
        "第 7 行：综治办经办人不是班子成员", "第 8 行：值班领导只能有一名", "第 9 行：没有写值班领导",
        f"第 10 行：{(day - 9 * DAY).month}月{(day - 9 * DAY).day}日已经过去",
    ):  # fmt: skip
        assert fault in page, fault
    assert not DutyShift.objects.exists()


def test_a_table_with_a_title_above_is_taken_pasted_or_as_a_file(wuxi: Township) -> None:
    day = running(wuxi) + 3 * DAY
    head = clerk(wuxi, HEAD)
    rows = "\n".join(["雾溪畲族乡值班表", "日期\t值班领导\t值班人员", f"{day.month}月{day.day}日\t乡长\t综治办经办人"])
    assert send(head, "table", rows=rows).status_code == 302
    file = SimpleUploadedFile("值班.csv", f"日期,带班领导\n{day + DAY},{DEPUTY}\n".encode("gb18030"), "text/csv")
    assert send(head, "table", file=file).status_code == 302
    found = DutyShift.objects.order_by("day", "-leading").values_list("day", "account__display_name")
    assert list(found) == [(day, "乡长"), (day, "综治办经办人"), (day + DAY, "乡人武部长")]
    broken = SimpleUploadedFile("值班.xlsx", b"PK\x03\x04nothing")
    assert "已损坏" in text(send(head, "table", file=broken))


def test_the_leader_stands_on_every_page_from_the_change_on_and_costs_nothing(wuxi: Township) -> None:
    now, day = local(timezone.now()), running(wuxi)
    desks = {name: clerk(wuxi, name) for name in (INTAKE, CLERK, "331125201-grid-01")}
    addresses = {INTAKE: "/cases", CLERK: "/", "331125201-grid-01": "/field/"}
    for name, desk in desks.items():
        desk.get(addresses[name])
    before = {name: len(statements(lambda d=desk, n=name: d.get(addresses[n]))) for name, desk in desks.items()}
    for name, desk in desks.items():
        assert "今日值班领导" not in text(desk.get(addresses[name]))
    roster(wuxi, day, [DEPUTY], now=now)
    for name, desk in desks.items():
        page = text(desk.get(addresses[name]))
        assert re.search(r"今日值班领导\D{0,10}乡人武部长", page.replace("</span>", "")), name
        assert len(statements(lambda d=desk, n=name: d.get(addresses[n]))) == before[name]
    assert "今日值班领导" not in text(clerk(wuxi, COUNTY).get("/cases"))
    roster(wuxi, day, [LEADER], now=local(timezone.now()))
    assert "乡党委书记" in text(desks[INTAKE].get("/cases"))


def test_the_duty_office_s_telephone_stands_beside_the_name_where_the_pack_has_one(
    wuxi: Township, owner_connection: psycopg.Connection
) -> None:
    roster(wuxi, running(wuxi), [DEPUTY], now=local(timezone.now()))
    with arranged(owner_connection, room(wuxi), telephone="0578-5550100"):
        assert "乡人武部长 0578-5550100" in text(clerk(wuxi, INTAKE).get("/cases"))
        assert 'href="tel:0578-5550100"' in text(clerk(wuxi, "331125201-grid-01").get("/field/"))
    assert "0578" not in text(clerk(wuxi, INTAKE).get("/cases"))


def test_the_county_sees_who_leads_in_its_townships_today(wuxi: Township) -> None:
    county = clerk(wuxi, COUNTY)
    assert "未排" in text(county.get("/duty"))
    roster(wuxi, running(wuxi), [DEPUTY], now=local(timezone.now()))
    page = text(county.get("/duty"))
    assert "今日各乡镇值班" in page
    assert "乡人武部长" in page
    assert send(county, "turns").status_code == 404
    assert "今日各乡镇值班" not in text(clerk(wuxi, INTAKE).get("/duty"))


def log(desk: Clerk, what: str, **fields: object) -> HttpResponse:
    return desk.client.post(f"/duty/log/{what}", fields)


def test_a_handover_lists_what_presses_and_the_next_leader_takes_it_over(wuxi: Township) -> None:
    case = wuxi.report("会溪桥头的路灯不亮。", by=INTAKE, category="17002").case_id
    wuxi.act(CHIEF, case, A.SUPERVISE, colour=Colour.RED, reason="催了两次没有动。")
    wuxi.report("河道护栏缺损。", by=INTAKE, category="17002")
    urgent = wuxi.report("山体落石。", by=INTAKE, urgency=Urgency.URGENT).number
    day = running(wuxi)
    roster(wuxi, day, [DEPUTY], now=local(timezone.now()), staff=[CLERK])
    deputy = clerk(wuxi, DEPUTY)
    page = text(deputy.get("/duty/log"))
    assert "此刻紧要的 2 件" in page
    assert "红牌督办" in page
    assert urgent in page
    assert "护栏" not in page
    assert log(deputy, "note", text="巡查河道一次。").status_code == 302
    assert log(clerk(wuxi, CLERK), "note", text="接值班电话一个。").status_code == 302
    assert log(clerk(wuxi, CLERK), "handover").status_code == 422
    assert log(deputy, "handover", text="落石处已设警示。").status_code == 302
    assert "由下一班的值班领导接班" in text(log(deputy, "takeover"))
    roster(wuxi, day, [LEADER], now=local(timezone.now()))
    leader = clerk(wuxi, LEADER)
    page = text(leader.get("/duty/log"))
    assert "落石处已设警示。" in page
    assert "确认接班" in page
    assert log(leader, "takeover", text="已看。").status_code == 302
    assert "已经接过班" in text(log(leader, "takeover"))
    page = text(leader.get("/duty/log"))
    assert "还没有接班" not in page
    assert [word for word in ("接班", "交班", "记事") if word not in page] == []
    assert log(deputy, "note", text="下班后补一句。").status_code in (404, 422)


def test_a_handover_waits_and_a_takeover_counts_however_much_is_written_since(wuxi: Township) -> None:
    day = running(wuxi)
    roster(wuxi, day, [DEPUTY], now=local(timezone.now()), staff=[CLERK])
    assert log(clerk(wuxi, DEPUTY), "handover", text="钥匙在门卫处。").status_code == 302
    roster(wuxi, day, [LEADER], now=local(timezone.now()), staff=[CLERK])
    leader, staff = clerk(wuxi, LEADER), clerk(wuxi, CLERK)
    _much_is_noted(staff)
    assert "钥匙在门卫处。" in text(leader.get("/duty/log"))
    assert log(leader, "takeover").status_code == 302
    _much_is_noted(staff)
    assert "已经接过班" in text(log(leader, "takeover"))
    older = re.search(r"before=\d+", text(leader.get("/duty/log")))
    assert older
    for address in ("/duty/log", f"/duty/log?{older[0]}"):
        assert "确认接班" not in text(leader.get(address)), address


def _much_is_noted(desk: Clerk) -> None:
    for no in range(PAGE + 2):
        log(desk, "note", text=f"来电 {no}。")


def test_who_takes_over_without_a_handover_gets_the_list_all_the_same(wuxi: Township) -> None:
    wuxi.report("山体落石。", by=INTAKE, urgency=Urgency.URGENT)
    roster(wuxi, running(wuxi), [LEADER], now=local(timezone.now()))
    leader = clerk(wuxi, LEADER)
    assert "上一班没有交班记录" in text(leader.get("/duty/log"))
    assert log(leader, "takeover").status_code == 302
    with wuxi.acting(LEADER):
        (entry,) = Entry.objects.all()
        assert entry.matters[0][1] == ["紧急"]


def test_the_log_is_read_by_the_command_and_by_oversight_and_by_nobody_else(wuxi: Township) -> None:
    roster(wuxi, running(wuxi), [DEPUTY], now=local(timezone.now()))
    log(clerk(wuxi, DEPUTY), "note", text="夜间巡查。")
    for name in (HEAD, INTAKE, LEADER, "331125201-oversight"):
        assert "夜间巡查。" in text(clerk(wuxi, name).get("/duty/log")), name
    for name in (CLERK, "331125201-platform-3-head", "331125201-grid-01"):
        assert clerk(wuxi, name).get("/duty/log").status_code == 404, name
    assert "夜间巡查。" not in text(clerk(wuxi, COUNTY).get("/duty/log"))


def test_pages_of_duty_ask_the_same_however_long_the_rota_and_the_log(wuxi: Township) -> None:
    day = running(wuxi)
    roster(wuxi, day, [LEADER], now=local(timezone.now()))
    leader = clerk(wuxi, LEADER)
    log(leader, "handover")
    addresses = ("/duty", "/duty/log")
    for address in addresses:
        leader.get(address)
    few = [len(statements(lambda a=address: leader.get(a))) for address in addresses]
    roster(wuxi, day + DAY, [DEPUTY, CHIEF, LEADER] * 6, now=local(timezone.now()))
    for no in range(40):
        log(leader, "note", text=f"第 {no} 条。")
    many = [len(statements(lambda a=address: leader.get(a))) for address in addresses]
    assert many == few
    assert max(many) <= 12, many
    assert "下一页" in text(leader.get("/duty/log"))
