"""What a township had under way before it changed its set-up (架构调整), told in memory until that evening.

What is open then moves one by one as it would at the door, found and judged by the same code (`loop.reorganise`), and
goes on from there with the people of the set-up that follows.
"""

import contextlib
from datetime import datetime, timedelta

from attrs import define, evolve, field

from sipingtai.core.posts import SYSTEM
from sipingtai.loop.bulk import Batch
from sipingtai.loop.reorganise.homes import removal
from sipingtai.ops.demo.homeward import bring_home
from sipingtai.ops.demo.playing import play
from sipingtai.ops.demo.rhythm import Arrival
from sipingtai.ops.demo.turning import Turn
from sipingtai.ops.demo.walk import NotYet, Walk


@define
class FirstPart:
    """The matters that came in under the earlier set-up."""

    turn: Turn
    end: datetime  # how far the whole year is told
    moved: int = 0  # cases that went to whoever took over
    over: bool = False
    _batch: Batch = field(factory=Batch)
    _walks: list[Walk] = field(factory=list)  # still under way that evening
    _unheard: list[Arrival] = field(factory=list)  # happened that evening, and told the next day

    @property
    def evening(self) -> datetime:
        """The last moment anything is done by the earlier set-up."""
        return self.turn.at - timedelta(minutes=1)

    def tell(self, arrival: Arrival) -> None:
        """A matter as far as the evening lets it come."""
        walk, told = play(arrival, self._batch, self.evening)
        if walk.id and not (told and arrival.home):
            self._walks.append(walk)
        elif not told:
            self._unheard.append(evolve(arrival, cast=self.turn.after, at=self.turn.at))

    def change_over(self) -> int:
        """The evening itself, and what became of those matters afterwards; returns how many cases are stored.

        Within a system scope.
        """
        self.over = True
        morning = self._move_all() + timedelta(minutes=1)
        for walk in self._walks:
            walk.goes_on(self.turn.after, morning, self.end)
            with contextlib.suppress(NotYet):
                bring_home(walk)
        for arrival in self._unheard:
            play(arrival, self._batch, self.end)
        return self._batch.flush()

    def _move_all(self) -> datetime:
        """移交, a second each, until none is left where it cannot stay; returns when it was done."""
        now, change = self.turn.at, self.turn.change
        while todo := [
            (case.id, point) for case, point in self._batch.open_cases() if removal(case, point, change, now)
        ]:
            for case_id, point in todo:
                found = removal(self._batch.case(case_id), point, change, now)
                if found is None:
                    continue  # went along with another
                now += timedelta(seconds=1)
                self._batch.move(case_id, found.move, actor=SYSTEM, now=now, setting=change.after.setting)
                self.moved += 1
        return now
