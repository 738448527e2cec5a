"""The form of an anchor, and the file it is kept in."""

import os
import stat
from datetime import UTC, datetime
from pathlib import Path

import attrs
import pytest

from sipingtai.access.keys import Key
from sipingtai.cases.anchor_file import AnchorFile, AnchorTrouble
from sipingtai.cases.anchors import Head, Record, Unreadable, follows, is_sealed, read, sealed, spell

KEY = Key(1, b"k" * 32)
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def record(no: int = 1, **fields: object) -> Record:
    fields = {"heads": (Head(4, 2, "0123456789abcdef"), Head(9, 1, "f" * 16)), "reach": 3, "upto": 3} | fields
    return sealed(Record(no=no, at=AT, since=0, steps=3, **fields), KEY)  # type: ignore[arg-type]


def test_a_record_is_one_line_and_comes_back_the_same() -> None:
    line = spell(record(anew="硬盘损坏"))
    assert b"\n" not in line
    assert read(line) == record(anew="硬盘损坏")


def test_a_head_costs_some_thirty_bytes() -> None:
    heads = tuple(Head(1_000_000 + n, 12, f"{n:016x}") for n in range(1_000))
    assert len(spell(record(heads=heads))) / 1_000 < 34


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"{",
        b"[]",
        b'{"no":1}',
        spell(record())[:-1],
        spell(record()).replace(b'"no":1', b'"no": 1'),
        spell(record()).replace(b'"no":1', b'"no":0'),
        spell(record()).replace(b'"no":1', b'"no":1.0'),
        spell(record()).replace(b"[4,2,", b'[4,"2",'),
        spell(record()).replace(b"f" * 16, b"f" * 15),
        spell(record()).replace(b"2026", b"year"),
        spell(record()).replace(b"2026-03-02T09", b"9999-12-31T23"),
        b"\xff\xfe",
        b"[" * 100_000,
    ],
)
def test_anything_but_the_one_spelling_is_unreadable(line: bytes) -> None:
    with pytest.raises(Unreadable):
        read(line)


@pytest.mark.parametrize(
    "changed",
    [{"no": 2}, {"at": AT.replace(hour=8)}, {"heads": ()}, {"upto": 9}, {"anew": "没有理由"}, {"prev": "11" * 32}],
)
def test_a_changed_record_is_no_longer_sealed(changed: dict[str, object]) -> None:
    assert is_sealed(record(), KEY)
    assert not is_sealed(attrs.evolve(record(), **changed), KEY)
    assert not is_sealed(record(), Key(1, b"x" * 32))
    assert not is_sealed(record(), Key(2, b"k" * 32))


def test_records_follow_one_another() -> None:
    first = record()
    second = record(2, prev=first.seal)
    assert follows(first, None)
    assert follows(second, first)
    assert not follows(second, None)
    assert not follows(record(2), first)
    assert not follows(record(3, prev=first.seal), first)


# The file


@pytest.fixture
def file(tmp_path: Path) -> AnchorFile:
    return AnchorFile(tmp_path / "outside" / "journal.anchors")


def append(file: AnchorFile, *lines: bytes) -> None:
    with file.writing() as writer:
        for line in lines:
            writer.append(line)


def test_lines_are_appended_and_nobody_else_may_read_them(file: AnchorFile) -> None:
    assert list(file.lines()) == []
    append(file, b"one", b"two")
    append(file, b"three")
    assert list(file.lines()) == [b"one", b"two", b"three"]
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.path.parent.stat().st_mode) == 0o700


def test_the_next_line_leaves_a_torn_one_by_itself(file: AnchorFile) -> None:
    append(file, b"one")
    with file.path.open("ab") as other:
        other.write(b"tw")
    append(file, b"two")
    assert list(file.lines()) == [b"one", b"tw", b"two"]


@pytest.mark.parametrize("length", [1, 700_000, 1_048_575, 1_048_576, 1_048_577, 3_000_000])
def test_the_file_is_read_from_its_end_in_blocks(file: AnchorFile, length: int) -> None:
    lines = [b"a" * length, b"b", b"c" * length, b"d"]
    append(file, *lines)
    with file.writing() as writer:
        assert list(writer.backwards()) == lines[::-1]


def test_one_writes_at_a_time(file: AnchorFile) -> None:
    with file.writing(), pytest.raises(AnchorTrouble, match="另一个进程正在写"), file.writing():
        pass


def test_a_place_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("no folder")
    with pytest.raises(AnchorTrouble, match="SIPINGTAI_ANCHORS"), AnchorFile(tmp_path / "outside" / "a").writing():
        pass
    with pytest.raises(AnchorTrouble):
        list(AnchorFile(tmp_path / "outside" / "a").lines())


def test_a_link_in_place_of_the_file_is_not_followed(file: AnchorFile, tmp_path: Path) -> None:
    file.path.parent.mkdir()
    os.symlink(tmp_path / "elsewhere", file.path)
    with pytest.raises(AnchorTrouble), file.writing():
        pass
    assert not (tmp_path / "elsewhere").exists()
