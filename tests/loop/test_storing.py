"""What one report leaves in the tables, and what the same report leaves when it is sent again."""

import uuid

import pytest
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import Contact
from sipingtai.cases import models
from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.core.posts import Actor, ActorKind
from sipingtai.loop.intake.report import Receipt, Report, prepare, receive
from tests.township import Township

pytestmark = pytest.mark.django_db
TABLES = (models.Case, models.Step, models.Text, models.Clock, models.Attachment, models.Word, Contact)


def _received(wuxi: Township, *keys: uuid.UUID) -> list[Receipt]:
    now = local(timezone.now())
    report = Report(channel=Channel.VILLAGER, text="路灯不亮", area="331125201", name="张三", phone="13800000000")
    with system_scope("测试"):
        return receive(
            [
                prepare(
                    report, sender="p:test", key=key, actor=Actor(kind=ActorKind.REPORTER), now=now,
                    setting=wuxi.setting, with_code=True,
                )
                for key in keys
            ]
        )  # fmt: skip


def _rows() -> dict[str, int]:
    with system_scope("测试"):
        return {model.__name__: model.objects.count() for model in TABLES}


def test_a_report_sent_again_leaves_nothing_beside_the_first(wuxi: Township) -> None:
    key = uuid.uuid4()
    (first,) = _received(wuxi, key)
    before = _rows()
    assert before["Contact"] == before["Case"] == before["Step"] == 1
    (again,) = _received(wuxi, key)
    assert (again.new, again.number, again.code) == (False, first.number, "")
    assert _rows() == before


def test_the_same_report_twice_in_one_batch_is_one_case(wuxi: Township) -> None:
    key = uuid.uuid4()
    receipts = _received(wuxi, key, uuid.uuid4(), key)
    assert [receipt.new for receipt in receipts] == [True, True, False]
    assert receipts[2].number == receipts[0].number
    assert (_rows()["Case"], _rows()["Step"], _rows()["Contact"]) == (2, 2, 2)
