"""Files from outside: judged by their bytes, pictures written anew, everything else refused with a sentence."""

import io
import struct
import zipfile
import zlib
from pathlib import Path

import pytest
from openpyxl import Workbook
from PIL import Image

from sipingtai.access.file_store import FileStore
from sipingtai.access.images import LONGEST_SIDE, THUMBNAIL_SIDE
from sipingtai.access.uploads import Accepted, Refused, inspect

MEGABYTE = 1024 * 1024
GPS = 0x8825
ORIENTATION = 0x0112


def picture(kind: str = "JPEG", size: tuple[int, int] = (400, 300), mode: str = "RGB", **how: object) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, "red").save(target, kind, **how)
    return target.getvalue()


def taken(content: bytes, name: str = "") -> Accepted:
    answer = inspect(io.BytesIO(content), name)
    assert isinstance(answer, Accepted), answer
    return answer


def refused(content: bytes, name: str = "") -> str:
    answer = inspect(io.BytesIO(content), name)
    assert isinstance(answer, Refused)
    assert any("\u4e00" <= c <= "\u9fff" for c in answer.message)
    assert answer.message.endswith("。")
    return answer.code


def office(part: str, extra: dict[str, bytes] | None = None) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {"[Content_Types].xml": b"<Types/>", part: b"<x/>", **(extra or {})}.items():
            archive.writestr(name, content)
    return target.getvalue()


def box(kind: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">I4s", 8 + len(body), kind) + body


@pytest.mark.parametrize(("kind", "mime", "ext"), [
    ("JPEG", "image/jpeg", "jpg"), ("PNG", "image/png", "png"), ("WEBP", "image/webp", "webp"),
])  # fmt: skip
def test_a_photo_is_taken_for_what_it_is_and_has_a_thumbnail(kind: str, mime: str, ext: str) -> None:
    accepted = taken(picture(kind, (1000, 500)), "现场.gif")
    assert (accepted.mime, accepted.ext, accepted.name) == (mime, ext, f"现场.{ext}")
    assert accepted.size == len(accepted.content)
    assert accepted.thumbnail is not None
    assert Image.open(io.BytesIO(accepted.thumbnail)).size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 2)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_position_and_device_leave_a_photo(kind: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "PhoneMaker"
    exif.get_ifd(GPS).update({1: "N", 2: (28.0, 27.0, 0.0), 3: "E", 4: (119.0, 54.0, 0.0)})
    xmp = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'>SecretPlace</x:xmpmeta>"
    sent = picture(kind, exif=exif, **({} if kind == "PNG" else {"xmp": xmp}))
    assert dict(Image.open(io.BytesIO(sent)).getexif().get_ifd(GPS))
    accepted = taken(sent)
    for stored in (accepted.content, accepted.thumbnail or b""):
        assert not dict(Image.open(io.BytesIO(stored)).getexif())
        assert b"PhoneMaker" not in stored
        assert b"SecretPlace" not in stored


def test_what_is_hidden_behind_a_photo_is_left_behind() -> None:
    sent = picture("JPEG", comment=b"hidden comment") + b"<script>alert(1)</script>PK\x03\x04"
    stored = taken(sent).content
    assert b"script" not in stored
    assert b"hidden" not in stored


def test_a_photo_taken_sideways_stands_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # turn clockwise to see it
    accepted = taken(picture("JPEG", (400, 300), exif=exif))
    assert Image.open(io.BytesIO(accepted.content)).size == (300, 400)


@pytest.mark.parametrize(("sent", "stored"), [
    ((5120, 2560), (LONGEST_SIDE, 1280)), ((2560, 1920), (2560, 1920)), ((800, 600), (800, 600)),
    ((12000, 9000), (LONGEST_SIDE, 1920)),
])  # fmt: skip
def test_the_longest_side_is_bounded_and_small_photos_keep_theirs(
    sent: tuple[int, int], stored: tuple[int, int]
) -> None:
    accepted = taken(picture("JPEG", sent, quality=30))
    assert Image.open(io.BytesIO(accepted.content)).size == stored


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16", "CMYK"])
def test_every_way_of_storing_colour_is_understood(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    target = io.BytesIO()
    Image.new(mode, (50, 40)).save(target, kind)
    assert Image.open(io.BytesIO(taken(target.getvalue()).content)).size == (50, 40)


def test_sixteen_bit_grey_keeps_its_brightness() -> None:
    target = io.BytesIO()
    Image.new("I;16", (50, 40), 128 * 256).save(target, "PNG")
    stored = Image.open(io.BytesIO(taken(target.getvalue()).content)).convert("L")
    assert stored.getpixel((10, 10)) == 128


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_photo_cut_off_on_the_way_is_refused(kind: str) -> None:
    noise = Image.effect_noise((300, 300), 90).convert("RGB")
    target = io.BytesIO()
    noise.save(target, kind)
    assert refused(target.getvalue()[: len(target.getvalue()) // 2]) == "damaged"


def png_bomb(side: int) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((side // 8 + 1) * min(side, 2000)))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [7000, 20_000, 60_000])
def test_a_picture_that_would_fill_the_memory_is_refused_at_its_header(side: int) -> None:
    assert refused(png_bomb(side)) == "too_many_pixels"


class Endless(io.RawIOBase):
    """50 MB that count how many were read."""

    def __init__(self) -> None:
        self.asked = 0

    def read(self, size: int = -1) -> bytes:
        assert size >= 0
        self.asked += size
        return b"\xff" * min(size, 50 * MEGABYTE)


def test_fifty_megabytes_are_refused_without_being_read() -> None:
    stream = Endless()
    answer = inspect(stream)  # type: ignore[arg-type]
    assert isinstance(answer, Refused)
    assert answer.code == "too_large"
    assert stream.asked <= 20 * MEGABYTE + 1


def test_a_photo_above_ten_megabytes_is_refused() -> None:
    assert refused(picture() + bytes(10 * MEGABYTE)) == "too_large"


@pytest.mark.parametrize(("content", "name", "code"), [
    (b"", "a.jpg", "empty"),
    (b"MZ\x90\x00" + bytes(200), "照片.jpg", "program"),
    (b"\x7fELF" + bytes(200), "a.pdf", "program"),
    (b"#!/bin/sh\nrm -rf /\n", "a.mp3", "program"),
    (b"<!DOCTYPE html><script>1</script>", "a.pdf", "active_content"),
    (b"\xef\xbb\xbf  <SVG xmlns='http://www.w3.org/2000/svg'/>", "a.png", "active_content"),
    (b"<!-- x --><html>", "a.jpg", "active_content"),
    (b"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", "a.jpg", "active_content"),
    (b"\x1f\x8b\x08" + bytes(20), "a.gz", "archive"),
    (b"Rar!\x1a\x07\x00" + bytes(20), "a.rar", "archive"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.doc", "old_office"),
    (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic", "a.heic", "heic"),
    (b"GIF89a" + bytes(50), "a.gif", "unsupported"),
    ("只是文字".encode(), "a.txt", "unsupported"),
    (b"\xff\xfb\x90\x00" + bytes(50), "a.mp3", "unsupported"),
])  # fmt: skip
def test_what_is_not_welcome_is_refused_whatever_its_name(content: bytes, name: str, code: str) -> None:
    assert refused(content, name) == code


def test_a_pdf_is_taken_as_sent() -> None:
    content = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
    accepted = taken(content, "通知.PDF")
    assert (accepted.mime, accepted.ext, accepted.name) == ("application/pdf", "pdf", "通知.pdf")
    assert accepted.content == content
    assert accepted.thumbnail is None


@pytest.mark.parametrize(("body", "code"), [
    (b"1 0 obj<</S/JavaScript/JS(app.alert(1))>>endobj\n%%EOF", "active_content"),
    (b"1 0 obj<</S/#4aavaScript>>endobj\n%%EOF", "active_content"),
    (b"1 0 obj<</S/Launch/F(cmd.exe)>>endobj\n%%EOF", "active_content"),
    (b"1 0 obj<</Type/Catalog>>endobj\n", "damaged"),
])  # fmt: skip
def test_a_pdf_that_acts_or_is_cut_off_is_refused(body: bytes, code: str) -> None:
    assert refused(b"%PDF-1.7\n" + body) == code


def test_office_documents_are_taken() -> None:
    assert taken(office("word/document.xml")).ext == "docx"
    target = io.BytesIO()
    book = Workbook()
    book.create_sheet("表").append(["事件", 1])
    book.save(target)
    assert taken(target.getvalue(), "台账.zip").name == "台账.xlsx"


@pytest.mark.parametrize(("content", "code"), [
    (office("word/document.xml", {"word/vbaProject.bin": b"x"}), "active_content"),
    (office("word/document.xml", {"word/embeddings/setup.exe": b"MZ"}), "active_content"),
    (office("readme.txt"), "archive"),
    (office("word/document.xml")[:-30], "damaged"),
])  # fmt: skip
def test_macros_programs_and_other_archives_are_refused(content: bytes, code: str) -> None:
    assert refused(content) == code


def test_a_zip_bomb_is_refused() -> None:
    assert refused(office("xl/workbook.xml", {"xl/worksheets/sheet1.xml": bytes(201 * MEGABYTE)})) == "bomb"


def test_a_zip_that_lies_about_its_size_is_refused() -> None:
    content = bytearray(office("word/document.xml", {"big": bytes(MEGABYTE)}))
    while (at := content.find(struct.pack("<I", MEGABYTE))) >= 0:
        content[at : at + 4] = struct.pack("<I", 10)
    assert refused(bytes(content)) == "damaged"


FRAME = b"\xff\xfb\x90\x00" + bytes(413)  # MPEG 1 layer III, 128 kbit/s, 44.1 kHz: 417 bytes


def test_sound_is_taken() -> None:
    assert taken(FRAME * 3).mime == "audio/mpeg"
    tag = b"ID3\x04\x00\x00\x00\x00\x01\x00" + bytes(128)
    assert taken(tag + FRAME * 3, "录音.MP3").name == "录音.mp3"
    assert taken(box(b"ftyp", b"M4A \x00\x00\x00\x00") + box(b"moov") + box(b"mdat", b"x")).mime == "audio/mp4"
    assert taken(box(b"ftyp", b"isom\x00\x00\x00\x00") + box(b"moov"), "录音.m4a").ext == "m4a"


def test_a_film_loses_its_position_and_keeps_its_offsets() -> None:
    place = b"+28.4512+119.9023/"
    moov = box(b"mvhd", b"h") + box(b"trak", box(b"udta", place)) + box(b"udta", box(b"\xa9xyz", place))
    sent = box(b"ftyp", b"mp42\x00\x00\x00\x00") + box(b"moov", moov + box(b"meta", place)) + box(b"mdat", b"pictures")
    accepted = taken(sent, "现场.mov")
    assert (accepted.mime, accepted.name) == ("video/mp4", "现场.mp4")
    assert place not in accepted.content
    assert len(accepted.content) == len(sent)
    assert accepted.content.endswith(b"pictures")


@pytest.mark.parametrize("cut", [1, 10, 30])
def test_a_film_cut_off_is_refused(cut: int) -> None:
    whole = box(b"ftyp", b"mp42\x00\x00\x00\x00") + box(b"moov", b"h" * 20) + box(b"mdat", b"x" * 50)
    assert refused(whole[:-cut]) == "damaged"


@pytest.mark.parametrize(("sent", "shown"), [
    ("../../etc/照片.exe", "照片.jpg"), ("C:\\Users\\x\\现场 1.JPG", "现场 1.jpg"), (".htaccess", "htaccess.jpg"),
    ("a<b>:\"c|?*.jpg", "a_b___c.jpg"), ("\u202egpj.exe", "gpj.jpg"), ("x\x00\r\ny.jpg", "xy.jpg"),
    ("CON.jpg", "附件.jpg"), ("", "附件.jpg"),
    ("字" * 300 + ".jpg", "字" * 80 + ".jpg"), ("没有点", "没有点.jpg"), ("..", "附件.jpg"),
])  # fmt: skip
def test_a_file_name_loses_its_tricks(sent: str, shown: str) -> None:
    assert taken(picture(), sent).name == shown


def test_a_file_is_kept_once_under_its_digest(tmp_path: Path) -> None:
    store, accepted = FileStore(tmp_path / "files"), taken(picture())
    digest = store.keep(accepted)
    assert store.keep(accepted) == digest == accepted.digest
    with store.open(digest) as file:
        assert file.read() == accepted.content
    with store.open_thumbnail(digest) as file:
        assert file.read() == accepted.thumbnail
    folder = tmp_path / "files" / digest[:2]
    assert sorted(path.name for path in folder.iterdir()) == [digest, f"{digest}.thumb"]
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    assert folder.stat().st_mode & 0o077 == 0
    store.erase(digest)
    store.erase(digest)
    assert list(folder.iterdir()) == []
    with pytest.raises(FileNotFoundError):
        store.open(digest)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "A" * 64, "0" * 63, "0" * 64 + "/x"])
def test_only_a_digest_opens_a_file(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="digest"):
        FileStore(tmp_path).open(name)
