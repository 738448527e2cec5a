"""The stories the demo tells (演示情节): each takes one matter to one of the places a matter can come to.

`STORIES` says since when each stands there.
"""

from collections.abc import Callable
from datetime import timedelta

from attrs import frozen

from sipingtai.core.actions import Action as A
from sipingtai.core.case import Channel, Colour
from sipingtai.core.posts import Actor, Post
from sipingtai.ops.demo import matters as m
from sipingtai.ops.demo.levels import (
    answered_from_above,
    answered_upwards,
    escalated,
    handed_down,
    sent_back_from_above,
)
from sipingtai.ops.demo.telling import reported
from sipingtai.ops.demo.walk import Walk


def waiting(w: Walk) -> None:
    """Nobody has looked at it yet."""
    reported(w)


def urgent(w: Walk) -> None:
    """Urgent, and on its way to an office."""
    w.report(w.any_sort(), Channel.HOTLINE, urgency=w.urgent()).accept().dispatch().forward()


def accepted(w: Walk) -> None:
    """受理: waits to be dispatched."""
    reported(w).accept()


def unclear(w: Walk) -> None:
    """Its category is not known; the analyst finds it."""
    sort = w.any_sort()
    w.report(sort, Channel.HOTLINE, category="").accept()
    w.later().do(w.room(Post.ANALYST), A.CLASSIFY, category=sort.category, reason="按内容研判")


def at_platform(w: Walk) -> None:
    """分流: lies with a platform, which has yet to forward it."""
    reported(w).accept().dispatch()


def to_be_signed(w: Walk) -> None:
    """转派: lies with an office, which has yet to sign."""
    reported(w).accept().dispatch().forward()


def at_work(w: Walk) -> None:
    """办理中: an office is on the spot."""
    reported(w).to_work().later().do(w.main_office, A.PROGRESS, text="已到现场查看，正在处理。")


def with_assistance(w: Walk) -> None:
    """协办: two offices help, one has done its part."""
    reported(w).to_work()
    main = w.case.main
    assert main is not None
    others = w.cast.members(main.platform, main.unit)[:2]
    w.later().do(w.main_office, A.ENLIST, assists=tuple(others), reason="需要配合")
    w.later().do(w.office(others[0]), A.SIGN_ASSIST).later().do(
        w.office(others[0]), A.COMPLETE_ASSIST, text="已配合完成。"
    )


def supervised(w: Walk) -> None:
    """Late, urged, then a yellow and a red card, the red one answered in writing."""
    reported(w).to_work().days(4).do(w.room(Post.DISPATCHER), A.URGE, text="请抓紧办理。")
    w.days(2).do(w.room(Post.DISPATCHER), A.SUPERVISE, colour=Colour.YELLOW, reason="催办后仍无进展")
    w.days(2).do(w.chief(), A.SUPERVISE, colour=Colour.RED, reason="黄牌后仍超期")
    w.later().do(w.chief(), A.INSTRUCT, text="本周内务必办结。")
    w.later().do(w.main_office, A.REPLY_SUPERVISION, text="因等待配件延误，已加派人手，三日内完成。")


def extended(w: Walk) -> None:
    """延期, granted by the platform's head, or the chief where there is no platform."""
    reported(w, calm=True).to_work().later(5, 100).do(
        w.main_office, A.REQUEST_EXTENSION, days=5, reason="连续降雨，无法施工"
    )
    w.later().do(w.decider(w.case.applications[0].decider), A.GRANT_EXTENSION)


def asking_for_time(w: Walk) -> None:
    """申请延期: waits for whoever decides."""
    reported(w, calm=True).to_work().later(5, 100).do(
        w.main_office, A.REQUEST_EXTENSION, days=3, reason="需要上级单位配合"
    )


def suspended(w: Walk) -> None:
    """挂起 until a date that lies ahead."""
    until = w.now + timedelta(days=w.draw.randint(12, 25))
    reported(w).to_work().later().do(w.main_office, A.REQUEST_SUSPENSION, until=until, reason="等待专业机构鉴定")
    w.later().do(w.chief(), A.GRANT_SUSPENSION)


def resumed(w: Walk) -> None:
    """A suspension that came to its end by itself; then the work was done."""
    reported(w).to_work().later()
    until = w.now + timedelta(days=4)
    w.do(w.main_office, A.REQUEST_SUSPENSION, until=until, reason="等待材料到货")
    w.later().do(w.chief(), A.GRANT_SUSPENSION).at(until).system(A.RESUME)
    w.later().finish().verify().rate()


def returned(w: Walk) -> None:
    """退单: the office says it is not theirs, the command has yet to decide."""
    _return(reported(w).to_work())


def _return(w: Walk) -> Walk:
    main = w.case.main
    assert main is not None
    return w.later().do(
        w.main_office,
        A.REQUEST_RETURN,
        clause="职责清单第1条",
        to=w.cast.members(main.platform, main.unit)[0],
        reason="不属于本单位职责，建议改由相关单位承办",
    )


def finally_ruled(w: Walk) -> None:
    """Returned twice: the second ruling is final and becomes a precedent."""
    _return(reported(w).to_work())
    w.later().one_of([w.room(Post.DISPATCHER), w.chief()], A.GRANT_RETURN, reason="同意，改由其他单位承办")
    w.dispatch().forward().sign()
    _return(w)
    decider = w.case.holder
    assert decider is not None
    w.later().one_of([w.decider(decider), w.chief()], A.REFUSE_RETURN, reason="最终裁定：由该单位承办")
    w.days(1).finish().verify().rate()


def reassigned(w: Walk) -> None:
    """改派: taken from one office after it had signed, given to another."""
    reported(w).to_work()
    main = w.case.main
    assert main is not None
    w.later().do(w.room(Post.DISPATCHER), A.REASSIGN, reason="研判后应由其他单位承办")
    w.dispatch(but=frozenset({main.unit})).forward(but=frozenset({main.unit})).sign()


def recalled(w: Walk) -> None:
    """撤回: taken back before it was signed."""
    reported(w).accept().dispatch().later(5, 30).do(w.room(Post.DISPATCHER), A.RECALL, reason="交办对象选错")


def declined(w: Walk) -> None:
    """不予受理: another authority's matter."""
    w.report(m.NOT_OURS, Channel.VILLAGER).later().do(
        w.room(Post.INTAKE), A.DECLINE, reason="不属于本乡管辖，已告知反映渠道"
    )


def reviewed(w: Walk) -> None:
    """复核: declined, asked again, and accepted by somebody else."""
    w.report(w.any_sort(), Channel.VILLAGER).later()
    w.do(w.room(Post.INTAKE), A.DECLINE, reason="情况不清楚")
    w.days(1).reporter(A.REVIEW, reason="就在村里，请派人来看一眼")
    w.later().do(w.room(Post.DISPATCHER), A.GRANT_REVIEW, reason="经核实应当受理").dispatch().forward()


def review_refused(w: Walk) -> None:
    """复核不通过: declined, asked again, and declined for good."""
    w.report(m.NOT_OURS, Channel.VILLAGER).later()
    w.do(w.room(Post.INTAKE), A.DECLINE, reason="不属于本乡管辖")
    w.days(1).reporter(A.REVIEW, reason="希望再考虑")
    w.later().do(w.room(Post.DISPATCHER), A.REFUSE_REVIEW, reason="复核维持，已说明理由")


def withdrawn(w: Walk) -> None:
    """撤诉: the reporter takes it back."""
    sort = next(s for s in m.ORDINARY if s.category == "13014")
    w.report(sort, Channel.VILLAGER).accept().later().reporter(A.WITHDRAW)


def void(w: Walk) -> None:
    """作废: a test entry."""
    reported(w, Channel.HOTLINE).later().do(w.room(Post.ROOM_HEAD), A.VOID, reason="测试工单")


def settled(w: Walk) -> None:
    """即办自结: the grid worker did it on the spot."""
    sort = w.draw.choice([s for s in m.ORDINARY if w.cast.setting.categories[s.category].level <= 2])
    w.report(sort, Channel.GRID, at_station=True)
    w.later(2, 20).do(_own_grid(w), A.SETTLE, text=f"当场处理：{w.draw.choice(sort.results)}", photos=1)


def settled_and_drawn(w: Walk) -> None:
    """Settled on the spot and drawn for verification: somebody has yet to check."""
    sort = w.draw.choice([s for s in m.ORDINARY if w.cast.setting.categories[s.category].level <= 2])
    w.report(sort, Channel.GRID, at_station=True).later(2, 20)
    w.do(_own_grid(w), A.SETTLE, text=f"当场处理：{w.draw.choice(sort.results)}", photos=1, sampled=True)


def _own_grid(w: Walk) -> Actor:
    grid = w.case.reporter.grid
    assert grid is not None
    return w.cast.at(grid, Post.GRID_WORKER)


def merged(w: Walk) -> None:
    """并案: the same thing reported twice; the second follows the first."""
    merge(w)


def merge(w: Walk) -> tuple[Walk, Walk]:
    """The first, accepted, and the one that follows it."""
    first, sort = w.report(w.any_sort(), Channel.HOTLINE).accept(), w.sort
    assert sort is not None
    second = first.other().later().report(sort, Channel.VILLAGER)
    second.later().do(second.room(Post.INTAKE), A.MERGE, other=first.case)
    return first.at(second.now), second


def merged_and_done(w: Walk) -> None:
    """The follower ends with its master, and its reporter is told as well."""
    merge(w)[0].dispatch().forward().sign().days(1).finish().verify().rate()


def divided(w: Walk) -> None:
    """拆分: one affair of several parts, one of them done."""
    w.report(m.WHOLE_AFFAIR, Channel.MEETING).accept().later()
    first, _ = w.split(m.PARTS, "涉及几个单位，分开办理")
    first.dispatch().forward().sign().days(1).finish().verify().rate()
    w.at(first.now)


def referred(w: Walk) -> None:
    """转外部系统, still there."""
    w.report(w.any_sort(), Channel.HOTLINE).accept()
    w.later().do(w.room(Post.DISPATCHER), A.REFER, system="12345", reason="由热线平台承办")


def referred_and_back(w: Walk) -> None:
    """转外部系统: answered by the other system, verified and rated."""
    referred(w)
    w.days(2).link(A.ANSWER, text="承办单位已办结。").verify().rate()


def restricted(w: Walk) -> None:
    """限知: only who works on it sees it."""
    w.report(w.draw.choice(m.RESTRICTED), Channel.STATION).to_work()


def about_an_office(w: Walk) -> None:
    """回避: a complaint about an office, which neither gets nor sees it."""
    _, shunned = w.cast.office_for(w.cast.township, "13003")
    w.report(m.COMPLAINT, Channel.VILLAGER, about=frozenset({shunned})).accept().dispatch().forward().sign()


def finished(w: Walk) -> None:
    """办结反馈: waits to be verified."""
    reported(w).to_work().days(w.draw.uniform(0.2, 2)).finish()


def rejected(w: Walk) -> None:
    """核查不通过: checked and found wanting, back at work."""
    reported(w).to_work().days(1).finish().later()
    w.do(w.room(Post.DISPATCHER), A.REJECT, reason="现场查看仍未处理到位")


def verified(w: Walk) -> None:
    """Checked just now: its reporter may rate, and has not yet."""
    reported(w, Channel.VILLAGER).to_work().days(1).finish().verify()


def reworked(w: Walk) -> None:
    """The reporter was not satisfied: done again, then satisfied."""
    reported(w, Channel.VILLAGER, direct=True).to_verified().rate(satisfied=False, reason="没过几天又坏了")
    w.days(1).finish().verify().rate()


def unhappy(w: Walk) -> None:
    """The reporter was not satisfied: being done again."""
    reported(w, Channel.VILLAGER, direct=True).to_verified().rate(satisfied=False, reason="只处理了一半")


def concluded(w: Walk) -> None:
    """Three times not good enough: the chief concludes, with reasons."""
    reported(w, Channel.VILLAGER, direct=True).to_verified()
    cap = w.cast.setting.rules(w.cast.township).rework_cap
    for _ in range(cap):
        w.rate(satisfied=False, reason="还是不满意")
        if w.case.rework < cap:
            w.days(0.5).finish().verify()
    w.days(1).do(w.chief(), A.CONCLUDE, reason="三次返工均已到位，诉求超出政策范围，已书面说明")


def done(w: Walk) -> None:
    """回访: verified, and the reporter is content."""
    reported(w).to_verified().rate()


def lapsed(w: Walk) -> None:
    """Nobody rated it in time: closed by the clock."""
    reported(w, Channel.VILLAGER).to_verified()
    w.lapse()


def called_back(w: Walk) -> None:
    """回访: the room asked, and the answer was good."""
    reported(w, Channel.HOTLINE).to_verified()
    if w.case.stage.open:
        w.later().do(w.room(Post.DISPATCHER), A.FOLLOW_UP, text="电话回访，反映人表示满意。")


def reopened(w: Walk) -> None:
    """重开: closed, and the trouble came back."""
    reported(w, Channel.VILLAGER, direct=True).to_verified().rate().days(3).reporter(A.REOPEN, reason="问题又出现了")


def archived(w: Walk) -> None:
    """归档: nobody reopened it in time."""
    reported(w, Channel.VILLAGER, direct=True).to_verified().rate()
    days = w.cast.setting.rules(w.cast.township).reopen_days
    w.at(w.now + timedelta(days=days, hours=6)).system(A.ARCHIVE)


@frozen
class Story:
    """A story, and since when its matter stands where the story leaves it: working days ago."""

    tell: Callable[[Walk], None]
    shortest: float
    longest: float


# A few hours where a few hours are allowed, so that some are late and most are not.
STORIES: tuple[Story, ...] = (
    Story(done, 2, 40), Story(called_back, 2, 40), Story(settled, 1, 40), Story(lapsed, 1, 30), Story(archived, 1, 8),
    Story(waiting, 0.02, 0.7), Story(urgent, 0.02, 0.1), Story(accepted, 0.02, 0.7), Story(unclear, 0.02, 0.7),
    Story(at_platform, 0.02, 0.6), Story(to_be_signed, 0.02, 0.7), Story(at_work, 0.1, 2.5),
    Story(with_assistance, 0.1, 2), Story(supervised, 0.2, 2), Story(extended, 0.2, 3),
    Story(asking_for_time, 0.05, 0.7), Story(suspended, 0.3, 5), Story(resumed, 3, 30), Story(returned, 0.05, 1.2),
    Story(finally_ruled, 3, 30), Story(reassigned, 0.1, 1), Story(recalled, 0.05, 0.6), Story(escalated, 0.2, 2),
    Story(answered_from_above, 3, 30), Story(sent_back_from_above, 0.05, 0.6), Story(handed_down, 0.2, 2),
    Story(answered_upwards, 3, 30), Story(declined, 2, 30), Story(reviewed, 0.05, 0.6), Story(review_refused, 3, 30),
    Story(withdrawn, 3, 30), Story(void, 2, 30), Story(settled_and_drawn, 0.05, 0.8), Story(merged, 0.05, 0.6),
    Story(merged_and_done, 3, 30), Story(divided, 0.05, 0.6), Story(referred, 0.3, 3),
    Story(referred_and_back, 3, 30), Story(restricted, 0.2, 1.5), Story(about_an_office, 0.2, 2),
    Story(finished, 0.05, 0.7), Story(rejected, 0.1, 1.5), Story(verified, 0.05, 1.1), Story(reworked, 3, 30),
    Story(unhappy, 0.1, 1.5), Story(concluded, 3, 30), Story(reopened, 0.05, 0.7),
)  # fmt: skip
