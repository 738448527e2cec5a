"""上下级: the commands a case came through, as its page tells them."""

from datetime import datetime

from attrs import evolve, frozen

from sipingtai.core import clocks
from sipingtai.core.case import Case
from sipingtai.core.clocks import ClockKind
from sipingtai.core.setting import Setting
from sipingtai.desk import words
from sipingtai.faces import words as told
from sipingtai.loop.reading.places import Names


@frozen(kw_only=True)
class Layer:
    """One command on the stack (上下级): it commands now, waits for an answer, or has passed the case on for good."""

    name: str
    role: str
    since: str = ""  # since when it waits
    state: str = ""
    chip: str = ""
    due: str = ""


def layers(case: Case, setting: Setting, found: Names, now: datetime) -> tuple[Layer, ...]:
    """Who commands now, who waits for whose answer, since when and until when."""
    if len(case.stack) < 2:
        return ()
    lines = [Layer(name=words.placed(case.command, setting, found), role="现在指挥" if case.stage.open else "最后指挥")]
    for below, above in reversed(list(zip(case.stack, case.stack[1:], strict=False))):
        clock = case.clock(ClockKind.TRACK, below.command) if above.owed else None
        waited = clock or above.owed
        line = Layer(name=words.placed(below.command, setting, found), role="等答复" if waited else "已移交")
        if clock is not None:
            state = clocks.state(clock, now)
            line = evolve(
                line,
                since=f"{told.when(clock.started_at, now)}起，已等 {told.length(now - clock.started_at)}",
                state=state.name,
                chip=told.chip(state, clock.due_at, now),
                due=told.when(clock.due_at, now),
            )
        lines.append(line)
    return tuple(lines)
