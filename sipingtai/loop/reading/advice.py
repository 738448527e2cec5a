"""Where a matter should go (分流推荐): a suggester's advice, as far as the move's form offers the way there."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from attrs import frozen

from sipingtai.core.actions import Action
from sipingtai.core.case import Case
from sipingtai.core.setting import Setting
from sipingtai.insight.routing import Advice, Known, Suggester, by_rules
from sipingtai.loop.reading.evidence import known
from sipingtai.loop.reading.options import units_for


@frozen(kw_only=True)
class Proposal:
    """One way to give a matter out."""

    to: int  # what the form names: a platform where the office is reached through one
    advice: Advice  # for the office itself


def proposals(
    case: Case, text: str, found: Known, setting: Setting, action: Action, *, suggester: Suggester = by_rules
) -> tuple[Proposal, ...]:
    """The ways to give this matter out, the best first; one for each unit the form offers."""
    offered = {int(choice.value) for choice in units_for(action, case, setting)}
    ways: dict[int, Proposal] = {}
    for advice in suggester(text, found):
        to = _way(advice.unit, offered, case, found, setting)
        if to is not None and to not in ways:
            ways[to] = Proposal(to=to, advice=advice)
    return tuple(ways.values())


def for_many(
    cases: Sequence[Case], setting: Setting, now: datetime, action: Action
) -> Mapping[int, tuple[Proposal, ...]]:
    """The same for many cases, by case: two statements. What a matter says is not weighed."""
    evidence = known([(case.command, case.category) for case in cases], setting, now) if cases else {}
    return {case.id: proposals(case, "", evidence[case.command, case.category], setting, action) for case in cases}


def _way(unit: int, offered: set[int], case: Case, found: Known, setting: Setting) -> int | None:
    """The unit itself, or the platform that leads to it: the rule's, where the office is in several."""
    office = setting.units.get(unit)
    if office is None or not office.active or unit in case.shunned:
        return None
    if unit in offered:
        return unit
    usual = found.rule.platform if found.rule else None
    ways = sorted(office.platforms & offered, key=lambda platform: (platform != usual, platform))
    return ways[0] if ways else None
