"""The door for many cases at once, in memory: what a simulation tells is judged and sealed here, and stored together.

The judge, the checks of a report, the encoder of steps and the making of rows are the door's own; only the keeping is
different. A case is locked by being here: nobody else knows it until `flush`. That stores the cases as they stand then,
one statement a table and some hundreds of rows, and forgets them; they go on in the tables.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TypeVar, Unpack

from attrs import define, field, frozen
from django.db import connection
from django.db import models as django_models

from sipingtai.access.keys import KeyProvider, installed_keys
from sipingtai.access.models import Contact
from sipingtai.cases import models
from sipingtai.cases.projection import assignment_row, clock_row
from sipingtai.core.actions import Action
from sipingtai.core.case import Case
from sipingtai.core.decide import decide
from sipingtai.core.moves import Move, Refusal
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting
from sipingtai.loop.dispatch.split import Split, parts_of
from sipingtai.loop.errors import Refused
from sipingtai.loop.intake.report import Receipt, Report, Sending, prepare, receipt
from sipingtai.loop.intake.storing import Incoming, case_row, first_step, index, insert_cases
from sipingtai.loop.rows import inserting, of_objects
from sipingtai.loop.writing import Locked, Moved, Written, carry_out, spoken, written

M = TypeVar("M", bound=django_models.Model)

ROWS = 1_000  # of one statement
CASES = 500  # of one statement: a case's row is wide


class CameBefore(RuntimeError):
    """A report of the batch has come in before."""


@define(kw_only=True)
class _Kept:
    """A case in memory: how it came in, how it stands, its last link, and since when each clock is as it is."""

    incoming: Incoming
    case: Case
    link: bytes
    clocks: dict[tuple[str, int], datetime]


@frozen
class Batch:
    """Cases on their way into the tables."""

    _kept: dict[int, _Kept] = field(factory=dict)
    _steps: list[models.Step] = field(factory=list)
    _texts: list[models.Text] = field(factory=list)
    _files: list[models.Attachment] = field(factory=list)
    _precedents: list[models.Precedent] = field(factory=list)
    _keys: KeyProvider = field(factory=installed_keys)

    @property
    def size(self) -> int:
        """How many cases wait to be stored."""
        return len(self._kept)

    def case(self, case_id: int) -> Case:
        """The case as it stands. Raises KeyError once it has been stored."""
        return self._kept[case_id].case

    def open_cases(self) -> Iterator[tuple[Case, tuple[float, float] | None]]:
        """The cases that are under way, in the order they came in, and where each lies as far as that is known."""
        for kept in list(self._kept.values()):
            if kept.case.stage.open:
                yield kept.case, kept.incoming.point

    def take_in(self, report: Report, **sending: Unpack[Sending]) -> Receipt:
        """As `loop.intake.report.take_in`; the key must be a new one. Raises Invalid."""
        return self.add(prepare(report, **sending))

    def add(self, incoming: Incoming) -> Receipt:
        """Take in a report that was prepared before."""
        case, sealed = incoming.decision.after, first_step(incoming, self._keys)
        self._kept[case.id] = _Kept(incoming=incoming, case=case, link=bytes(sealed.step.link), clocks={})
        self._clocks(case, incoming.now)
        self._steps.append(sealed.step)
        self._texts.extend(sealed.texts)
        self._files.extend(incoming.files)
        return receipt(incoming)

    def move(
        self,
        case_id: int,
        asked: Move,
        *,
        actor: Actor,
        now: datetime,
        setting: Setting,
        unit: int | None = None,
        files: Sequence[models.Attachment] = (),
    ) -> Moved:
        """As `loop.moves.move`, but nothing is drawn by lot: `asked.sampled` says it. Raises Refused."""
        locked = self.lock(case_id)
        decision = decide(locked.case, asked, actor, now, setting)
        if isinstance(decision, Refusal):
            raise Refused(decision)
        self.keep(
            written(
                decision,
                locked.link,
                actor=actor,
                unit=unit,
                now=now,
                texts=spoken(asked),
                files=files,
                keys=self._keys,
            )
        )
        after = carry_out(decision.echoes, decision.after, self, now=now, setting=setting, keys=self._keys)
        return Moved(case=after, step=decision.after.steps)

    def split(
        self, case_id: int, parts: Sequence[str], *, reason: str, actor: Actor, now: datetime, setting: Setting
    ) -> Split:
        """As `loop.dispatch.split.split`. Raises Invalid, Refused."""
        kept = self._kept[case_id]
        found = parts_of(kept.case, parts, kept.incoming.texts.get("place", ""))
        children = tuple(
            self.take_in(part.report, sender=part.sender, key=part.key, actor=actor, now=now, setting=setting)
            for part in found
        )
        asked = Move(action=Action.SPLIT, reason=reason, members=tuple(child.case_id for child in children))
        return Split(parent=self.move(case_id, asked, actor=actor, now=now, setting=setting), children=children)

    # What `writing.carry_out` asks of whoever keeps cases

    def lock(self, case_id: int) -> Locked:
        kept = self._kept[case_id]
        return Locked(case=kept.case, link=kept.link)

    def keep(self, row: Written) -> None:
        after = row.decision.after
        kept = self._kept[after.id]
        kept.case, kept.link = after, bytes(row.step.link)
        self._clocks(after, row.now, row.decision.before)
        self._steps.append(row.step)
        self._texts.extend(row.texts)
        self._files.extend(row.files)
        if row.precedent is not None:
            self._precedents.append(row.precedent)

    def _clocks(self, after: Case, now: datetime, before: Case | None = None) -> None:
        """A clock's row is written anew when the clock changes: its next mark follows that moment."""
        old = {(c.kind, c.ref): c for c in before.clocks} if before else {}
        since = self._kept[after.id].clocks
        for clock in after.clocks:
            if old.get((clock.kind, clock.ref)) != clock:
                since[clock.kind, clock.ref] = now

    def flush(self) -> int:
        """Store everything, the steps in the order of time; returns how many cases. Within a system scope.

        Raises CameBefore; what the batch held is then lost with the transaction.
        """
        kept = list(self._kept.values())
        _create(Contact, [k.incoming.contact for k in kept if k.incoming.contact is not None])
        rows = [case_row(k.incoming, k.case) for k in kept]
        new = [pk for begin in range(0, len(rows), CASES) for pk in insert_cases(rows[begin : begin + CASES])]
        if len(new) != len(kept):
            raise CameBefore
        _create(models.Step, sorted(self._steps, key=lambda s: (s.at, s.case_id, s.no)))
        _create(models.Text, self._texts)
        _create(models.Attachment, self._files)
        _create(
            models.Assignment,
            [models.Assignment(case_id=k.case.id, **assignment_row(a)) for k in kept for a in k.case.assignments],
        )
        _create(
            models.Clock,
            [
                models.Clock(case_id=k.case.id, **clock_row(clock, k.clocks[clock.kind, clock.ref]))
                for k in kept
                for clock in k.case.clocks
            ],
        )
        _create(models.Precedent, self._precedents)
        index([k.incoming for k in kept])
        for done in (self._kept, self._steps, self._texts, self._files, self._precedents):
            done.clear()
        return len(kept)


def _create(model: type[M], rows: Sequence[M]) -> None:
    with connection.cursor() as cursor:
        for begin in range(0, len(rows), ROWS):
            cursor.execute(inserting(model), [of_objects(rows[begin : begin + ROWS])])
