"""雾溪畲族乡, through HTTP as its own people: who sees what. What it shares with the others: test_townships.py."""

import pytest

from sipingtai.core.stages import Stage
from tests.acceptance.people import People, report_as_villager
from tests.acceptance.scenarios import Scene

pytestmark = pytest.mark.django_db(transaction=True)

T = "331125201-"


def test_a_restricted_matter_is_unseen_by_others(scene: Scene, people: People) -> None:
    number = scene.written_down("一名刑满释放人员回乡，需要落实帮扶。", "14002")
    assert people.case(number).restricted
    assert people(T + "intake").get(f"/cases/{number}").status == 200
    others = (T + "oversight", people.handler(T + "环保"), T + "grid-01", T + "platform-3-head")
    for other in others:
        assert people(other).get(f"/cases/{number}").status == 404, other
        assert number not in people(other).get("/cases").text
    people.done(people(T + "intake").move(number, "accept"))
    people.done(people(T + "dispatcher").move(number, "dispatch", to=people.unit(T + "综治工作平台")))
    people.done(people(T + "chief").move(number, "forward", to=people.unit(T + "司法所")))
    handler = people(people.handler(T + "司法所"))
    assert handler.get(f"/cases/{number}").status == 200, "being assigned shows it"
    people.done(people(T + "dispatcher").move(number, "reassign", reason="另派。"))
    assert handler.get(f"/cases/{number}").status == 404, "the end of the assignment ends the sight"


def test_a_complaint_about_an_office_never_reaches_that_office(people: People) -> None:
    office = T + "环保"
    about = people.unit(office)
    number = report_as_villager(
        people.villager(), "331125201", "331125201200001", "环保的人收了烟就不查了。", about=about
    )
    accused = people(people.handler(office))
    assert accused.get(f"/cases/{number}").status == 404
    people.done(people(T + "intake").move(number, "accept"))
    people.done(people(T + "dispatcher").move(number, "dispatch", to=people.unit(T + "综合执法平台")))
    refused = people(T + "platform-2-head").move(number, "forward", to=people.unit(office))
    assert refused.status == 422
    assert people.case(number).stage is Stage.DISPATCHED
    for path in (f"/cases/{number}", "/", "/cases", "/cases?query=收了烟"):
        assert number not in accused.get(path).text.replace(f"/cases/{number}", ""), path
