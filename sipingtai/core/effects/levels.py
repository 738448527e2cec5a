"""The loop over levels: escalate, hand down, answer, and the way through an outside system. One case, one journal."""

from attrs import evolve

from sipingtai.core.case import Case, Holder, Layer, Tally
from sipingtai.core.clocks import ClockKind
from sipingtai.core.effects.flow import (
    enter_accepted,
    enter_finished,
    enter_reported,
    leave_offices,
    new_clock,
    new_round,
    with_clock,
    with_step_clock,
    without,
)
from sipingtai.core.moves import Attempt
from sipingtai.core.posts import Post
from sipingtai.core.stages import Stage


def escalate(a: Attempt) -> Case:
    """To the parent's command. Where the pack owes an answer the asking command waits with a tracking clock (跟踪);
    where it does not, command passes for good, unless the asking command itself owes one to somebody below.
    """
    asking, parent = a.case.command, a.setting.commands[a.case.command].parent
    assert parent is not None
    owed = a.setting.rules(asking).answer_owed or a.case.top.owed
    return _hand_on(a, parent, owed=owed)


def hand_down(a: Attempt) -> Case:
    """To a child's command; an answer is always owed."""
    assert a.move.to is not None
    return _hand_on(a, a.move.to, owed=True)


def _hand_on(a: Attempt, command: int, *, owed: bool) -> Case:
    case = leave_offices(a, a.case)
    asking = case.command
    if owed:
        case = with_clock(case, new_clock(a, case, ClockKind.TRACK, asking, ref=asking))
    below = case.stack if owed else case.stack[:-1]
    case = evolve(case, stack=(*below, Layer(command=command, sender=asking, owed=owed)))
    return enter_reported(a, case)


def recall_level(a: Attempt) -> Case:
    """The sender takes it back: an escalation until it is accepted, a hand-down until it is answered."""
    case = leave_offices(a, a.case)
    return enter_accepted(a, _off_the_stack(case))


def _off_the_stack(case: Case) -> Case:
    top = case.top
    assert top.sender is not None
    case = without(case, ClockKind.TRACK, top.sender)
    if top.owed:
        return evolve(case, stack=case.stack[:-1])
    return evolve(case, stack=(*case.stack[:-1], Layer(command=top.sender)))


def declined_between(case: Case, asking: int, asked: int) -> int:
    """How often the asked command has declined this case to the asking one; at two it is not sent that way again."""
    return next((t.count for t in case.declined_answers if t.command == asking and t.other == asked), 0)


def answer(a: Attempt) -> Case:
    """The owed answer: done, and the asking command verifies; or declined with reason, and it is theirs again."""
    case = leave_offices(a, a.case)
    asked, asking = case.command, case.top.sender
    assert asking is not None
    if a.move.verdict:
        if a.actor.person and case.stage is Stage.ACCEPTED:
            case = evolve(case, workers=case.workers | {a.actor.person}, handlers=case.handlers | {asked})
        return enter_finished(a, _off_the_stack(evolve(case, answered=False)))
    count = declined_between(case, asking, asked) + 1
    others = tuple(t for t in case.declined_answers if (t.command, t.other) != (asking, asked))
    case = evolve(case, declined_answers=(*others, Tally(command=asking, count=count, other=asked)))
    return enter_accepted(a, _off_the_stack(new_round(case, ClockKind.ROUTE)))


def refer(a: Attempt) -> Case:
    """Through a link to an outside system; the command tracks it."""
    case = leave_offices(a, a.case)
    case = evolve(
        case,
        stage=Stage.REFERRED,
        referred_to=a.move.system,
        holder=Holder(unit=case.command, post=Post.DISPATCHER),
    )
    return with_step_clock(case, new_clock(a, case, ClockKind.TRACK, case.command))


def take_back(a: Attempt) -> Case:
    """收回: the command works on it itself again; a late answer from outside is harmless."""
    return enter_accepted(a, a.case)


def link_answer(a: Attempt) -> Case:
    """The outside system's answer: done → finished, not theirs → accepted."""
    case = evolve(a.case, referred_to="")
    return enter_finished(a, case) if a.move.verdict and not case.children else enter_accepted(a, case)
