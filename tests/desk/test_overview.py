"""跟踪: what a command room gave out, until it is done; nobody else has these queues."""

import re

import pytest

from sipingtai.core.actions import Action as A
from sipingtai.core.case import Colour
from tests.desk.clerk import clerk, text
from tests.township import Township

pytestmark = pytest.mark.django_db

INTAKE, DISPATCHER, PLATFORM = "331125201-intake", "331125201-dispatcher", "331125201-platform-2-head"
CHIEF = "331125201-chief"


def counts(wuxi: Township, account: str) -> dict[str, str]:
    found = re.findall(r'id="count-(sent|inhand|carded)"[^>]*>([^<]+)<', text(clerk(wuxi, account).get("/")))
    return dict(found)


def test_what_was_given_out_is_followed_from_the_platform_to_the_end_of_the_work(wuxi: Township) -> None:
    case_id = wuxi.report("会溪桥头的路灯不亮。", by=INTAKE, category="17002").case_id
    wuxi.act(INTAKE, case_id, A.ACCEPT)
    assert counts(wuxi, DISPATCHER) == {"sent": "0", "inhand": "0", "carded": "0"}
    wuxi.act(DISPATCHER, case_id, A.DISPATCH, to=wuxi.unit("331125201-综合执法平台"))
    assert counts(wuxi, DISPATCHER)["sent"] == "1"
    wuxi.act(PLATFORM, case_id, A.FORWARD, to=wuxi.unit("331125201-村容村貌"))
    handler = wuxi.handler("331125201-村容村貌")
    wuxi.act(handler, case_id, A.SIGN)
    assert counts(wuxi, DISPATCHER) == {"sent": "0", "inhand": "1", "carded": "0"}
    assert counts(wuxi, handler) == {}


def test_a_card_is_followed_until_it_is_lifted(wuxi: Township) -> None:
    case_id = wuxi.report("会溪桥头的路灯不亮。", by=INTAKE, category="17002").case_id
    wuxi.act(CHIEF, case_id, A.SUPERVISE, colour=Colour.YELLOW, reason="催了两次没有动。")
    assert counts(wuxi, DISPATCHER)["carded"] == "1"
    wuxi.act(CHIEF, case_id, A.LIFT, reason="已在办。")
    assert counts(wuxi, DISPATCHER)["carded"] == "0"
