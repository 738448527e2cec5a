"""Taking in a whole table of matters (台账导入), each as `take_in` would, in batches of one transaction each.

A row that does not do is rejected alone. The key of a matter is made from what identifies it, so that importing the
same table again adds nothing. A matter keeps its own time; its clocks start now.
"""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from itertools import islice

from attrs import evolve, field, frozen
from django.db import DataError, transaction

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.core.moves import Move
from sipingtai.core.posts import SYSTEM
from sipingtai.core.setting import Setting
from sipingtai.insight.categorise import CategoryWords, suggest
from sipingtai.insight.sheets import Matter, Rejected, matter_key
from sipingtai.loop.bulk import Batch, CameBefore
from sipingtai.loop.errors import DoorError
from sipingtai.loop.intake.report import PLACE, TITLE, Report, prepare
from sipingtai.loop.intake.storing import Incoming

BATCH = 200  # rows of one transaction: what is lost when the machine stops, and can be imported again


@frozen(kw_only=True)
class Import:
    """One import: whose table it is, and how its rows are understood."""

    channel: Channel
    area: str  # area code of any length
    setting: Setting
    now: datetime
    words: Sequence[CategoryWords] = ()  # by which a category is suggested where the table names none
    history: bool = False  # rows with a reply were answered before: they come in closed
    dry_run: bool = False  # everything is tried, nothing is kept

    @property
    def sender(self) -> str:
        """Scope of the keys: external ids are unique only within the system they come from."""
        return f"import:{self.channel.value}:{self.area}"


@frozen(kw_only=True)
class Tally:
    """What became of the rows."""

    new: int = 0
    known: int = 0  # had been imported before
    closed: int = 0  # of the new ones: came in as history, answered
    categorised: int = 0  # of the new ones: by the table or by their words
    rejected: tuple[Rejected, ...] = field(factory=tuple)

    @property
    def rows(self) -> int:
        return self.new + self.known + len(self.rejected)


class _DryRun(Exception):
    """Takes a batch back."""


def import_table(
    found: Iterable[Matter | Rejected], wanted: Import, *, progress: Callable[[Tally], None] = lambda _: None
) -> Tally:
    """Take in every row; `progress` is called after each batch. Outside any scope: a batch is a transaction."""
    tally = Tally()
    by_name = {c.name: c.code for c in wanted.setting.categories.values() if not c.residual}
    rows = iter(found)
    while batch := list(islice(rows, BATCH)):
        with suppress(_DryRun), system_scope("导入"):
            tally = _take_batch(batch, tally, wanted, by_name)
            if wanted.dry_run:
                raise _DryRun
        progress(tally)
    return tally


@frozen
class _Fit:
    """A row that will do."""

    row: Matter
    incoming: Incoming
    category: str


def _take_batch(batch: Sequence[Matter | Rejected], tally: Tally, wanted: Import, by_name: Mapping[str, str]) -> Tally:
    rejected: list[Rejected] = []
    fit: list[_Fit] = []
    for row in batch:
        if isinstance(row, Rejected):
            rejected.append(row)
            continue
        category = category_of(row, wanted, by_name)
        try:
            fit.append(_Fit(row, _prepared(row, wanted, category), category))
        except DoorError as error:
            rejected.append(_rejected(row, error.message))
    tally = evolve(tally, rejected=(*tally.rejected, *rejected))
    try:
        with transaction.atomic():
            return _store(fit, tally, wanted)
    except (DoorError, DataError, CameBefore):
        for one in fit:  # again, each by itself, to find the one
            tally = _store_alone(one, tally, wanted)
        return tally


def _prepared(row: Matter, wanted: Import, category: str) -> Incoming:
    return prepare(
        report_of(row, wanted, category),
        sender=wanted.sender,
        key=uuid.uuid5(_NAMESPACE, matter_key(row)),
        actor=SYSTEM,
        now=wanted.now,
        setting=wanted.setting,
    )


def _store(fit: Sequence[_Fit], tally: Tally, wanted: Import) -> Tally:
    """Store what is not there yet, in one statement a table. Raises CameBefore where another import was first."""
    known = _known(fit, wanted)
    batch = Batch()
    for one in fit:
        if one.incoming.key in known:
            tally = evolve(tally, known=tally.known + 1)
            continue
        known.add(one.incoming.key)  # the table may have a matter twice
        case = batch.add(one.incoming).case_id
        answered = wanted.history and bool(one.row.reply)
        if answered:
            _close(batch, case, one.row, wanted)
        tally = evolve(
            tally,
            new=tally.new + 1,
            closed=tally.closed + answered,
            categorised=tally.categorised + bool(one.category),
        )
    if batch.size:
        batch.flush()
    return tally


def _known(fit: Sequence[_Fit], wanted: Import) -> set[uuid.UUID]:
    """The keys that came in before."""
    keys = [one.incoming.key for one in fit]
    return set(models.Case.objects.filter(sender=wanted.sender, key__in=keys).values_list("key", flat=True))


def _store_alone(one: _Fit, tally: Tally, wanted: Import) -> Tally:
    try:
        with transaction.atomic():
            return _store([one], tally, wanted)
    except CameBefore:  # another import was first, this very moment
        return evolve(tally, known=tally.known + 1)
    except DoorError as error:
        reason = error.message
    except DataError:
        reason = "数据库不能保存这一行，请检查是否有异常字符"
    return evolve(tally, rejected=(*tally.rejected, _rejected(one.row, reason)))


_NAMESPACE = uuid.UUID("6c0f7a0e-6f4b-5b57-9f0d-3f8c2f1f9c11")  # ours: keeps the keys apart from other uuid5s


def category_of(row: Matter, wanted: Import, by_name: Mapping[str, str]) -> str:
    """The category the table names, by code or name, else the one its words speak for; else none, and a clerk says."""
    hint = row.category_hint
    if hint in wanted.setting.categories:
        return hint
    if hint in by_name:
        return by_name[hint]
    best = suggest(f"{row.title}\n{row.text}", wanted.words, top=1)
    return best[0].code if best and best[0].code in wanted.setting.categories else ""


def report_of(row: Matter, wanted: Import, category: str = "") -> Report:
    """A row as a report. A title or place too long for its field is shortened there and kept whole in the text."""
    text = row.text
    if len(row.title) > TITLE:
        text = f"{row.title}\n{text}"
    if len(row.address) > PLACE:
        text = f"{text}\n地点：{row.address}"
    return Report(
        channel=wanted.channel,
        text=text,
        title=_short(row.title, TITLE),
        place=_short(row.address, PLACE),
        category=category,
        area=wanted.area,
        name=row.reporter_name,
        phone=row.phone,
        reported_at=row.reported_at,
    )


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _close(batch: Batch, case_id: int, row: Matter, wanted: Import) -> None:
    """Answered before it came here: closed at once, at the time of its reply, with the reply as the result."""
    at = row.replied_at
    told = f"导入前已答复，原答复时间 {local(at):%Y-%m-%d %H:%M}。" if at else "导入前已答复，原答复时间不详。"
    batch.move(
        case_id,
        Move(action=Action.CLOSE, text=row.reply, reason=told, until=at or wanted.now),
        actor=SYSTEM,
        now=wanted.now,
        setting=wanted.setting,
    )


def _rejected(row: Matter, reason: str) -> Rejected:
    return Rejected(row.row_number, reason, row.cells)
