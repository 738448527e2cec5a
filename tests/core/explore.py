"""Every state a case can reach, breadth first, from one kind of report in one small world.

States forget times and whatever decides nothing (who of an office signed, how many steps). Moves come from the table:
every action it permits to anybody of the cast, with every sensible argument. A move whose effect does not depend on who
makes it is carried out once, for all who may make it.
"""

from collections import deque
from collections.abc import Iterator
from datetime import datetime

from attrs import evolve, field, fields, frozen, mutable

from sipingtai.core.actions import Action as Act
from sipingtai.core.case import Application, ApplicationKind, Case, Channel, Outcome, Reporter
from sipingtai.core.decide import decide, open_case, permitted
from sipingtai.core.moves import Decision, Move
from sipingtai.core.posts import SYSTEM, Actor
from sipingtai.core.setting import Setting
from sipingtai.core.stages import Stage

from .cast import (
    CAST,
    GRID_WORKER,
    LATER,
    NOW,
    VILLAGER,
    A,
    B,
    C,
    D,
    G,
    O,
    P,
    Q,
    T,
    V,
    matter,
    world,
)  # fmt: skip


@frozen(kw_only=True)
class Flags:
    """What is part of one exploration: the shape of the world, the report, and the actions looked at."""

    hops: int = 2
    owed: bool = False  # the village awaits an answer from the township
    first: int = T  # who receives the report
    county: bool = False
    source: str = "villager"  # grid, villager, anonymous, hotline
    level: int = 2
    hazard: bool = False
    restricted: bool = False
    residual: bool = False
    shunned: int = 0
    rework_cap: int = 1
    returns: bool = False
    assists: bool = False
    pauses: bool = False  # extension and suspension
    merge: bool = False
    split: bool = False
    again: bool = False  # review and reopening
    outside: bool = False  # an outside system
    levels: bool = True  # escalating and handing down
    offices: tuple[int, ...] = (A, O)

    def __str__(self) -> str:
        told = [(x.name, getattr(self, x.name), x.default) for x in fields(Flags)]
        return " ".join(f"{name}={value}" for name, value, default in told if value != default) or "plain"


PEOPLE = tuple(CAST.items())
BIT = {name: 1 << i for i, (name, _) in enumerate(PEOPLE)}
Key = tuple[object, ...]

# What the explorer leaves out of the loop: changes no stage, tested one by one elsewhere.
NEUTRAL = frozenset({
    Act.CLASSIFY, Act.ASSIGN_PERSON, Act.PROGRESS, Act.URGE, Act.SUPERVISE, Act.LIFT, Act.REPLY_SUPERVISION,
    Act.INSTRUCT, Act.ANNOTATE, Act.COPY, Act.RESTRICT, Act.LINK, Act.REHOME,
})  # fmt: skip
# Effects that remember who made the move, beyond the workers of an office, who are all kept off alike.
BY_WHOM = frozenset({
    Act.SETTLE, Act.DECLINE, Act.SIGN_ASSIST, Act.COMPLETE_ASSIST, Act.REQUEST_RETURN, Act.REQUEST_EXTENSION,
    Act.REQUEST_SUSPENSION, Act.RATE, Act.ANSWER,
})  # fmt: skip


@mutable
class Edge:
    source: int
    target: int
    action: Act
    who: int  # bits of everybody who may make the move
    move: Move = field(repr=False)


@mutable
class Graph:
    flags: Flags
    setting: Setting
    cases: list[Case]
    edges: list[Edge]
    whole: bool  # False: stopped at the limit
    allowed: list[dict[Act, int]]  # by state: who may make which move


def key(case: Case) -> Key:
    """What tells two states apart."""
    return (
        case.stage, case.holder, case.stack,
        tuple((x.unit, x.command, x.main, x.state, x.platform, x.by_platform, x.asks_release)
              for x in case.assignments if x.state.live or (x.main and x.state.value == "done")),
        tuple(_key(x) for x in sorted(case.applications, key=lambda x: x.kind)),
        tuple(sorted(case.returns, key=lambda x: x.command)),
        tuple(sorted(case.declined_answers, key=lambda x: (x.command, x.other))),
        case.extensions, case.extensions_refused, case.suspensions, case.suspensions_refused, case.rework,
        case.handlers, case.declined_by, case.reviewing, case.reviewed, case.settled, case.sampled, case.withdrawn,
        case.reopened, case.outcome, case.answered, len(case.children), case.followers, case.master, case.shunned,
        tuple(sorted((c.kind, c.owner, c.paused_at is None) for c in case.clocks)),
    )  # fmt: skip


def _key(x: Application) -> Key:
    return (x.kind, x.unit, x.person, x.decider, x.stage)


def start(flags: Flags, setting: Setting) -> Case:
    """The report this exploration begins with."""
    category = "0201" if flags.hazard else "0301" if flags.restricted else "9999" if flags.residual else "0101"
    reporter = {
        "grid": Reporter(person=GRID_WORKER.person, grid=G, reachable=True),
        "villager": Reporter(reachable=True),
        "anonymous": Reporter(),
        "hotline": Reporter(reachable=True),
    }[flags.source]
    channel = {"grid": Channel.GRID, "hotline": Channel.HOTLINE}.get(flags.source, Channel.VILLAGER)
    case = matter(
        flags.first,
        category=category,
        level=flags.level,
        reporter=reporter,
        channel=channel,
        grid=None if flags.source == "hotline" else G,
        shunned=frozenset({flags.shunned} - {0}),
    )
    return open_case(case, VILLAGER, NOW, setting).after


def masters(command: int) -> dict[str, Case]:
    """Abstract other cases: what a follower's master may be."""
    base = open_case(matter(command, id=500), VILLAGER, NOW, world()).after
    return {
        "open": evolve(base, stage=Stage.ACCEPTED),
        "verified": evolve(base, stage=Stage.VERIFIED),
        "closed": evolve(base, stage=Stage.CLOSED, outcome=Outcome.DONE),
        "declined": evolve(base, stage=Stage.DECLINED, outcome=Outcome.DECLINED),
    }


def moves(case: Case, action: Act, flags: Flags) -> Iterator[Move]:  # noqa: PLR0915  one branch an action
    """Every sensible way to ask for an action."""
    said = {"reason": "情况说明", "text": "处理结果", "files": 1}
    here = (*flags.offices, P, Q) if case.command == T else (D,) if case.command == C else (G,)
    match action:
        case Act.DISPATCH:
            for to in here:
                yield Move(action=action, to=to, **said)
                if flags.assists and case.command == T and to != B:
                    yield Move(action=action, to=to, assists=(B,), **said)
        case Act.FORWARD:
            for to in flags.offices:
                yield Move(action=action, to=to, **said)
        case Act.REQUEST_RETURN:
            if flags.returns and case.main:
                yield Move(action=action, clause="第一条", to=B if case.main.unit != B else A, **said)
        case Act.REQUEST_EXTENSION:
            if flags.pauses:
                yield Move(action=action, days=3, **said)
        case Act.REQUEST_SUSPENSION:
            if flags.pauses:
                yield Move(action=action, until=NOW.replace(day=12), **said)
        case Act.ENLIST:
            if flags.assists:
                yield Move(action=action, assists=(B,), **said)
        case Act.RELEASE | Act.REQUEST_RELEASE | Act.SIGN_ASSIST | Act.COMPLETE_ASSIST:
            for assist in case.assists:
                yield Move(action=action, to=assist.unit, **said)
        case Act.ESCALATE:
            if flags.levels:
                yield Move(action=action, **said)
        case Act.HAND_DOWN:
            if flags.levels:
                for to in (V, T):
                    yield Move(action=action, to=to, **said)
        case Act.ANSWER | Act.RATE | Act.FOLLOW_UP:
            for verdict in (True, False):
                master = masters(case.command)["verified"] if case.master else None
                yield Move(action=action, verdict=verdict, other=master, **said)
        case Act.REFER:
            if flags.outside:
                yield Move(action=action, system="12345", **said)
        case Act.SETTLE:
            for sampled in (True, False):
                yield Move(action=action, sampled=sampled, **said)
        case Act.FINISH:
            yield Move(action=action, override=True, **said)
        case Act.MERGE:
            if flags.merge:
                yield Move(action=action, other=masters(case.command)["open"], **said)
        case Act.UNMERGE | Act.CLOSE:
            others = masters(case.command)
            yield Move(action=action, other=others["closed"] if action is Act.CLOSE else others["declined"], **said)
        case Act.SPLIT:
            if flags.split and not case.children:
                yield Move(action=action, members=(901, 902), **said)
        case Act.ADOPT:
            if flags.merge and not case.followers and case.stage in BEFORE_FINISHED:
                yield Move(action=action, other=matter(case.command, id=700), **said)
        case Act.LET_GO:
            for gone in (*case.children, *case.followers):
                yield Move(action=action, other=matter(case.command, id=gone), **said)
        case Act.REVIEW | Act.REOPEN:
            if flags.again:
                yield Move(action=action, **said)
        case _:
            yield Move(action=action, **said)


BEFORE_FINISHED = frozenset(Stage) - {
    Stage.FINISHED, Stage.VERIFIED, Stage.MERGED, Stage.DECLINED, Stage.CLOSED, Stage.ARCHIVED, Stage.VOID,
}  # fmt: skip


def when(actor: Actor) -> datetime:
    """The system waits until its time has come; everybody else acts at once."""
    return LATER if actor is SYSTEM else NOW


def explore(flags: Flags, limit: int) -> Graph:
    """All states, or the first `limit` of them."""
    setting = world(
        hops=flags.hops, village_owed=flags.owed, county=flags.county, rework_cap=flags.rework_cap,
        extension_times=1, suspension_times=1,
    )  # fmt: skip
    first = start(flags, setting)
    known: dict[Key, int] = {key(first): 0}
    graph = Graph(flags, setting, [first], [], True, [])
    queue = deque([0])
    while queue:
        number = queue.popleft()
        case = graph.cases[number]
        may = who_may(case, setting)
        graph.allowed.append(may)
        for action, who in may.items():
            if action in NEUTRAL:
                continue
            for move, actors, after in outcomes(case, action, who, flags, setting):
                name = key(after)
                target = known.get(name)
                if target is None:
                    target = known[name] = len(graph.cases)
                    graph.cases.append(after)
                    if target < limit:
                        queue.append(target)
                    else:
                        graph.whole = False
                if target != number:
                    graph.edges.append(Edge(number, target, action, actors, move))
    return graph


def who_may(case: Case, setting: Setting) -> dict[Act, int]:
    """By action: everybody to whom it is permitted."""
    found: dict[Act, int] = {}
    for name, actor in PEOPLE:
        for row in permitted(case, actor, when(actor), setting):
            found[row.action] = found.get(row.action, 0) | BIT[name]
    return found


def outcomes(case: Case, action: Act, who: int, flags: Flags, setting: Setting) -> Iterator[tuple[Move, int, Case]]:
    """Each way the action can go: the move, everybody who may make it so, the case after it."""
    able = [(name, actor) for name, actor in PEOPLE if who & BIT[name]]
    for move in moves(case, action, flags):
        apart = action in BY_WHOM
        for name, actor in able if apart else able[:1]:
            after = carry_out(case, move, actor, setting)
            if after is not None:
                yield move, BIT[name] if apart else who, after


def carry_out(case: Case, move: Move, actor: Actor, setting: Setting, now: datetime | None = None) -> Case | None:
    """The case after the move and after what the system does next with the same case; None where it is refused."""
    found = decide(case, move, actor, now or when(actor), setting)
    if not isinstance(found, Decision):
        return None
    after = found.after
    for echo in found.echoes:
        if echo.case == case.id:
            follow = decide(after, echo.move, SYSTEM, now or when(actor), setting)
            assert isinstance(follow, Decision), (move.action, follow)
            after = follow.after
    return after


APPLICATION_OF = {
    Act.GRANT_RETURN: ApplicationKind.RETURN,
    Act.REFUSE_RETURN: ApplicationKind.RETURN,
    Act.GRANT_EXTENSION: ApplicationKind.EXTENSION,
    Act.REFUSE_EXTENSION: ApplicationKind.EXTENSION,
    Act.GRANT_SUSPENSION: ApplicationKind.SUSPENSION,
    Act.REFUSE_SUSPENSION: ApplicationKind.SUSPENSION,
}
