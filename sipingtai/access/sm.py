"""The national commercial ciphers (国密) over `cryptography`: SM3, HMAC-SM3 and SM4-GCM.

Standards: SM3 GB/T 32905-2016, SM4 GB/T 32907-2016, SM4-GCM RFC 8998.

Envelope of :func:`encrypt`, big-endian::

    version 1 B (=1) | key id 4 B | nonce 12 B | ciphertext | tag 16 B

Version and key id are authenticated together with the caller's AAD, so that no part of an envelope can be exchanged.
"""

import os
import struct
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

KEY_BYTES = 16  # SM4 has one key length
DIGEST_BYTES = 32

_VERSION = 1
_HEADER = struct.Struct(">BI")
_NONCE_BYTES = 12
_TAG_BYTES = 16


class CannotDecrypt(ValueError):
    """密文无法解密：内容被改动，或密钥不对应。"""

    def __init__(self) -> None:
        super().__init__(self.__doc__)


def sm3(message: bytes) -> bytes:
    """The 32-byte SM3 digest."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(message)
    return digest.finalize()


def hmac_sm3(key: bytes, message: bytes) -> bytes:
    """The 32-byte HMAC-SM3 (GB/T 15852.2)."""
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(message)
    return mac.finalize()


def encrypt(plain: bytes, *, key_id: int, key: bytes, aad: bytes) -> bytes:
    """Seal `plain` under a 16-byte `key`; `aad` ties the envelope to its place (row identity) and is not stored.

    The nonce is random: one key is good for 2³² envelopes, far beyond a county's contacts.
    """
    header = _HEADER.pack(_VERSION, key_id)
    nonce = os.urandom(_NONCE_BYTES)
    encryptor = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(header + aad)
    return header + nonce + encryptor.update(plain) + encryptor.finalize() + encryptor.tag


def decrypt(envelope: bytes, *, key_of: Callable[[int], bytes], aad: bytes) -> bytes:
    """Open an envelope; `key_of` maps its key id to the key. Raises CannotDecrypt when anything was changed."""
    if len(envelope) < _HEADER.size + _NONCE_BYTES + _TAG_BYTES:
        raise CannotDecrypt
    version, key_id = _HEADER.unpack_from(envelope)
    if version != _VERSION:
        raise CannotDecrypt
    body = envelope[_HEADER.size :]
    nonce, sealed, tag = body[:_NONCE_BYTES], body[_NONCE_BYTES:-_TAG_BYTES], body[-_TAG_BYTES:]
    decryptor = Cipher(algorithms.SM4(key_of(key_id)), modes.GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(envelope[: _HEADER.size] + aad)
    try:
        return decryptor.update(sealed) + decryptor.finalize()
    except InvalidTag:
        raise CannotDecrypt from None
