"""Random moves of random people while real time passes, over holidays and 调休."""

from datetime import timedelta

from attrs import evolve
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from sipingtai.core.actions import Action as Act
from sipingtai.core.case import Case
from sipingtai.core.clocks import ClockKind, lateness
from sipingtai.core.decide import decide, permitted
from sipingtai.core.moves import Decision
from sipingtai.core.posts import SYSTEM
from sipingtai.core.setting import Urgency
from sipingtai.core.stages import Stage

from . import oracle
from .cast import CAST, NOW, A, B, O, T, V, from_grid, reported, world
from .explore import Flags, moves
from .invariants import held_and_timed

FLAGS = Flags(
    county=True, returns=True, assists=True, pauses=True, split=True, again=True, outside=True, offices=(A, B, O)
)
LATER_IS_RIGHT = frozenset({Act.GRANT_EXTENSION, Act.CLASSIFY})
# The total clock stands while suspended or ended; leaving that lets it run on.
STOOD = frozenset({Stage.SUSPENDED, Stage.DECLINED, Stage.CLOSED})


class Loop(RuleBasedStateMachine):
    """One case, moved about."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOW
        self.setting = world()
        self.case: Case = reported()

    @initialize(first=st.sampled_from((T, V)), grid=st.booleans(), hops=st.sampled_from((1, 2)), owed=st.booleans())
    def begin(self, first: int, grid: bool, hops: int, owed: bool) -> None:
        self.setting = world(hops=hops, village_owed=owed)
        self.case = (from_grid if grid else reported)(first, self.setting)

    @rule(minutes=st.one_of(st.integers(1, 600), st.integers(1, 30 * 24 * 60)))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(data=st.data())
    def somebody_moves(self, data: st.DataObject) -> None:
        possible = [
            (name, row.action)
            for name, actor in CAST.items()
            for row in permitted(self.case, actor, self.now, self.setting)
        ]
        if not possible:
            return
        name, action = data.draw(st.sampled_from(sorted(possible)))
        wanted = list(moves(self.case, action, FLAGS))
        if not wanted:
            return
        move = data.draw(st.sampled_from(wanted))
        if action is Act.CLASSIFY:
            move = evolve(move, urgency=data.draw(st.sampled_from(Urgency)))
        found = decide(self.case, move, CAST[name], self.now, self.setting)
        if not isinstance(found, Decision):
            return
        self.check_total(found, action)
        self.case = found.after
        for echo in found.echoes:
            if echo.case == self.case.id:
                follow = decide(self.case, echo.move, SYSTEM, self.now, self.setting)
                assert isinstance(follow, Decision)
                self.case = follow.after

    @rule(name=st.sampled_from(sorted(CAST)), action=st.sampled_from(Act))
    def somebody_tries_anything(self, name: str, action: Act) -> None:
        """What succeeds was permitted, and by the table."""
        may = {row.action for row in permitted(self.case, CAST[name], self.now, self.setting)}
        for move in moves(self.case, action, FLAGS):
            if isinstance(decide(self.case, move, CAST[name], self.now, self.setting), Decision):
                assert action in may
        if action in may:
            assert name in oracle.named(self.case, action)

    def check_total(self, found: Decision, action: Act) -> None:
        """I5: never later, except by what was granted or stood still; and no clock begins before it ends."""
        assert found.before
        before, after = found.before.clock(ClockKind.TOTAL), found.after.clock(ClockKind.TOTAL)
        if before and after:
            assert after.started_at == before.started_at
            if action not in LATER_IS_RIGHT and found.before.stage not in STOOD:
                assert after.due_at <= before.due_at
        for clock in found.after.clocks:
            assert clock.started_at <= clock.due_at <= clock.red_at
        for ended in found.ended:
            assert ended.late >= 0
            assert ended.late == lateness(ended.clock, self.now, self.setting.calendar)

    @invariant()
    def it_is_held_and_timed(self) -> None:
        assert not list(held_and_timed(self.case))


Loop.TestCase.settings = settings(
    max_examples=60, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestRandomMoves = Loop.TestCase
