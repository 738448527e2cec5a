"""The invariants I1–I5, I7 and I9 over an explored graph. Each function gives the violations it finds, in words."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta

from sipingtai.core.actions import Action as Act
from sipingtai.core.case import Case
from sipingtai.core.clocks import ClockKind
from sipingtai.core.stages import Stage

from . import oracle
from .cast import CAST, NOW
from .explore import APPLICATION_OF, BIT, Edge, Graph, carry_out

ALL = (1 << len(BIT)) - 1


def names(bits: int) -> set[str]:
    return {name for name, bit in BIT.items() if bits & bit}


def bits(people: frozenset[str]) -> int:
    return sum(BIT[name] for name in people)


def held_and_timed(case: Case) -> Iterator[str]:
    """I1 and I7 on one state."""
    if case.stage.open:
        if case.holder is None:
            yield "I1: nobody holds it"
        running = [c for c in case.clocks if c.paused_at is None]
        if not running:
            yield "I1: no clock runs"
        if case.stage is Stage.SUSPENDED and (case.suspended_until is None or case.clock(ClockKind.SUSPENSION) is None):
            yield "I1: suspended without an end"
        if case.stage is not Stage.SUSPENDED and any(c.paused_at for c in case.clocks):
            yield "I1: a clock stands still though nothing is suspended"
        if sum(c.kind is ClockKind.TOTAL for c in case.clocks) != 1:
            yield "I1: not exactly one total clock"
        waiting = {layer.sender for layer in case.stack if layer.owed}
        tracking = {c.ref for c in case.clocks if c.kind is ClockKind.TRACK and c.ref}
        if waiting != tracking:
            yield f"I1: {waiting} wait, {tracking} are tracked"
        assists = {x.no for x in case.assists}
        if assists != {c.ref for c in case.clocks if c.kind is ClockKind.ASSIST}:
            yield "I1: an open assist without a clock, or a clock without an assist"
        commands = [layer.command for layer in case.stack]
        if len(set(commands)) != len(commands):
            yield "a command stands twice on the stack"
        mains = [x for x in case.assignments if x.main and x.state.live]
        if len(mains) > 1 or (mains and mains[0].unit in {x.unit for x in case.assists}):
            yield "two main offices, or one that assists itself"
        if bool(mains) != (case.stage in oracle.WITH_OFFICES):
            yield f"a main assignment {'lives' if mains else 'is missing'} in {case.stage}"
        if any(x.unit in case.shunned for x in case.assignments if x.state.live):
            yield "an office has work it must keep out of"
        if case.outcome is not None:
            yield "I7: an open case has an outcome"
    else:
        if case.holder or case.clocks or case.applications or any(x.state.live for x in case.assignments):
            yield "I1: something hangs on an ended case"
        if case.followers or case.children:
            yield "I1: followers or children hang on an ended case"
        if case.outcome is None or not case.answered:
            yield "I7: ended without a reason or an answer"
        if any(layer.owed for layer in case.stack):
            yield "I7: a command below still waits"


def bounded(graph: Graph, case: Case) -> Iterator[str]:
    """I9, the counts."""
    if any(x.count > 2 for x in case.returns):
        yield "I9: more than two returns at a command"
    if any(x.count > 2 for x in case.declined_answers):
        yield "I9: more than two declined answers between two commands"
    if case.rework > graph.flags.rework_cap:
        yield "I9: rework beyond its cap"
    if max(case.extensions, case.suspensions, case.extensions_refused, case.suspensions_refused) > 1:
        yield "I9: more extensions or suspensions than the rules allow"


def by_the_table(case: Case, allowed: dict[Act, int]) -> Iterator[str]:
    """I3: whoever may make a move is named by the oracle; I4: nobody judges their own."""
    for action, who in allowed.items():
        extra = names(who & ~bits(oracle.named(case, action)))
        if extra:
            yield f"I3: {action} by {extra}"
        if action in (Act.VERIFY, Act.REJECT, Act.RATE):
            own = {n for n in names(who) if oracle.worked(case, n)}
            if own:
                yield f"I4: {action} of their own work by {own}"
        kind = APPLICATION_OF.get(action)
        if kind:
            own = {n for n in names(who) if oracle.asked_for(case, n, kind)}
            if own:
                yield f"I4: {action} of their own application by {own}"
        kept_out = {n for n in names(who) for u in case.shunned if n in oracle.WORKERS[u]}
        if kept_out:
            yield f"回避: {action} by {kept_out}"


def total_never_later(graph: Graph) -> Iterator[str]:
    """I5 over every edge, the time taken as standing still except in a suspension."""
    free = (Act.GRANT_EXTENSION, Act.RESUME, Act.CLASSIFY)
    for edge in graph.edges:
        before, after = graph.cases[edge.source], graph.cases[edge.target]
        a, b = before.clock(ClockKind.TOTAL), after.clock(ClockKind.TOTAL)
        if a and b and b.due_at > a.due_at and edge.action not in free and before.stage is not Stage.SUSPENDED:
            fresh = carry_out(before, edge.move, CAST[min(names(edge.who))], graph.setting)
            clock = fresh and fresh.clock(ClockKind.TOTAL)
            if clock and clock.due_at > a.due_at:
                yield f"I5: {edge.action} moves the total clock later"


IDLE = {
    "office A": {"A head", "A handler"},
    "assist B": {"B head", "two posts"},
    "own office": {"O head", "stand-in"},
    "grid": {"grid worker", "grid head"},
    "platform head P": {"P head"},
    "platform head Q": {"duty leader"},
    "first arbiter": {"leader"},
    "first chief": {"chief"},
    "first county chief": {"county chief"},
    "county office": {"D handler"},
}
OUTSIDERS = bits(frozenset({"villager", "link"}))
NOT_COUNTED = frozenset({Act.VOID, Act.WITHDRAW, Act.REVIEW, Act.REOPEN, Act.RATE, Act.ADOPT})


def stuck(graph: Graph, ends: frozenset[Stage]) -> Iterator[str]:
    """I2: from every state the case can be closed, whoever is idle. States at the limit count as able."""
    goals = {i for i, c in enumerate(graph.cases) if c.stage in ends or i >= len(graph.allowed)}
    into: dict[int, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        if edge.action not in NOT_COUNTED:
            into[edge.target].append(edge)
    for idle, people in IDLE.items():
        able = ALL & ~OUTSIDERS & ~bits(frozenset(people))
        reached, todo = set(goals), list(goals)
        while todo:
            for edge in into[todo.pop()]:
                if edge.source not in reached and edge.who & able:
                    reached.add(edge.source)
                    todo.append(edge.source)
        for number, case in enumerate(graph.cases):
            if number not in reached and case.stage.open:
                yield f"I2: cannot be closed with {idle} idle: {case.stage} at {case.command}, rework {case.rework}"


# The command's own loops, and the moves of others that such a loop passes through on its way.
OWN_LOOPS = frozenset({
    Act.RECALL, Act.REASSIGN, Act.TAKE_BACK, Act.UNMERGE, Act.ENLIST, Act.SPLIT, Act.ADOPT,
})  # fmt: skip


def _own_loop(graph: Graph, edge: Edge) -> bool:
    """The command takes its own back, or the outside system gives it back."""
    referred = edge.action is Act.ANSWER and graph.cases[edge.source].stage is Stage.REFERRED
    return edge.action in OWN_LOOPS or referred


def components(graph: Graph) -> dict[int, int]:
    """Strongly connected components, by state (Tarjan, without recursion)."""
    out: dict[int, list[int]] = defaultdict(list)
    for edge in graph.edges:
        out[edge.source].append(edge.target)
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    stack: list[int] = []
    on_stack: set[int] = set()
    found: dict[int, int] = {}
    for root in range(len(graph.cases)):
        if root in index:
            continue
        work = [(root, iter(out[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, rest = work[-1]
            for after in rest:
                if after not in index:
                    index[after] = low[after] = len(index)
                    stack.append(after)
                    on_stack.add(after)
                    work.append((after, iter(out[after])))
                    break
                if after in on_stack:
                    low[node] = min(low[node], index[after])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        found[member] = node
                        if member == node:
                            break
    return found


def foreign_loops(graph: Graph) -> Iterator[str]:
    """I9: take the command's own ways back out of the graph, and no circle is left."""
    kept = [e for e in graph.edges if not _own_loop(graph, e)]
    component = components(Graph(graph.flags, graph.setting, graph.cases, kept, graph.whole, graph.allowed))
    bad = defaultdict(set)
    for edge in kept:
        if component[edge.source] == component[edge.target]:
            bad[component[edge.source]].add(edge.action.value)
    for actions in {tuple(sorted(x)) for x in bad.values()}:
        yield f"I9: a circle without the command's own recall: {actions}"


def loops_that_reset(graph: Graph, at_most: int) -> Iterator[str]:
    """I9: going round a circle a second time starts no clock anew."""
    component = components(graph)
    out: dict[int, list[Edge]] = defaultdict(list)
    for edge in graph.edges:
        if component[edge.source] == component[edge.target]:
            out[edge.source].append(edge)
    back = [e for edges in out.values() for e in edges if _own_loop(graph, e)]
    step = max(1, len(back) // at_most)
    for edge in back[::step][:at_most]:
        circle = [edge, *_way(out, edge.target, edge.source)]
        case: Case | None = graph.cases[edge.source]
        for turn in range(2):
            for number, each in enumerate(circle):
                assert case is not None
                now = NOW + timedelta(minutes=10 * (1 + number + turn * len(circle)))
                actor = CAST[min(names(each.who))]
                before, case = case, carry_out(case, each.move, actor, graph.setting, now)
                if case is None:  # a time has passed: the circle is not one
                    break
                if turn and any(c.started_at == now and c.kind is not ClockKind.TOTAL for c in case.clocks):
                    fresh = [c.kind.value for c in case.clocks if c.started_at == now]
                    yield f"I9: {[e.action.value for e in circle]}: {each.action} starts {fresh} at {before.command}"
            if case is None:
                break


def _way(out: dict[int, list[Edge]], source: int, target: int) -> list[Edge]:
    """The shortest way inside a component."""
    came: dict[int, Edge | None] = {source: None}
    queue = [source]
    for node in queue:
        if node == target:
            break
        for edge in out[node]:
            if edge.target not in came:
                came[edge.target] = edge
                queue.append(edge.target)
    way: list[Edge] = []
    node = target
    while (edge := came[node]) is not None:
        way.append(edge)
        node = edge.source
    return way[::-1]


def violations(graph: Graph, circles: int = 150) -> Iterator[str]:
    """Everything wrong with a graph."""
    for number, case in enumerate(graph.cases):
        for found in (*held_and_timed(case), *bounded(graph, case)):
            yield f"{found} [{case.stage}]"
        if number < len(graph.allowed):
            for found in by_the_table(case, graph.allowed[number]):
                yield f"{found} [{case.stage}]"
    yield from total_never_later(graph)
    yield from stuck(graph, frozenset({Stage.CLOSED, Stage.ARCHIVED}))
    yield from foreign_loops(graph)
    yield from loops_that_reset(graph, circles)
