"""Files from outside (附件): accepted for what their bytes are, never for what their name or header says.

:func:`inspect` is pure: it reads one stream and answers :class:`Accepted` with the bytes to store, or :class:`Refused`
with a sentence for the person who uploaded. Storing is `file_store.py`.
"""

import hashlib
from typing import IO, Final

import filetype
from attrs import field, frozen

from sipingtai.access import containers, images
from sipingtai.access.file_names import safe_name

IMAGE_BYTES = 10 * 1024 * 1024
DOCUMENT_BYTES = 20 * 1024 * 1024  # documents, sound and short films

_IMAGES: Final = {"image/jpeg": ("jpg", "JPEG"), "image/png": ("png", "PNG"), "image/webp": ("webp", "WEBP")}
_WHAT_WE_TAKE = "可以上传：照片（JPG、PNG、WEBP）、PDF、Word（docx）、Excel（xlsx）、录音（MP3、M4A）和短视频（MP4）。"

_MACH_O = (b"\xca\xfe\xba\xbe", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe")
_PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"dex", *_MACH_O)
_ARCHIVES = (b"PK", b"Rar!", b"7z\xbc\xaf\x27\x1c", b"\x1f\x8b", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_MARKUP = (b"<!doctype", b"<html", b"<svg", b"<?xml", b"<script", b"<body", b"<head", b"<iframe", b"<?php")
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


@frozen
class Accepted:
    """What may be stored."""

    mime: str
    ext: str  # without dot
    digest: str  # SHA-256 of `content`, hex: its name in the store
    size: int  # bytes of `content`
    content: bytes = field(repr=False)  # of a picture: written anew; else the bytes as sent
    name: str  # safe to show and to offer for download
    thumbnail: bytes | None = field(default=None, repr=False)  # JPEG, pictures only


@frozen
class Refused:
    """Why a file is not taken: a stable code and a Chinese sentence."""

    code: str
    message: str


def inspect(file: IO[bytes], name: str = "") -> Accepted | Refused:
    """Judge one uploaded file. Reads no more than the largest permitted size plus one byte."""
    content = file.read(DOCUMENT_BYTES + 1)
    if not content:
        return Refused("empty", "文件是空的，请重新选择。")
    if len(content) > DOCUMENT_BYTES:
        return Refused("too_large", "文件超过 20 MB，请压缩或截取后再上传。")
    if content.startswith(_PROGRAMS):
        return Refused("program", f"不能上传程序文件。{_WHAT_WE_TAKE}")
    if _is_markup(content):
        return Refused("active_content", f"不能上传网页或矢量图文件。{_WHAT_WE_TAKE}")
    mime = _sniff(content)
    if mime in _IMAGES:
        return _image(content, mime, name)
    try:
        checked = _document(content, mime, name)
    except containers.Unsafe as refusal:
        return Refused(refusal.code, str(refusal))
    if checked:
        content, mime, ext = checked
        return Accepted(mime, ext, hashlib.sha256(content).hexdigest(), len(content), content, safe_name(name, ext))
    if mime in ("image/heic", "image/heif", "image/avif"):
        return Refused("heic", "暂不支持 HEIC 照片，请在手机“设置—相机—格式”中选择“兼容性最佳”，或转成 JPG 后上传。")
    if content.startswith(_OLD_OFFICE):
        return Refused("old_office", "不支持旧版 doc、xls 文件，请另存为 docx、xlsx 或 PDF 后上传。")
    if content.startswith(_ARCHIVES):
        return Refused("archive", f"不能上传压缩包，请解压后逐个上传。{_WHAT_WE_TAKE}")
    return Refused("unsupported", f"不支持这种文件。{_WHAT_WE_TAKE}")


def _is_markup(content: bytes) -> bool:
    # Browsers look for markup behind a byte order mark, white space and comments; so do we.
    head = content[:2048].replace(b"\x00", b"").removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").lstrip().lower()
    return head.startswith((*_MARKUP, b"<!--")) or (head.startswith(b"<") and any(tag in head for tag in _MARKUP))


def _sniff(content: bytes) -> str:
    if content.startswith(b"%PDF-"):
        return "application/pdf"
    return str(filetype.guess_mime(content[:8192]) or "")


def _image(content: bytes, mime: str, name: str) -> Accepted | Refused:
    if len(content) > IMAGE_BYTES:
        return Refused("too_large", "照片超过 10 MB，请压缩后再上传。")
    ext, kind = _IMAGES[mime]
    try:
        picture = images.rewrite(content, kind)
        small = images.thumbnail(picture.content, kind)
    except images.DamagedImage as damaged:
        return Refused("damaged", str(damaged))
    except images.ImageTooLarge as bomb:
        return Refused("too_many_pixels", str(bomb))
    digest = hashlib.sha256(picture.content).hexdigest()
    return Accepted(mime, ext, digest, len(picture.content), picture.content, safe_name(name, ext), small)


def _document(content: bytes, mime: str, name: str) -> tuple[bytes, str, str] | None:
    """The bytes to store, type and ending of a document, sound or film; None when it is none. Raises Unsafe."""
    if mime == "application/pdf":
        containers.check_pdf(content)
        return content, mime, "pdf"
    if content.startswith(b"PK\x03\x04"):
        office = containers.check_office(content)
        return (content, *office) if office else None
    if containers.is_mp3(content):
        return content, "audio/mpeg", "mp3"
    if content[4:8] == b"ftyp" and (film := containers.clean_mp4(content)):
        sound = content[8:11] == b"M4A" or name.lower().endswith(".m4a")
        return (film, "audio/mp4", "m4a") if sound else (film, "video/mp4", "mp4")
    return None
