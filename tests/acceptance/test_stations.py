"""Village stations at work: in 松源街道 they receive first (S0-56, S0-58, S0-59), in 大港头镇 they do not."""

import pytest
from pytest_django.live_server_helper import LiveServer

from sipingtai.core.case import Channel, Outcome
from sipingtai.core.stages import Stage
from tests.acceptance import scenarios
from tests.acceptance.facts import CHENGNAN, DAGANGTOU, SONGYUAN
from tests.acceptance.people import People, number_on
from tests.acceptance.scenarios import Scene
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def everybody(townships: Township, live_server: LiveServer) -> People:
    return People(live_server.url, townships)


def test_a_station_settles_a_small_matter_itself(everybody: People) -> None:
    """研判处置: what the village can do needs no street."""
    s = Scene(everybody, SONGYUAN)
    number = scenarios.what_a_grid_reports(s)
    station = everybody(everybody.station("331126001001"))
    assert {"settle", "accept"} <= station.offered(number)
    everybody.done(station.move(number, "settle", text="电工当天换了灯泡。"))
    case = everybody.case(number)
    assert case.settled
    if case.sampled:  # 抽查: somebody else looks at it, never who did it
        assert case.stage is Stage.FINISHED
        assert "verify" not in station.offered(number)
    else:
        assert (case.stage, case.outcome) == (Stage.CLOSED, Outcome.SETTLED)


def test_a_station_reports_upward_and_is_answered_and_answers_its_grid(everybody: People) -> None:
    """跟踪反馈: the street owes the station an answer, and the station verifies it before the grid is told."""
    s = Scene(everybody, SONGYUAN)
    number = scenarios.what_a_grid_reports(s)
    station = everybody(everybody.station("331126001001"))
    everybody.done(station.move(number, "accept"))
    everybody.done(station.move(number, "escalate", reason="线路要换，村里办不了。"))
    case = everybody.case(number)
    assert (case.command, case.top.owed) == (everybody.township.unit("331126001-指挥室"), True)
    s.accept(number)
    handler = s.handed(number, "公共服务平台", "platform-2-head", "村镇建设")
    everybody.done(handler.move(number, "finish", text="线路已换，路灯亮了。", photo=scenarios.a_photo()))
    everybody.done(s.at("dispatcher").move(number, "answer", text="线路已换，路灯亮了。"))
    case = everybody.case(number)
    assert (case.stage, case.command) == (Stage.FINISHED, everybody.township.unit("331126001001-工作站"))
    everybody.done(station.move(number, "verify"))
    worker = everybody(everybody.grid(SONGYUAN.grid))
    assert "线路已换" in worker.get(f"/field/case/{number}/").words


def test_a_matter_the_room_writes_down_stays_with_the_room(everybody: People) -> None:
    """部门流转 is the street's (S0-47), in whichever grid it lies; what the grids report is the station's."""
    s = Scene(everybody, SONGYUAN)
    number = s.written_down("县住建局转来：老街外墙砖松动。", "17999")
    assert everybody.case(number).command == everybody.township.unit("331126001-指挥室")
    assert "accept" in s.at("intake").offered(number)


def test_where_the_room_receives_first_a_station_hands_its_matters_over(everybody: People) -> None:
    s = Scene(everybody, DAGANGTOU)
    station = everybody(everybody.station(DAGANGTOU.grid[:12]))
    form = station.get("/field/report/")
    stand = next(c for c in form.choices("stand") if c.startswith(Channel.STATION.value) and c.endswith("-0"))
    sent = station.post("/field/report/", form.form("") | {"text": "村口的桥栏杆松了。", "stand": stand})
    case = everybody.case(number_on(sent))
    assert (case.command, len(case.stack)) == (everybody.township.unit("331102102-指挥室"), 1)
    assert "accept" in s.at("intake").offered(number_on(sent))


def test_a_street_without_stations_has_none(everybody: People) -> None:
    assert not [name for name in everybody.township.accounts if name.startswith(f"{CHENGNAN.code}-village")]
