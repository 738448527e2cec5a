"""Cursors (翻页标记) of keyset pages: the moment of a page's last line and its id, as they stand in addresses."""

from datetime import datetime

_DIGITS = 18  # of an id; more of them would be no bigint


def cursor(moment: datetime | None, key: object) -> str:
    """Where a page ends whose last line has this moment, if any, and this id."""
    return f"{moment.isoformat() if moment else ''}_{key}"


def parts(text: str) -> tuple[datetime | None, str]:
    """The moment and the id of `cursor`, the id as it was written. Raises ValueError for what is none of ours."""
    moment, _, key = text.rpartition("_")
    at = datetime.fromisoformat(moment) if moment else None
    if at is not None and at.tzinfo is None:
        raise ValueError("a cursor's moment has a time zone")
    return at, key


def at_a_moment(text: str) -> tuple[datetime, str]:
    """The same where every line has a moment. Raises ValueError."""
    at, key = parts(text)
    if at is None:
        raise ValueError("every line here has a moment")
    return at, key


def number(key: str) -> int:
    """An id that is a number. Raises ValueError."""
    if len(key) > _DIGITS:
        raise ValueError("longer than any number of ours")
    return int(key)
