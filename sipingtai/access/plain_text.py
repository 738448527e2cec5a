"""What a free text (自由文本) must look like before it is stored, searched or sealed into the journal.

Every text that a person types passes through :func:`clean` once, at the edge, so that the same words always have the
same bytes: a digest over two spellings of one character would otherwise differ.
"""

import re
import unicodedata

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# Bidirectional overrides make a text read differently from what it says; zero-width space and BOM hide words.
# So do tags; and letters that are blank make a text that is not empty and shows nothing.
# The zero-width joiner and the variation selectors stay: emoji are built with them.
_INVISIBLE = re.compile(
    "[\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\u2800\u3164\ufeff\uffa0"
    "\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
# Unicode's Cc but for line feed and tab, and Cs: lone surrogates, which neither UTF-8 nor PostgreSQL can hold.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def clean(text: str, max_len: int, field_name: str) -> str:
    """Return `text` in the one form that is stored; `max_len` counts Unicode characters after cleaning.

    Control and invisible characters go, newlines become ``\\n``, the text is composed (NFC) and trimmed.
    Raises ValueError with a Chinese message that names the field when the result is longer than `max_len`.
    """
    text = _NEWLINES.sub("\n", text)
    text = _INVISIBLE.sub("", text)
    text = _CONTROLS.sub("", text)
    text = unicodedata.normalize("NFC", text).strip()
    if len(text) > max_len:
        raise ValueError(f"“{field_name}”最多 {max_len} 个字，现在有 {len(text)} 个字，请删减后再提交。")
    return text
