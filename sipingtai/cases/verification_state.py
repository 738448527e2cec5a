"""Whether a case's row, side tables and words follow from its state, and whether the state keeps the invariants."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from operator import attrgetter, itemgetter
from typing import Any

from sipingtai.cases.projection import assignment_row, columns
from sipingtai.cases.verification_rows import ASSIGNMENT, CLOCK, Line, Stored
from sipingtai.core.case import Case
from sipingtai.core.stages import Stage
from sipingtai.insight.bigrams import bigrams

_INDEXED = ("title", "text", "place")


def check_projection(stored: Stored, case: Case) -> Iterator[str]:
    """Columns, assignments, clocks, words: each as the state makes it. When the sweep looks next is its own affair."""
    row = stored.row
    wrong = [name for name, value in columns(case).items() if row[name] != value]
    if wrong:
        yield f"事件表的列与状态不符：{'、'.join(wrong)}"
    if not _same(stored.assignments, ((case.id, *_assignment(assignment_row(a))) for a in case.assignments)):
        yield "交办表与状态不符"
    if not _same(stored.clocks, ((case.id, *_clock(c)) for c in case.clocks)):
        yield "时限表与状态不符"
    first = {t.name: t.content or "" for t in stored.texts if t.no == 1}
    if stored.words != bigrams("\n".join(first.get(name, "") for name in _INDEXED)):
        yield "检索用词与正文不符"


_assignment = itemgetter(*ASSIGNMENT[1:])
_clock = attrgetter(*CLOCK[1:])


def _same(found: Sequence[Line], wanted: Iterable[Line]) -> bool:
    expected = set(wanted)
    return len(found) == len(expected) and set(found) == expected


def check_invariants(case: Case) -> Iterator[str]:
    """I1 and I7: an open case is held and runs against a clock; an ended one says why and holds nothing."""
    live = [a for a in case.assignments if a.state.live]
    if case.stage.open:
        if case.holder is None:
            yield "事件未结束却没有承办人"
        if case.stage is Stage.SUSPENDED and case.suspended_until is None:
            yield "已挂起却没有截止时间"
        if case.stage is not Stage.SUSPENDED and not any(c.paused_at is None for c in case.clocks):
            yield "事件未结束却没有任何时限在走"
        if case.outcome is not None:
            yield "事件未结束却有办结方式"
        return
    if case.holder is not None or case.clocks or live or case.applications or case.followers:
        yield "事件已结束却还有承办人、时限、交办、申请或并入的事件"
    if case.outcome is None:
        yield "事件已结束却没有写明办结方式"
    if not case.answered:
        yield "事件已结束却没有告知反映人"
    if any(layer.owed for layer in case.stack):
        yield "事件已结束，下级却还在等答复"


def units_of(case: Case) -> set[int]:
    """Every unit the state names."""
    found: set[int | None] = {case.grid, case.reporter.grid, *case.handlers, *case.shunned}
    found |= {case.holder.unit if case.holder else None}
    for layer in case.stack:
        found |= {layer.command, layer.sender}
    for a in case.assignments:
        found |= {a.unit, a.platform, a.command}
    for p in case.applications:
        found |= {p.unit, p.decider.unit, p.proposed}
    found |= {c.unit for c in case.cards} | {c.owner for c in case.clocks}
    return {unit for unit in found if unit is not None}


class Kinship:
    """Who is whose master, follower, parent or child: only the few cases that are any of it are remembered."""

    def __init__(self) -> None:
        self._related: dict[int, tuple[str, Mapping[str, Any]]] = {}

    def add(self, other: "Kinship") -> None:
        """What was noted elsewhere."""
        self._related |= other._related

    def relatives(self) -> set[int]:
        """All who are somebody's master, follower, parent or child."""
        found: set[int | None] = set()
        for _, me in self._related.values():
            found |= {me["master"], me["parent"], *me["followers"], *me["children"]}
        return {case for case in found if case is not None}

    def note(self, number: str, case: Case) -> None:
        if case.master is not None or case.followers or case.parent is not None or case.children:
            told = {
                "open": case.stage.open, "merged": case.stage is Stage.MERGED, "master": case.master,
                "followers": case.followers, "parent": case.parent, "children": case.children,
                "again": case.reopened or case.reviewed,
            }  # fmt: skip
            self._related[case.id] = (number, told)

    def faults(self) -> Iterator[tuple[str, str]]:
        """Number and what is wrong, once every case has been noted."""
        nobody: tuple[str, Mapping[str, Any]] = ("", {})
        for case, (number, me) in self._related.items():
            if me["merged"] and case not in self._related.get(me["master"], nobody)[1].get("followers", ()):
                yield number, "已并入主件，主件却没有登记它"
            for follower in me["followers"]:
                other = self._related.get(follower, nobody)[1]
                if other.get("master") != case or not other.get("merged"):
                    yield number, f"登记的并入事件（{follower}）并没有并入它"
            for child in me["children"]:
                other = self._related.get(child, nobody)[1]
                if other.get("parent") != case or not other.get("open"):
                    yield number, f"登记的未结子件（{child}）不是它的子件，或已经结束"
            parent = self._related.get(me["parent"], nobody)[1] if me["parent"] is not None else None
            if parent is not None and me["open"] and not me["again"] and case not in parent.get("children", ()):
                yield number, "子件没有结束，母件却没有登记它"
