"""How a matter enters: reported, settled on the spot, accepted, declined, classified, merged, split."""

from attrs import evolve

from sipingtai.core import clocks
from sipingtai.core.actions import Action
from sipingtai.core.case import Case, Holder, Outcome
from sipingtai.core.clocks import ClockKind
from sipingtai.core.effects.flow import (
    end,
    enter_accepted,
    enter_finished,
    enter_reported,
    limit_for,
    new_clock,
    total_again,
    with_clock,
    with_step_clock,
    worked,
)
from sipingtai.core.moves import Attempt, Echo, Move
from sipingtai.core.posts import Post
from sipingtai.core.stages import Stage
from sipingtai.core.who import works_at


def report(a: Attempt) -> Case:
    """`a.case` is the matter as taken in, without clocks: it gets its total clock and waits to be accepted."""
    category = a.setting.categories.get(a.case.category)
    case = evolve(a.case, restricted=True) if category and category.restricted and not a.case.restricted else a.case
    case = with_clock(case, new_clock(a, case, ClockKind.TOTAL, case.command))
    if case.parent is not None:  # a child of a split was accepted with its parent
        return enter_accepted(a, case)
    return enter_reported(a, case)


def settle(a: Attempt) -> Case:
    """Done on the spot by the grid that saw it, or by the station that commands it."""
    grid = a.case.reporter.grid
    unit = grid if grid is not None and works_at(a.actor, grid, a.setting) else a.case.command
    case = worked(a, evolve(a.case, settled=True, sampled=a.move.sampled, answered=True), unit)
    return enter_finished(a, case)


def settle_sent_back(a: Attempt) -> Case:
    """What the level above has twice sent back, a station may finish itself; the level above always verifies it."""
    case = worked(a, evolve(a.case, settled=True, sampled=True), a.case.command)
    return enter_finished(a, case)


def accept(a: Attempt) -> Case:
    """受理: the command takes the matter on; who accepted it may not decide a review of it."""
    return enter_accepted(a, evolve(a.case, accepted_by=a.actor.person))


def decline(a: Attempt) -> Case:
    """不予受理: it ends here, with a reason the reporter is told and may once have reviewed."""
    case = evolve(a.case, declined_by=a.actor.person, outcome=Outcome.DECLINED, answered=True)
    return end(a, case, Stage.DECLINED)


def review(a: Attempt) -> Case:
    """The reporter asks for a second look (复核): the case waits again, for somebody other than who declined it."""
    case = evolve(a.case, reviewing=True, reviewed=True, outcome=None, answered=False)
    return enter_reported(a, total_again(a, case))


def grant_review(a: Attempt) -> Case:
    """The review was right: the matter is accepted after all."""
    return enter_accepted(a, evolve(a.case, reviewing=False, accepted_by=a.actor.person))


def refuse_review(a: Attempt) -> Case:
    """The review was not: declined for good."""
    return end(a, evolve(a.case, reviewing=False, outcome=Outcome.DECLINED, answered=True), Stage.DECLINED)


def classify(a: Attempt) -> Case:
    """Category, level, urgency. Running limits are recomputed from their original start, never reset."""
    move, case = a.move, a.case
    case = evolve(
        case,
        category=move.category or case.category,
        level=move.level or case.level,
        urgency=move.urgency or case.urgency,
    )
    category = a.setting.categories.get(case.category)
    if category and category.restricted:
        case = evolve(case, restricted=True)
    recomputed = tuple(
        clocks.relimit(c, limit_for(case, c.kind, a.setting), a.setting.calendar) if c.kind in RECOMPUTED else c
        for c in case.clocks
    )
    return evolve(case, clocks=recomputed)


RECOMPUTED = frozenset({ClockKind.TOTAL, ClockKind.HANDLE, ClockKind.SIGN, ClockKind.ROUTE, ClockKind.ACCEPT})


def merge(a: Attempt) -> Case:
    """The follower waits for its master. Its own total clock runs on, and whoever may unmerge it holds it."""
    master = a.move.other
    assert master is not None
    holder = Holder(unit=a.case.command, post=Post.INTAKE)
    restricted = a.case.restricted or master.restricted
    case = evolve(a.case, master=master.id, stage=Stage.MERGED, holder=holder, restricted=restricted)
    return with_step_clock(case)


def merge_echoes(a: Attempt) -> tuple[Echo, ...]:
    """The master learns of its follower, and takes over the stricter visibility (限知)."""
    assert a.move.other is not None
    return (Echo(case=a.move.other.id, move=Move(action=Action.ADOPT, other=a.case)),)


def unmerge(a: Attempt) -> Case:
    """撤并: a matter of its own again, to be dispatched."""
    return enter_accepted(a, evolve(a.case, master=None))


def adopt(a: Attempt) -> Case:
    """The master takes a follower in, with its 回避 and the stricter of both visibilities."""
    other = a.move.other
    assert other is not None
    case = evolve(a.case, followers=(*a.case.followers, other.id), shunned=a.case.shunned | other.shunned)
    case = evolve(case, shunned_people=case.shunned_people | other.shunned_people)
    return evolve(case, restricted=case.restricted or other.restricted)


def let_go(a: Attempt) -> Case:
    """A follower or a child left, or ended."""
    assert a.move.other is not None
    gone = a.move.other.id
    return evolve(
        a.case,
        followers=tuple(f for f in a.case.followers if f != gone),
        children=tuple(c for c in a.case.children if c != gone),
    )


def split(a: Attempt) -> Case:
    """一件事: the parent keeps its stage and cannot finish before its children have ended."""
    return evolve(a.case, children=(*a.case.children, *a.move.members))


def withdraw(a: Attempt) -> Case:
    """A hazard or a matter of public interest goes on without its reporter; anything else ends."""
    category = a.setting.categories.get(a.case.category)
    if category and category.hazard:
        return evolve(a.case, withdrawn=True, reporter=evolve(a.case.reporter, reachable=False, person=0))
    case = evolve(a.case, outcome=Outcome.WITHDRAWN, answered=True, master=None, withdrawn=True)
    return end(a, case, Stage.VOID)


def void(a: Attempt) -> Case:
    """作废: a test entry or a mistake."""
    return end(a, evolve(a.case, outcome=Outcome.VOID, master=None, answered=True), Stage.VOID)
