"""Lists by a program: narrowed, paged by keyset, only what may be seen."""

import uuid

import pytest

from tests.api.conftest import type_of_caller
from tests.township import Township

pytestmark = pytest.mark.django_db
CLERK = "331125201-intake"


def test_pages_follow_each_other_without_gap_or_repetition(wuxi: Township, program: type_of_caller) -> None:
    clerk = program(CLERK)
    numbers = [clerk.report(text=f"第 {i} 件：井盖松动").json()["number"] for i in range(7)]
    found, cursor = [], ""
    for _ in range(4):
        page = clerk.get("/cases", limit=2, cursor=cursor).json()
        found += [item["number"] for item in page["items"]]
        cursor = page["next"]
    assert found == numbers[::-1]
    assert cursor == ""


def test_a_list_is_narrowed_by_each_filter(wuxi: Township, program: type_of_caller) -> None:
    clerk = program(CLERK)
    lamp = clerk.report(area="331125201200").json()["number"]
    water = clerk.report(text="水管爆裂，水漫过路面。", category="", channel="visit").json()["number"]
    clerk.post(f"/cases/{lamp}/accept")

    def found(**query: object) -> set[str]:
        return {item["number"] for item in clerk.get("/cases", **query).json()["items"]}

    assert found() == {lamp, water}
    assert found(stage="accepted") == {lamp}
    assert found(category="17002") == {lamp}
    assert found(channel="visit") == {water}
    assert found(area="331125201200") == {lamp}
    assert found(area="331125202") == set()
    assert found(overdue="true") == set()
    assert found(q="水管") == {water}
    assert found(q=lamp) == {lamp}
    assert found(q="没有说过的话") == set()
    assert found(stage="accepted", q="路灯", channel="hotline") == {lamp}


def test_a_search_finds_the_words_together_and_not_scattered(wuxi: Township, program: type_of_caller) -> None:
    clerk = program(CLERK)
    clerk.report(text="路灯不亮；另一盏灯坏了。", place="", category="")
    together = clerk.report(text="村口的路灯坏了。", place="", category="").json()["number"]
    assert [item["number"] for item in clerk.get("/cases", q="路灯坏").json()["items"]] == [together]


def test_a_short_number_is_searched_for_like_any_other_words(wuxi: Township, program: type_of_caller) -> None:
    clerk = program(CLERK)
    clerk.report(text="井盖 33、31、11、12 号松动。", place="", category="")
    whole = clerk.report(text="电表 33112 号没有盖子。", place="", category="").json()["number"]
    assert [item["number"] for item in clerk.get("/cases", q="33112").json()["items"]] == [whole]


def test_a_line_tells_code_and_name(wuxi: Township, program: type_of_caller) -> None:
    clerk = program(CLERK)
    clerk.report()
    (line,) = clerk.get("/cases").json()["items"]
    assert (line["category"], line["category_label"], line["stage_label"]) == ("17002", "路灯", "待受理")
    assert (line["clock"], line["received_at"][-6:]) == ("normal", "+08:00")


def test_an_office_sees_nothing_that_is_not_its_own(wuxi: Township, program: type_of_caller) -> None:
    program(CLERK).report()
    assert program("331125201-office-01").get("/cases").json() == {"items": [], "next": ""}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("stage", "open"),
        ("channel", "none"),
        ("category", "nope"),
        ("category", "\x00"),
        ("area", "33112520%"),
        ("area", "\x00"),
        ("area", "9" * 30),
        ("overdue", "perhaps"),
        ("limit", "0"),
        ("limit", "101"),
        ("limit", "1e3"),
        ("limit", "9" * 5000),
        ("cursor", "x"),
        ("cursor", "_1"),
        ("cursor", "2026-01-01T00:00:00_1"),
        ("cursor", "2026-01-01T00:00:00+00:00_" + "9" * 19),
        ("cursor", "2026-99-01T00:00:00+00:00_1"),
        ("q", "长" * 101),
        ("stages", "accepted"),
        (str(uuid.UUID(int=0)), ""),
    ],
)
def test_a_wrong_filter_is_named(name: str, value: str, wuxi: Township, program: type_of_caller) -> None:
    answer = program(CLERK).get("/cases", **{name: value})
    assert (answer.status_code, list(answer.json()["fields"])) == (422, [name]), answer.content.decode()


@pytest.mark.parametrize(
    "q", ["\x00", "%", "_", "'", '"', "\\", "a", "灯", "🏮", "<b>", "--", "1" * 100, " ", "' OR 1=1 --"]
)
def test_any_search_is_only_a_search(q: str, wuxi: Township, program: type_of_caller) -> None:
    assert program(CLERK).get("/cases", q=q).status_code == 200
