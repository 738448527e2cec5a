"""Lists and search find all there is to see, page by page, by whichever index they walk."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import CARDED, WENT_BACK, Assignment, Case, Step, literal
from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.core.setting import UnitKind
from sipingtai.desk.overview import overview
from sipingtai.loop.reading.lists import Filters, page
from sipingtai.loop.reading.orders import Order
from sipingtai.loop.reading.queues import MOST, SOMEBODY_ASKED, capped, counts, queues
from sipingtai.loop.reading.searching import own_walks
from sipingtai.ops.demo.filling import fill
from tests.township import Township

pytestmark = pytest.mark.django_db

INTAKE = "331125201-intake"


def listed(wuxi: Township, account: str, size: int = 50, **narrowed: str) -> list[str]:
    """The numbers of all pages, in their order."""
    now, found, cursor = local(timezone.now()), list[str](), ""
    filters = Filters(**narrowed)  # type: ignore[arg-type]
    with wuxi.acting(account):
        while True:
            shown = page(filters, wuxi.setting, now, cursor=cursor, size=size)
            found += [line.number for line in shown.lines]
            if not (cursor := shown.next):
                return found


def in_sight(wuxi: Township, account: str) -> set[str]:
    with wuxi.acting(account):
        return set(Case.objects.values_list("number", flat=True))


def offices(wuxi: Township) -> list[str]:
    return [a for a in wuxi.accounts if a.startswith("331125201-office") and not a.endswith("head")]


def test_every_list_shows_all_that_is_in_sight_and_each_case_once(wuxi: Township) -> None:
    fill(local(timezone.now()))
    busy = {a: seen for a in offices(wuxi) if (seen := in_sight(wuxi, a))}
    assert len(busy) > 5
    for account in (*busy, INTAKE, "331125201-chief", "331125-dispatcher", "331125201-grid-01"):
        found = listed(wuxi, account, size=7)
        assert sorted(found) == sorted(in_sight(wuxi, account)), account


def test_an_office_is_given_whatever_it_may_see(wuxi: Township) -> None:
    """Its list is walked by its assignments: nothing may come into its sight without one."""
    fill(local(timezone.now()))
    with system_scope("测试"):
        given = set(Assignment.objects.values_list("case_id", "unit"))
        kinds = {u.id: u.kind for u in wuxi.setting.units.values()}
        seen = {(c.pk, u) for c in Case.objects.all() for u in c.sight if kinds[u] is UnitKind.OFFICE}
    assert len(seen) > 20
    assert seen <= given


def test_who_works_in_an_office_sees_what_they_reported_themselves(wuxi: Township) -> None:
    own = wuxi.report("办公楼前的地砖松了。", by=offices(wuxi)[0], channel=Channel.INSPECTION)
    wuxi.report("别处的地砖松了。", by=INTAKE)
    assert listed(wuxi, offices(wuxi)[0]) == [own.number]
    assert listed(wuxi, offices(wuxi)[0], query="地砖") == [own.number]


def test_only_offices_walk_their_own_lists(wuxi: Township) -> None:
    for account, walked in ((offices(wuxi)[0], True), (INTAKE, False), ("331125201-grid-01", False)):
        with wuxi.acting(account):
            assert bool(own_walks(wuxi.setting)) is walked, account
    with system_scope("测试"):
        assert own_walks(wuxi.setting) == ()


SEARCHES = {
    "路灯": 30, "路灯不亮": 15, "龙": 1, "青龙潭": 1, "灯 潭": 1, "灯": 30, "红绿灯": 0, "。": 0, "亮路": 0,
}  # fmt: skip


@pytest.mark.parametrize(("query", "found"), SEARCHES.items())
def test_search_finds_the_rare_beside_the_common_newest_first(wuxi: Township, query: str, found: int) -> None:
    begin = local(timezone.now()) - timedelta(hours=2)
    numbers = []
    for no in range(30):
        text = f"{'青龙潭边的' if no == 3 else ''}路灯{'不亮' if no % 2 else '太亮'}。"
        numbers.append(wuxi.report(text, by=INTAKE, now=begin + timedelta(minutes=no)).number)
    shown = listed(wuxi, INTAKE, size=4, query=query)
    assert len(shown) == found
    assert shown == [number for number in reversed(numbers) if number in shown]


def test_a_search_is_one_statement_however_many_words_it_has(wuxi: Township) -> None:
    """Else each would be planned anew, and take longer to plan than to run."""
    wuxi.report("青龙潭边的路灯不亮。", by=INTAKE)
    walks: list[set[str]] = []
    for query in ("路灯不", "青龙潭边的路灯"):
        with CaptureQueriesContext(connection) as captured:
            assert listed(wuxi, INTAKE, query=query)
        said = [q["sql"] for q in captured.captured_queries if "AS hit" in q["sql"]]
        walks.append({re.sub(r"'\{[^']*\}'|ARRAY\[[^]]*\]", "?", sql) for sql in said})
    assert walks[0] == walks[1]
    assert len(walks[0]) == 1


def test_a_plan_kept_for_any_values_still_finds_the_few_by_their_index(wuxi: Township) -> None:
    followed = {
        "case_carded": Case.objects.filter(CARDED).order_by("-id"),
        "case_went_back": Case.objects.filter(WENT_BACK).order_by("due_at", "id"),
        "queue_of_asked": Case.objects.filter(SOMEBODY_ASKED).order_by("due_at", "id"),
        "step_instructed": Step.objects.filter(action=literal("instruct")).order_by("-at", "-id"),
    }
    with wuxi.acting("331125201-chief"), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for index, rows in followed.items():
            sql, values = rows.values("pk")[:20].query.sql_with_params()
            assert values == (), index
            cursor.execute(f"EXPLAIN {sql}")
            assert index in "".join(row[0] for row in cursor.fetchall())


def test_a_search_within_an_office_s_list_finds_only_its_own(wuxi: Township) -> None:
    fill(local(timezone.now()))
    account = max(offices(wuxi), key=lambda a: len(in_sight(wuxi, a)))
    everything = set(listed(wuxi, INTAKE, query="的"))
    assert set(listed(wuxi, account, query="的")) == everything & in_sight(wuxi, account)


@pytest.mark.parametrize("cursor", ["x", "_1", "2026-03-02T08:00:00_1", "2026-03-02T08:00:00+00:00_" + "9" * 20])
@pytest.mark.parametrize("query", ["", "路灯"])
def test_a_cursor_that_is_none_of_ours_is_refused_whoever_asks(wuxi: Township, cursor: str, query: str) -> None:
    now = local(timezone.now())
    for account in (INTAKE, offices(wuxi)[0]):
        with wuxi.acting(account):
            if cursor == "_1" and (query or account != INTAKE):
                continue  # in the order of ids the moment does not count
            with pytest.raises(ValueError):  # noqa: PT011  whatever Python says of it
                page(Filters(query=query), wuxi.setting, now, cursor=cursor)


def test_a_queue_is_counted_to_ninety_nine(wuxi: Township) -> None:
    for no in range(101):
        wuxi.report(f"第 {no} 处积水。", by=INTAKE)
    with wuxi.acting(INTAKE) as actor:
        found = counts(queues(actor, wuxi.setting))
    assert found["reported"] == 100
    assert capped(found["reported"]) == "99+"
    assert capped(99) == "99"


def test_every_queue_counts_exactly_what_its_list_shows(wuxi: Township) -> None:
    now = local(timezone.now())
    fill(now)
    waiting = 0
    for account in (*offices(wuxi)[:6], INTAKE, "331125201-room-head", "331125201-chief", "331125-dispatcher"):
        with wuxi.acting(account) as actor:
            found = queues(actor, wuxi.setting) + overview(actor, wuxi.setting)
            numbers = counts(found)
            for queue in found:
                filters = Filters(extra=queue.where, open_only=True, awaiting=queue.awaiting)
                shown = page(filters, wuxi.setting, now, size=MOST + 1, order=Order.DUE).lines
                assert numbers[queue.code] == len(shown), (account, queue.code)
            waiting += sum(numbers.values())
    assert waiting > 20


def test_queues_are_kept_by_the_seats_they_belong_to(wuxi: Township) -> None:
    with wuxi.acting(INTAKE) as actor:
        mine = queues(actor, wuxi.setting)
        assert queues(actor, wuxi.setting) is mine
    with wuxi.acting("331125-intake") as actor:
        assert queues(actor, wuxi.setting) is not mine


def test_an_office_s_search_goes_on_until_all_is_found(wuxi: Township) -> None:
    account, begin = offices(wuxi)[0], local(timezone.now()) - timedelta(hours=2)
    rare = wuxi.report("地砖松了。", by=account, channel=Channel.INSPECTION, category="17002", now=begin).number
    numbers = [wuxi.report(f"第 {no} 块地砖松了。", by=account, channel=Channel.INSPECTION).number for no in range(40)]
    assert listed(wuxi, account, size=3, query="地砖") == [*numbers[::-1], rare]
    assert listed(wuxi, account, size=30, query="地砖松了") == [*numbers[::-1], rare]
    assert listed(wuxi, account, size=1, query="地砖", category="17002") == [rare]


def test_what_left_an_office_s_sight_is_found_no_more(wuxi: Township) -> None:
    account = offices(wuxi)[0]
    (unit,) = wuxi.standing(account).units
    case = wuxi.report("水泥路破了一个坑。", by=INTAKE, category="17002").case_id
    with system_scope("测试"):
        sent = local(timezone.now())
        Assignment.objects.create(case_id=case, no=1, unit=unit, main=True, state="ended", sent_at=sent)
    with wuxi.acting(account), connection.cursor() as cursor:
        cursor.execute("SELECT cases_given_with(ARRAY['水泥'], NULL, 10)")
        assert cursor.fetchall() == [(case,)]  # a list it once was on
    assert listed(wuxi, account, query="水泥") == []  # what it sees is for the policy to say


def test_an_office_s_lists_hold_nothing_of_anybody_else_s(wuxi: Township) -> None:
    one, other = offices(wuxi)[:2]
    wuxi.report("水泥路破了一个坑。", by=one, channel=Channel.INSPECTION)
    for account in (one, other, INTAKE):
        with wuxi.acting(account), connection.cursor() as cursor:
            cursor.execute("SELECT cases_given_with(ARRAY['水泥'], NULL, 10)")
            assert bool(cursor.fetchall()) is (account == one)  # who reported it


def test_the_rarest_words_are_looked_up_first_whatever_stands_in_them(wuxi: Township) -> None:
    words = ["路灯", "'); DROP", "%s", "灯光"]
    with wuxi.acting(INTAKE), connection.cursor() as cursor:
        cursor.execute("SELECT cases_by_rarity(%s::text[])", [words])
        assert sorted(cursor.fetchone()[0]) == sorted(words)
