"""The log of duty (值班日志) and its handover (交接). Entries are added, never changed.

A handover lists by itself what is open and pressing; the next leader confirms it by a takeover. Where nobody handed
over, the takeover lists it instead.
"""

from collections.abc import Sequence
from datetime import datetime

from attrs import frozen
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from sipingtai.access.plain_text import clean
from sipingtai.core.setting import Setting
from sipingtai.loop.reading.pressing import Pressing, pressing
from sipingtai.mechanisms.duty.models import Entry, EntryKind
from sipingtai.mechanisms.duty.rota import RotaError, Turn

PAGE = 30
LONGEST = 2000  # characters of an entry


@frozen(kw_only=True)
class Line:
    """An entry as it was written."""

    id: int
    at: datetime
    kind: EntryKind
    account: int
    who: str
    text: str
    matters: tuple[Pressing, ...]
    taken_by: str  # of a handover: who confirmed it; empty while nobody has
    taken_at: datetime | None


def lines(command: int, *, before: int | None = None, size: int = PAGE) -> tuple[Line, ...]:
    """The log of a command as far as the reader may see it, newest first, and one more than `size`. One statement."""
    rows = _newest(command)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return tuple(_line(row) for row in rows[: size + 1])


def waiting(command: int) -> Line | None:
    """The handover that waits to be taken over, however much was written since. One statement."""
    newest = _newest(command).exclude(kind=EntryKind.NOTE).first()
    return _line(newest) if newest and newest.kind == EntryKind.HANDOVER else None


def note(command: int, text: str, *, turn: Turn | None, now: datetime, setting: Setting) -> None:
    """记事, by anybody on duty. Raises RotaError."""
    words = _words(text)
    if not words:
        raise RotaError("请写明记事内容。")
    _write(command, EntryKind.NOTE, words, turn=_running(turn, now), now=now, setting=setting)


def hand_over(command: int, text: str, *, turn: Turn | None, now: datetime, setting: Setting) -> None:
    """交班, by the leader on duty; what presses is listed by itself. Raises RotaError."""
    found = pressing(command, setting, now)
    led = _leads(turn, now)
    _write(command, EntryKind.HANDOVER, _words(text), turn=led, now=now, setting=setting, matters=found)


def take_over(command: int, text: str, *, turn: Turn | None, now: datetime, setting: Setting) -> None:
    """接班, once in a turn: confirms the handover before it where there is one. Raises RotaError."""
    led = _leads(turn, now)
    if taken(command, led):
        raise RotaError("您这一班已经接过班了。")
    open_one = waiting(command)
    if open_one is not None and open_one.account == led.account:
        raise RotaError("这是您自己交的班，由下一班的值班领导接班。")
    found = () if open_one else pressing(command, setting, now)
    words = _words(text)
    try:
        with transaction.atomic():
            _write(
                command, EntryKind.TAKEOVER, words, turn=led, now=now, setting=setting, matters=found,
                answers=open_one.id if open_one else None,
            )  # fmt: skip
    except IntegrityError as error:
        raise RotaError("刚刚已经有人接班，请刷新。") from error


def taken(command: int, turn: Turn) -> bool:
    """Whether the leader of this turn has taken over. One statement."""
    last = _newest(command).filter(kind=EntryKind.TAKEOVER, account=turn.account).first()
    return last is not None and last.at >= turn.starts_at


def _newest(command: int) -> QuerySet[Entry]:
    return Entry.objects.filter(command=command).select_related("account", "taken_by__account").order_by("-id")


def _words(text: str) -> str:
    try:
        return clean(text, LONGEST, "内容")
    except ValueError as error:
        raise RotaError(str(error)) from error


def _running(turn: Turn | None, now: datetime) -> Turn:
    if turn is None or not turn.starts_at <= now < turn.ends_at:
        raise RotaError("您现在不在班上，不能写值班日志。要换人，请指挥室主任改值班表。")
    return turn


def _leads(turn: Turn | None, now: datetime) -> Turn:
    running = _running(turn, now)
    if not running.leading:
        raise RotaError("交接班由值班领导办理；您可以在日志里记事。")
    return running


def _write(
    command: int,
    kind: EntryKind,
    text: str,
    *,
    turn: Turn,
    now: datetime,
    setting: Setting,
    matters: Sequence[Pressing] = (),
    answers: int | None = None,
) -> None:
    Entry.objects.create(
        command=command, area=setting.units[command].area, account_id=turn.account, at=now, kind=kind, text=text,
        matters=[[each.number, list(each.why)] for each in matters], answers_id=answers,
    )  # fmt: skip


def _line(row: Entry) -> Line:
    answer = getattr(row, "taken_by", None)
    return Line(
        id=row.pk,
        at=row.at,
        kind=EntryKind(row.kind),
        account=row.account_id,
        who=str(row.account),
        text=row.text,
        matters=tuple(Pressing(number=number, why=tuple(why)) for number, why in row.matters),
        taken_by=str(answer.account) if answer else "",
        taken_at=answer.at if answer else None,
    )
