"""Lists of cases: filters, substring search and keyset pages, in the same few statements for one row or a hundred."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from attrs import field, frozen
from django.db.models import OuterRef, Q, QuerySet, Subquery, TextField, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce

from sipingtai.cases.models import Case, Text
from sipingtai.core.clocks import ClockKind
from sipingtai.core.limits import ClockState, Marks
from sipingtai.core.setting import Setting
from sipingtai.core.stages import Stage
from sipingtai.insight.bigrams import QueryTerms, matches, query_terms
from sipingtai.loop.reading.orders import Order, arranged, cursor_of, position
from sipingtai.loop.reading.queues import OPEN
from sipingtai.loop.reading.searching import having, newest, own_walks, search

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
    holder_unit: int | None
    received_at: datetime
    due_at: datetime | None
    since: datetime | None  # since when it has stood where it stands
    clock: ClockState | None
    awaited_since: datetime | None = None  # in the queue of unanswered cases: since when one waits


@frozen(kw_only=True)
class Page:
    """One page of a list."""

    lines: tuple[Line, ...]
    next: str = ""  # cursor of the next page; empty: this was the last


def page(
    filters: Filters, setting: Setting, now: datetime, *, cursor: str = "", size: int = PAGE, order: Order = Order.NEW
) -> Page:
    """A page of cases, of which every one really contains the words searched for: so it may be shorter than `size`.

    Only open ones in any order but the newest first. Raises ValueError for a cursor that is none of ours.
    """
    words = filters.query.strip()
    rows = _narrowed(Case.objects.all(), filters, now)
    if _is_number(words):
        rows, words = rows.filter(_numbered(words)), ""
    terms = query_terms(words) if words else None
    walked = _walked(rows, terms, setting, cursor, size + 1) if order is Order.NEW else None
    if walked is not None:
        rows = Case.objects.filter(pk__in=walked).order_by("-id") if walked else Case.objects.none()
    else:
        rows = having(rows, terms) if terms else rows
        rows = arranged(rows if order is Order.NEW else rows.filter(OPEN), order, cursor)[: size + 1]
    found = list(_told(rows, filters, searched=terms is not None))
    more, found = len(found) > size, found[:size]
    following = cursor_of(found[-1], order) if more else ""
    found = [row for row in found if terms is None or matches(terms, row.said or "")]
    lines = tuple(_line(row, setting, now, awaited=bool(filters.awaiting)) for row in found)
    return Page(lines=lines, next=following)


def first_texts(ids: list[int]) -> Mapping[int, Mapping[str, str]]:
    """Titles and places of these cases, by case: one statement."""
    found: dict[int, dict[str, str]] = {}
    rows = Text.objects.filter(case_id__in=ids, no=1, name__in=("title", "place")) if ids else ()
    for row in rows:
        found.setdefault(row.case_id, {})[row.name] = row.content if row.content is not None else ERASED
    return found


def _told(rows: QuerySet[Case], filters: Filters, *, searched: bool) -> QuerySet[Any]:
    """With title, place and clock of each case, and what was said where words are searched for: the one statement."""
    beside = {"title": RawSQL(_TITLE, ()), "place": RawSQL(_PLACE, ())}  # noqa: S611  ours
    beside["clock"] = RawSQL(_AWAITED, (list(filters.awaiting),)) if filters.awaiting else RawSQL(_HOLDERS, ())  # noqa: S611
    return rows.defer("state").annotate(**beside, **({"said": RawSQL(_SAID, ())} if searched else {}))  # noqa: S611


# Written out: these stand beside every list, and putting them together takes the ORM as long as all the rest of it.
# What is always the same stands in the text and not apart from it: only then does the planner see that a plan for any
# values is as good as one for these, and keeps it.
_TRACK = ClockKind.TRACK.value
_MARKS = "json_build_object('started', k.started_at, 'warn', k.warn_at, 'due', k.due_at, 'red', k.red_at)"
_NOT_THE_HOLDERS = tuple(kind.value for kind in (ClockKind.TOTAL, ClockKind.ASSIST, ClockKind.APPROVE))
# Of whoever holds the case, the earliest where there are two; a command that awaits an answer holds nothing.
_HOLDERS = f"""
    SELECT {_MARKS} FROM cases_clock k WHERE k.case_id = cases_case.id AND k.paused_at IS NULL
        AND k.kind NOT IN {_NOT_THE_HOLDERS} AND NOT (k.kind = '{_TRACK}' AND k.ref > 0) ORDER BY k.due_at LIMIT 1
"""  # noqa: S608
# Since when one of these commands has been waiting for the answer, and by when it should come.
_AWAITED = f"""
    SELECT {_MARKS} FROM cases_clock k WHERE k.case_id = cases_case.id AND k.kind = '{_TRACK}' AND k.ref = ANY (%s)
    ORDER BY k.due_at LIMIT 1
"""  # noqa: S608
_FIRST = "FROM cases_text t WHERE t.case_id = cases_case.id AND t.no = 1"
_TITLE = f"SELECT COALESCE(t.content, '{ERASED}') {_FIRST} AND t.name = 'title'"
_PLACE = f"SELECT COALESCE(t.content, '{ERASED}') {_FIRST} AND t.name = 'place'"
_SAID = f"SELECT string_agg(t.content, ' ') {_FIRST}"


def first_text(name: str, case: str = "pk", no: int | OuterRef = 1) -> Subquery:
    """What was said under this name when the case came in, or in step `no`, beside a row; None where nothing was."""
    texts = Text.objects.filter(case=OuterRef(case), no=no, name=name)
    return Subquery(texts.values(said=Coalesce("content", Value(ERASED, output_field=TextField()))))


def _line(row: Any, setting: Setting, now: datetime, *, awaited: bool) -> Line:
    category = setting.categories.get(row.category)
    holder = setting.units.get(row.holder or 0)
    clock = {name: datetime.fromisoformat(at) for name, at in (row.clock or {}).items()}
    return Line(
        id=row.id,
        number=row.number,
        title=row.title or "",
        place=row.place or "",
        stage=Stage(row.stage),
        category=category.name if category else row.category,
        category_code=row.category,
        area=row.area,
        level=row.level,
        urgency=row.urgency,
        channel=row.channel,
        restricted=row.restricted,
        holder=holder.name if holder else "",
        holder_unit=row.holder,
        received_at=row.received_at,
        due_at=clock.get("due") if awaited and clock else row.due_at,
        since=row.began_at,
        clock=_clock_state(row, clock, now),
        awaited_since=clock.get("started") if awaited else None,
    )


def _clock_state(row: Case, clock: Mapping[str, datetime], now: datetime) -> ClockState | None:
    """How a case's step clock stands, by the same marks as on its own page."""
    if row.stage == Stage.SUSPENDED:
        return ClockState.PAUSED
    if not clock or row.due_at is None:
        return None
    return Marks(warn_at=clock["warn"], due_at=clock["due"], red_at=clock["red"]).state(now)


def _narrowed(rows: QuerySet[Case], filters: Filters, now: datetime) -> QuerySet[Case]:
    exact: dict[str, Any] = {"stage": filters.stage, "category": filters.category, "channel": filters.channel}
    rows = rows.filter(filters.extra, **{name: value for name, value in exact.items() if value})
    if filters.holder:
        rows = rows.filter(holder=filters.holder)
    if filters.area:
        rows = rows.filter(area__gte=filters.area, area__lt=filters.area + "~")
    if filters.overdue:
        rows = rows.filter(due_at__lt=now)
    # An open stage says so in words an index understands: few cases are open, however many there are.
    if filters.open_only or filters.overdue or (filters.stage and Stage(filters.stage).open):
        rows = rows.filter(OPEN)
    return rows


def _is_number(query: str) -> bool:
    """Whether a search is for a case's number, or how it begins, and not for words."""
    return query.replace("-", "").isdigit() and len(query) >= 6


def _numbered(query: str) -> Q:
    """By number, or how it begins."""
    return Q(number=query) | Q(number__gte=query, number__lt=query + "~")


def _walked(
    rows: QuerySet[Case], terms: QueryTerms | None, setting: Setting, cursor: str, count: int
) -> list[int] | None:
    """Ids of a page found from list to list; None where it is found by the time of reception. Raises ValueError."""
    below = position(cursor)[1] if cursor else None
    if terms is not None:
        return search(rows, terms, setting, below=below, count=count) if terms.searchable else []
    own = own_walks(setting)
    return newest(rows, own, below=below, count=count) if own else None
