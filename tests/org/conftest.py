"""Packs to spoil, and an organisation already set up."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from sipingtai.org.packs.applying import apply
from sipingtai.org.packs.content import Pack
from sipingtai.org.packs.findings import Finding, Findings, PackError
from sipingtai.org.packs.reading import read
from sipingtai.org.packs.schema import build
from sipingtai.org.packs.shelf import PRESETS, Shelf, delivered, find, load

WUXI = "331125201-雾溪畲族乡"


@pytest.fixture
def pack_file(tmp_path: Path) -> Path:
    """The township's pack with its supplement, in a folder where it may be spoiled."""
    for suffix in (".yaml", ".补充.yaml"):
        shutil.copy(PRESETS / "townships" / f"{WUXI}{suffix}", tmp_path)
    return tmp_path / f"{WUXI}.yaml"


def document_alone(code: str) -> Pack:
    """What the document states, without our supplement."""
    path, findings = find(code), Findings()
    pack = build(read(path), str(path), None, findings)
    assert not findings, findings.items
    return pack


@pytest.fixture(scope="session")
def everything() -> Shelf:
    """All delivered packs: five townships and their counties."""
    return load(delivered())


@pytest.fixture
def supplement(pack_file: Path) -> Path:
    return pack_file.with_name(f"{WUXI}.补充.yaml")


@pytest.fixture
def mistakes(pack_file: Path) -> Callable[[], list[Finding]]:
    """What is wrong with the pack as it now stands."""

    def find() -> list[Finding]:
        try:
            load([str(pack_file)])
        except PackError as error:
            return error.findings
        return []

    return find


@pytest.fixture(scope="session")
def shelf() -> Shelf:
    """County and township as they are delivered."""
    return load(["331125", "331125201"])


@pytest.fixture
def settled(transactional_db: None, shelf: Shelf) -> Shelf:
    """The same, in the tables."""
    apply(shelf, today=date(2026, 11, 2))
    return shelf
