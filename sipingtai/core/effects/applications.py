"""Applications (申请): return 退单, extension 延期, suspension 挂起. Asked by the office, decided by somebody else."""

from attrs import evolve

from sipingtai.core import clocks
from sipingtai.core.case import Application, ApplicationKind, Case, Holder, Tally
from sipingtai.core.clocks import ClockKind
from sipingtai.core.effects.flow import (
    chief_holder,
    enter_accepted,
    new_clock,
    new_round,
    resume_all,
    with_clock,
    without,
)
from sipingtai.core.moves import Attempt
from sipingtai.core.posts import Post
from sipingtai.core.stages import Stage


def return_decisions(case: Case) -> int:
    """How many returns the present command has seen decided; two at most."""
    return next((t.count for t in case.returns if t.command == case.command), 0)


def return_decider(a: Attempt, unit: int) -> Holder:
    """The command decides the first return, the pack's arbiter the second; the chief what its own office asks."""
    case, rules = a.case, a.setting.rules(a.case.command)
    if unit == rules.own_office:
        return chief_holder(case, a.setting)
    if return_decisions(case) == 0:
        return Holder(unit=case.command, post=Post.DISPATCHER)
    for seat in (rules.cross_arbiters if _crosses_platforms(a) else ()) or rules.arbiters:
        if seat.unit != unit:  # the office that asks does not sit in judgement
            return Holder(unit=seat.unit, post=seat.post)
    return chief_holder(case, a.setting)


def _crosses_platforms(a: Attempt) -> bool:
    """Whether the unit proposed instead shares no platform with whoever has the work now."""
    main, proposed = a.case.main, a.setting.units.get(a.move.to or 0)
    if main is None or proposed is None:
        return False
    here = {main.platform, main.unit} | a.setting.units[main.unit].platforms if main.unit in a.setting.units else set()
    return not here & (proposed.platforms | {proposed.id})


def request_return(a: Attempt) -> Case:
    """The decider holds the case while it is pending; the office's own clock runs on, and is not charged if granted."""
    main = a.case.main
    assert main is not None
    decider = return_decider(a, main.unit)
    application = Application(
        kind=ApplicationKind.RETURN,
        unit=main.unit,
        person=a.actor.person,
        asked_at=a.now,
        decider=decider,
        stage=a.case.stage,
        clause=a.move.clause,
        proposed=a.move.to,
    )
    case = evolve(a.case, stage=Stage.RETURNING, holder=decider, applications=(*a.case.applications, application))
    return with_clock(case, new_clock(a, case, ClockKind.RULING, decider.unit))


def _decided(case: Case) -> Case:
    count = return_decisions(case) + 1
    others = tuple(t for t in case.returns if t.command != case.command)
    return evolve(case, returns=(*others, Tally(command=case.command, count=count)))


def grant_return(a: Attempt) -> Case:
    """The command dispatches anew; the time the office had it is charged to nobody."""
    return enter_accepted(a, new_round(_decided(a.case), ClockKind.ROUTE))


def refuse_return(a: Attempt) -> Case:
    """Back to the office, where its clock has been running on. Dropping one's own application counts as refused."""
    application, main = a.case.application(ApplicationKind.RETURN), a.case.main
    assert application is not None
    assert main is not None
    case = without(_decided(a.case), ClockKind.RULING)
    return evolve(
        case,
        stage=application.stage,
        holder=Holder(unit=main.unit),
        applications=tuple(p for p in case.applications if p.kind is not ApplicationKind.RETURN),
    )


def _approver(a: Attempt, *, first: bool) -> Holder:
    """The platform head decides the first extension where the work came through a platform, else the chief; the chief
    too where the platform head is the one who asks.
    """
    main = a.case.main
    if first and main and main.platform is not None and not a.actor.holds(main.platform, Post.PLATFORM_HEAD):
        return Holder(unit=main.platform, post=Post.PLATFORM_HEAD)
    return chief_holder(a.case, a.setting)


def _apply(a: Attempt, kind: ApplicationKind, decider: Holder) -> Case:
    main = a.case.main
    assert main is not None
    application = Application(
        kind=kind,
        unit=main.unit,
        person=a.actor.person,
        asked_at=a.now,
        decider=decider,
        stage=a.case.stage,
        days=a.move.days,
        until=a.move.until,
    )
    case = evolve(a.case, applications=(*a.case.applications, application))
    return with_clock(case, new_clock(a, case, ClockKind.APPROVE, decider.unit, ref=APPROVE_REF[kind]))


APPROVE_REF = {ApplicationKind.EXTENSION: 1, ApplicationKind.SUSPENSION: 2}


def _settled(case: Case, kind: ApplicationKind) -> Case:
    case = without(case, ClockKind.APPROVE, APPROVE_REF[kind])
    return evolve(case, applications=tuple(p for p in case.applications if p.kind is not kind))


def request_extension(a: Attempt) -> Case:
    """延期: the office asks for more working days, before its time is over."""
    return _apply(a, ApplicationKind.EXTENSION, _approver(a, first=a.case.extensions == 0))


def grant_extension(a: Attempt) -> Case:
    """Counted from the old due time, also when the grant comes late. The total clock moves with it."""
    application = a.case.application(ApplicationKind.EXTENSION)
    assert application is not None
    case = _settled(a.case, ApplicationKind.EXTENSION)
    case = evolve(case, extensions=case.extensions + 1, extended_days=case.extended_days + application.days)
    for kind in (ClockKind.HANDLE, ClockKind.REWORK, ClockKind.TOTAL):
        clock = case.clock(kind)
        if clock:
            case = with_clock(case, clocks.extend(clock, application.days, a.setting.calendar))
    return case


def refuse_extension(a: Attempt) -> Case:
    """The office keeps the time it had; refusals are counted, so that asking has an end."""
    case = _settled(a.case, ApplicationKind.EXTENSION)
    return evolve(case, extensions_refused=case.extensions_refused + 1)


def request_suspension(a: Attempt) -> Case:
    """挂起: the office asks the chief to stop the clocks until a date."""
    return _apply(a, ApplicationKind.SUSPENSION, chief_holder(a.case, a.setting))


def grant_suspension(a: Attempt) -> Case:
    """Every clock pauses; the case resumes by itself at the end date."""
    application, main = a.case.application(ApplicationKind.SUSPENSION), a.case.main
    assert application is not None
    assert application.until is not None
    assert main is not None
    case = _settled(a.case, ApplicationKind.SUSPENSION)
    paused = tuple(clocks.pause(c, a.now) for c in case.clocks)
    end_clock = clocks.fixed(ClockKind.SUSPENSION, main.unit, a.now, application.until)
    days = (application.until.date() - a.now.date()).days
    return evolve(
        case,
        stage=Stage.SUSPENDED,
        suspended_until=application.until,
        suspensions=case.suspensions + 1,
        suspended_days=case.suspended_days + days,
        clocks=(*paused, end_clock),
    )


def refuse_suspension(a: Attempt) -> Case:
    """The clocks run on; refusals are counted, so that asking has an end."""
    case = _settled(a.case, ApplicationKind.SUSPENSION)
    return evolve(case, suspensions_refused=case.suspensions_refused + 1)


def resume(a: Attempt) -> Case:
    """The work goes on, by the office's word or at the end date; every clock takes up where it paused."""
    case = resume_all(a, without(a.case, ClockKind.SUSPENSION))
    return evolve(case, stage=Stage.HANDLING, suspended_until=None)
