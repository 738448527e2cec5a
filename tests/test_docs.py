"""The documents and the house rules that a reader can check: what exists is documented, nothing grows too long."""

import ast
import json
import re
import subprocess
from pathlib import Path

import pytest

from sipingtai.core.actions import Action
from sipingtai.core.clocks import ClockKind
from sipingtai.core.limits import ClockState
from sipingtai.core.posts import Post
from sipingtai.core.stages import Stage

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
LONGEST = 400  # lines of one file


def _tracked(*endings: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    return [path for name in listed if name.endswith(endings) and (path := ROOT / name).is_file()]


def _headings(text: str) -> list[str]:
    return re.findall(r"^(#+) ", re.sub(r"```.*?```", "", text, flags=re.S), flags=re.M)


def _commands(text: str) -> list[str]:
    blocks = re.findall(r"```(?:sh|bash)\n(.*?)```", text, flags=re.S)
    return [re.sub(r"\s+#.*", "", line) for block in blocks for line in block.splitlines()]


def _table(section: str) -> set[str]:
    """The first cells of the table under a heading of docs/reference.md, as names."""
    text = (DOCS / "reference.md").read_text("utf-8")
    body = re.split(r"^## ", text.split(f"\n## {section}\n")[1], flags=re.M)[0]
    return set(re.findall(r"^\| `(?:sipingtai )?([\w-]+)[^`]*` \|", body, flags=re.M))


def test_both_readmes_say_the_same() -> None:
    english = (ROOT / "README.md").read_text("utf-8")
    chinese = (ROOT / "README.zh-CN.md").read_text("utf-8")
    assert _headings(english) == _headings(chinese)
    assert _commands(english) == _commands(chinese)
    assert _commands(english)


def test_every_command_that_exists_is_in_the_reference_and_no_other() -> None:
    commands = {
        path.stem for path in ROOT.glob("sipingtai/**/management/commands/*.py") if not path.stem.startswith("_")
    }
    assert _table("Commands") == commands


def test_every_environment_variable_that_is_read_is_in_the_reference_and_no_other() -> None:
    read = set()
    for path in ROOT.glob("sipingtai/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            words = ast.unparse(node) if isinstance(node, ast.Call | ast.Subscript) else ""
            if found := re.match(r"""(?:os\.)?(?:environ(?:\.get|\.pop)?|getenv)[(\[]'([A-Z][A-Z0-9_]+)'""", words):
                read.add(found[1])
    assert _table("Environment") == read


def test_no_file_grows_into_an_alarm() -> None:
    # A migration is written by a command and read by nobody.
    long = {
        str(path.relative_to(ROOT)): lines
        for path in _tracked(".py", ".ts", ".mjs", ".html", ".css")
        if "migrations" not in path.parts and (lines := path.read_text("utf-8").count("\n")) > LONGEST
    }
    assert long == {}


FOREIGN = r"""(?:src|href)=["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//"""
INLINE_SCRIPT = r"<script(?![^>]*\ssrc=)(?![^>]*type=.application/(?:ld\+)?json)|\son[a-z]+=|javascript:"
INDEX = r"https?://|--(?:extra-)?index-url|find-links|_authToken"


@pytest.mark.parametrize(
    ("what", "endings", "pattern"),
    [
        ("an inline style", (".html",), r"<style\b|\sstyle="),
        ("an inline script", (".html",), INLINE_SCRIPT),
        ("a foreign sheet, script or image", (".html", ".css", ".ts"), FOREIGN),
        ("the address of a package index", (".txt", ".in", "package-lock.json", ".npmrc"), INDEX),
    ],
)
def test_nothing_foreign_and_nothing_inline(what: str, endings: tuple[str, ...], pattern: str) -> None:
    # A sponsor's page that npm copies into its lock is read by nobody and fetched by nothing.
    lines = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in _tracked(*endings)
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if re.search(pattern, line) and '"url": ' not in line
    ]
    assert lines == [], what


def test_every_icon_a_template_names_is_in_the_sprite() -> None:
    sprite = json.loads((ROOT / "frontend" / "icons.json").read_text("utf-8")).keys()
    named = {
        name
        for path in _tracked(".html")
        for name in re.findall(r"""\{% icon ["']([\w-]+)["']""", path.read_text("utf-8"))
        + re.findall(r"""icon_name=["']([\w-]+)["']""", path.read_text("utf-8"))
    }
    assert named - sprite == set()


def test_every_class_of_the_parts_is_in_the_interface_document() -> None:
    document = (DOCS / "interface.md").read_text("utf-8")
    sheets = [path for path in _tracked(".css") if path.is_relative_to(ROOT / "frontend")]
    text = "\n".join(re.sub(r"/\*.*?\*/|\{[^{}]*\}", " ", path.read_text("utf-8"), flags=re.S) for path in sheets)
    classes = {name for name in re.findall(r"\.([a-z][\w-]+)", re.sub(r"@import[^;]+;", "", text)) if name != "css"}
    assert {name for name in classes if not re.search(rf"(?<![\w-]){name}(?![\w-])", document)} == set()


def test_decisions_are_numbered_without_gaps_and_say_why() -> None:
    pages = sorted((DOCS / "decisions").glob("*.md"))
    assert [page.name[:4] for page in pages] == [f"{number:04}" for number in range(1, len(pages) + 1)]
    assert [page.name for page in pages if "\n## Why\n" not in page.read_text("utf-8")] == []


@pytest.mark.parametrize(
    ("section", "terms"),
    [
        ("Stages (阶段)", {stage.value: stage.label for stage in Stage}),
        ("Actions (动作)", {action.value: action.label for action in Action}),
        ("Posts (岗位)", {post.value: post.label for post in Post}),
        ("Clocks (时限)", {clock.value: clock.label for clock in ClockKind}),
        ("Clock states (时限状态)", {state.name.lower(): state.value for state in ClockState}),
    ],
)
def test_the_glossary_pairs_what_the_rules_name(section: str, terms: dict[str, str]) -> None:
    body = (DOCS / "glossary.md").read_text("utf-8").split(f"\n## {section}\n")[1].split("\n## ")[0]
    assert dict(re.findall(r"^\| `([\w-]+)` \| (.+) \|$", body, flags=re.M)) == terms


def test_every_link_between_documents_leads_somewhere() -> None:
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in _tracked(".md")
        for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []
