"""The rest of a matter's way (收尾): from wherever its story left it to its end, at the pace of a township.

Most are done in time and some late; late ones are urged and now and then carded. Reporters rate, are called back, or
say nothing until the follow-up lapses; a few are not satisfied.
"""

from datetime import timedelta

from sipingtai.core.actions import Action as A
from sipingtai.core.case import ApplicationKind, Case, Colour
from sipingtai.core.clocks import ClockKind
from sipingtai.core.posts import Post
from sipingtai.core.stages import Stage
from sipingtai.loop.errors import Refused
from sipingtai.ops.demo.asides import on_the_way, released
from sipingtai.ops.demo.walk import NotYet, Walk

LONGEST = 80  # moves of one matter; more would be a circle
SATISFIED = 0.94
NEWS = (
    "已联系当事人，约好明天到现场。",
    "材料已备齐，正在施工。",
    "已现场查看，方案报分管领导。",
    "完成一半，预计后天收尾。",
)


def bring_home(w: Walk) -> None:
    """To the end and, when its time has come, into the archive. Raises NotYet where the present comes first."""
    _to_end(w)
    _into_archive(w)
    for other in w.others:
        if other.id:
            other.at(w.now)
            bring_home(other)


def _to_end(w: Walk) -> None:
    for _ in range(LONGEST):
        case = w.case
        if case.children:
            _children(w)
            continue
        if not case.stage.open or case.stage is Stage.MERGED:
            return
        _step(w, case)
    raise RuntimeError(f"a matter goes round in circles at {w.case.stage}")


def _children(w: Walk) -> None:
    """The parts first: the whole ends with the last of them."""
    waiting = set(w.case.children)
    late = False
    for other in [o for o in w.others if o.id in waiting]:
        try:
            _to_end(other)
        except NotYet:
            late = True
    if late:
        raise NotYet
    w.at(max(o.now for o in w.others if o.id in waiting))


def _step(w: Walk, case: Case) -> None:
    match case.stage:
        case Stage.REPORTED if case.reviewing:
            w.later().one_of([w.here(Post.DISPATCHER), w.chief()], A.GRANT_REVIEW, reason="经核实应当受理")
        case Stage.REPORTED if w.in_village:
            w.later(5, 60).do(w.room(Post.STATION), A.ACCEPT)
            w.later(5, 60).do(w.room(Post.STATION), A.ESCALATE, reason="村里办不了，报上级指挥室办理")
        case Stage.REPORTED:
            w.later(5, 90).do(w.here(Post.INTAKE), A.ACCEPT)
        case Stage.ACCEPTED if w.in_village:
            w.later(5, 60).do(w.room(Post.STATION), A.ESCALATE, reason="村里办不了，报上级指挥室办理")
        case Stage.ACCEPTED:
            w.dispatch()
        case Stage.DISPATCHED:
            w.forward().sign()
        case Stage.HANDLING:
            _handle(w, case)
        case Stage.RETURNING:
            _rule(w, case)
        case Stage.SUSPENDED:
            assert case.suspended_until is not None
            w.at(case.suspended_until + timedelta(seconds=w.draw.randint(1, 50))).system(A.RESUME)
        case Stage.REFERRED if w.draw.random() < 0.15:
            w.days(w.draw.uniform(1, 3)).one_of(
                [w.here(Post.DISPATCHER), w.chief()], A.TAKE_BACK, reason="改由本级办理"
            )
        case Stage.REFERRED:
            w.days(w.draw.uniform(0.5, 4)).link(A.ANSWER, text="承办单位已办结，情况已告知反映人。")
        case Stage.FINISHED:
            _check(w, case)
        case Stage.VERIFIED:
            _ask(w, case)


def _handle(w: Walk, case: Case) -> None:
    """What waits for somebody else first, then the work itself."""
    extension = case.application(ApplicationKind.EXTENSION)
    suspension = case.application(ApplicationKind.SUSPENSION)
    card = next((c for c in case.cards if c.colour is Colour.RED and not c.replied and not c.lifted), None)
    if extension is not None:
        granted = w.draw.random() < 0.75
        deciders = [w.decider(extension.decider), w.chief()]
        if granted:
            w.later().one_of(deciders, A.GRANT_EXTENSION)
        else:
            w.later().one_of(deciders, A.REFUSE_EXTENSION, reason="理由不充分，请抓紧办理")
    elif suspension is not None:
        w.later().one_of([w.decider(suspension.decider), w.chief()], A.REFUSE_SUSPENSION, reason="可以边办边等")
    elif case.assists and w.draw.random() < 0.1:
        released(w, case)
    elif case.assists:
        office = w.office(case.assists[0].unit)
        if case.assists[0].state.value == "sent":
            w.later().do(office, A.SIGN_ASSIST, to=case.assists[0].unit)
        w.days(w.draw.uniform(0.1, 1)).do(office, A.COMPLETE_ASSIST, to=case.assists[0].unit, text="已按要求配合完成。")
    elif card is not None:
        w.later().do(w.office(card.unit), A.REPLY_SUPERVISION, text="已增派人手，抓紧收尾。")
    else:
        on_the_way(w, case)
        _work(w, case)
        w.finish()


def _work(w: Walk, case: Case) -> None:
    """The days it takes, by its limit: mostly well within it, now and then beyond; late ones hear of it."""
    clock = case.clock(ClockKind.REWORK) or case.clock(ClockKind.HANDLE)
    calendar = w.cast.setting.calendar
    allowed = max(60, calendar.minutes_between(w.now, clock.due_at)) if clock else 2 * calendar.minutes_per_day
    luck = w.draw.random()
    quick, late = luck < 0.85, luck > 0.94
    share = w.draw.uniform(0.08, 0.8) if quick else w.draw.uniform(1.02, 1.5) if late else w.draw.uniform(0.7, 1.0)
    minutes = min(round(allowed * share), (6 if quick else 30) * calendar.minutes_per_day)
    if w.draw.random() < 0.2 and minutes > 300:
        w.later(60, minutes // 2).do(w.main_office, A.PROGRESS, text=w.draw.choice(NEWS))
        minutes //= 2
    if late and clock is not None:
        w.at(calendar.add_minutes(clock.due_at, 60)).do(w.here(Post.DISPATCHER), A.URGE, text="已到期，请抓紧办结。")
        if w.draw.random() < 0.3:
            w.days(1).do(w.here(Post.DISPATCHER), A.SUPERVISE, colour=Colour.YELLOW, reason="催办后仍未办结")
            w.days(1).do(w.main_office, A.REPLY_SUPERVISION, text="已在收尾，两日内反馈。")
            w.later().do(w.here(Post.DISPATCHER), A.LIFT, reason="已书面回复并加快办理")
        minutes = 240
    w.later(max(10, minutes // 2), max(20, minutes))


def _rule(w: Walk, case: Case) -> None:
    """裁定 on a return. A second one is final."""
    assert case.holder is not None
    luck = w.draw.random()
    if luck < 0.1 and case.main is not None:
        w.later().do(w.main_office, A.DROP_RETURN)
        return
    action, reason = (
        (A.GRANT_RETURN, "情况属实，改由其他单位承办")
        if luck < 0.5
        else (A.REFUSE_RETURN, "对照职责清单，应由该单位办")
    )
    w.later(30, 400).one_of([w.decider(case.holder), w.chief()], action, reason=reason)


def _check(w: Walk, case: Case) -> None:
    """核查: a few are found wanting, as long as there is rework left."""
    cap = w.cast.setting.rules(case.command).rework_cap
    if w.draw.random() < 0.03 and case.rework < cap - 1 and case.handlers:
        w.later(30, 300).one_of(
            [w.here(Post.DISPATCHER), w.here(Post.INTAKE), w.chief()], A.REJECT, reason="现场还没有做到位"
        )
        return
    w.verify()


def _ask(w: Walk, case: Case) -> None:
    """Answered upwards where somebody waits for it; else rated, called back, or lapsed."""
    if case.top.owed:
        w.later().do(w.here(Post.DISPATCHER), A.ANSWER, text="已办结，现场核实无误，请核查。")
        return
    cap = w.cast.setting.rules(case.command).rework_cap
    if case.holder is not None and case.rework >= cap:
        w.days(1).do(w.chief(), A.CONCLUDE, reason="多次返工均已到位，诉求超出政策范围，已书面说明")
        return
    happy = w.draw.random() < SATISFIED or case.rework >= cap - 1
    luck = w.draw.random()
    if luck < 0.8:
        w.days(w.draw.uniform(0.1, 2))
    # Whoever raised it and then worked on it does not rate; then the room asks, and if it may not either, time does.
    try:
        if luck < 0.5:
            w.reporter(A.RATE, verdict=happy, reason="" if happy else "没有完全解决")
            return
    except Refused:
        luck = 0.5
    try:
        if luck < 0.8:
            said = "电话回访，反映人表示满意。" if happy else "电话回访，反映人说问题还在。"
            askers = [w.here(Post.INTAKE), w.here(Post.DISPATCHER), w.here(Post.ANALYST)]
            w.one_of(askers, A.FOLLOW_UP, verdict=happy, text=said)
            return
    except Refused:
        pass
    w.lapse()


def _into_archive(w: Walk) -> None:
    """Closed long enough to be beyond reopening, it goes into the archive in the night."""
    case = w.case
    if case.stage is not Stage.CLOSED or case.closed_at is None:
        return
    days = w.cast.setting.rules(case.command).reopen_days
    w.at(w.archive_night(case.closed_at, days)).system(A.ARCHIVE)
