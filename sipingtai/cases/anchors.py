"""The form of an anchor (锚定): one line that names the chain heads which changed since the line before it.

    {"anew":"","at":"…Z","heads":[[case, steps, link], …],"key":1,"no":7,"prev":"…","reach":912,"seal":"…","since":840,
     "steps":72,"upto":912}

Lines are sealed with a key derived from the journal's and chained to one another, as steps are. A line names its heads
one by one, so that each (case, count of steps) ever anchored can be looked for in the journal: a case that is gone
whole is missed, and so is a tail that was cut off and has grown again differently.

Pure: no file, no database, no clock.
"""

import json
from collections.abc import Sequence
from datetime import MAXYEAR, UTC, datetime
from typing import Any, NamedTuple

from attrs import evolve, field, frozen, validators

from sipingtai.access import seal
from sipingtai.access.keys import Key

LINK_HEX = 16
"""How much of a link is kept: eight bytes. Who has the key and not the file would have to try 2⁶⁴ steps to meet it."""

_BEGINNING = seal.GENESIS.hex()
_PURPOSE = b"anchors"
_MOMENT = "%Y-%m-%dT%H:%M:%S.%fZ"
_HEX = validators.matches_re(r"[0-9a-f]{64}")


class Head(NamedTuple):
    """How far a case's chain had come."""

    case: int
    no: int  # its steps
    link: str  # the last step's link, shortened to LINK_HEX digits


@frozen(kw_only=True)
class Record:
    """One anchor. `since`, `reach` and `upto` are ids of steps."""

    no: int = field(validator=[validators.instance_of(int), validators.ge(1)])
    at: datetime = field(validator=validators.instance_of(datetime))
    key: int = field(default=0, validator=validators.instance_of(int))  # which version of the journal's key sealed it
    since: int = field(validator=validators.instance_of(int))  # the heads are those of steps after this one
    reach: int = field(validator=validators.instance_of(int))  # … and up to this one
    upto: int = field(validator=validators.instance_of(int))  # up to here no step can turn up any more: the next begins
    steps: int = field(validator=validators.instance_of(int))  # how many steps lie between `since` and `reach`
    heads: tuple[Head, ...]  # by case
    anew: str = field(default="", validator=validators.instance_of(str))  # why the anchors before it count no more
    prev: str = field(default=_BEGINNING, validator=_HEX)  # seal of the record before
    seal: str = field(default=_BEGINNING, validator=_HEX)


class Unreadable(ValueError):
    """A line that is no anchor: torn while it was written, or changed."""


def sealed(record: Record, key: Key) -> Record:
    """The record under `key`, sealed."""
    named = evolve(record, key=key.id)
    return evolve(named, seal=_seal(named, key))


def is_sealed(record: Record, key: Key) -> bool:
    """Whether the record is as it was sealed."""
    return record.key == key.id and _seal(record, key) == record.seal


def _seal(record: Record, key: Key) -> str:
    # A key of its own: no link of a step can pass for the seal of an anchor.
    return seal.link(key.derive(_PURPOSE), bytes.fromhex(record.prev), _spelled(record, _FIELDS)).hex()


def spell(record: Record) -> bytes:
    """The record as its line, without the line's end."""
    return _spelled(record, (*_FIELDS, "seal"))


def read(line: bytes) -> Record:
    """The record of a line. Raises Unreadable for anything but the one spelling of a record."""
    try:
        found: dict[str, Any] = json.loads(line)
        at = datetime.strptime(found.pop("at"), _MOMENT).replace(tzinfo=UTC)
        heads = tuple(Head(int(case), int(no), str(link)) for case, no, link in found.pop("heads"))
        record = Record(at=at, heads=heads, **found)
        same = spell(record) == line
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise Unreadable from error
    # The last year there is has no local time any more: nobody is to stumble over a made-up moment.
    if not same or at.year == MAXYEAR or any(len(head.link) != LINK_HEX for head in heads):
        raise Unreadable
    return record


def follows(record: Record, previous: Record | None) -> bool:
    """Whether the record is the very next one."""
    if previous is None:
        return record.no == 1 and record.prev == _BEGINNING
    return record.no == previous.no + 1 and record.prev == previous.seal


def _spelled(record: Record, names: Sequence[str]) -> bytes:
    """`seal.canonical` of these fields: all but the moment are plain already."""
    found = {name: getattr(record, name) for name in names}
    return _encode(found | {"at": record.at.astimezone(UTC).strftime(_MOMENT)}).encode()


_FIELDS = ("no", "at", "key", "since", "reach", "upto", "steps", "heads", "anew", "prev")
_encode = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode
