"""The one door: a matter goes through the whole loop, and nothing else changes a case."""

import pytest

from sipingtai.core.actions import Action as A
from sipingtai.core.stages import Stage
from sipingtai.loop.errors import Refused
from tests.township import Township

pytestmark = pytest.mark.django_db


def test_a_street_lamp_goes_through_two_hops_from_report_to_close(wuxi: Township) -> None:
    receipt = wuxi.report("会溪桥头的路灯不亮了，晚上看不见路。", by="331125201-intake", category="17002")
    case_id = receipt.case_id
    assert wuxi.act("331125201-intake", case_id, A.ACCEPT).stage is Stage.ACCEPTED
    platform = wuxi.unit("331125201-综合执法平台")
    office = wuxi.unit("331125201-村容村貌")
    with pytest.raises(Refused, match="先交平台"):
        wuxi.act("331125201-dispatcher", case_id, A.DISPATCH, to=office)
    wuxi.act("331125201-dispatcher", case_id, A.DISPATCH, to=platform)
    wuxi.act("331125201-platform-2-head", case_id, A.FORWARD, to=office)
    handler = wuxi.handler("331125201-村容村貌")
    wuxi.act(handler, case_id, A.SIGN)
    assert wuxi.act(handler, case_id, A.FINISH, text="已更换灯泡。", files=1).stage is Stage.FINISHED
    with pytest.raises(Refused, match="没有这个权限"):
        wuxi.act(handler, case_id, A.VERIFY)
    assert wuxi.act("331125201-dispatcher", case_id, A.VERIFY).stage is Stage.CLOSED
