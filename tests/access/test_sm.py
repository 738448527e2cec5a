"""The published vectors of SM3, SM4 and SM4-GCM, and what an envelope must refuse."""

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from sipingtai.access import sm

KEY = bytes.fromhex("0123456789abcdeffedcba9876543210")


@pytest.mark.parametrize(
    ("message", "digest"),
    [
        (b"abc", "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"),
        (b"abcd" * 16, "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732"),
    ],
)
def test_sm3_gives_the_digests_of_gbt_32905(message: bytes, digest: str) -> None:
    assert sm.sm3(message).hex() == digest


def test_sm4_gives_the_block_of_gbt_32907() -> None:
    encryptor = Cipher(algorithms.SM4(KEY), modes.ECB()).encryptor()
    assert encryptor.update(KEY).hex() == "681edf34d206965e86b3e94f536e4246"


def test_sm4_gcm_gives_ciphertext_and_tag_of_rfc_8998() -> None:
    encryptor = Cipher(algorithms.SM4(KEY), modes.GCM(bytes.fromhex("00001234567800000000abcd"))).encryptor()
    encryptor.authenticate_additional_data(bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2"))
    plain = bytes.fromhex("aa" * 8 + "bb" * 8 + "cc" * 8 + "dd" * 8 + "ee" * 8 + "ff" * 8 + "ee" * 8 + "aa" * 8)
    sealed = encryptor.update(plain) + encryptor.finalize()
    assert sealed.hex() == (
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
    )
    assert encryptor.tag.hex() == "83de3541e4c2b58177e065a9bf7b62ec"


def test_hmac_sm3_is_the_construction_of_rfc_2104() -> None:
    key, message = b"key", b"The quick brown fox"
    padded = key.ljust(64, b"\0")
    inner = sm.sm3(bytes(b ^ 0x36 for b in padded) + message)
    assert sm.hmac_sm3(key, message) == sm.sm3(bytes(b ^ 0x5C for b in padded) + inner)


def _open(envelope: bytes, aad: bytes = b"row 1") -> bytes:
    return sm.decrypt(envelope, key_of={7: KEY}.__getitem__, aad=aad)


def test_what_was_sealed_is_read_again() -> None:
    for plain in (b"", "张三丰".encode(), b"x" * 5000):
        assert _open(sm.encrypt(plain, key_id=7, key=KEY, aad=b"row 1")) == plain


def test_sealing_twice_never_looks_the_same() -> None:
    assert sm.encrypt(b"x", key_id=7, key=KEY, aad=b"") != sm.encrypt(b"x", key_id=7, key=KEY, aad=b"")


def test_an_envelope_does_not_open_in_another_row() -> None:
    with pytest.raises(sm.CannotDecrypt, match="密文无法解密"):
        _open(sm.encrypt(b"x", key_id=7, key=KEY, aad=b"row 1"), aad=b"row 2")


def test_no_byte_of_an_envelope_can_be_changed_or_cut() -> None:
    envelope = sm.encrypt(b"secret", key_id=7, key=KEY, aad=b"row 1")
    for at in range(len(envelope)):
        changed = bytearray(envelope)
        changed[at] ^= 1
        with pytest.raises((sm.CannotDecrypt, KeyError)):  # KeyError: the key id was changed to one that is not there
            _open(bytes(changed))
        with pytest.raises(sm.CannotDecrypt):
            _open(envelope[:at])
