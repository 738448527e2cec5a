"""No code knows a platform, an office or a township by name: such names are data of the packs alone."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import sipingtai
from sipingtai.core.posts import POST_LABELS
from sipingtai.org.packs.shelf import Shelf

SOURCES = Path(sipingtai.__path__[0])
GLOSSARY = SOURCES.parent / "docs" / "glossary.md"
INVENTED = SOURCES / "ops" / "demo"  # what invented villagers say in the demo; it decides nothing
GENERIC = {
    "便民服务中心",  # what every township has by national rule, named in advice to villagers
    "组织",  # the organisation, as the floor org is called
}


def unit_names(shelf: Shelf) -> set[str]:
    names: set[str] = set()
    for pack in shelf.packs:
        units = (*pack.platforms, *pack.offices, *pack.villages, *pack.grids)
        names |= {pack.name, *(unit.name for unit in units)}
        if pack.room and pack.room.name:
            names.add(pack.room.name.name)
    return names


def terms() -> set[str]:
    """Words of the trade: posts, and what the glossary explains."""
    rows = [line.split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("|")]
    return {*POST_LABELS.values(), *(word for row in rows for word in re.split(r"[、（）()\s/]+", row[2]) if word)}


def texts(path: Path) -> Iterator[tuple[int, str]]:
    """The strings a file works with; a docstring, a bare string or an example only explains."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    explains = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    explains |= {id(inner) for node in ast.walk(tree) if isinstance(node, ast.Dict) for inner in examples(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in explains:
            yield node.lineno, node.value


def examples(node: ast.Dict) -> Iterator[ast.AST]:
    """What an API's description shows as examples explains, too."""
    for key, value in zip(node.keys, node.values, strict=True):
        if isinstance(key, ast.Constant) and key.value == "examples":
            yield from ast.walk(value)


def knows(text: str, name: str) -> bool:
    """Two characters are a word of everyday Chinese (组织, 卫生, 公安) unless they stand alone."""
    return name == text if len(name) <= 2 else name in text


def test_no_code_knows_a_unit_by_name(everything: Shelf) -> None:
    names = unit_names(everything) - terms() - GENERIC
    assert len(names) > 200
    found = [
        f"{path.relative_to(SOURCES)}:{line} {name}"
        for path in sorted(SOURCES.rglob("*.py"))
        if not path.is_relative_to(INVENTED)
        for line, text in texts(path)
        for name in names
        if knows(text, name)
    ]
    assert found == []


def test_the_search_finds_names_where_there_are_some(tmp_path: Path) -> None:
    path = tmp_path / "code.py"
    path.write_text(
        '"""综治办 is explained."""\nOFFICE = f"{area}-综治办"\nHINT = "组织一下"\nALONE = "组织"\n', encoding="utf-8"
    )
    found = [(line, name) for line, text in texts(path) for name in ("综治办", "组织") if knows(text, name)]
    assert sorted(found) == [(2, "综治办"), (4, "组织")]
