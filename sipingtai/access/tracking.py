"""Tracking codes (查询码): what a villager types to learn what became of a matter, without an account.

A code is a secret of 80 random bits. Only its keyed digest is stored, so that a copy of the database opens nothing.
"""

import re
import secrets
import unicodedata

from sipingtai.access.keys import KeyProvider, installed_keys
from sipingtai.access.sm import hmac_sm3

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford base32: no I, L, O, U
_LENGTH = 16  # 16 × 5 bits = 80 bits
_SEED = 10  # bytes
_GROUP = 4
# Spaces and whatever dash, dot or underscore a keyboard offers.
_SEPARATORS = re.compile(r"[\s_.·・\-‐‑‒–—―−－ー~]+")
_LOOKALIKES = str.maketrans("OIL", "011")


def new_code() -> str:
    """A fresh code such as ``7K2M-9QXR-04TD-WB8E``; show it once and store its digest."""
    return code_from(secrets.token_bytes(_SEED))


def code_from(seed: bytes) -> str:
    """The code made of the first 80 bits of `seed`, which must be secret and random: the same seed, the same code."""
    bits = int.from_bytes(seed[:_SEED], "big")
    code = "".join(_ALPHABET[bits >> 5 * i & 31] for i in range(_LENGTH))
    return "-".join(code[i : i + _GROUP] for i in range(0, _LENGTH, _GROUP))


def normalise(typed: str) -> str:
    """The 16 characters meant by what a person typed: any case, spaces, dashes, full width, O for 0, I or L for 1.

    Raises ValueError with a Chinese message when it cannot be a code.
    """
    if len(typed) > 200:
        raise ValueError(_NOT_A_CODE)
    code = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed)).upper().translate(_LOOKALIKES)
    if len(code) != _LENGTH or not set(code) <= set(_ALPHABET):
        raise ValueError(_NOT_A_CODE)
    return code


def digest(code: str, keys: KeyProvider | None = None) -> bytes:
    """What is stored of a code: HMAC-SM3 under the current `tracking` key, 32 bytes."""
    current = (keys or installed_keys()).current("tracking")
    return hmac_sm3(current.secret, normalise(code).encode())


def digests(code: str, keys: KeyProvider | None = None) -> list[bytes]:
    """What a code may have been stored as, one per `tracking` key, newest first; look up with ``IN``."""
    normal = normalise(code).encode()
    return [hmac_sm3(key.secret, normal) for key in (keys or installed_keys()).every("tracking")]


_NOT_A_CODE = "查询码应为 16 位字母和数字（例如 7K2M-9QXR-04TD-WB8E），请核对后重新输入。"
