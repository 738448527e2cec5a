"""Lists of cases: filters, substring search and keyset pages, in the same few statements for one row or a hundred."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen
from django.db.models import Exists, OuterRef, Q, QuerySet

from sipingtai.cases.models import Case, Clock, Text, Word
from sipingtai.core.clocks import ClockKind
from sipingtai.core.limits import ClockState
from sipingtai.core.setting import Setting
from sipingtai.core.stages import Stage
from sipingtai.insight.bigrams import matches, normalise, query_terms

PAGE = 50
ERASED = "（已依法删除）"


@frozen(kw_only=True)
class Filters:
    """What a list is narrowed by. Empty means any."""

    stage: str = ""
    category: str = ""
    area: str = ""  # prefix of the area code
    channel: str = ""
    holder: int | None = None
    query: str = ""  # part of the text, the title, the place or the number
    overdue: bool = False
    open_only: bool = False
    extra: Q = field(factory=Q)  # a queue's condition
    awaiting: frozenset[int] = frozenset()  # show since when these commands wait for an answer (跟踪)


@frozen(kw_only=True)
class Line:
    """One row of a list, ready to show."""

    id: int
    number: str
    title: str
    place: str
    stage: Stage
    category: str  # its name
    category_code: str
    area: str
    level: int
    urgency: str
    channel: str
    restricted: bool
    holder: str
    received_at: datetime
    due_at: datetime | None
    clock: ClockState | None
    awaited_since: datetime | None = None  # in the queue of unanswered cases: since when one waits


@frozen(kw_only=True)
class Page:
    lines: tuple[Line, ...]
    next: str = ""  # cursor of the next page; empty: this was the last


def page(
    filters: Filters, setting: Setting, now: datetime, *, cursor: str = "", size: int = PAGE, by_due: bool = False
) -> Page:
    """A page of cases, newest first or most urgent first. Raises ValueError for a cursor that is none of ours."""
    rows = _narrowed(Case.objects.all(), filters, now)
    rows = rows.order_by("due_at", "id") if by_due else rows.order_by("-received_at", "-id")
    if cursor:
        rows = rows.filter(_after(cursor, by_due=by_due))
    found = list(rows.defer("state")[: size + 1])
    more, found = len(found) > size, found[:size]
    ids = [row.id for row in found]
    texts = first_texts(ids)
    clocks = tracking_clocks(ids, filters.awaiting) if filters.awaiting else step_clocks(ids)
    lines = tuple(line(row, texts.get(row.id, {}), clocks.get(row.id), setting, now) for row in found)
    return Page(lines=lines, next=_cursor(found[-1], by_due=by_due) if more else "")


def first_texts(ids: list[int]) -> Mapping[int, Mapping[str, str]]:
    """Titles and places of these cases, by case: one statement."""
    found: dict[int, dict[str, str]] = {}
    rows = Text.objects.filter(case_id__in=ids, no=1, name__in=("title", "place")) if ids else ()
    for row in rows:
        found.setdefault(row.case_id, {})[row.name] = row.content if row.content is not None else ERASED
    return found


def line(row: Case, texts: Mapping[str, str], clock: Clock | None, setting: Setting, now: datetime) -> Line:
    category = setting.categories.get(row.category)
    holder = setting.units.get(row.holder or 0)
    awaited = clock is not None and clock.kind == ClockKind.TRACK.value and bool(clock.ref)
    return Line(
        id=row.id,
        number=row.number,
        title=texts.get("title", ""),
        place=texts.get("place", ""),
        stage=Stage(row.stage),
        category=category.name if category else row.category,
        category_code=row.category,
        area=row.area,
        level=row.level,
        urgency=row.urgency,
        channel=row.channel,
        restricted=row.restricted,
        holder=holder.name if holder else "",
        received_at=row.received_at,
        due_at=clock.due_at if awaited and clock else row.due_at,
        clock=clock_state(row, clock, now),
        awaited_since=clock.started_at if awaited and clock else None,
    )


def step_clocks(ids: list[int]) -> Mapping[int, Clock]:
    """The clock of whoever holds each of these cases, the earliest where there are two: one statement."""
    rows = Clock.objects.filter(case_id__in=ids, paused_at=None).exclude(kind__in=_NOT_THE_HOLDERS) if ids else ()
    found: dict[int, Clock] = {}
    for row in rows:
        if row.kind == ClockKind.TRACK.value and row.ref:
            continue  # it counts for the command below, which awaits an answer
        if row.case_id not in found or row.due_at < found[row.case_id].due_at:
            found[row.case_id] = row
    return found


def tracking_clocks(ids: list[int], commands: frozenset[int]) -> Mapping[int, Clock]:
    """Since when one of these commands has been waiting for each case's answer, and by when it should come."""
    rows = Clock.objects.filter(case_id__in=ids, kind=ClockKind.TRACK.value, ref__in=commands) if ids else ()
    return {row.case_id: row for row in rows}


_NOT_THE_HOLDERS = tuple(kind.value for kind in (ClockKind.TOTAL, ClockKind.ASSIST, ClockKind.APPROVE))


def clock_state(row: Case, clock: Clock | None, now: datetime) -> ClockState | None:
    """How a case's step clock stands, by the same marks as on its own page."""
    if row.stage == Stage.SUSPENDED:
        return ClockState.PAUSED
    if clock is None or row.due_at is None:
        return None
    if now >= clock.due_at:
        return ClockState.LONG_OVERDUE if now >= clock.red_at else ClockState.OVERDUE
    return ClockState.SOON if now >= clock.warn_at else ClockState.NORMAL


def _narrowed(rows: QuerySet[Case], filters: Filters, now: datetime) -> QuerySet[Case]:
    exact: dict[str, Any] = {"stage": filters.stage, "category": filters.category, "channel": filters.channel}
    rows = rows.filter(filters.extra, **{name: value for name, value in exact.items() if value})
    if filters.holder:
        rows = rows.filter(holder=filters.holder)
    if filters.area:
        rows = rows.filter(area__gte=filters.area, area__lt=filters.area + "~")
    if filters.overdue:
        rows = rows.filter(due_at__lt=now)
    if filters.open_only:
        rows = rows.filter(holder__isnull=False)
    return _searched(rows, filters.query.strip()) if filters.query.strip() else rows


def _searched(rows: QuerySet[Case], query: str) -> QuerySet[Case]:
    """By number when it looks like one; else by the pairs of characters the words are made of.

    Pairs are necessary, not sufficient: `confirmed` reads the texts of what is found.
    """
    if query.replace("-", "").isdigit() and len(query) >= 6:
        return rows.filter(Q(number=query) | Q(number__gte=query, number__lt=query + "~"))
    terms = query_terms(query)
    if not terms.searchable:
        return rows.none()
    for word in sorted(terms.required):
        rows = rows.filter(Exists(Word.objects.filter(case=OuterRef("pk"), word=word)))
    if not terms.required:
        begin = terms.prefix or normalise(query)
        rows = rows.filter(
            Exists(Word.objects.filter(case=OuterRef("pk"), word__gte=begin, word__lt=begin + "\U0010ffff"))
        )
    return rows


def confirmed(lines: tuple[Line, ...], query: str) -> tuple[Line, ...]:
    """Those whose text really contains the words."""
    terms = query_terms(query)
    texts: dict[int, list[str]] = {}
    for row in Text.objects.filter(case_id__in=[x.id for x in lines], no=1, content__isnull=False):
        texts.setdefault(row.case_id, []).append(row.content or "")
    return tuple(x for x in lines if matches(terms, "\n".join(texts.get(x.id, ()))))


def _cursor(row: Case, *, by_due: bool) -> str:
    moment = row.due_at if by_due else row.received_at
    return f"{moment.isoformat() if moment else ''}_{row.id}"


def _after(cursor: str, *, by_due: bool) -> Q:
    text, _, number = cursor.rpartition("_")
    case_id = int(number[:20])
    if not text:
        return Q(due_at__isnull=True, id__gt=case_id)
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a cursor's moment has a time zone")
    if by_due:
        return Q(due_at__gt=moment) | Q(due_at=moment, id__gt=case_id) | Q(due_at__isnull=True)
    return Q(received_at__lt=moment) | Q(received_at=moment, id__lt=case_id)
