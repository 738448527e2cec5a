"""监督检查 and 问责记录: opened with a basis, fed, heard, closed; its history only grows, and it is about matters."""

from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection, models, transaction
from django.db.utils import DatabaseError

from sipingtai.access.actor_scope import system_scope
from sipingtai.loop.errors import Conflict, Invalid, NotFound
from sipingtai.mechanisms.oversight import accounting, choices, inspecting
from sipingtai.mechanisms.oversight.models import Accountability, Entry, Explanation, InspectedCase, Inspection
from tests.meanwhile import meanwhile
from tests.mechanisms.oversight.cast import (
    CHIEF,
    COUNTY_OVERSIGHT,
    INTAKE,
    OVERSIGHT,
    applied,
    decided,
    now,
    restricted,
)
from tests.township import Township

pytestmark = pytest.mark.django_db

OFFICE = "331125201-村容村貌"


def opened(wuxi: Township, *, by: str = OVERSIGHT, subject: str = "退单情况检查") -> Inspection:
    with wuxi.acting(by):
        return inspecting.open_inspection(
            subject=subject, basis="年度计划", scope="本季度", due_on=(now() + timedelta(days=20)).date(),
            by=wuxi.standing(by), setting=wuxi.setting, now=now(),
        )  # fmt: skip


def asked(wuxi: Township, found: Inspection, *, unit: str = OFFICE) -> Explanation:
    with wuxi.acting(OVERSIGHT):
        return inspecting.ask(
            found.pk, wuxi.unit(unit), "请说明两件事件退单的理由。", (now() + timedelta(days=5)).date(),
            by=wuxi.standing(OVERSIGHT), setting=wuxi.setting, now=now(),
        )  # fmt: skip


def answered(
    wuxi: Township, explanation: Explanation, by: str, text: str = "两件都按职责清单第三条申请，已附清单。"
) -> None:
    with wuxi.acting(by) as actor:
        inspecting.answer(explanation.pk, text, by=actor, setting=wuxi.setting, now=now())


def closed(wuxi: Township, found: Inspection) -> None:
    with wuxi.acting(OVERSIGHT):
        inspecting.close(found.pk, "问题属实，已督促整改。", by=wuxi.standing(OVERSIGHT), now=now())


def history(wuxi: Township, found: Inspection, who: str = OVERSIGHT) -> list[str]:
    with wuxi.acting(who):
        return list(Entry.objects.filter(inspection=found).order_by("id").values_list("event", flat=True))


def test_inspections_are_numbered_within_their_area_and_year(wuxi: Township) -> None:
    year = now().year
    assert [opened(wuxi).number for _ in range(2)] == [f"JC331125201-{year}-0001", f"JC331125201-{year}-0002"]
    assert opened(wuxi, by=COUNTY_OVERSIGHT).number == f"JC331125-{year}-0001"


def test_an_inspection_goes_from_its_opening_over_findings_and_explanations_to_a_result(wuxi: Township) -> None:
    found, by = opened(wuxi), wuxi.standing(OVERSIGHT)
    number = wuxi.report("路灯坏了。", by=INTAKE, category="17002").number
    with wuxi.acting(OVERSIGHT):
        inspecting.attach(found.pk, number, by=by, now=now())
        inspecting.attach(found.pk, number, by=by, now=now())  # once is enough
        inspecting.find_out(found.pk, "超过两天没有签收。", by=by, now=now())
    explanation = asked(wuxi, found)
    answered(wuxi, explanation, wuxi.handler(OFFICE))
    closed(wuxi, found)
    assert history(wuxi, found) == ["opened", "attached", "found", "asked", "answered", "closed"]
    with wuxi.acting(OVERSIGHT), pytest.raises(Conflict):
        inspecting.find_out(found.pk, "办结后再补一条。", by=by, now=now())


def test_the_county_looks_on_the_township_and_not_the_other_way_round(wuxi: Township) -> None:
    of_township, of_county = opened(wuxi), opened(wuxi, by=COUNTY_OVERSIGHT)
    assert history(wuxi, of_township, COUNTY_OVERSIGHT) == ["opened"]
    assert history(wuxi, of_county, OVERSIGHT) == []
    for who in (CHIEF, INTAKE, wuxi.handler(OFFICE), "331125201-audit"):
        with wuxi.acting(who):
            tables = (Inspection, InspectedCase, Entry, Accountability)
            assert not any(table._default_manager.exists() for table in tables), who


def test_the_office_reads_the_question_alone_and_answers_once(wuxi: Township) -> None:
    found = opened(wuxi)
    explanation, office = asked(wuxi, found), wuxi.handler(OFFICE)
    with wuxi.acting(office):
        assert list(Explanation.objects.values_list("pk", flat=True)) == [explanation.pk]
        assert not Inspection.objects.exists()
    with wuxi.acting(wuxi.handler("331125201-环保")):
        assert not Explanation.objects.exists()
    with pytest.raises(Invalid, match="至少 10 个字"):
        answered(wuxi, explanation, office, "没有。")
    for who in (INTAKE, "331125201-dispatcher"):
        with pytest.raises(NotFound):
            answered(wuxi, explanation, who)
    answered(wuxi, explanation, office)
    with pytest.raises(Conflict):
        answered(wuxi, explanation, office)


def test_a_command_is_asked_as_well_and_its_room_answers(wuxi: Township) -> None:
    explanation = asked(wuxi, opened(wuxi), unit="331125201-指挥室")
    with pytest.raises(NotFound):
        answered(wuxi, explanation, wuxi.handler(OFFICE))
    answered(wuxi, explanation, CHIEF)


def test_closing_lets_what_was_asked_lapse(wuxi: Township) -> None:
    found = opened(wuxi)
    explanation = asked(wuxi, found)
    closed(wuxi, found)
    with pytest.raises(Conflict):
        answered(wuxi, explanation, wuxi.handler(OFFICE))


def test_only_what_lies_in_the_area_is_asked_and_only_what_is_seen_is_taken_in(wuxi: Township) -> None:
    found, by = opened(wuxi), wuxi.standing(OVERSIGHT)
    _, number = restricted(wuxi)
    with wuxi.acting(OVERSIGHT):
        for wrong in (number, "331125201-20200101-000001", ""):
            with pytest.raises(Invalid):
                inspecting.attach(found.pk, wrong, by=by, now=now())
        with pytest.raises(Invalid, match="从列表中选择"):
            inspecting.ask(
                found.pk,
                wuxi.unit("331125-指挥室"),
                "请说明情况。",
                now().date(),
                by=by,
                setting=wuxi.setting,
                now=now(),
            )
    decided(wuxi, applied(wuxi, number))
    with wuxi.acting(OVERSIGHT):
        inspecting.attach(found.pk, number, by=by, now=now())


@pytest.mark.parametrize("who", [CHIEF, INTAKE, "331125201-audit", "331125201-office-01"])
def test_nobody_else_inspects(wuxi: Township, who: str) -> None:
    with pytest.raises(NotFound):
        opened(wuxi, by=who)


def test_the_history_only_grows(wuxi: Township) -> None:
    opened(wuxi)
    for standing in (wuxi.acting(OVERSIGHT), system_scope("测试")):
        with standing, connection.cursor() as cursor:
            for change in ("UPDATE oversight_entry SET content = ''", "DELETE FROM oversight_entry"):
                with pytest.raises(DatabaseError), transaction.atomic():
                    cursor.execute(change)
            with pytest.raises(DatabaseError), transaction.atomic():
                cursor.execute("UPDATE oversight_accountability SET basis = ''")


def recorded(wuxi: Township, **fields: object) -> Accountability:
    values: dict[str, object] = {
        "unit": wuxi.unit(OFFICE), "level": "科室负责", "measure": "约谈", "basis": "协作配合不到位，两次超期。",
        "decided_by": "乡党委会议", "decided_on": now().date(), "inspection": None, "number": "",
    }  # fmt: skip
    with wuxi.acting(OVERSIGHT):
        return accounting.account_for(
            **(values | fields),
            by=wuxi.standing(OVERSIGHT),
            setting=wuxi.setting,
            now=now(),  # type: ignore[arg-type]
        )


def test_accountability_hangs_on_an_inspection_or_a_case_and_stands_in_the_history(wuxi: Township) -> None:
    found = opened(wuxi)
    number = wuxi.report("路灯坏了。", by=INTAKE, category="17002").number
    assert recorded(wuxi, inspection=found.pk).number == f"WZ331125201-{now().year}-0001"
    assert recorded(wuxi, number=number).number.endswith("-0002")
    assert history(wuxi, found) == ["opened", "recorded"]
    with pytest.raises(Invalid, match="所涉事件"):
        recorded(wuxi)


@pytest.mark.parametrize(
    ("field", "value"),
    [("unit", 0), ("level", "某人"), ("measure", "开除"), ("basis", "无"), ("decided_by", ""),
     ("decided_on", date(2099, 1, 1)), ("decided_on", None)],
)  # fmt: skip
def test_a_record_is_whole_and_chosen_from_the_lists(wuxi: Township, field: str, value: object) -> None:
    with pytest.raises(Invalid) as refused:
        recorded(wuxi, inspection=opened(wuxi).pk, **{field: value})
    assert list(refused.value.fields) == [field]


def test_the_lists_are_data_and_name_no_person(wuxi: Township) -> None:
    assert choices.measures()[:3] == ("提醒", "约谈", "通报")
    assert all(choices.levels())
    people = {"account", "person", "name", "who"}
    assert people.isdisjoint(f.name for f in Accountability._meta.get_fields() if isinstance(f, models.Field))


def test_nothing_is_asked_in_an_inspection_that_somebody_is_just_closing(
    wuxi: Township, transactional_db: None, owner_connection: psycopg.Connection
) -> None:
    found = opened(wuxi)
    close = "UPDATE oversight_inspection SET closed_at = now(), result = '办结' WHERE id = %s"
    with meanwhile(owner_connection, close, [found.pk]), pytest.raises(Conflict):
        asked(wuxi, found)
    assert history(wuxi, found) == ["opened"]
