"""Checking one range of cases: each by itself, whole, against all it must agree with."""

from collections.abc import Iterator

from attrs import Factory, define, frozen

from sipingtai.access.file_store import FileStore
from sipingtai.cases.encode import decode
from sipingtai.cases.numbers import number
from sipingtai.cases.verification_anchors import Anchors, Window
from sipingtai.cases.verification_journal import Found, Keyring, check_chain, check_contents, fold
from sipingtai.cases.verification_rows import Orphan, Span, Stored, stored_cases
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

    def add(self, other: "Figures") -> None:
        """What was looked at elsewhere."""
        self.cases += other.cases
        self.steps += other.steps
        self.texts += other.texts
        self.files += other.files


@frozen(kw_only=True)
class Yardstick:
    """What the cases are held to beside their own journals."""

    keys: Keyring
    files: FileStore
    units: frozenset[int]  # the ids the organisation knows
    anchors: Anchors | None


@frozen
class Part:
    """What was found in a range of cases, and what is to be put together with what others found."""

    faults: list[Fault] = Factory(list)
    gone: list[Fault] = Factory(list)  # cases that were anchored and are no more
    figures: Figures = Factory(Figures)
    kinship: Kinship = Factory(Kinship)
    window: Window = Factory(Window)

    def add(self, other: "Part") -> None:
        """What was found in another range, but for its faults."""
        self.gone.extend(other.gone)
        self.figures.add(other.figures)
        self.kinship.add(other.kinship)
        self.window.add(other.window)


def check(yardstick: Yardstick, span: Span) -> Part:
    """Check every case of a range. Within a scope of the system, in a transaction that sees one moment."""
    part, there, anchors = Part(), set[int](), yardstick.anchors
    for stored in stored_cases(span):
        if isinstance(stored, Orphan):
            what = f"{_TABLES[stored.table]}没有所属的事件"
            part.faults.append(Fault(number=_unnumbered(stored.case_id), step=None, what=what))
            continue
        there.add(stored.row["id"])
        part.faults.extend(
            Fault(number=stored.row["number"], step=step, what=what) for step, what in _faults(stored, yardstick, part)
        )
        part.figures.add(Figures(1, len(stored.steps), len(stored.texts), len(stored.files)))
    if anchors is not None:
        part.gone.extend(
            Fault(number=_unnumbered(case), step=None, what=what) for case, what in anchors.gone(span, there)
        )
    return part


def _faults(stored: Stored, yardstick: Yardstick, part: Part) -> Found:
    row = stored.row
    yield from check_chain(stored.steps, row["id"], row["steps"], yardstick.keys)
    yield from check_contents(stored, yardstick.files)
    yield from ((None, what) for what in _state_faults(stored, yardstick.units, part.kinship))
    if yardstick.anchors is not None:
        yield from yardstick.anchors.check(row["id"], stored.steps, part.window)


def _state_faults(stored: Stored, units: frozenset[int], kinship: Kinship) -> Iterator[str]:
    row = stored.row
    if fold(stored.steps) != stored.state:
        yield "事件的状态与日志重放的结果不符"
    try:
        case = decode(stored.state, case_id=row["id"], steps=row["steps"])
    except Exception:  # noqa: BLE001, RUF100  whatever a tampered state makes the decoder raise is the same fault
        yield "事件的状态无法读取"
        return
    if row["number"] != number(case.id, _first_area(stored), case.received_at):
        yield "编号与第 1 步不符"
    yield from check_projection(stored, case)
    yield from check_invariants(case)
    acting = {s.unit for s in stored.steps if s.unit is not None}
    if unknown := (units_of(case) | acting) - units:
        yield f"涉及组织中没有的单位：{'、'.join(map(str, sorted(unknown)))}"
    kinship.note(row["number"], case)


def _first_area(stored: Stored) -> str:
    """The area it came in for; it may have been placed anew since."""
    changes = stored.steps[0].body.get("changes") if stored.steps else None
    return str(changes.get("area")) if isinstance(changes, dict) else ""


def _unnumbered(case: int) -> str:
    return f"（内部编号 {case}）"


_TABLES = {
    "step": "步骤", "text": "文字", "attachment": "附件", "assignment": "交办", "clock": "时限", "word": "检索用词",
}  # fmt: skip
