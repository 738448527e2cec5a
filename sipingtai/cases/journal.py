"""The journal's encoder: the one place where a decision becomes a sealed step. Nothing else writes steps.

A step holds the fields it changed and salted digests of what was said and shown. The texts lie apart, so that one can
be erased by law and the chain still verifies.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from attrs import frozen
from orjson import Fragment

from sipingtai.access import seal
from sipingtai.access.keys import KeyName, KeyProvider
from sipingtai.cases.encode import changes, moment_text
from sipingtai.cases.models import Attachment, Step, Text
from sipingtai.cases.sealed_json import Json, spelled
from sipingtai.core.moves import Decision, Move
from sipingtai.core.posts import Actor

JOURNAL: KeyName = "journal"


@frozen(kw_only=True)
class Sealed:
    """A step with the texts that lie beside it, ready to be stored."""

    step: Step
    texts: tuple[Text, ...]


def write(
    decision: Decision,
    *,
    actor: Actor,
    unit: int | None,
    now: datetime,
    previous: bytes,
    texts: Mapping[str, str],
    files: Sequence[Attachment],
    keys: KeyProvider,
) -> Sealed:
    """Seal one decision as the next step of its case. `previous` is the last step's link, GENESIS for the first."""
    case, no = decision.after.id, decision.after.steps
    rows = tuple(
        Text(case_id=case, no=no, name=name, content=content, salt=seal.new_salt())
        for name, content in texts.items()
        if content
    )
    for file in files:
        file.case_id, file.no, file.salt = case, no, seal.new_salt()
    body: Json = {"changes": changes(decision.before, decision.after)}
    body |= {
        name: value
        for name, value in (
            ("asked", asked(decision.move)),
            ("ended", [_ended(e) for e in decision.ended]),
            ("texts", {t.name: seal.salted_digest(t.content or "", bytes(t.salt or b"")).hex() for t in rows}),
            ("files", [file_digest(f.digest, f.size, f.mime, f.name, salt=bytes(f.salt or b"")) for f in files]),
        )
        if value
    }
    key = keys.current(JOURNAL)
    step = Step(
        case_id=case,
        no=no,
        at=now,
        action=decision.move.action.value,
        actor_kind=actor.kind.value,
        account=actor.person or None,
        unit=unit,
        body=body,
        key_id=key.id,
    )
    step.link = link(step, previous, key.secret)
    return Sealed(step=step, texts=rows)


class StepRow(Protocol):
    """A step's row, on its way into the table or out of it."""

    @property
    def no(self) -> int: ...
    @property
    def at(self) -> datetime: ...
    @property
    def action(self) -> str: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def account(self) -> int | None: ...
    @property
    def unit(self) -> int | None: ...
    @property
    def key_id(self) -> int: ...


def link(step: Step, previous: bytes, key: bytes) -> bytes:
    """The seal of a step: over everything in its row, chained to the step before it."""
    return seal.link(key, previous, sealed_form(step.case_id, step, spelled(step.body)))


def sealed_form(case: int, step: StepRow, body: bytes) -> bytes:
    """What a seal covers: the step's row as canonical JSON, and in it the body as it is stored."""
    return spelled(
        {
            "case": case,
            "no": step.no,
            "at": moment_text(step.at),
            "action": step.action,
            "kind": step.actor_kind,
            "account": step.account,
            "unit": step.unit,
            "key": step.key_id,
            "body": Fragment(body),
        }
    )


def file_digest(content: str, size: int, mime: str, name: str, *, salt: bytes) -> str:
    """What a step says of a file: its content's digest, and what is shown beside it, salted (hexadecimal)."""
    return seal.salted_digest(spelled([content, size, mime, name]), salt).hex()


def asked(move: Move) -> Json:
    """What was asked for, as far as it is not free text: for the story and the trace."""
    found: Json = {}
    for name in ("to", "person", "days", "clause", "category", "level", "system"):
        value = getattr(move, name)
        if value:
            found[name] = value
    if move.assists:
        found["assists"] = list(move.assists)
    if move.mapping:
        found["mapping"] = [[old, new] for old, new in sorted(move.mapping.items())]
    if move.leavers:
        found["leavers"] = sorted(move.leavers)
    if move.vacated:
        found["vacated"] = [[seat.unit, seat.post.value] for seat in sorted(move.vacated)]
    if move.members:
        found["members"] = list(move.members)
    if move.other is not None:
        found["other"] = move.other.id
    if move.colour is not None:
        found["colour"] = move.colour.value
    if move.urgency is not None:
        found["urgency"] = move.urgency.value
    if move.until is not None:
        found["until"] = move.until.isoformat()
    if not move.verdict:
        found["verdict"] = False
    if move.override:
        found["override"] = True
    return found


def _ended(ended: Any) -> Json:
    clock = ended.clock
    found = {"kind": clock.kind.value, "owner": clock.owner, "ref": clock.ref, "due": clock.due_at.isoformat()}
    return found | {"late": ended.late, "charged": ended.charged}
