"""Copies (复制) of patterns: moved in time, numbered, with salts, codes and contacts of their own, and sealed anew."""

import random
import uuid
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from attrs import Factory, define
from django.db.models import Model

from sipingtai.access import seal, tracking, vault
from sipingtai.access.keys import KeyProvider
from sipingtai.access.models import Contact
from sipingtai.cases import models
from sipingtai.cases.journal import JOURNAL, sealed_form
from sipingtai.insight.bigrams import bigrams
from sipingtai.loop.intake.numbers import number
from sipingtai.loop.intake.report import RETENTION
from sipingtai.loop.intake.storing import INDEXED
from sipingtai.ops.bench.fill_patterns import CasePattern, Parts, Pattern, columns, spelled
from sipingtai.ops.bench.fill_spelling import cell
from sipingtai.ops.demo.matters import GIVEN, SURNAMES

_NOTHING = "\\N"
_STEP, _TEXT, _CONTACT = columns(models.Step), columns(models.Text), columns(Contact)


@define
class Copies:
    """Rows of copied cases, as lines for COPY."""

    keys: KeyProvider
    draw: random.Random
    today: date
    lines: dict[type[Model], list[str]] = Factory(lambda: defaultdict(list))
    steps: list[tuple[str, str]] = Factory(list)  # moment and line: they are stored in the order of time

    def add(self, pattern: Pattern, shift: timedelta, first_id: int) -> None:
        """One copy of a pattern, its cases numbered from `first_id` on."""
        shared = [spelled(moment + shift, utc=utc) for moment, utc in pattern.moments]
        shared += [str(first_id + place) for place in range(len(pattern.cases))]
        digests = [""] * pattern.digests
        files = [str(self._uuid()) for _ in range(pattern.files)]
        for place, case in enumerate(pattern.cases):
            case_id = first_id + place
            received = case.received_at + shift
            own = [
                number(case_id, case.area, received),
                str(self._uuid()),
                f"\\\\x{tracking.digest(tracking.new_code(), self.keys).hex()}" if case.tracked else _NOTHING,
                self._contact(received) if case.contact else _NOTHING,
            ]
            values = [*own, *shared, *digests, *files]
            self.lines[models.Case].append(_filled(case.row, values))
            self._journal(case, case_id, shift, values)
            for model, parts in case.beside:
                self.lines[model].append(_filled(parts, values))

    def _journal(self, case: CasePattern, case_id: int, shift: timedelta, values: list[str]) -> None:
        """Texts and steps of one case, each step sealed onto the one before."""
        texts = self._texts(case)
        salts = {at: seal.new_salt() for at in texts}
        key, previous = self.keys.current(JOURNAL), seal.GENESIS
        for one in case.steps:
            no = one.step.no
            for slot, name in one.digests:
                values[slot] = seal.salted_digest(texts[no, name], salts[no, name]).hex()
            body, at = _filled(one.body, values), one.at + shift
            step = one.step
            step.case_id, step.at, step.key_id = case_id, at, key.id
            previous = step.link = seal.link(key.secret, previous, sealed_form(case_id, step, body.encode()))
            body = body.replace("\\", "\\\\")
            line = "\t".join([body if f.attname == "body" else cell(getattr(step, f.attname)) for f in _STEP])
            self.steps.append((spelled(at, utc=True), line))
        for (no, name), content in texts.items():
            text = models.Text(case_id=case_id, no=no, name=name, content=content, salt=salts[no, name])
            self.lines[models.Text].append(_line(text, _TEXT))
        words = bigrams("\n".join(texts.get((1, name), "") for name in INDEXED))
        self.lines[models.Word] += [f"{case_id}\t{word}" for word in sorted(words)]

    def _texts(self, case: CasePattern) -> dict[tuple[int, str], str]:
        """The texts, with a name and a house nobody else has said: search must find the rare beside the common."""
        texts = dict(case.texts)
        who = f"{self.draw.choice(SURNAMES)}{self.draw.choice(GIVEN)}"
        texts[1, "text"] += f"联系人{who}，门牌{self.draw.randrange(1, 3000)}号。"
        return texts

    def _contact(self, received: datetime) -> str:
        """A contact, or what is left of one whose retention is over."""
        until = (received + RETENTION).date()
        if until < self.today:
            contact = Contact(id=self._uuid(), created_at=received, erased_at=received + RETENTION)
        else:
            name, phone = self.draw.choice(SURNAMES) + self.draw.choice(GIVEN), f"139{self.draw.randrange(10**8):08d}"
            contact = vault.sealed(name, phone, erase_after=until, contact_id=self._uuid())
            contact.created_at = received
        self.lines[Contact].append(_line(contact, _CONTACT))
        return str(contact.id)

    def _uuid(self) -> uuid.UUID:
        return uuid.UUID(int=self.draw.getrandbits(128), version=4)


def _filled(parts: Parts, values: Sequence[str]) -> str:
    return "".join([values[part] if isinstance(part, int) else part for part in parts])


def _line(row: Model, of: Sequence[object]) -> str:
    return "\t".join([cell(getattr(row, column.attname)) for column in of])  # type: ignore[attr-defined]
