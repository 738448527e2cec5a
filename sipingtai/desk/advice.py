"""分流推荐 in words: each piece of evidence as a sentence, with the case it names where there is one."""

from collections.abc import Mapping
from datetime import datetime

from attrs import frozen

from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.setting import Setting
from sipingtai.desk.words import LEVELS
from sipingtai.insight.categorise import suggest
from sipingtai.insight.routing import Clause, Fact, Practice, Returned, Rule, Ruling, assisting
from sipingtai.loop.reading.advice import Proposal, proposals
from sipingtai.loop.reading.evidence import known
from sipingtai.loop.reading.page import CasePage
from sipingtai.loop.reading.places import Names, category_name


@frozen(kw_only=True)
class Ground:
    """One piece of evidence."""

    kind: str  # 终裁, 退单, 规则, 职责, 同类
    words: str
    number: str = ""  # of the case it names; whoever reads this may see it


@frozen(kw_only=True)
class Shown:
    """One proposal as the form prints it."""

    to: str  # the choice of the form it stands for
    name: str
    through: str  # 由某科室承办, where the form goes through its platform
    grounds: tuple[Ground, ...]
    against: tuple[Ground, ...]

    @property
    def brief(self) -> str:
        """On what it rests, in a few words: 终裁、规则."""
        return "、".join(dict.fromkeys(g.kind for g in self.grounds))


@frozen(kw_only=True)
class Advised:
    """What the form of 分流 or 转派 says besides its fields."""

    proposals: tuple[Shown, ...]
    kind: tuple[str, ...]  # 类别 and 层级: what it was taken for, and by what words
    doubt: str  # which category the words speak for instead, where they do
    assisting: Mapping[int, int]


def advised(page: CasePage, setting: Setting, found: Names, now: datetime, action: Action) -> Advised:
    """For one case that somebody is about to give out: two statements."""
    case = page.case
    evidence = known([(case.command, case.category)], setting, now, returned=_returned(page))[
        case.command, case.category
    ]
    text = f"{page.title}\n{page.text}"
    kind, doubt = _kind(page, setting, found, text) if action is Action.DISPATCH else ((), "")
    return Advised(
        proposals=shown(proposals(case, text, evidence, setting, action), setting, found, case.category),
        kind=kind,
        doubt=doubt,
        assisting=assisting(evidence),
    )


def shown(ways: tuple[Proposal, ...], setting: Setting, found: Names, category: str) -> tuple[Shown, ...]:
    """The proposals in words."""
    what = category_name(found, setting, category)
    return tuple(
        Shown(
            to=str(way.to),
            name=setting.units[way.to].name,
            through=setting.units[way.advice.unit].name if way.advice.unit != way.to else "",
            grounds=tuple(_ground(fact, setting, what) for fact in way.advice.grounds),
            against=tuple(_contrary(fact, way.advice.grounds, setting, what) for fact in way.advice.against),
        )
        for way in ways
    )


def _ground(fact: Fact, setting: Setting, what: str) -> Ground:
    def name(unit: int | None) -> str:
        known = setting.units.get(unit or 0)
        return known.name if known else "已撤销的单位"

    match fact:
        case Ruling():
            matter = f"“{fact.about}”" if fact.about else "一件同类事件"
            to_whom = f"{name(fact.unit)}承办" if fact.unit != fact.returned_by else f"仍由{name(fact.unit)}承办"
            words = f"{_day(fact.at)} 对{matter}作出退单终裁：{to_whom}"
            if fact.unit != fact.returned_by:
                words += f"（{name(fact.returned_by)}退单）"
            return Ground(kind="终裁", words=f"{words}。", number=fact.number)
        case Returned():
            words = f"本件 {_day(fact.at)} 同意{name(fact.returned_by)}退单，退单时提出应交{name(fact.unit)}。"
            return Ground(kind="退单", words=words)
        case Rule():
            way = "、".join(name(unit) for unit in (fact.platform, fact.office) if unit is not None)
            return Ground(kind="规则", words=f"《{fact.scheme}》分类对应：{what} → {way}。")
        case Clause():
            words = "、".join(f"“{word}”" for word in fact.words)
            return Ground(
                kind="职责", words=f"{name(fact.unit)}职责清单第 {fact.number} 条“{fact.text}”，写有{words}。"
            )
        case Practice():
            more = [
                f"{fact.reworked} 件返过工" if fact.reworked else "",
                f"{fact.passed_on} 件转给了别家" if fact.passed_on else "",
            ]
            told = "；".join(m for m in more if m)
            done = f"近一年同类事件由{name(fact.unit)}办结 {fact.done} 件"
            return Ground(kind="同类", words=f"{done}{f'，{told}' if told else ''}。")


def _contrary(fact: Fact, grounds: tuple[Fact, ...], setting: Setting, what: str) -> Ground:
    """What speaks for another unit, and why it does not win."""
    ground = _ground(fact, setting, what)
    ruled = next((g for g in grounds if isinstance(g, Ruling)), None)
    why = ""
    if isinstance(fact, Rule) and ruled:
        why = "规则与终裁不一致，以终裁为准。"
    elif isinstance(fact, Ruling):
        why = "这是较早的终裁，以较近的为准。" if ruled else "终裁在先，交给这里与终裁不一致。"
    elif isinstance(fact, Rule):
        why = "与规则不一致。"
    elif isinstance(fact, Practice) and (ruled or any(isinstance(g, Rule) for g in grounds)):
        why = "与以往的做法不一致。"
    return Ground(kind=ground.kind, words=f"{ground.words}{why}", number=ground.number)


def _kind(page: CasePage, setting: Setting, found: Names, text: str) -> tuple[tuple[str, ...], str]:
    """What the matter was taken for and at which level, and the category its words speak for where that is another."""
    case, category = page.case, setting.categories.get(page.case.category)
    taken = suggest(text, found.words)
    own = next((s.reason_zh for s in taken if s.code == case.category), "")
    name = category_name(found, setting, case.category)
    kind = [f"类别 {name}{f'（{own}）' if own else ''}"]
    if category is not None:
        same = "与分类目录一致" if category.level == case.level else f"分类目录为{LEVELS[category.level]}"
        kind.append(f"层级 {LEVELS[case.level]}（{same}）")
    first = next(iter(taken), None)
    if own or first is None or first.code not in setting.categories:
        return tuple(kind), ""
    return tuple(kind), f"{first.reason_zh}，也像“{category_name(found, setting, first.code)}”；不对请先研判。"


def _returned(page: CasePage) -> tuple[Returned, ...]:
    """The returns of this matter that were granted, the newest first. The grant is what ended the unit's assignment."""
    ended = {a.ended_at: a.unit for a in page.case.assignments if a.main and a.ended_at is not None}
    found: list[Returned] = []
    proposed: int | None = None
    for event in page.story:
        if event.action is Action.REQUEST_RETURN:
            proposed = event.asked.get("to")
        elif event.action is Action.GRANT_RETURN and event.at in ended:
            found.append(Returned(unit=proposed, returned_by=ended[event.at], at=event.at))
    return tuple(reversed(found))


def _day(at: datetime) -> str:
    return f"{local(at):%Y-%m-%d}"
