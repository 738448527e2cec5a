"""Patterns (样本) to fill a database with: told lifecycles, taken apart into what copies share and what is their own.

A pattern is one case with its relatives (并案, 拆分). Of every row the moments, ids and digests are slots; the rest is
spelled once, as COPY wants it. The journal's bodies stay as the encoder made them: a copy fills the slots and is sealed
anew by `cases.journal.sealed_form`.
"""

import re
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from attrs import Factory, define, frozen
from django.db.models import Field, Model

from sipingtai.cases import models
from sipingtai.cases.sealed_json import spelled as spelled_json
from sipingtai.core.actions import Action
from sipingtai.core.stages import Stage
from sipingtai.ops.bench.fill_spelling import cell

Parts = tuple[str | int, ...]  # text, and numbers of slots
NUMBER, KEY, TRACKING, CONTACT = range(4)  # a case's own slots, before the others
OWN = 4

BESIDE: tuple[type[Model], ...] = (models.Assignment, models.Clock, models.Precedent, models.Attachment)
"""Tables whose rows a copy repeats with other moments and ids, and nothing else."""

_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_ENDED_FOR_GOOD = frozenset({Stage.ARCHIVED, Stage.DECLINED, Stage.VOID})
_RELATIVES = ("master", "followers", "parent", "children")


@frozen(kw_only=True)
class StepPattern:
    """One line of a journal."""

    step: models.Step  # whatever of it is the same in every copy
    at: datetime
    body: Parts
    digests: tuple[tuple[int, str], ...]  # slot of a text's digest, and the text's name


@frozen(kw_only=True)
class CasePattern:
    """One case."""

    area: str
    received_at: datetime
    row: Parts
    steps: tuple[StepPattern, ...]
    texts: Mapping[tuple[int, str], str]  # by step and name
    beside: tuple[tuple[type[Model], Parts], ...]
    tracked: bool
    contact: bool


@frozen(kw_only=True)
class Pattern:
    """A case with its relatives. Slots: OWN of the case, moments, ids of the cases, digests, files."""

    cases: tuple[CasePattern, ...]
    moments: tuple[tuple[datetime, bool], ...]  # and whether it is spelled in UTC
    digests: int  # how many there are
    files: int
    begins: datetime
    ended: bool  # for good: it may lie years back


@define
class _Slots:
    """The slots of one pattern while it is taken apart."""

    ids: dict[int, int]  # case → its place among the relatives
    moments: dict[str, int] = Factory(dict)
    digests: dict[str, int] = Factory(dict)
    files: dict[uuid.UUID, int] = Factory(dict)

    def moment(self, text: str) -> str:
        _spell(text)
        return f"\0m{self.moments.setdefault(text, len(self.moments))}\0"

    def digest(self, text: str) -> str:
        return f"\0d{self.digests.setdefault(text, len(self.digests))}\0"

    def file(self, file: uuid.UUID) -> str:
        return f"\0f{self.files.setdefault(file, len(self.files))}\0"

    def case(self, case_id: int) -> str:
        return f"\0c{self.ids[case_id]}\0" if case_id in self.ids else str(case_id)

    def parts(self, text: str) -> Parts:
        """The text with its marks resolved."""
        found = text.split("\0")
        base, end = {}, 0
        for letter, count in (
            ("o", OWN),
            ("m", len(self.moments)),
            ("c", len(self.ids)),
            ("d", len(self.digests)),
            ("f", len(self.files)),
        ):
            base[letter], end = end, end + count
        return tuple(base[part[0]] + int(part[1:]) if n % 2 else part for n, part in enumerate(found))


def spelled(moment: datetime, *, utc: bool) -> str:
    """A moment as the encoder writes it, or as what was asked for is written."""
    return f"{moment.isoformat(timespec='microseconds')[:26]}Z" if utc else moment.isoformat()


def _spell(text: str) -> tuple[datetime, bool]:
    utc = text.endswith("Z")
    moment = datetime.fromisoformat(text)
    if spelled(moment, utc=utc) != text:
        raise ValueError(f"a moment in a form this filling does not know: {text}")
    return moment, utc


def columns(model: type[Model]) -> "list[Field[Any, Any]]":
    """The columns COPY names: all but the ids the database hands out."""
    return [f for f in model._meta.concrete_fields if f.get_internal_type() not in ("BigAutoField", "AutoField")]


def read_patterns() -> list[Pattern]:
    """Every case in the tables as a pattern, relatives together. Within a system scope."""
    cases = {case.pk: case for case in models.Case.objects.order_by("pk")}
    beside: dict[type[Model], dict[int, list[Any]]] = {}
    every: tuple[type[Model], ...] = (models.Step, models.Text, *BESIDE)
    for model in every:
        rows = beside.setdefault(model, defaultdict(list))
        manager: Any = model._default_manager
        for row in manager.order_by("case_id", *(["no"] if model is models.Step else [])):
            rows[row.case_id].append(row)
    return [
        _pattern([cases[pk] for pk in group], beside) for group in _families(cases.values(), beside[models.Step])
    ]  # fmt: skip


def _families(cases: Iterable[models.Case], steps: Mapping[int, list[models.Step]]) -> Iterator[list[int]]:
    """The ids of cases that speak of each other, together; by the first of them."""
    head: dict[int, int] = {}

    def find(case: int) -> int:
        while head.setdefault(case, case) != case:
            case = head[case]
        return case

    for case in cases:
        named = {other for step in steps[case.pk] for other in _named(step)}
        for other in sorted(named | {case.pk}):
            first, second = sorted((find(case.pk), find(other)))
            head[second] = first
    found: dict[int, list[int]] = defaultdict(list)
    for case in cases:
        found[find(case.pk)].append(case.pk)
    yield from found.values()


def _named(step: models.Step) -> Iterator[int]:
    """The cases a step speaks of."""
    for name in _RELATIVES:
        yield from _many(step.body["changes"].get(name))
    for name in _asked_cases(step):
        yield from _many(step.body["asked"].get(name))


def _asked_cases(step: models.Step) -> tuple[str, ...]:
    """What of a step's arguments are cases: of an erasure, `members` are numbers of steps."""
    if "asked" not in step.body:
        return ()
    return ("other",) if step.action == Action.ANNOTATE.value else ("other", "members")


def _many(value: Any) -> list[int]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _pattern(cases: Sequence[models.Case], beside: Mapping[type[Model], Mapping[int, list[Any]]]) -> Pattern:
    slots = _Slots({case.pk: place for place, case in enumerate(cases)})
    # Twice: only when every moment is known does a slot have its number.
    for _ in range(2):
        found = [_case(case, beside, slots) for case in cases]
    return Pattern(
        cases=tuple(found),
        moments=tuple(_spell(text) for text in slots.moments),
        digests=len(slots.digests),
        files=len(slots.files),
        begins=min(case.received_at for case in cases),
        ended=all(case.stage in _ENDED_FOR_GOOD for case in cases),
    )


def _case(case: models.Case, beside: Mapping[type[Model], Mapping[int, list[Any]]], slots: _Slots) -> CasePattern:
    return CasePattern(
        area=case.area,
        received_at=case.received_at,
        row=slots.parts(_row(case, slots)),
        steps=tuple(_step(step, slots) for step in beside[models.Step][case.pk]),
        texts={(t.no, t.name): t.content for t in beside[models.Text][case.pk]},
        beside=tuple((model, slots.parts(_row(row, slots))) for model in BESIDE for row in beside[model][case.pk]),
        tracked=case.tracking is not None,
        contact=case.contact is not None,
    )


def _row(row: Model, slots: _Slots) -> str:
    """A row as COPY's text with marks for slots."""
    own = {"number": "\0o0\0", "key": "\0o1\0", "tracking": "\0o2\0", "contact": "\0o3\0"}
    cells = []
    for column in columns(type(row)):
        value = getattr(row, column.attname)
        if isinstance(value, datetime):
            cells.append(slots.moment(spelled(value.astimezone(UTC), utc=True)))
        elif column.attname == "case_id" or (isinstance(row, models.Case) and column.attname == "id"):
            cells.append(slots.case(value))
        elif isinstance(row, models.Case) and column.attname in own:
            cells.append(own[column.attname] if value is not None else cell(None))
        elif column.attname == "id":  # an attachment's
            cells.append(slots.file(value))
        elif column.attname == "sender" and str(value).startswith("split:"):
            cells.append("split:" + slots.case(int(value.partition(":")[2])))
        elif isinstance(value, dict):
            cells.append(_json(_marked(value, slots)).replace("\\", "\\\\"))
        else:
            cells.append(cell(value))
    return "\t".join(cells)


def _step(step: models.Step, slots: _Slots) -> StepPattern:
    body = dict(step.body)
    body["changes"] = _marked(body["changes"], slots)
    if "asked" in body:
        body["asked"] = _marked(body["asked"], slots, _asked_cases(step))
    if "ended" in body:
        body["ended"] = _marked(body["ended"], slots)
    digests = [(slots.digest(digest), name) for name, digest in body.get("texts", {}).items()]
    if "texts" in body:
        body["texts"] = {name: mark for mark, name in digests}
    return StepPattern(
        step=step,
        at=step.at.astimezone(UTC),
        body=slots.parts(_json(body)),
        digests=tuple((int(slots.parts(mark)[1]), name) for mark, name in digests),
    )


def _marked(value: Any, slots: _Slots, cases: Sequence[str] = _RELATIVES) -> Any:
    """A value of the journal with marks where a copy has its own."""
    if isinstance(value, str):
        return slots.moment(value) if _MOMENT.fullmatch(value) else value
    if isinstance(value, list):
        return [_marked(v, slots, ()) for v in value]
    if not isinstance(value, dict):
        return value
    return {k: _cases(v, slots) if k in cases else _marked(v, slots, ()) for k, v in value.items()}


def _cases(value: Any, slots: _Slots) -> Any:
    if isinstance(value, list):
        return [_cases(v, slots) for v in value]
    return value if value is None else _Bare(slots.case(value))


class _Bare(str):
    """A mark that stands for a number."""


def _json(value: Any) -> str:
    """Canonical JSON, in which marks stand as they are and those of numbers without quotes."""
    text = spelled_json(value).decode()
    return re.sub(r'"\\u0000(c\d+)\\u0000"', "\0\\1\0", text).replace("\\u0000", "\0")
