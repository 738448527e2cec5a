"""等答复: what a command handed on and awaits an answer to, since when, and with whom it lies."""

from datetime import timedelta

import pytest
from django.utils import timezone

from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.loop.reading.lists import Filters, page
from sipingtai.loop.reading.queues import counts, queues
from tests.township import Township

pytestmark = pytest.mark.django_db
T = "331125201-"


def awaited(wuxi: Township, who: str) -> list[tuple[str, object]]:
    now = local(timezone.now())
    with wuxi.acting(who) as actor:
        queue = next(q for q in queues(actor, wuxi.setting) if q.code == "awaited")
        found = page(Filters(extra=queue.where, awaiting=queue.awaiting), wuxi.setting, now)
        assert counts((queue,)) == {"awaited": len(found.lines)}
        return [(line.number, line.awaited_since) for line in found.lines]


def test_the_township_sees_what_the_county_has_not_answered_and_since_when(wuxi: Township) -> None:
    then = local(timezone.now()) - timedelta(days=3)
    receipt = wuxi.report("省道边坡落石。", by=T + "intake", category="04011", now=then)
    wuxi.act(T + "intake", receipt.case_id, A.ACCEPT, now=then)
    assert awaited(wuxi, T + "dispatcher") == []
    wuxi.act(T + "dispatcher", receipt.case_id, A.ESCALATE, reason="属县里管。", now=then)
    assert awaited(wuxi, T + "dispatcher") == [(receipt.number, then)]
    assert awaited(wuxi, "331125-dispatcher") == [], "the county owes the answer, it awaits none"
    wuxi.act("331125-dispatcher", receipt.case_id, A.ANSWER, text="不属县里，退回。", verdict=False)
    assert awaited(wuxi, T + "dispatcher") == []


def test_the_county_sees_what_a_township_has_not_answered(wuxi: Township) -> None:
    receipt = wuxi.report("河道采砂线索。", by="331125-intake", category="09005", area="331125")
    wuxi.act("331125-intake", receipt.case_id, A.ACCEPT)
    room = wuxi.unit("331125201-指挥室")
    wuxi.act("331125-dispatcher", receipt.case_id, A.HAND_DOWN, to=room, reason="请乡里先到现场。")
    assert [number for number, _ in awaited(wuxi, "331125-dispatcher")] == [receipt.number]
