"""The same on a small scale: somebody leaves, an office is abolished, a grid is split, a request comes in between."""

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.case import Case, Channel
from sipingtai.core.stages import Stage
from sipingtai.loop.moves import move
from sipingtai.loop.reorganise.moving import move_all
from sipingtai.org import reorganising
from sipingtai.org.models import PostHolding, Unit
from sipingtai.org.packs.shelf import PRESETS, load
from tests import township
from tests.org.test_mistakes import change
from tests.township import Township

from .reorganised import Move, moment

pytestmark = pytest.mark.django_db(transaction=True, databases=["default", "owner"])
NAME = "331125201-雾溪畲族乡"
AREA = NAME[:9]


@pytest.fixture
def town(transactional_db: None) -> Iterator[Township]:
    found = township.set_up(["331125", AREA])
    yield found
    township.take_down()


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    """The township's pack and supplement, to be rewritten."""
    for suffix in (".yaml", ".补充.yaml"):
        (tmp_path / f"{NAME}{suffix}").write_text(
            (PRESETS / "townships" / f"{NAME}{suffix}").read_text("utf-8"), "utf-8"
        )
    return tmp_path / f"{NAME}.yaml"


def reorganise(pack: Path) -> reorganising.Change:
    shelf, now = load([str(pack)]), moment()
    change = reorganising.preview(shelf, now)
    change, _ = reorganising.carry_out(shelf, now, change.plan)
    assert move_all(change).left == 0
    reorganising.finish(change.command, moment())
    return change


def supplement(pack: Path) -> Path:
    return pack.with_name(f"{NAME}.补充.yaml")


def at_work(town: Township, platform: str, office: str, **fields: object) -> int:
    """A matter signed by an office, through its platform."""
    case = at_platform(town, platform, **fields)
    town.act(holder_of(f"{AREA}-{platform}"), case, Action.FORWARD, to=town.unit(f"{AREA}-{office}"))
    town.act(holder_of(f"{AREA}-{office}", "handler"), case, Action.SIGN)
    return case


def at_platform(town: Township, platform: str, **fields: object) -> int:
    case = town.report("路灯坏了", **fields).case_id
    town.act(f"{AREA}-intake", case, Action.ACCEPT)
    town.act(f"{AREA}-dispatcher", case, Action.DISPATCH, to=town.unit(f"{AREA}-{platform}"), reason="按职责")
    return case


def holder_of(unit: str, post: str = "platform-head") -> str:
    rows = PostHolding.objects.filter(unit__code=unit, post=post, substitute_for=None, valid_to=None)
    return str(rows.values_list("account__username", flat=True)[0])


def rehomings(case: int) -> int:
    with system_scope("测试"):
        return models.Step.objects.filter(case_id=case, action="rehome").count()


def test_who_leaves_is_released_and_the_substitute_takes_over(town: Township, pack: Path) -> None:
    case = at_work(town, "综治工作平台", "综治办")
    account = holder_of(f"{AREA}-综治办", "handler")
    head = holder_of(f"{AREA}-综治办", "office-head")
    town.act(head, case, Action.ASSIGN_PERSON, person=town.account(account).pk)
    other = at_work(town, "综治工作平台", "综治办")
    number = re.search(r"\d+", account.removeprefix(f"{AREA}-"))
    assert number
    # From now on somebody else handles what this office does: every handler's account has another name.
    change(supplement(pack), '账号: "office-{序}", ', '账号: "clerk-{序}", ')
    change(supplement(pack), '替补: "office-{序}"}', '替补: "clerk-{序}"}')
    done = reorganise(pack)
    assert account in done.idle
    found = town.case(case)
    assert found.main
    assert found.main.person is None
    assert found.stage is Stage.HANDLING
    assert (rehomings(case), rehomings(other)) == (1, 0)
    town.act(f"{AREA}-clerk-{number[0]}", case, Action.FINISH, text="修好了", files=1)
    assert not town.standing(account).units


def test_an_office_is_abolished_with_a_successor_named_in_place(town: Township, pack: Path) -> None:
    case = at_work(town, "综治工作平台", "信访办")
    change(pack, "  - 名称: 信访办\n", "  - {名称: 信访办, 接替: 综治办}\n")
    reorganise(pack)
    found = town.case(case)
    assert found.main
    assert found.main.unit == town.unit(f"{AREA}-综治办")
    assert Unit.objects.get(code=f"{AREA}-信访办").valid_to is not None
    town.act(holder_of(f"{AREA}-综治办", "handler"), case, Action.FINISH, text="已答复", files=1)


def test_a_split_grid_gives_its_cases_away_by_where_they_lie(town: Township, pack: Path) -> None:
    grid = Unit.objects.filter(kind="grid", area__boundary__isnull=False).order_by("code").first()
    assert grid is not None
    (west, south), (east, _), (_, north) = grid.area.boundary["coordinates"][0][:3]
    middle, lat = round((west + east) / 2, 4), (south + north) / 2
    left = town.report("井盖松动", point=(west + 0.0001, lat)).case_id
    right = town.report("井盖缺失", point=(east - 0.0001, lat)).case_id
    nowhere = town.report(
        "路面坑洼", by=holder_of(grid.code, "grid-worker"), grid=grid.pk, channel=Channel.GRID
    ).case_id
    closed = town.report("电线垂落", point=(east - 0.0001, lat)).case_id
    town.act("reporter", closed, Action.WITHDRAW)
    text = supplement(pack)
    line = next(li for li in (pack.read_text("utf-8") + text.read_text("utf-8")).splitlines() if grid.code in li)
    first, second = str(int(grid.code) + 7), str(int(grid.code) + 8)

    def half(code: str, name: str, low: float, high: float) -> str:
        ring = [[low, south], [high, south], [high, north], [low, north], [low, south]]
        found = line.replace(grid.code, code).replace(grid.name, name)
        return re.sub(r"边界: \[.*\]\]", f"边界: {ring}", found)

    halves = f"{half(first, '西边网格', west, middle)}\n{half(second, '东边网格', middle, east)}"
    spoil(pack, line, halves)
    text.write_text(
        text.read_text("utf-8") + f'\n接替:\n  - {{名称: "{grid.code}", 由: [西边网格, 东边网格]}}\n', "utf-8"
    )
    for file in (pack, text):
        file.write_text(re.sub(r"^  网格数: .*\n", "", file.read_text("utf-8"), flags=re.M), "utf-8")
    reorganise(pack)
    west_id, east_id = town.unit(first), town.unit(second)
    assert [town.case(c).grid for c in (left, right, nowhere, closed)] == [west_id, east_id, west_id, grid.pk]
    assert [town.case(c).area for c in (left, right)] == [first, second]
    assert town.case(nowhere).reporter.grid == west_id


def spoil(pack: Path, old: str, new: str) -> None:
    for file in (pack, pack.with_name(f"{NAME}.补充.yaml")):
        if old in file.read_text("utf-8"):
            change(file, old, new)
            return
    raise AssertionError(old)


def test_a_request_that_began_before_the_change_is_waited_for(town: Township, pack: Path) -> None:
    case = at_platform(town, "综治工作平台")
    head = holder_of(f"{AREA}-综治工作平台")
    setting, office = town.setting, town.unit(f"{AREA}-信访办")
    begun, changed = threading.Event(), threading.Event()

    def dispatch() -> None:
        with town.acting(head) as actor:
            begun.set()
            assert changed.wait(20)
            asked = Move(action=Action.FORWARD, to=office)
            move(case, asked, actor=actor, now=moment(), setting=setting)
        connections.close_all()

    change(pack, "  - 名称: 信访办\n", "  - {名称: 信访办, 接替: 综治办}\n")
    late = threading.Thread(target=dispatch)
    late.start()
    assert begun.wait(20)
    shelf, now = load([str(pack)]), moment()
    done, _ = reorganising.carry_out(shelf, now, reorganising.preview(shelf, now).plan)
    threading.Timer(1.5, changed.set).start()
    assert move_all(done).left == 0
    late.join()
    found: Case = town.case(case)
    assert found.holder
    assert found.holder.unit == town.unit(f"{AREA}-综治办")


def test_a_case_held_by_somebody_else_is_moved_when_they_let_go(town: Township, pack: Path) -> None:
    case = at_work(town, "综治工作平台", "信访办")
    held, let_go = threading.Event(), threading.Event()

    def hold() -> None:
        with town.acting(f"{AREA}-dispatcher"):
            models.Case.objects.select_for_update().get(pk=case)
            held.set()
            let_go.wait(20)
        connections.close_all()

    holding = threading.Thread(target=hold)
    change(pack, "  - 名称: 信访办\n", "  - {名称: 信访办, 接替: 综治办}\n")
    holding.start()
    assert held.wait(20)
    threading.Timer(1.0, let_go.set).start()
    reorganise(pack)
    holding.join()
    assert rehomings(case) == 1
