"""Documents, sound and films: checks on the container's structure, without interpreting what is inside."""

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

_UNPACKED_BYTES = 200 * 1024 * 1024
_ENTRIES = 5000
_CHUNK = 1024 * 1024

_OFFICE = {
    "word/document.xml": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx"),
    "xl/workbook.xml": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx"),
}
_ACTIVE_ENTRY = re.compile(r"(?i)(vbaproject.*\.bin|\.(exe|dll|scr|com|bat|cmd|js|vbs|ps1|jar|lnk|hta|html?|svg))$")
# A name may be written with #xx escapes; readers resolve them, so the pattern does too for the usual two.
_ACTIVE_PDF = re.compile(rb"/(?:J|#4[aA])(?:a|#61)vaScript|/(?:L|#4[cC])(?:a|#61)unch[\s/<\[(]")


class Unsafe(ValueError):
    """A file that must not be stored: `code` for programs, the Chinese message for people."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def check_pdf(content: bytes) -> None:
    """A complete PDF without scripts or program starts. Raises Unsafe."""
    if b"%%EOF" not in content[-4096:]:
        raise Unsafe("damaged", "PDF 文件不完整，请重新导出后上传。")
    if _ACTIVE_PDF.search(content):
        raise Unsafe("active_content", "PDF 中含有脚本或启动程序的动作，请另存为普通 PDF 后上传。")


def check_office(content: bytes) -> tuple[str, str] | None:
    """(type, ending) of a sound docx or xlsx; None for any other zip. Raises Unsafe for bombs, macros, damage.

    Every entry is unpacked once and counted, because the sizes that a zip declares may be lies.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            names = {entry.filename for entry in entries}
            found = next((office for part, office in _OFFICE.items() if part in names), None)
            if found is None or "[Content_Types].xml" not in names:
                return None
            if any(_ACTIVE_ENTRY.search(name) for name in names):
                raise Unsafe("active_content", "文件中含有宏或程序，请另存为不含宏的 docx、xlsx 后上传。")
            if len(entries) > _ENTRIES or sum(entry.file_size for entry in entries) > _UNPACKED_BYTES:
                raise Unsafe("bomb", "文件解压后过大，请精简内容后再上传。")
            _unpack(archive, entries)
            return found
    except Unsafe:
        raise
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError, EOFError, OSError, ValueError, struct.error):
        raise Unsafe("damaged", "文件已损坏或加了密码，请重新保存后上传。") from None


def _unpack(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo]) -> None:
    total = 0
    for entry in entries:
        with archive.open(entry) as stream:
            while chunk := stream.read(_CHUNK):
                total += len(chunk)
                if total > _UNPACKED_BYTES:
                    raise Unsafe("bomb", "文件解压后过大，请精简内容后再上传。")


def is_mp3(content: bytes) -> bool:
    """An ID3 tag or a chain of two MPEG layer III frames; two bytes alone would match anything."""
    start = 0
    if content.startswith(b"ID3") and len(content) > 10:
        size = 0
        for byte in content[6:10]:
            size = size << 7 | byte & 0x7F
        start = 10 + size
    first = _mp3_frame(content, start)
    return bool(first and _mp3_frame(content, start + first))


_RATES_V1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0)  # kbit/s, layer III
_RATES_V2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0)
_SAMPLES = (44100, 48000, 32000, 0)  # Hz, MPEG 1


def _mp3_frame(content: bytes, at: int) -> int:
    """The length in bytes of the layer III frame at `at`, 0 when there is none."""
    if at + 4 > len(content):
        return 0
    head = int.from_bytes(content[at : at + 4])
    version, layer = head >> 19 & 3, head >> 17 & 3
    if head >> 21 != 0x7FF or version == 1 or layer != 1:
        return 0
    rate = (_RATES_V1 if version == 3 else _RATES_V2)[head >> 12 & 15] * 1000
    samples = _SAMPLES[head >> 10 & 3] >> {3: 0, 2: 1, 0: 2}[version]
    if not rate or not samples:
        return 0
    return (144 if version == 3 else 72) * rate // samples + (head >> 9 & 1)


_BRANDS = re.compile(rb"isom|iso[2-9]|mp4[12]|avc1|M4[AV] |M4B |MSNV|dash|3gp[4-7]")
_MOVABLE = (b"udta", b"meta", b"uuid")


def clean_mp4(content: bytes) -> bytes | None:
    """An MP4 or M4A without its description boxes, where phones write the position; None when it is none of these.

    The boxes are renamed to ``free`` in place, so that no offset in the file changes. Raises Unsafe when the top-level
    boxes do not fill the file exactly: then it was cut off.
    """
    if not _BRANDS.fullmatch(content[8:12]):
        return None
    top = list(_boxes(content, 0, len(content)))
    if not any(kind == b"moov" for kind, _, _ in top) or not top or top[-1][2] != len(content):
        raise Unsafe("damaged", "音视频文件不完整，请重新录制或重新选择。")
    cleaned = bytearray(content)
    for kind, start, end in top:
        if kind == b"moov":
            _free_descriptions(cleaned, start + 8, end)
        elif kind in _MOVABLE:
            _free(cleaned, start, end)
    return bytes(cleaned)


def _free_descriptions(content: bytearray, start: int, end: int) -> None:
    for kind, at, until in list(_boxes(content, start, end)):
        if kind in _MOVABLE:
            _free(content, at, until)
        elif kind == b"trak":
            _free_descriptions(content, at + 8, until)


def _free(content: bytearray, start: int, end: int) -> None:
    content[start + 4 : start + 8] = b"free"
    content[start + 8 : end] = bytes(end - start - 8)


def _boxes(content: bytes | bytearray, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, start, end) of each box in content[start:end]; stops at the first that does not fit."""
    while start + 8 <= end:
        size, kind = struct.unpack_from(">I4s", content, start)
        least = 8
        if size == 1 and start + 16 <= end:
            (size,) = struct.unpack_from(">Q", content, start + 8)
            least = 16
        elif size == 0:
            size = end - start
        if size < least or start + size > end:
            return
        yield kind, start, start + size
        start += size
