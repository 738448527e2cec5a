"""Who the visitor is, without an account: signed cookies, kept by the browser alone and bound to /p/.

- `visitor`: a random name that scopes the keys of the visitor's reports.
- `receipt`: the key of the report just sent. With the visitor's name it yields the tracking code anew, so that a page
  loaded again, or a form sent twice, still shows it, and no code lies in a cookie, an address or the database.
- `case`: the digest of the tracking code typed last; as good as the code for half an hour.
"""

import re
import secrets
import uuid
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from sipingtai.access import tracking
from sipingtai.access.keys import installed_keys
from sipingtai.access.sm import hmac_sm3
from sipingtai.cases.models import Case

VISITOR_AGE = 24 * 3600  # seconds
RECEIPT_AGE = 2 * 3600
CASE_AGE = 30 * 60
_NAME = re.compile(r"[0-9a-f]{32}")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def name_of(request: HttpRequest) -> str:
    """The visitor's name, or a new one where the browser brought none that is ours."""
    found = _read(request, "visitor", VISITOR_AGE)
    return found if _NAME.fullmatch(found) else secrets.token_hex(16)


def remember(response: HttpResponse, name: str) -> None:
    """Keep the name of the visitor's phone for the next report from it."""
    _write(response, "visitor", name, VISITOR_AGE)


def sender(name: str) -> str:
    """The scope of the visitor's keys, see `loop.intake.report.take_in`."""
    return f"p:{name}"


def codes(name: str, key: uuid.UUID) -> Iterator[str]:
    """The tracking code of a visitor's report; the first is the one to give, the others are of earlier keys."""
    for secret in installed_keys().every("tracking"):
        yield tracking.code_from(hmac_sm3(secret.derive(b"receipt"), name.encode() + key.bytes))


def hand_over(response: HttpResponse, key: uuid.UUID) -> None:
    """Let the receipt page be shown to this browser."""
    _write(response, "receipt", key.hex, RECEIPT_AGE)


def receipt_of(request: HttpRequest) -> tuple[Case, str] | None:
    """The case this browser reported last and its code; None when that is over. Within a system scope."""
    name, key = _read(request, "visitor", VISITOR_AGE), _read(request, "receipt", RECEIPT_AGE)
    if not _NAME.fullmatch(name) or not _NAME.fullmatch(key):
        return None
    found = uuid.UUID(key)
    row = Case.objects.filter(sender=sender(name), key=found).first()
    if row is None or row.tracking is None:
        return None
    stored = bytes(row.tracking)
    return next(((row, code) for code in codes(name, found) if stored in tracking.digests(code)), None)


def open_case(response: HttpResponse, row: Case) -> None:
    """Let the case's progress be shown to this browser, which proved to know the code."""
    assert row.tracking is not None
    _write(response, "case", bytes(row.tracking).hex(), CASE_AGE)


def case_of(request: HttpRequest) -> Case | None:
    """The case whose code this browser typed last. Within a system scope."""
    digest = _read(request, "case", CASE_AGE)
    if not _DIGEST.fullmatch(digest):
        return None
    return Case.objects.filter(tracking=bytes.fromhex(digest)).first()


def forget(response: HttpResponse) -> None:
    """Remove every trace from the browser: telephones are lent, and the village's computer is everybody's."""
    for cookie in ("visitor", "receipt", "case"):
        response.delete_cookie(cookie, path="/p/")


def _read(request: HttpRequest, cookie: str, age: int) -> str:
    return str(request.get_signed_cookie(cookie, default="", salt=f"villager.{cookie}", max_age=age) or "")


def _write(response: HttpResponse, cookie: str, value: str, age: int) -> None:
    response.set_signed_cookie(
        cookie, value, salt=f"villager.{cookie}", max_age=age, path="/p/", httponly=True, samesite="Lax",
        secure=settings.SECURE_COOKIES,
    )  # fmt: skip
