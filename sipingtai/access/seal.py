"""What the journal (日志) is sealed with: salted digests, one canonical form, and links of a keyed chain.

Pure functions over bytes; no database, no clock. `link` is the hot path of `sipingtai verify`.
"""

import datetime as dt
import json
import os
import uuid
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import lru_cache
from typing import TypeAlias

from cryptography.hazmat.primitives import hashes, hmac

from sipingtai.access.sm import DIGEST_BYTES, hmac_sm3

SALT_BYTES = 16
GENESIS = bytes(DIGEST_BYTES)
"""The `previous` of a chain's first link."""

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"


def new_salt() -> bytes:
    """A fresh 16-byte salt; erased together with the text it belongs to, so that the digest then tells nothing."""
    return os.urandom(SALT_BYTES)


def salted_digest(text_or_bytes: str | bytes, salt: bytes) -> bytes:
    """HMAC-SM3 of a text or file keyed by its salt: a short text cannot be guessed from its digest without the salt."""
    if len(salt) != SALT_BYTES:
        raise ValueError(f"A salt has {SALT_BYTES} bytes, not {len(salt)}")
    message = text_or_bytes.encode() if isinstance(text_or_bytes, str) else text_or_bytes
    return hmac_sm3(salt, message)


def canonical(obj: object) -> bytes:
    """The one spelling of a value as JSON: sorted keys, UTF-8, no white space.

    Takes None, bool, int, str, date, aware datetime (UTC, microseconds), UUID, bytes (hex), enums by value, and lists,
    tuples and string-keyed mappings of these. Raises TypeError for anything else, floats above all: they have no one
    spelling. Raises ValueError for a datetime without time zone.
    """
    return json.dumps(_plain(obj), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def link(key: bytes, previous: bytes, body: bytes) -> bytes:
    """The next link of a chain: HMAC-SM3(key, previous ‖ body).

    `previous` always has 32 bytes (GENESIS for the first), so that the border to `body` cannot be moved.
    """
    if len(previous) != DIGEST_BYTES:
        raise ValueError(f"A link has {DIGEST_BYTES} bytes, not {len(previous)}")
    mac = _keyed(key).copy()
    mac.update(previous)
    mac.update(body)
    return mac.finalize()


@lru_cache(maxsize=16)
def _keyed(key: bytes) -> hmac.HMAC:
    # The key's two padding blocks are hashed once per key and not once per link.
    return hmac.HMAC(key, hashes.SM3())


def _plain(obj: object) -> Json:
    match obj:
        case Enum():
            return _plain(obj.value)
        case None | bool() | int() | str():
            return obj
        case dt.datetime():
            if obj.tzinfo is None:
                raise ValueError("A datetime without time zone has no one meaning")
            return obj.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        case dt.date():
            return obj.isoformat()
        case uuid.UUID():
            return str(obj)
        case bytes():
            return obj.hex()
        case Mapping():
            return {_key(k): _plain(v) for k, v in obj.items()}
        case Sequence():
            return [_plain(v) for v in obj]
    raise TypeError(f"{type(obj).__name__} has no canonical form")


def _key(key: object) -> str:
    if not isinstance(key, str):
        raise TypeError("Only strings can be keys")
    return key
