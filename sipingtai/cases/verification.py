"""Verifying the whole database (核验): every journal re-sealed and replayed, every row held to what it must be.

What it proves: nothing that a step sealed was changed, removed or put in between, and what the tables show follows from
the steps; held against the anchors (锚定) outside the database, that no case and no tail of one is gone. What it cannot
see: what befell steps that were not anchored yet. How many those are, it says.
"""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from datetime import datetime

from attrs import define, frozen
from django.db import connection, transaction

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.file_store import FileStore
from sipingtai.access.keys import KeyProvider
from sipingtai.cases.encode import decode
from sipingtai.cases.verification_anchors import Anchors, remembered
from sipingtai.cases.verification_journal import Found, Keyring, check_chain, check_contents, fold
from sipingtai.cases.verification_rows import Orphan, Stored, stored_cases
from sipingtai.cases.verification_state import Kinship, check_invariants, check_projection, units_of


@frozen(kw_only=True)
class Fault:
    """Something that is not as it must be."""

    number: str  # the case's
    step: int | None  # None: the case as a whole
    what: str  # Chinese

    def __str__(self) -> str:
        where = f"{self.number} 第 {self.step} 步" if self.step else self.number
        return f"{where}：{self.what}"


@define
class Figures:
    """How much was looked at."""

    cases: int = 0
    steps: int = 0
    texts: int = 0
    files: int = 0


def count_steps() -> int:
    """How many steps there are, for a progress bar."""
    with system_scope("核验"), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM cases_step")
        return int(cursor.fetchone()[0])


def verify(
    *,
    keys: KeyProvider,
    files: FileStore,
    units: Collection[int],
    figures: Figures,
    progress: Callable[[int], None] = lambda _: None,
    anchors: Anchors | None = None,
    now: datetime | None = None,
) -> Iterator[Fault]:
    """Yield every fault of the database as it is at one moment. `units` are the ids the organisation knows.

    `figures` counts along; `progress` is told the steps done so far. `anchors`, read just before, are held against the
    journal, and against the time `now` if there is one: steps that should have been anchored by then.
    """
    keyring, kinship, known = Keyring(keys), Kinship(), frozenset(units)
    with _one_moment():
        if anchors is not None:
            yield from map(_of_anchors, anchors.faults(remembered()))
        for stored in stored_cases():
            if isinstance(stored, Orphan):
                what = f"{_TABLES[stored.table]}没有所属的事件"
                yield Fault(number=_unnumbered(stored.case_id), step=None, what=what)
                continue
            number = stored.row["number"]
            for step, what in _check(stored, keyring, files, known, kinship):
                yield Fault(number=number, step=step, what=what)
            if anchors is not None:
                for step, what in anchors.check(stored.row["id"], stored.steps):
                    yield Fault(number=number, step=step, what=what)
            figures.cases += 1
            figures.steps += len(stored.steps)
            figures.texts += len(stored.texts)
            figures.files += len(stored.files)
            progress(figures.steps)
        for number, what in kinship.faults():
            yield Fault(number=number, step=None, what=what)
        for number in _doubled_numbers():
            yield Fault(number=number, step=None, what="编号重复")
        if anchors is not None:
            for case, what in anchors.gone():
                yield Fault(number=_unnumbered(case), step=None, what=what)
            if now is not None:
                yield from map(_of_anchors, anchors.late(now))


def _unnumbered(case: int) -> str:
    return f"（内部编号 {case}）"


def _of_anchors(what: str) -> Fault:
    return Fault(number="锚定", step=None, what=what)


_TABLES = {
    "step": "步骤", "text": "文字", "attachment": "附件", "assignment": "交办", "clock": "时限", "word": "检索用词",
}  # fmt: skip


def _check(stored: Stored, keyring: Keyring, files: FileStore, units: frozenset[int], kinship: Kinship) -> Found:
    row = stored.row
    yield from check_chain(stored.steps, row["id"], row["steps"], keyring)
    yield from check_contents(stored, files)
    if fold(stored.steps) != stored.state:
        yield None, "事件的状态与日志重放的结果不符"
    try:
        case = decode(stored.state, case_id=row["id"], steps=row["steps"])
    except Exception:  # noqa: BLE001, RUF100  whatever a tampered state makes the decoder raise is the same fault
        yield None, "事件的状态无法读取"
        return
    for what in (*check_projection(stored, case), *check_invariants(case)):
        yield None, what
    acting = {s.unit for s in stored.steps if s.unit is not None}
    if unknown := (units_of(case) | acting) - units:
        yield None, f"涉及组织中没有的单位：{'、'.join(map(str, sorted(unknown)))}"
    kinship.note(row["number"], case)


@contextmanager
def _one_moment() -> Iterator[None]:
    """A scope that sees the database as it is now, however long the reading takes and whatever others write."""
    with transaction.atomic():
        if not connection.savepoint_ids:  # inside another transaction it is too late to ask
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with system_scope("核验"):
            yield


def _doubled_numbers() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT number FROM cases_case GROUP BY number HAVING count(*) > 1 ORDER BY number")
        return [row[0] for row in cursor.fetchall()]
