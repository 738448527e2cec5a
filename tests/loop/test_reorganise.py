"""架构调整: two townships change their set-up with open cases in every stage; nothing is lost, nothing moves twice."""

import csv
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import TransactionTestCase
from pytest_django import DjangoDbBlocker

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.case import Case, Colour, Holder
from sipingtai.core.clocks import ClockKind
from sipingtai.core.posts import Actor, ActorKind, Post, Seat
from sipingtai.core.stages import ENDED, Stage
from sipingtai.core.who import fits
from sipingtai.org.models import PostHolding, Reorganisation, Scheme, Unit, Version
from sipingtai.org.setting import valid_on
from sipingtai.stats.by_scheme import NONE, counts
from tests import conftest, township
from tests.org.earlier import earlier

from . import reorganised as r
from .reorganised import Reorganised
from .stages import Way

DGT, SY = "331102102-大港头镇", "331126001-松源街道"
OPEN = [stage for stage in Stage if stage not in ENDED]


def _lost(f: Reorganised) -> int:
    """An office nobody takes over from."""
    return f.unit("党政办" if f.area == DGT[:9] else "安全生产监督管理站")


def _sent(w: Way, f: Reorganised) -> None:
    """At work with a person whose account sits elsewhere afterwards, or where nobody takes over."""
    office = f.unit("社会治理办") if f.area == DGT[:9] else _lost(f)
    person = w.people.at(office, Post.HANDLER).person
    w.at_work(office).do(w.people.at(office, Post.OFFICE_HEAD), Action.ASSIGN_PERSON, person=person)


def _asking(w: Way, f: Reorganised) -> None:
    office = f.unit("城镇建设服务中心" if f.area == DGT[:9] else "村镇建设")
    w.at_work(office).office(Action.REQUEST_EXTENSION, days=3, reason="等待材料")


def _emergency(w: Way, f: Reorganised) -> None:
    """At the platform that goes on without these matters (松源), or ends (大港头)."""
    w.at_platform(f.unit("应急管理平台" if f.area == DGT[:9] else "综治工作平台"), category="03002")


def _shunned(w: Way, f: Reorganised) -> None:
    """A complaint about one office, at work in another; the two are to become one."""
    w.at_work(f.unit("社区综合管理服务中心"), about=frozenset({f.unit("社会事务综合服务中心")}))


def _ruling(w: Way, f: Reorganised) -> None:
    w.returning(2, office=f.unit("综合行政执法队"))


def _assisted(w: Way, f: Reorganised) -> None:
    w.at_work(f.unit("司法所")).office(Action.ENLIST, assists=(_lost(f),), reason="需要配合")


COMMON: dict[str, r.Special] = {
    "unheired": lambda w, f: w.at_work(_lost(f)).dispatcher(
        Action.SUPERVISE, colour=Colour.YELLOW, reason="进展慢"
    ),
    "assisted": _assisted, "sent": _sent, "asking": _asking, "emergency": _emergency,
}  # fmt: skip
CASTS: dict[str, tuple[str, dict[str, r.Special]]] = {
    DGT: ("331102", {**COMMON, "shunned": _shunned, "ruling": _ruling}),
    SY: ("331126", COMMON),
}


@pytest.fixture(scope="module", params=[DGT, SY])
def done(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[Reorganised]:
    name = str(request.param)
    county, specials = CASTS[name]
    with django_db_blocker.unblock(), tempfile.TemporaryDirectory() as folder:
        found = r.begun(county, name[:9], earlier(name, Path(folder)), specials)
        yield r.carried_out(found, name[:9])
        township.take_down()
        conftest._empty_all_tables(TransactionTestCase())


@pytest.fixture(autouse=True)
def _database(django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    with django_db_blocker.unblock():
        yield


def open_cases(found: dict[int, Case]) -> dict[int, Case]:
    return {pk: case for pk, case in found.items() if case.stage.open}


def test_every_stage_had_open_cases(done: Reorganised) -> None:
    assert {case.stage for case in open_cases(done.before.cases).values()} == set(OPEN)


def test_a_preview_changes_nothing(done: Reorganised) -> None:
    assert done.previewed.rows == done.before.rows
    assert "以上为预览，未写入。" in done.preview
    assert "要移交的在办事件" in done.preview


def test_it_was_interrupted_in_the_middle(done: Reorganised) -> None:
    assert 10 <= done.killed_after < sum(r.rehome_steps().values())
    assert "上次没有做完，先把它做完。" in done.told


def test_no_case_is_lost_and_none_moves_twice(done: Reorganised) -> None:
    assert done.after.cases.keys() == done.before.cases.keys()
    assert {n for pk, n in r.rehome_steps().items() if pk != done.stale} == {1}
    for pk, case in done.before.cases.items():
        steps = done.after.cases[pk].steps - case.steps
        assert steps in ((2, 3) if pk == done.stale else (0, 1))


def test_ended_cases_stay_as_they_were(done: Reorganised) -> None:
    ended = [pk for pk, case in done.before.cases.items() if not case.stage.open]
    assert ended
    assert {pk: done.after.rows[pk] for pk in ended} == {pk: done.before.rows[pk] for pk in ended}


def test_everything_open_lies_with_somebody_who_can_act(done: Reorganised) -> None:
    setting = done.township.setting
    today = r.moment().date()
    held = PostHolding.objects.filter(valid_on(today), valid_on(today, "unit__")).values_list("unit_id", "post")
    everybody = Actor(kind=ActorKind.PERSON, seats=frozenset(Seat(u, Post(p)) for u, p in held))
    for case in open_cases(done.after.cases).values():
        assert case.holder is not None
        for holder in (case.holder, *(p.decider for p in case.applications)):
            assert fits(everybody, holder, setting), (case.id, holder)
        live = [x for x in case.assignments if x.state.live]
        units = {x.unit for x in live} | {x.platform for x in live if x.platform} | {c.owner for c in case.clocks}
        units |= {p.unit for p in case.applications} | {c.unit for c in case.cards if not (c.lifted or c.replied)}
        units |= {case.grid} - {None}
        assert [setting.units[u].name for u in units if not setting.units[u].active] == []
        assert not {x.unit for x in live} & case.shunned
        people = {(x.person, x.unit) for x in live if x.person}
        assert all(PostHolding.objects.filter(valid_on(today), account=p, unit=u).exists() for p, u in people)


def test_the_journal_verifies(done: Reorganised) -> None:
    assert r.faults() == []


def test_no_clock_begins_anew(done: Reorganised) -> None:
    for pk, case in open_cases(done.before.cases).items():
        later = {(c.kind, c.ref): c for c in done.after.cases[pk].clocks}
        total = case.clock(ClockKind.TOTAL)
        if total is not None and case.stage is not Stage.SUSPENDED:
            assert later[ClockKind.TOTAL, total.ref].due_at == total.due_at
        if pk != done.stale:
            for c in case.clocks:
                if (c.kind, c.ref) in later and case.stage is done.after.cases[pk].stage:
                    assert later[c.kind, c.ref].due_at == c.due_at
                    assert later[c.kind, c.ref].started_at == c.started_at


def test_figures_are_the_same_before_and_after_under_both_schemes(done: Reorganised) -> None:
    assert done.after.by_platform == done.before.by_platform
    within = [pk for pk, case in done.before.cases.items() if case.area.startswith(done.area)]
    assert sum(done.after.by_platform.values()) == len(within)
    new = Scheme.objects.get(command_id=done.room, valid_to=None)
    with system_scope("测试"):
        now = counts(done.room, new.pk)
    assert sum(now.values()) == len(within)
    units = done.township.setting.units
    assert all(units[p].active for p in now if p)
    given_back = [
        pk for pk, case in done.before.cases.items()
        if case.main and case.stage.open and done.after.cases[pk].main is None
    ]  # fmt: skip
    assert now[NONE] <= done.before.by_platform[NONE] + len(given_back)


def test_what_nobody_takes_over_goes_back_and_is_told_by_number(done: Reorganised) -> None:
    case = done.after.cases[done.marked["unheired"]]
    assert case.stage is Stage.ACCEPTED
    assert case.cards[0].unit == done.room
    whys = reported(done)
    assert {"原承办单位没有接替，已退回待分流", "黄牌督办的原单位没有接替，改由总指挥回复"} <= whys["unheired"]
    assert whys["assisted"] == {"协办单位没有可以接替的，已解除协办"}


def test_everything_given_back_is_in_the_report(done: Reorganised) -> None:
    numbers = {row[0] for row in report(done)}
    for pk, case in open_cases(done.before.cases).items():
        later = done.after.cases[pk]
        if case.stage is not Stage.ACCEPTED and later.stage is Stage.ACCEPTED:
            assert number_of(pk) in numbers


def test_the_person_sent_who_does_not_work_there_is_released(done: Reorganised) -> None:
    main = done.before.cases[done.marked["sent"]].main
    assert main is not None
    assert main.person
    later = done.after.cases[done.marked["sent"]].assignments[main.no - 1]
    if later.state.live:
        assert later.person is None
        assert reported(done)["sent"] == {"原经办人已不在承办单位"}


def test_an_application_goes_to_the_head_of_the_platform_that_takes_over(done: Reorganised) -> None:
    (pending,) = done.after.cases[done.marked["asking"]].applications
    platform = "平安法治平台" if done.area == DGT[:9] else "监管执法平台"
    if done.area == DGT[:9]:  # its office went to another platform than its member's
        assert pending.unit == done.unit("城镇建设办")
        platform = "经济生态平台"
    assert pending.decider == Holder(unit=done.unit(platform), post=Post.PLATFORM_HEAD)
    done.township.act(head_of(done, platform), done.marked["asking"], Action.GRANT_EXTENSION)


def test_emergency_matters_go_to_the_platform_of_their_category(done: Reorganised) -> None:
    case = done.after.cases[done.marked["emergency"]]
    platform = "平安法治平台" if done.area == DGT[:9] else "应急管理平台"
    assert case.holder == Holder(unit=done.unit(platform))
    assert case.stage is Stage.DISPATCHED


def test_what_was_dispatched_by_the_old_set_up_in_between_is_taken_along(done: Reorganised) -> None:
    case = done.after.cases[done.stale]
    assert case.stage is Stage.DISPATCHED
    assert case.holder is not None
    assert done.township.setting.units[case.holder.unit].active


def test_work_of_an_office_that_joins_the_one_complained_about_goes_back(done: Reorganised) -> None:
    if "shunned" not in done.marked:
        pytest.skip("only one township has such offices")
    case = done.after.cases[done.marked["shunned"]]
    assert case.stage is Stage.ACCEPTED
    assert done.unit("社会事务办") in case.shunned
    assert reported(done)["shunned"] == {"接替后承办单位正是被反映的单位，按规定回避，已退回待分流"}
    assert not done.township.seen_by(head_of(done, "社会事务办", Post.OFFICE_HEAD), case.id)


def test_a_ruling_whose_arbiter_is_gone_falls_to_the_chief(done: Reorganised) -> None:
    if "ruling" not in done.marked:
        pytest.skip("only one township loses an arbiter")
    case = done.after.cases[done.marked["ruling"]]
    assert case.stage is Stage.RETURNING
    assert case.holder == Holder(unit=done.room, post=Post.CHIEF)
    assert reported(done)["ruling"] == {"退单申请原来的决定人已不在任，改由总指挥决定"}
    done.township.act(f"{done.area}-chief", case.id, Action.REFUSE_RETURN, reason="仍由该队承办")


def test_people_without_any_seat_are_named(done: Reorganised) -> None:
    people = {row[1] for row in report(done) if not row[0]}
    if done.area == DGT[:9]:
        assert {f"{done.area}-chairman", f"{done.area}-platform-2-head", f"{done.area}-platform-3-head"} <= people
    assert f"{done.area}-leader" not in people


def test_a_closed_case_still_names_the_offices_it_knew(done: Reorganised) -> None:
    units = done.township.setting.units
    closed = [c for c in done.after.cases.values() if c.stage is Stage.CLOSED and c.main]
    ended = [c.main.platform for c in closed if c.main and c.main.platform and not units[c.main.platform].active]
    assert ended
    assert units[ended[0]].name == Unit.objects.get(pk=ended[0]).name


def test_the_report_is_for_its_owner_alone(done: Reorganised) -> None:
    path = report_path(done)
    assert path.stat().st_mode & 0o777 == 0o600
    assert "需人工决定的" in done.told
    assert f"需人工决定的 {len(report(done))} 项" in done.told


def test_run_again_it_finds_nothing_to_do(done: Reorganised) -> None:
    version, steps = Version.objects.get().number, r.rehome_steps()
    assert done.run(done.area, yes=True) == "没有变化。\n"
    assert (Version.objects.get().number, r.rehome_steps()) == (version, steps)
    assert not Reorganisation.objects.filter(finished_at=None).exists()


def report_path(done: Reorganised) -> Path:
    found = re.search(r"写在 (\S+\.csv)", done.told)
    assert found
    return Path(found[1])


def report(done: Reorganised) -> list[list[str]]:
    with report_path(done).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def reported(done: Reorganised) -> dict[str, set[str]]:
    """What the report says of the marked cases."""
    return {name: {row[2] for row in report(done) if row[0] == number_of(pk)} for name, pk in done.marked.items()}


def number_of(pk: int) -> str:
    with system_scope("测试"):
        return str(models.Case.objects.values_list("number", flat=True).get(pk=pk))


def head_of(done: Reorganised, unit: str, post: Post = Post.PLATFORM_HEAD) -> str:
    rows = PostHolding.objects.filter(valid_on(r.moment().date()), unit=done.unit(unit), post=post, substitute_for=None)
    return str(rows.values_list("account__username", flat=True)[0])


def test_figures_of_the_run(done: Reorganised, capsys: pytest.CaptureFixture[str]) -> None:
    """Not a rule: what the long run prints."""
    stages = Counter(case.stage.label for case in open_cases(done.before.cases).values())
    moved = sum(r.rehome_steps().values())
    if os.environ.get("SIPINGTAI_REORGANISE"):
        with capsys.disabled():
            print(f"\n{done.area}：{len(done.before.cases)} 件，在办 {sum(stages.values())}，移交 {moved}，", end="")
            print(f"续办 {moved - done.killed_after} 件 {done.seconds:.1f} 秒，需决定 {len(report(done))} 项")
            print(dict(stages))
    assert moved
