"""Spoilt files: torn, false, armed or two things at once; each is kept clean or refused in words, in little memory."""

import io
import random
import re
import struct
import tracemalloc
import zipfile
import zlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PIL import Image

from sipingtai.access.uploads import Accepted, Refused, inspect
from tests.access.test_uploads import box, office, picture
from tests.fuzz.amount import TIMES, examples

KEPT = {
    "image/jpeg", "image/png", "image/webp", "application/pdf", "audio/mpeg", "audio/mp4", "video/mp4",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
NAMES = (
    "照片.jpg", "../../etc/passwd", "a\x00.jpg", "con.png", "." * 300, "x" * 5000 + ".jpg", "\u202egpj.exe",
    "<script>.svg", "a\r\nSet-Cookie: x.jpg", '"; filename="b.html', "", "\ud800.jpg",
    "C:\\boot.ini", "报告.docx", "录音.M4A",
)  # fmt: skip
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MARKED = Image.Exif()
MARKED[0x010F] = "PhoneMaker"  # make
MARKED[0x8825] = {1: "N", 2: (28.0, 6.0, 1.0), 3: "E", 4: (119.0, 34.0, 1.0)}  # where


def judged(content: bytes, name: str = "") -> Accepted | Refused:
    found = inspect(io.BytesIO(content), name)
    if isinstance(found, Refused):
        assert re.search(r"[\u4e00-\u9fff]", found.message)
        assert found.message.endswith("。")
    else:
        assert found.mime in KEPT
        assert not re.search(r'[\x00-\x1f/\\"<>;\u202e\ud800-\udfff]', found.name), found.name
        assert 0 < len(found.name) <= 90
        assert found.name.endswith(f".{found.ext}")
        if found.mime.startswith("image/"):
            with Image.open(io.BytesIO(found.content)) as shown:
                assert not shown.getexif()
            assert b"PhoneMaker" not in found.content
    return found


def sound() -> dict[str, bytes]:
    film = box(b"ftyp", b"isom\0\0\2\0isom") + box(b"moov", box(b"udta", b"position")) + box(b"mdat", b"x" * 50)
    return {
        "jpeg": picture("JPEG", exif=MARKED.tobytes()),
        "png": picture("PNG"),
        "webp": picture("WEBP"),
        "gif": picture("GIF"),
        "tiff": picture("TIFF"),
        "bmp": picture("BMP"),
        "ico": picture("ICO", size=(32, 32)),
        "pdf": PDF,
        "docx": office("word/document.xml"),
        "xlsx": office("xl/workbook.xml"),
        "film": film,
        "svg": b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
        "html": b"<!doctype html><script>alert(1)</script>",
    }


@pytest.mark.parametrize("kind", sound())
def test_a_torn_file_is_kept_clean_or_refused_in_words(kind: str) -> None:
    content = sound()[kind]
    draw = random.Random(kind)
    for _ in range(40 * TIMES):
        spoilt = bytearray(content)
        match draw.randrange(4):
            case 0:
                spoilt = spoilt[: draw.randrange(len(spoilt))]
            case 1:
                for _ in range(draw.randint(1, 12)):
                    spoilt[draw.randrange(len(spoilt))] = draw.randrange(256)
            case 2:
                at = draw.randrange(len(spoilt))
                spoilt[at:at] = draw.randbytes(draw.randint(1, 64))
            case _:
                at = draw.randrange(max(1, len(spoilt) - 4))
                spoilt[at : at + 4] = draw.choice((b"\xff" * 4, b"\0" * 4, b"\x7f\xff\xff\xff"))
        judged(bytes(spoilt), draw.choice(NAMES))


@pytest.mark.parametrize("first", ["jpeg", "png", "webp", "pdf", "docx", "film"])
@pytest.mark.parametrize("second", ["html", "svg", "docx", "pdf"])
def test_two_files_in_one_are_only_the_one_they_are_kept_as(first: str, second: str) -> None:
    """A picture loses what hangs behind it. Others are only ever downloaded, under their type."""
    files = sound()
    for content in (files[first] + files[second], files[second] + files[first], b"\n" * 1000 + files[second]):
        found = judged(content, "a.html")
        if isinstance(found, Accepted) and found.mime.startswith("image/"):
            assert b"alert(1)" not in found.content
            assert b"%PDF" not in found.content
            assert b"[Content_Types]" not in found.content


@given(content=st.binary(max_size=300), name=st.sampled_from(NAMES))
@example(content=b"\x89PNG\r\n\x1a\n", name="a")
@example(content=b"\xff\xd8\xff", name="a")
@example(content=b"RIFF\0\0\0\0WEBPVP8 ", name="a")
@example(content=b"\0\0\0\x08ftypisom", name="a")
@example(content=b"PK\x03\x04", name="a")
@examples(400)
def test_any_bytes_are_judged(content: bytes, name: str) -> None:
    judged(content, name)


def _png(width: int, height: int) -> bytes:
    """A picture of a few hundred bytes that claims to be huge, and really unpacks."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    packed = zlib.compress(bytes(8 * 1024 * 1024), 9)
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def _text_bomb() -> bytes:
    """A picture with a text chunk that unpacks to far more than the picture."""
    small = picture("PNG", size=(8, 8))
    body = b"Comment\0\0" + zlib.compress(bytes(80 * 1024 * 1024), 9)
    chunk = struct.pack(">I", len(body)) + b"zTXt" + body + struct.pack(">I", zlib.crc32(b"zTXt" + body))
    return small[:33] + chunk + small[33:]


def _zip_bomb() -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("[Content_Types].xml", b"<Types/>")
        archive.writestr("word/document.xml", b"<x/>")
        for part in range(6):
            archive.writestr(f"word/{part}.xml", bytes(50 * 1024 * 1024))
    return target.getvalue()


@pytest.mark.parametrize("bomb", [_png(60_000, 60_000), _png(2**31 - 1, 1), _text_bomb(), _zip_bomb()], ids=range(4))
def test_what_unpacks_without_end_costs_little_memory(bomb: bytes) -> None:
    assert len(bomb) < 2_000_000
    tracemalloc.start()
    try:
        judged(bomb, "a.png")
        assert tracemalloc.get_traced_memory()[1] < 150 * 1024 * 1024
    finally:
        tracemalloc.stop()
