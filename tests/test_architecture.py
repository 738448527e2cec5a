"""What the import graph cannot show: what the rules may know at all. The graph itself is held by lint-imports."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "sipingtai"
CORE = sorted((PACKAGE / "core").rglob("*.py"))
PURE = CORE + sorted((PACKAGE / "insight").rglob("*.py"))

# Standard modules through which a rule could reach a disk, a network, a process or chance.
OUTSIDE = {"io", "os", "pathlib", "random", "secrets", "shutil", "socket", "subprocess", "tempfile", "time", "urllib"}


def _name(path: Path) -> str:
    return str(path.relative_to(PACKAGE))


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


@pytest.mark.parametrize("path", CORE, ids=_name)
def test_the_rules_know_the_standard_library_and_attrs_only(path: Path) -> None:
    roots = {module.split(".")[0] for module in _imported(ast.parse(path.read_text("utf-8")))}
    assert roots - set(sys.stdlib_module_names) - {"attr", "attrs", "sipingtai"} == set()
    assert roots & OUTSIDE == set()


@pytest.mark.parametrize("path", CORE, ids=_name)
def test_no_any_in_the_rules(path: Path) -> None:
    names = {node.id for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Name)}
    assert "Any" not in names


@pytest.mark.parametrize("path", PURE, ids=_name)
def test_rules_and_analysis_are_told_the_time(path: Path) -> None:
    calls = [node.func for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, ast.Call)]
    asked = {call.attr for call in calls if isinstance(call, ast.Attribute)}
    assert asked & {"now", "today", "utcnow", "monotonic"} == set()


def test_business_flow_never_hides_in_signals() -> None:
    hidden = [
        _name(path)
        for path in PACKAGE.rglob("*.py")
        if any(
            module.startswith("django.db.models.signals") for module in _imported(ast.parse(path.read_text("utf-8")))
        )
    ]
    assert hidden == []
