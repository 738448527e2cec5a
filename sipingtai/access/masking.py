"""Masked forms (脱敏) of a reporter's name, phone and address: pure functions, shown wherever nobody gave a reason.

A masked form tells a clerk which of two reporters is meant, and nobody who it is. The number of stars is fixed, so that
it does not give away how long the hidden part is.
"""

import re
import unicodedata

ERASED = "已依法删除"

_MOBILE = re.compile(r"1[3-9]\d{9}")
_TOWNSHIP = re.compile(r".{1,20}?(?:街道|镇|乡)")


def phone_digits(phone: str) -> str:
    """The digits of a phone number as people write it: full-width, spaced, with +86; '' when there is none."""
    digits = "".join(c for c in unicodedata.normalize("NFKC", phone) if c in "0123456789")
    national = re.sub(r"^(?:00)?86(?=1[3-9]\d{9}$)", "", digits)
    return national if _MOBILE.fullmatch(national) else digits


def mask_name(name: str) -> str:
    """张三丰 → 张**; an empty name stays empty."""
    name = name.strip()
    return f"{name[0]}**" if name else ""


def mask_phone(phone: str) -> str:
    """13812345678 → 138****5678; any other number shows its last two digits only."""
    digits = phone_digits(phone)
    if not digits:
        return ""
    if _MOBILE.fullmatch(digits):
        return f"{digits[:3]}****{digits[-4:]}"
    return f"****{digits[-2:]}" if len(digits) >= 7 else "****"


def mask_address(address: str) -> str:
    """Keeps the address down to the township (乡镇、街道) and hides village, road and door."""
    address = address.strip()
    if not address:
        return ""
    township = _TOWNSHIP.match(address)
    return f"{township.group() if township else ''}****"
