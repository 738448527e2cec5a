"""A whole life of a case (全程) as programs bring it about: a report, then nine moves by five people.

Runs in load processes, which know nothing of the tables.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from attrs import frozen

from sipingtai.ops.bench.load import Answer, Caller, request

_TEXT = "已到现场查看并处理，周边居民没有异议，现场已恢复原样。"
MOVES: tuple[tuple[str, str, Mapping[str, Any]], ...] = (
    # who, action, what it brings along; where it is sent stands in the life
    ("intake", "accept", {"reason": "属本地事项，情况属实。"}),
    ("analyst", "classify", {"level": 3, "reason": "需要部门到场处置。"}),
    ("dispatcher", "dispatch", {"reason": "属平台职责。"}),
    ("platform", "forward", {"reason": "由该科室办理。"}),
    ("office", "sign", {}),
    ("office", "progress", {"text": "已联系当事人，约定下午到现场。"}),
    ("office", "finish", {"text": _TEXT}),
    ("dispatcher", "verify", {"text": "电话核实，问题已解决。"}),
    ("intake", "follow_up", {"text": "反映人表示满意。"}),
)


class Stuck(Exception):
    """A move was not made; the message is the answer's."""


@frozen
class Life:
    """One case to be led through."""

    report: bytes
    tokens: Mapping[str, str]  # who → the token they use
    units: Mapping[str, int]  # action → where it sends the case


@frozen
class Sent:
    """What a batch sent and received, in bytes, of reports and of moves."""

    reports: int
    moves: int


def living(port: int) -> Callable[[Sequence[Life]], Sent]:
    """Open one connection; returns what leads a batch of cases from report to close, one after the other."""
    caller = Caller(port)

    def lead(batch: Sequence[Life]) -> Sent:
        reports = moves = 0
        for life in batch:
            before = caller.passed
            number = _ok(caller.call(life.report))["number"]
            reports += caller.passed - before
            version = 1
            for who, action, brought in MOVES:
                body = {**brought, "seen": version}
                if action in life.units:
                    body["to"] = life.units[action]
                moved = caller.call(request("POST", f"/cases/{number}/{action}", life.tokens[who], body))
                version = _ok(moved, action)["version"]
            moves += caller.passed - before
        return Sent(reports, moves - reports)

    return lead


def _ok(answer: Answer, action: str = "report") -> dict[str, Any]:
    if answer.status not in (200, 201):
        raise Stuck(f"{action}: HTTP {answer.status} {answer.body.decode(errors='replace')[:300]}")
    found: dict[str, Any] = answer.json()
    return found
