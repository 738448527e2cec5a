"""How often the desk asks the database: the same for one row or a hundred, for a short story or a long one."""

import re
import uuid
from collections.abc import Callable
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from sipingtai.core.actions import Action as A
from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.loop.intake.report import Report, take_in
from tests.desk.clerk import Clerk, clerk, text
from tests.township import Township

pytestmark = pytest.mark.django_db

INTAKE, DISPATCHER = "331125201-intake", "331125201-dispatcher"
# What every request asks whoever it is for: session, account, posts, scope, version; begin and end of transactions.
_FRAME = ("SAVEPOINT", "RELEASE", "ROLLBACK", "django_session", "set_config", "org_postholding", "org_version")


def statements(act: Callable[[], object]) -> list[str]:
    """The statements of one request that are about its own business."""
    with CaptureQueriesContext(connection) as captured:
        act()
    found = [q["sql"] for q in captured.captured_queries]
    frame = lambda sql: any(word in sql for word in _FRAME) or sql.startswith('SELECT "access_account"')  # noqa: E731
    return [sql for sql in found if not frame(sql)]


def every_number(desk: Clerk, address: str) -> int:
    """How many different cases one comes to by 更多, page after page."""
    found: set[str] = set()
    while address:
        page = text(desk.get(address))
        rows = page.split('id="case"')[0]
        found |= set(re.findall(r"\d{9}-\d{8}-\d{6}", rows))
        more = re.search(r'href="([^"]+)"[^>]*>更多', page)
        address = unescape(more[1]) if more else ""
    return len(found)


def test_a_queue_and_a_list_ask_the_same_for_one_row_and_a_hundred(
    wuxi: Township, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = clerk(wuxi, INTAKE)
    wuxi.report("第 1 盏路灯坏了。", by=INTAKE)
    addresses = (
        "/?queue=reported",
        "/?queue=all&q=路灯&case=none",
        "/cases",
        "/cases?q=路灯",
        "/cases?stage=reported&overdue=on",
    )
    for address in addresses:  # names of areas and categories are read once for every state of the organisation
        desk.get(address)
    few = {address: len(statements(lambda a=address: desk.get(a))) for address in addresses}
    for no in range(2, 101):
        wuxi.report(f"第 {no} 盏路灯坏了。", by=INTAKE)
    many = {address: len(statements(lambda a=address: desk.get(a))) for address in addresses}
    with capsys.disabled():
        print("\n  statements of a list, 1 and 100 cases:", {a: (few[a], many[a]) for a in addresses})
    assert few == many
    for address in ("/?queue=reported", "/cases"):
        assert every_number(desk, address) == 100
    # Where the journal ends, counts, views; the list in three, a search in five. Beside a queue stands a whole case.
    assert max(n for address, n in many.items() if not address.startswith("/?")) <= 8
    assert max(many.values()) <= 12


def test_a_case_page_asks_the_same_however_long_its_story(wuxi: Township, capsys: pytest.CaptureFixture[str]) -> None:
    receipt = wuxi.report("路灯坏了。", by=INTAKE, category="17002")
    wuxi.act(INTAKE, receipt.case_id, A.ACCEPT)
    desk = clerk(wuxi, DISPATCHER)
    desk.see(receipt.number)
    short = len(statements(lambda: desk.see(receipt.number)))
    for no in range(40):
        wuxi.act(DISPATCHER, receipt.case_id, A.ANNOTATE, text=f"第 {no} 条批注。")
    long = len(statements(lambda: desk.see(receipt.number)))
    with capsys.disabled():
        print(f"\n  statements of a case page, 2 and 42 steps: {short}, {long}")
    assert short == long
    assert long < 15


def test_taking_a_matter_in_is_a_handful_of_statements(wuxi: Township, capsys: pytest.CaptureFixture[str]) -> None:
    wuxi.report("先登记一件。", by=INTAKE, name="王小明", phone="13812345678")  # a block of numbers is fetched
    fields = {"place": "村口", "category": "17002", "name": "王小明", "phone": "13812345678"}
    with CaptureQueriesContext(connection) as captured, wuxi.acting(INTAKE) as actor:
        setting, now = wuxi.setting, local(timezone.now())
        before = len(connection.queries_log)
        report = Report(channel=Channel.HOTLINE, text="路灯坏了。", area="331125201", **fields)
        take_in(report, sender="account:1", key=uuid.uuid4(), actor=actor, now=now, setting=setting, with_code=True)
        taken = len(connection.queries_log) - before
    with capsys.disabled():
        print(f"\n  statements of an intake: {taken}, with the scope around it {len(captured)}")
    assert taken < 10
