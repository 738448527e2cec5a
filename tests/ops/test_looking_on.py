"""The demo's oversight: two inspections, a record of accountability and a sight in force, the same every time."""

from datetime import timedelta

import pytest

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import RevealLog
from sipingtai.cases.models import Case
from sipingtai.mechanisms.oversight.models import Accountability, Explanation, Grant, Inspection
from sipingtai.ops.demo.cast import gather_all
from sipingtai.ops.demo.looking_on import look_on
from tests.mechanisms.oversight.cast import INTAKE, OVERSIGHT, now
from tests.township import Township

pytestmark = pytest.mark.django_db


def test_oversight_is_seen_at_work_in_the_demo(wuxi: Township) -> None:
    ago = now() - timedelta(days=20)
    ordinary = wuxi.report("路灯坏了。", by=INTAKE, category="17002", now=ago)
    named = wuxi.report("井盖松动。", by=INTAKE, category="17002", name="王小明", phone="13812345678")
    hidden = wuxi.report("安置帮教走访。", by=INTAKE, category="17002", restricted=True, now=ago)
    asked_of = wuxi.account("331125201-office-07")
    look_on(gather_all(now()), now(), [asked_of.username])
    with system_scope("测试"):
        opened, closed = Inspection.objects.order_by("closed_at")[::-1]
        assert (opened.closed_at is None, closed.closed_at is None) == (True, False)
        (waiting,) = Explanation.objects.filter(answered_at=None)
        assert waiting.inspection_id == opened.pk
        assert waiting.unit in wuxi.standing(asked_of.username).units  # somebody one can sign in as
        assert Accountability.objects.get().inspection_id == closed.pk
        assert Grant.objects.get().number == hidden.number
        assert [line.subject for line in RevealLog.objects.all()] == [named.number]
        assert ordinary.case_id in opened.cases.values_list("case", flat=True)
    with wuxi.acting(OVERSIGHT):
        assert Case.objects.filter(pk=hidden.case_id).exists()


def test_nothing_to_look_at_is_no_mistake(wuxi: Township) -> None:
    look_on(gather_all(now()), now())
    with system_scope("测试"):
        assert Inspection.objects.count() == 2
        assert not Grant.objects.exists()
