"""What a reorganisation comes to, told case by case: how much moves where, and what a person has to decide."""

from collections import Counter
from collections.abc import Iterable, Iterator

from attrs import field, frozen

from sipingtai.core.case import Assignment, AssignmentState, Case
from sipingtai.core.moves import Move
from sipingtai.core.stages import Stage
from sipingtai.loop.reorganise.homes import staffed
from sipingtai.org.reorganising import Change

NOWHERE = 0


@frozen(kw_only=True)
class Decision:
    """Something that happened to a case for want of anything better, and that somebody should look at."""

    number: str
    unit: str  # the former unit's name
    why: str  # Chinese: what became of it
    remedy: str  # Chinese: what to do


@frozen(kw_only=True)
class Figures:
    """How much moves from one unit to another, `NOWHERE` for nobody."""

    cases: Counter[tuple[int, int]] = field(factory=Counter)
    assignments: Counter[tuple[int, int]] = field(factory=Counter)
    applications: Counter[tuple[int, int]] = field(factory=Counter)
    cards: Counter[tuple[int, int]] = field(factory=Counter)
    clocks: Counter[tuple[int, int]] = field(factory=Counter)

    def add(self, before: Case, after: Case) -> None:
        """Count one case."""
        now = {x.no: x for x in after.assignments if x.state.live}
        pending = {p.kind: p.unit for p in after.applications}
        cards = {c.no: c.unit for c in after.cards}
        clocks = {(c.kind, c.ref): c.owner for c in after.clocks}
        rows = (
            (self.assignments, [(x.unit, _unit(now.get(x.no))) for x in before.assignments if x.state.live]),
            (self.applications, [(p.unit, pending.get(p.kind, NOWHERE)) for p in before.applications]),
            (self.cards, [(c.unit, cards[c.no]) for c in before.cards if not c.lifted]),
            (self.clocks, [(c.owner, clocks.get((c.kind, c.ref), NOWHERE)) for c in before.clocks]),
            (self.cases, _others(before, after)),
        )
        changed: set[tuple[int, int]] = set()
        for counter, pairs in rows:
            found = [pair for pair in pairs if pair[0] != pair[1]]
            changed.update(found)
            if counter is not self.cases:
                counter.update(found)
        self.cases.update(changed)

    def ways(self) -> list[tuple[int, int]]:
        """From and to, the most travelled first."""
        return [pair for pair, _ in self.cases.most_common()]


def _unit(assignment: Assignment | None) -> int:
    return assignment.unit if assignment else NOWHERE


def _others(before: Case, after: Case) -> list[tuple[int, int]]:
    """The grid, and the work that is done and only waits to be verified."""
    pairs = [(before.grid, after.grid or NOWHERE)] if before.grid else []
    now = {x.no: x.unit for x in after.assignments}
    return pairs + [(x.unit, now[x.no]) for x in before.assignments if x.state is AssignmentState.DONE]


def decisions(number: str, before: Case, move: Move, after: Case, change: Change) -> Iterator[Decision]:
    """What a person has to decide about a case that has moved, or would."""

    def told(unit: int, why: str, remedy: str) -> Decision:
        return Decision(number=number, unit=change.after.setting.units[unit].name, why=why, remedy=remedy)

    main, now = before.main, {x.no: x for x in after.assignments}
    lost = main is not None and main.state.live and not now[main.no].state.live
    if lost and main is not None:
        if move.mapping.get(main.unit) == NOWHERE:
            yield told(main.unit, "原承办单位没有接替，已退回待分流", "请重新分流")
        else:
            yield told(main.unit, "接替后承办单位正是被反映的单位，按规定回避，已退回待分流", "请分流给别的单位")
        for pending in before.applications:
            yield told(pending.unit, f"未决定的{pending.kind.label}申请随之终止", "重新分流后由新的承办单位另行申请")
    for assist in before.assists if not lost else ():
        if not now[assist.no].state.live and move.mapping.get(assist.unit, assist.unit) != _unit(after.main):
            yield told(assist.unit, "协办单位没有可以接替的，已解除协办", "需要协办的请另行邀请")
    for old, new in zip(before.applications, after.applications, strict=False):
        vanished = old.decider.unit != new.decider.unit and old.decider.unit not in _kept(move)
        if vanished or (old.decider.post != new.decider.post):
            yield told(old.decider.unit, f"{old.kind.label}申请原来的决定人已不在任，改由总指挥决定", "请总指挥决定")
    same = before.stage is after.stage is not Stage.RETURNING
    if same and before.holder and after.holder and before.holder.post and after.holder.post != before.holder.post:
        yield told(before.holder.unit, "原承办岗位无人在任，改由总指挥承办", "请总指挥办理，或给岗位配人")
    for old_card, new_card in zip(before.cards, after.cards, strict=True):
        if old_card.unit != new_card.unit and move.mapping.get(old_card.unit, old_card.unit) != new_card.unit:
            yield told(old_card.unit, f"{old_card.colour.label}的原单位没有接替，改由总指挥回复", "请总指挥回复后解除")
    for assignment in before.assignments:
        later = now[assignment.no]
        if assignment.person and later.state.live and later.person is None:
            yield told(later.unit, "原经办人已不在承办单位", "请科室负责人重新派员")
    if before.grid and after.grid is None:
        yield told(before.grid, "所在网格没有接替，属地网格未定", "请在包里写明接替的网格，或由指挥室核查")
    if after.holder and not staffed(after.holder, change):
        yield told(after.holder.unit, "现承办单位没有人在岗", "请给它配人，再运行 sipingtai init")


def _kept(move: Move) -> Iterable[int]:
    return [old for old, new in move.mapping.items() if new != NOWHERE]
