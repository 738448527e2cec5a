"""docs/traceability.toml → docs/traceability.md: every clause of the five documents, and which tests show it.

    python -m tests.traceability

Rewrites the page; tests/test_traceability.py holds it to its source.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from attrs import frozen

ROOT = Path(__file__).parents[1]
SOURCE, PAGE = ROOT / "docs" / "traceability.toml", ROOT / "docs" / "traceability.md"
STATES = {"done": "done", "partly": "partly", "different": "deliberately different", "not yet": "not yet"}

HEAD = """# Traceability

What each clause of the five townships' documents asks for, in our own words, what this software does about it today,
and the tests that show it. Clause numbers are the ones the packs give under 依据. This page is written from
[traceability.toml](traceability.toml) by `python -m tests.traceability`; change that file, not this one.

- **done**: the software does it, and the tests named show it.
- **partly**: some of it; the note says what is missing.
- **deliberately different**: done in another way, for the reason in the note.
- **not yet**: nothing does it; where the pack keeps what the document says, the note tells.
"""


class SourceError(ValueError):
    """The source contradicts itself; the message names the clause."""


@frozen
class Capability:
    code: str
    name: str
    lacks: str  # the note of a clause that is partly or not yet done and has none of its own


@frozen
class Clause:
    number: str
    capability: Capability
    state: str
    words: str
    tests: tuple[str, ...]  # tests/….py::name
    note: str


@frozen
class Trace:
    documents: dict[str, str]
    capabilities: dict[str, Capability]
    tests: dict[str, str]
    clauses: tuple[Clause, ...]

    def of(self, document: str) -> list[Clause]:
        return [c for c in self.clauses if c.number.startswith(f"{document}-")]


def load(path: Path = SOURCE) -> Trace:
    """Read the source. Raises SourceError for a clause that names what is not there or says too little."""
    found = tomllib.loads(path.read_text("utf-8"))
    capabilities = {code: Capability(code, *rest) for code, rest in found["capabilities"].items()}
    clauses = tuple(_clause(number, row, capabilities, found["tests"]) for number, row in found["clauses"].items())
    return Trace(found["documents"], capabilities, found["tests"], clauses)


def _clause(number: str, row: list[str], capabilities: dict[str, Capability], tests: dict[str, str]) -> Clause:
    if not 4 <= len(row) <= 5:
        raise SourceError(f"{number}: capability, state, words, tests and perhaps a note are wanted")
    code, state, words, keys = row[:4]
    own = row[4] if len(row) == 5 else ""
    if code not in capabilities or state not in STATES or set(keys.split()) - tests.keys():
        raise SourceError(f"{number}: an unknown capability, state or test: {row[:2]} {keys}")
    if state == "done" and (own or not keys):
        raise SourceError(f"{number}: what is done names its tests and needs no note")
    if state == "different" and not own:
        raise SourceError(f"{number}: what is deliberately different needs its reason")
    if state == "not yet" and keys:
        raise SourceError(f"{number}: what is not done yet is shown by no test")
    note = own or ("" if state == "done" else capabilities[code].lacks)
    if state != "done" and not note:
        raise SourceError(f"{number}: say what is missing")
    return Clause(number, capabilities[code], state, words, tuple(tests[key] for key in keys.split()), note)


def page(trace: Trace) -> str:
    """The whole page."""
    return "\n".join([HEAD, *_summary(trace), *_by_capability(trace), *_by_document(trace)]) + "\n"


def _summary(trace: Trace) -> Iterator[str]:
    yield from _table("Document", *STATES.values(), "clauses")
    rows = {f"{code} {name}": trace.of(code) for code, name in trace.documents.items()}
    for label, clauses in (rows | {"All": list(trace.clauses)}).items():
        counts = Counter(c.state for c in clauses)
        yield _row(label, *(str(counts[state]) for state in STATES), str(len(clauses)))


def _by_capability(trace: Trace) -> Iterator[str]:
    yield "\n## Capabilities\n"
    yield from _table("", "Capability", *STATES.values())
    for capability in trace.capabilities.values():
        counts = Counter(c.state for c in trace.clauses if c.capability == capability)
        yield _row(capability.code, capability.name, *(str(counts[state] or "") for state in STATES))


def _by_document(trace: Trace) -> Iterator[str]:
    for code, name in trace.documents.items():
        yield f"\n## {code} {name}\n"
        yield from _table("Clause", "", "What it asks for", "State", "Shown by", "Note")
        for clause in trace.of(code):
            shown = "<br>".join(f"`{test}`" for test in clause.tests)
            state = STATES[clause.state]
            yield _row(clause.number, clause.capability.code, clause.words, state, shown, clause.note)


def _table(*heads: str) -> Iterator[str]:
    yield _row(*heads)
    yield "|" + "---|" * len(heads)


def _row(*cells: str) -> str:
    return re.sub(r"  +", " ", f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    PAGE.write_text(page(load()), "utf-8")
