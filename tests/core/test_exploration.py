"""The invariants hold over every state that the loop can reach, in many small worlds.

By default every world without a county above is explored to its end, and the beginning of those with one, which have
some 30,000 states each: SIPINGTAI_EXPLORE=200000 explores them whole; SIPINGTAI_EXPLORE_ALL=1 adds every pair of
features. What was explored is printed by flags and in total.
"""

import os
from collections import Counter
from collections.abc import Iterator
from itertools import combinations, product

import pytest
from attrs import evolve

from .cast import A, B, O, T, V
from .explore import Flags, explore
from .invariants import violations

# Tracing every line would triple the time, and the scenario tests reach the same lines.
pytestmark = pytest.mark.no_cover

LIMIT = int(os.environ.get("SIPINGTAI_EXPLORE", "0"))
WHOLE, BEGINNING = 5_000, 1_500  # states: more than any world without a county has; of one with a county

# How the world is built: hops, whether the village awaits an answer, who receives the report, whether a county is.
SHAPES = [
    Flags(hops=hops, owed=owed, first=first, county=county, offices=(A, B), source="grid" if first == V else "villager")
    for hops, owed, first, county in product((1, 2), (False, True), (T, V), (False, True))
]
HERE = Flags(levels=False, offices=(A, B))
FEATURES: list[dict[str, object]] = [
    {"returns": True},
    {"assists": True},
    {"pauses": True},
    {"merge": True},
    {"split": True},
    {"again": True},
    {"outside": True},
    {"rework_cap": 2},
]
REPORTS = [
    evolve(HERE, source="grid", first=V, levels=True),
    evolve(HERE, source="grid", level=3, offices=(A, O)),
    evolve(HERE, source="anonymous", level=1, merge=True),
    evolve(HERE, source="hotline", again=True),
    evolve(HERE, hazard=True, merge=True, again=True),
    evolve(HERE, restricted=True, outside=True),
    evolve(HERE, residual=True),
    evolve(HERE, shunned=A, offices=(A, B, O), assists=True),
    evolve(HERE, shunned=O, offices=(A, B, O), returns=True),
    evolve(HERE, offices=(A, O), returns=True, hops=1),
    Flags(county=True, offices=(O, A), returns=False, assists=False, hops=1),
]
PAIRS = [
    evolve(HERE, **one, **other) for one, other in combinations(FEATURES, 2) if os.environ.get("SIPINGTAI_EXPLORE_ALL")
]
ALL = [*SHAPES, *(evolve(HERE, **x) for x in FEATURES), *REPORTS, *PAIRS]


@pytest.fixture(scope="module")
def tally(request: pytest.FixtureRequest) -> Iterator[dict[str, tuple[int, int, bool]]]:
    counts: dict[str, tuple[int, int, bool]] = {}
    yield counts
    lines = [
        f"{n:>8} states {e:>8} moves {'' if whole else '(stopped)':9} {name}" for name, (n, e, whole) in counts.items()
    ]
    total = f"{sum(n for n, _, _ in counts.values()):>8} states in {len(counts)} worlds"
    capture = request.config.pluginmanager.get_plugin("capturemanager")
    assert capture is not None
    with capture.global_and_fixture_disabled():
        print("", *lines, total, sep="\n")


@pytest.mark.parametrize("flags", ALL, ids=str)
def test_every_reachable_state_keeps_the_invariants(flags: Flags, tally: dict[str, tuple[int, int, bool]]) -> None:
    graph = explore(flags, LIMIT or (BEGINNING if flags.county else WHOLE))
    tally[str(flags)] = (len(graph.cases), len(graph.edges), graph.whole)
    assert not Counter(violations(graph))
