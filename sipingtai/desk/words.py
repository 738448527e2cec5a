"""How the desk says things: the loop as a track, a step as a sentence."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import frozen

from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Case, Colour, Holder
from sipingtai.core.setting import Setting, Urgency
from sipingtai.core.stages import Stage
from sipingtai.loop.reading.page import Event
from sipingtai.loop.reading.places import Names, category_name

LEVELS = {1: "一级", 2: "二级", 3: "三级", 4: "四级", 5: "五级"}


@frozen(kw_only=True)
class Stop:
    """One stop of the track (环节)."""

    label: str
    done: bool = False
    here: bool = False
    aside: bool = False
    times: int = 0  # how often it came back here from further on, or, where it stood aside, how often it stood there


_LINE = ("上报", "受理", "分流", "签收", "处置", "办结反馈", "核查", "回访", "归档")
# How many stops lie behind a stage; where the case stands beside the main line, the stop it stands at.
_BEHIND = {
    Stage.REPORTED: 1,
    Stage.ACCEPTED: 2,
    Stage.DISPATCHED: 3,
    Stage.HANDLING: 4,
    Stage.FINISHED: 6,
    Stage.VERIFIED: 7,
    Stage.CLOSED: 8,
    Stage.ARCHIVED: 9,
}
_ASIDE = {
    Stage.RETURNING: (3, "退单裁定"),
    Stage.SUSPENDED: (4, "挂起"),
    Stage.REFERRED: (3, "转外部"),
    Stage.MERGED: (2, "并案"),
    Stage.DECLINED: (1, "不予受理"),
    Stage.VOID: (1, "作废"),
}


def track(stage: Stage, story: Sequence[Event] = ()) -> tuple[Stop, ...]:
    """The loop with the stop where the case is, and where it went back or stood aside on its way."""
    back, stood = _detours(story)
    behind, beside = _ASIDE.get(stage, (_BEHIND.get(stage, 0), ""))
    stops = []
    for no, label in enumerate(_LINE):
        stops += [
            Stop(label=name, aside=True, done=no < behind, here=name == beside, times=stood[name])
            for at, name in _ASIDE.values()
            if at == no and (stood[name] or name == beside)
        ]
        stops.append(Stop(label=label, done=no < behind, here=no == behind and not beside, times=back[no]))
    return tuple(stops)


def _detours(story: Iterable[Event]) -> tuple[Counter[int], Counter[str]]:
    """How often a stop of the line was come back to, and how often the case stood aside where.

    To begin anew on another level (上报上级, 交办下级) is no way back.
    """
    back, stood, furthest = Counter[int](), Counter[str](), 0
    for event in story:
        if event.stage in _ASIDE:
            stood[_ASIDE[event.stage][1]] += 1
        elif event.stage is not None:
            at = _BEHIND[event.stage]
            back[at] += at < furthest and event.action not in _TO_ANOTHER_LEVEL
            furthest = at
    return back, stood


_TO_ANOTHER_LEVEL = frozenset({Action.ESCALATE, Action.HAND_DOWN, Action.ANSWER})


def holder(found: Holder | None, setting: Setting) -> str:
    """Who must act now: 综合指挥室（流转督办岗）."""
    if found is None:
        return "无（已结束）"
    unit = setting.units.get(found.unit)
    name = unit.name if unit else ""
    return f"{name}（{found.post.label}）" if found.post else name


def placed(unit: int | None, setting: Setting, names: Names) -> str:
    """A unit with its place, where the name alone does not tell: 雾溪畲族乡 · 综合指挥室."""
    found = setting.units.get(unit or 0)
    if found is None:
        return ""
    place = names.areas.get(found.area, "")
    return found.name if found.name.startswith(place) else f"{place} · {found.name}"


def done(action: Action, case: Case, number: str, setting: Setting) -> str:
    """What a move came to, for the flash: what happened, and who has it now."""
    now_with = f"现由{holder(case.holder, setting)}承办" if case.holder else f"目前{case.stage.label}"
    return f"{number} 已办“{action.label}”，{now_with}。"


def phrase(event: Event, names: Names, setting: Setting) -> str:
    """A step as a sentence: what was done, to whom, with which particulars."""
    asked, parts = event.asked, [_PLAINER.get(event.action, event.label)]
    if event.to:
        above_or_below = event.action in _TO_ANOTHER_LEVEL
        parts.append(f"→ {placed(asked.get('to'), setting, names) if above_or_below else event.to}")
    if event.person:
        parts.append(f"→ {event.person}")
    details = [
        f"协办：{'、'.join(event.assists)}" if event.assists else "",
        category_name(names, setting, asked["category"]) if "category" in asked else "",
        LEVELS.get(asked.get("level", 0), ""),
        Urgency(asked["urgency"]).label if "urgency" in asked else "",
        Colour(asked["colour"]).label if "colour" in asked else "",
        f"{asked['days']} 个工作日" if "days" in asked else "",
        f"至 {local(datetime.fromisoformat(asked['until'])):%Y-%m-%d %H:%M}" if "until" in asked else "",
        f"依据：{asked['clause']}" if "clause" in asked else "",
        str(asked.get("system", "")),
        _verdict(event.action) if asked.get("verdict") is False else "",
        "不再等待协办" if asked.get("override") else "",
        f"共 {len(asked['members'])} 个子件" if "members" in asked else "",
        *(_handed_over(old, new, setting) for old, new in asked.get("mapping", ())),
    ]
    told = "；".join(d for d in details if d)
    return " ".join(parts) + (f"（{told}）" if told else "")


# What the table calls by a word that nobody at a desk would know.
_PLAINER = {Action.LET_GO: "一个子件或并入件已结束、退出"}


def _handed_over(old: int, new: int, setting: Setting) -> str:
    """移交: who takes over from whom."""
    known, heir = setting.units.get(old), setting.units.get(new)
    return f"{known.name if known else ''} → {heir.name if heir else '无接替'}"


def _verdict(action: Action) -> str:
    return "退回" if action is Action.ANSWER else "不满意"


def acting(event: Event) -> str:
    """Who did it, for which unit."""
    return " · ".join(x for x in (event.unit, event.who) if x)
