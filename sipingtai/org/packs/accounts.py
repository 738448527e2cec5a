"""Accounts for the people of a pack. Existing ones are never touched: neither password nor name."""

import secrets
from collections.abc import Mapping

from django.contrib.auth.hashers import PBKDF2PasswordHasher, get_hasher, make_password

from sipingtai.access.models import Account

from .people import Appointment, appointments
from .sheets import OWNER
from .shelf import Shelf

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike on paper
LENGTH = 16  # 79 bits


def missing_people(shelf: Shelf) -> list[str]:
    """Names of accounts the packs want and nobody has."""
    return [a.account for a in _missing(shelf)]


def create_people(shelf: Shelf, passwords: Mapping[str, str] | None = None) -> dict[str, str]:
    """Make the accounts that are missing; returns each one's initial password, to be changed at the first sign-in.

    `passwords` fixes some of them (a demo); the others are random. Runs in the caller's transaction, as the owner.
    """
    given = dict(passwords or {})
    known: dict[str, str] = {}
    made: dict[str, str] = {}
    rows = []
    for person in _missing(shelf):
        password = given.get(person.account) or "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
        made[person.account] = password
        if person.account in given:
            # A demo gives hundreds of accounts one password: hash it once.
            known.setdefault(password, make_password(password))
            encoded = known[password]
        else:
            encoded = quick_hash(password)
        rows.append(
            Account(
                username=person.account, display_name=person.display[:64], password=encoded, must_change_password=True
            )
        )
    Account.objects.using(OWNER).bulk_create(rows)
    return made


def _missing(shelf: Shelf) -> list[Appointment]:
    wanted = {a.account: a for pack in shelf.packs for a in appointments(pack)}
    have = set(Account.objects.using(OWNER).filter(username__in=wanted).values_list("username", flat=True))
    return [a for name, a in wanted.items() if name not in have]


def quick_hash(password: str) -> str:
    """A hash of few rounds: rounds protect weak passwords, and 79 random bits are none. Signing in rehashes it."""
    hasher = get_hasher()
    if isinstance(hasher, PBKDF2PasswordHasher):
        return hasher.encode(password, hasher.salt(), iterations=1_000)
    return make_password(password)
