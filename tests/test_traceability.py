"""Every clause of the five documents is accounted for, once, and what is called done is shown by tests that exist."""

import ast
import os
import re
from functools import cache
from pathlib import Path

import pytest

from tests import traceability
from tests.traceability import PAGE, ROOT, SourceError, Trace

SHARED = Path(os.environ.get("SIPINGTAI_SHARED") or ROOT.parent / "shared")
REQUIREMENTS = SHARED / "domain" / "requirements.md"
COUNTS = {"S0": 74, "S1": 42, "S2": 58, "S3": 49, "S4": 68}


@pytest.fixture(scope="module")
def trace() -> Trace:
    return traceability.load()


@cache
def _tests_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_the_page_is_written_from_its_source(trace: Trace) -> None:
    assert PAGE.read_text("utf-8") == traceability.page(trace), "python -m tests.traceability"


def test_every_clause_is_there_once_and_in_order(trace: Trace) -> None:
    wanted = [f"{code}-{number}" for code, count in COUNTS.items() for number in range(1, count + 1)]
    assert len(wanted) == 291
    assert [clause.number for clause in trace.clauses] == wanted


def test_every_capability_is_named_and_every_test_listed_is_used(trace: Trace) -> None:
    assert list(trace.capabilities) == [f"C{number:02}" for number in range(1, 38)]
    assert {clause.capability.code for clause in trace.clauses} == set(trace.capabilities)
    used = {test for clause in trace.clauses for test in clause.tests}
    assert sorted(set(trace.tests.values()) - used) == []


def test_every_test_that_is_named_exists(trace: Trace) -> None:
    missing = [name for name in trace.tests.values() if name.split("::")[1] not in _tests_in(name.split("::")[0])]
    assert missing == []


def test_what_is_done_names_a_test_and_what_differs_its_reason(trace: Trace) -> None:
    assert [c.number for c in trace.clauses if c.state == "done" and not c.tests] == []
    assert [c.number for c in trace.clauses if c.state != "done" and not c.note] == []


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ('["C01", "done", "words", ""]', "names its tests"),
        ('["C01", "different", "words", "a"]', "needs its reason"),
        ('["C01", "partly", "words", "a"]', "say what is missing"),
        ('["C01", "not yet", "words", "a", "note"]', "shown by no test"),
        ('["C01", "done", "words", "b"]', "unknown"),
        ('["C99", "done", "words", "a"]', "unknown"),
        ('["C01", "nearly", "words", "a"]', "unknown"),
        ('["C01", "done", "words"]', "are wanted"),
    ],
)
def test_a_clause_that_says_too_little_is_refused(tmp_path: Path, row: str, said: str) -> None:
    source = tmp_path / "traceability.toml"
    tables = f'[documents]\n[capabilities]\nC01 = ["Name", ""]\n[tests]\na = "x::y"\n[clauses]\nS0-1 = {row}\n'
    source.write_text(tables, "utf-8")
    with pytest.raises(SourceError, match=f"S0-1: .*{said}"):
        traceability.load(source)


@pytest.mark.skipif(
    not REQUIREMENTS.is_file(), reason=f"no clauses at {REQUIREMENTS}; name a folder by SIPINGTAI_SHARED"
)
def test_numbers_and_capabilities_are_those_of_the_clause_list_and_nothing_is_quoted(trace: Trace) -> None:
    rows = re.findall(r"^\| (S\d-\d+) \| (.+?) \| (C\d\d) \|", REQUIREMENTS.read_text("utf-8"), flags=re.M)
    assert {number: code for number, _, code in rows} == {c.number: c.capability.code for c in trace.clauses}
    quotes = {number: quote for number, quote, _ in rows}
    assert [c.number for c in trace.clauses if quotes[c.number] in c.words + c.note] == []
