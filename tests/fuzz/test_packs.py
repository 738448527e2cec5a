"""Spoilt packs: whatever stands in the file, it is taken whole or refused with line and remedy, never a traceback."""

import random
import re
import shutil
from datetime import date
from pathlib import Path

import pytest
from django.db import transaction

from sipingtai.org.models import Unit
from sipingtai.org.packs.applying import apply
from sipingtai.org.packs.findings import PackError
from sipingtai.org.packs.shelf import PRESETS, SUPPLEMENT, delivered, load
from tests.fuzz.amount import TIMES

CHINESE = re.compile(r"[\u4e00-\u9fff]")
# The smallest delivered: they are read hundreds of times.
PACKS = sorted(delivered(), key=lambda p: Path(p).stat().st_size)[:2] + [
    p for p in delivered() if "331102102" in p or "331125201" in p
]
STRANGE = (
    "", "~", "null", "[]", "{}", "[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]", "{a: {b: {c: {d: {}}}}}",
    "&x 1", "*x", "!!python/x 1",
    "-1", "0", "99999999999999999999", "1e999", "nan", "是", "2017-02-31", "9999-12-31", "0001-01-01",
    '"\\0"', '"\\ud800"',
    '"\\u202e反"', "x" * 5000, "工作日", "5工作日", "-5 工作日", "99999999999工作日",
    "|", ">-", "'", '"', ": :", "- - -", "? ", "%",
    "\u3000", "🀄", "…", "../../../etc/passwd", "\\", "#", "第一条", "{", "]", "1 2 3", "00", "０", "<<: 1",
)  # fmt: skip


def spoil(text: str, draw: random.Random) -> str:
    """The text with one to three things wrong in it."""
    lines = text.split("\n")
    for _ in range(draw.randint(1, 3)):
        at = draw.randrange(len(lines))
        line = lines[at]
        key, colon, _rest = line.partition(":")
        match draw.randrange(10):
            case 0:
                del lines[at]
                lines = lines or [""]
            case 1:
                lines.insert(at, line)
            case 2 | 3 | 4:
                lines[at] = f"{key}{colon} {draw.choice(STRANGE)}" if colon else f"{line[:2]}{draw.choice(STRANGE)}"
            case 5:
                lines[at] = " " * draw.randint(0, 9) + line.lstrip()
            case 6:
                other = draw.randrange(len(lines))
                lines[at], lines[other] = lines[other], line
            case 7:
                spot = draw.randrange(len(line) + 1)
                lines[at] = line[:spot] + draw.choice("\x00\x07\x85\u2028\ufeff:-#&*!'\"{}[]，：\t") + line[spot:]
            case 8:
                lines[at] = f"{key}{draw.choice(STRANGE)}{colon}{_rest}"
            case _:
                lines = lines[: at + 1]
    return "\n".join(lines)


def answer(path: Path) -> bool:
    """Whether the pack was taken; a refusal says what, where and what to do."""
    try:
        shelf = load([str(path)])
    except PackError as error:
        refused = error.findings
    else:
        refused = []
    if refused:
        for finding in refused:
            assert CHINESE.search(finding.wrong), finding
            assert CHINESE.search(finding.remedy), finding
            assert finding.place.line >= 1
            assert "Error" not in str(finding)
        return False
    before = Unit.objects.using("owner").count()
    try:
        with transaction.atomic(using="owner"):
            apply(shelf, today=date(2026, 1, 1))
            transaction.set_rollback(True, using="owner")
    except PackError as gap:
        refused = gap.findings
    assert Unit.objects.using("owner").count() == before
    return not refused


@pytest.mark.django_db(databases=["default", "owner"])
@pytest.mark.parametrize("pack", PACKS, ids=lambda p: Path(p).stem.split("-")[0])
def test_a_spoilt_pack_is_taken_whole_or_refused_with_line_and_remedy(pack: str, tmp_path: Path) -> None:
    original = Path(pack)
    beside = original.with_name(original.stem + SUPPLEMENT)
    texts = {path.name: path.read_text("utf-8") for path in (original, beside)}
    for number in range(14 * TIMES):
        draw = random.Random(f"{original.stem}-{number}")
        name = draw.choice(sorted(texts))
        for other, text in texts.items():
            content = spoil(text, draw) if other == name else text
            (tmp_path / other).write_text(content, "utf-8", errors="surrogatepass", newline="")
        try:
            answer(tmp_path / original.name)
        except AssertionError:
            raise
        except Exception as error:
            raise AssertionError(f"{name} {number}: {type(error).__name__} {error}") from error


@pytest.mark.parametrize(
    "content",
    [
        b"", b"\n\n", b"\xff\xfe\x00", "格式: 1".encode("gb18030"), "格式: 1".encode("utf-16"),
        b"\x00" * 100, b"\xef\xbb\xbf",
        b"a: &a [x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: *c\n", b"{" * 20_000, b"[" * 20_000, b"a:\n" + b" a:\n" * 5_000,
        b"- " * 20_000, b"? " * 5_000, b"a: |\n" + b" x\n" * 20_000, b"a: " + b"x" * 900_000, b"x" * 1_000_001,
        b"---\n---\n---\n", b"%YAML 9.9\n---\na: 1\n", b"%TAG ! x\n", b"!!python/object/apply:os.system ['true']\n",
        b'"\\ud800": 1\n', b"'a\n", b"a: 1\r\nb: 2\r\n", b"1: 2\n", b'a: "\\UFFFFFFFF"\n',
        b"[a]: 1\n", b"a: 1\na: 2\n", b"\x85\xe2\x80\xa8",
    ],
    ids=range(28),
)  # fmt: skip
def test_what_is_no_pack_is_refused_in_words(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "包.yaml"
    path.write_bytes(content)
    assert not answer(path)


def test_line_ends_of_windows_and_a_mark_at_the_beginning_change_nothing(tmp_path: Path) -> None:
    original = Path(PACKS[0])
    beside = original.with_name(original.stem + SUPPLEMENT)
    for path in (original, beside):
        raw = path.read_bytes().replace(b"\n", b"\r\n")
        (tmp_path / path.name).write_bytes(b"\xef\xbb\xbf" + raw)
    assert load([str(tmp_path / original.name)]).packs[0].code == load([pack_of(original)]).packs[0].code
    shutil.rmtree(tmp_path)


def pack_of(path: Path) -> str:
    return str(PRESETS / "townships" / path.name)
