"""The JSON Schema that editors use: drawn from the reading functions, current, and true of every pack."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from sipingtai.org.packs.json_schema import FILE, describe, text
from sipingtai.org.packs.shelf import PRESETS

PACKS = sorted((PRESETS / "townships").rglob("*.yaml"))


def as_an_editor_reads_it(source: str) -> Any:
    """YAML as an editor's language server reads it, which knows no dates."""

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items()}
        if isinstance(node, list):
            return [plain(item) for item in node]
        return node.isoformat() if isinstance(node, date) else node

    return plain(YAML(typ="safe", pure=True).load(source))


def complaints(source: str) -> list[str]:
    return [error.message for error in Draft7Validator(describe()).iter_errors(as_an_editor_reads_it(source))]


def test_the_delivered_schema_is_current() -> None:
    found = FILE.read_text(encoding="utf-8")
    assert found == text(), "run: python -m sipingtai.org.packs.json_schema"
    Draft7Validator.check_schema(json.loads(found))


def test_twenty_two_files_are_delivered() -> None:
    assert len(PACKS) == 22


@pytest.mark.parametrize("path", PACKS, ids=[p.stem for p in PACKS])
def test_every_delivered_pack_is_valid_and_names_the_schema(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    assert complaints(source) == []
    comment = source.splitlines()[0]
    assert comment.startswith("# yaml-language-server: $schema=")
    assert (path.parent / comment.split("=", 1)[1]).resolve() == FILE


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    牵头: 综治办", "    前头: 综治办"),
        ("    周期: 每月", "    周期: 每旬"),
        ("  行政村数: 6", "  行政村数: 六"),
        ("  启用: 2017-09-28", "  启用: 2017年9月28日"),
        ("  路径: [指挥室, 平台, 科室]", "  路径: [指挥室, 总部]"),
        ("格式: 1\n", ""),
        ("  先行受理: 指挥室", "  先行受理: 派出所"),
        ("指挥室:\n", "指挥室: 有\n架构二:\n"),
        ("      - 派出所\n      - 人武部\n", "      - 派出所\n      - 派出所\n"),
    ],
)
def test_an_editor_marks_what_check_would_refuse(old: str, new: str) -> None:
    source = (PRESETS / "townships" / "331125201-雾溪畲族乡.yaml").read_text(encoding="utf-8")
    assert old in source
    assert complaints(source.replace(old, new, 1))
