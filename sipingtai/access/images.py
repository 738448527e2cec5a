"""Pictures (图片) from strangers' phones: decoded within bounds, turned upright, written anew without any metadata.

Writing anew is what removes position and device (EXIF, XMP), and whatever was hidden behind or inside the file.
"""

import io
from typing import Final

from attrs import frozen
from PIL import Image, ImageOps

LONGEST_SIDE = 2560  # px; a document page stays legible, a phone photo shrinks to some 700 kB
THUMBNAIL_SIDE = 320  # px
MOST_PIXELS: Final = {"JPEG": 120_000_000, "PNG": 40_000_000, "WEBP": 40_000_000}
"""Above this a file is refused before decoding. JPEG may be larger: it is scaled down while it is decoded."""

# Pillow's own guard against decompression bombs; it stops files already at the header.
Image.MAX_IMAGE_PIXELS = max(MOST_PIXELS.values())

_QUALITY = 88
_THUMBNAIL_QUALITY = 80
_LARGEST_PROFILE = 8192  # bytes; a phone's Display P3 profile has about 550


class DamagedImage(ValueError):
    """图片无法打开，可能没有传完整，请重新拍摄或重新选择。"""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


class ImageTooLarge(ValueError):
    """图片的像素过大，请缩小后再上传。"""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


@frozen
class CleanImage:
    """A picture as it is stored."""

    content: bytes
    width: int  # px
    height: int  # px


def rewrite(content: bytes, kind: str) -> CleanImage:
    """Decode a picture of `kind` (JPEG, PNG, WEBP) and write it anew, upright, ≤ LONGEST_SIDE, without metadata.

    Of an animation the first frame remains. Raises DamagedImage or ImageTooLarge.
    """
    picture = _fit(_decode(content, kind), LONGEST_SIDE)
    if kind == "JPEG":
        profile = picture.info.get("icc_profile") if picture.mode == "RGB" else None
        return _encode(picture.convert("RGB"), kind, profile, quality=_QUALITY)
    profile = picture.info.get("icc_profile") if picture.mode in ("RGB", "RGBA") else None
    picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    return _encode(picture, kind, profile, **({"quality": _QUALITY} if kind == "WEBP" else {}))


def thumbnail(content: bytes, kind: str) -> bytes:
    """A JPEG of at most THUMBNAIL_SIDE px from a picture that :func:`rewrite` made; transparency becomes white."""
    picture = _fit(_decode(content, kind), THUMBNAIL_SIDE)
    if picture.has_transparency_data:
        seen = picture.convert("RGBA")
        picture = Image.new("RGB", seen.size, "white")
        picture.paste(seen, mask=seen.getchannel("A"))
    return _encode(picture.convert("RGB"), "JPEG", None, quality=_THUMBNAIL_QUALITY).content


def _decode(content: bytes, kind: str) -> Image.Image:
    try:
        picture = Image.open(io.BytesIO(content), formats=[kind])
        if picture.width * picture.height > MOST_PIXELS[kind]:
            raise ImageTooLarge
        if kind == "JPEG":
            # libjpeg then decodes at a half, a quarter or an eighth: a 108-megapixel photo costs little memory.
            picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))
        picture.load()
        return ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, ImageTooLarge):
        raise ImageTooLarge from None
    except Exception:  # on bytes from outside the decoders raise nearly anything: OSError, SyntaxError, struct.error …
        raise DamagedImage from None


def _fit(picture: Image.Image, side: int) -> Image.Image:
    if picture.mode == "P":
        picture = picture.convert("RGBA" if picture.has_transparency_data else "RGB")
    elif picture.mode.startswith("I"):
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")  # 16-bit grey
    picture.thumbnail((side, side), Image.Resampling.LANCZOS)
    return picture


def _encode(picture: Image.Image, kind: str, profile: bytes | None, **how: int) -> CleanImage:
    picture.info = {}  # comments, XMP and EXIF would otherwise be written again
    target = io.BytesIO()
    kept = profile if profile and len(profile) <= _LARGEST_PROFILE else None
    picture.save(target, kind, icc_profile=kept, **how)
    return CleanImage(target.getvalue(), picture.width, picture.height)
