"""File names as people may see them again: no paths, no tricks, the ending that belongs to the content."""

import re
import unicodedata

_LONGEST = 80  # characters before the dot; 80 Chinese characters stay below the 255 bytes of a file system
_FORBIDDEN = re.compile(r'[<>:"|?*%;&$`\']')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)")  # Windows devices


def safe_name(name: str, ext: str) -> str:
    """``../../照片.exe`` with ext ``jpg`` → ``照片.jpg``; a name with nothing left becomes ``附件.jpg``."""
    base = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    # Cc, Cf, Cs: control, invisible and direction-changing characters ("gpj.exe" read backwards), lone surrogates.
    base = "".join(c for c in base if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp"))
    stem = base.rpartition(".")[0] or base
    stem = _FORBIDDEN.sub("_", stem).strip(" ._")[:_LONGEST].strip(" ._")
    if not stem or _RESERVED.fullmatch(stem):
        stem = "附件"
    return f"{stem}.{ext}"
