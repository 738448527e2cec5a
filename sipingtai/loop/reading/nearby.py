"""What else was reported around here lately (附近事件), and which of it may be the same matter (疑似重复)."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from attrs import frozen
from django.db import connection

from sipingtai.core.case import Case
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.core.stages import Stage
from sipingtai.insight.likeness import Likeness, Matter, around, likeness
from sipingtai.loop.reading.lists import ERASED
from sipingtai.loop.reading.page import CasePage

LATELY = timedelta(days=30)
_MOST_COMPARED, _MOST_SHOWN = 60, 6  # on a case's page
_LOOKED_AT, _MOST_TOLD = 40, 3  # while a report is taken in
_NOT_A_MATTER = (Stage.VOID.value, Stage.DECLINED.value, Stage.MERGED.value)


@frozen(kw_only=True)
class Near:
    """Another case close by, as far as the asker may see it."""

    number: str
    title: str
    stage: Stage
    received_at: datetime
    point: tuple[float, float] | None
    likeness: Likeness


# Area by area, each by the index on area and time from its newest end: asked for all areas at once, the planner would
# walk through everything that came in anywhere. Texts are read of what remains.
_AROUND = f"""
    SELECT c.number, c.stage, c.category, c.received_at, c.longitude, c.latitude,
        (SELECT COALESCE(t.content, '{ERASED}') FROM cases_text t
            WHERE t.case_id = c.id AND t.no = 1 AND t.name = 'title'),
        (SELECT COALESCE(t.content, '{ERASED}') FROM cases_text t
            WHERE t.case_id = c.id AND t.no = 1 AND t.name = 'text')
    FROM (
        SELECT found.* FROM unnest(%(areas)s::text[]) AS asked (area), LATERAL (
            SELECT c.id, c.number, c.stage, c.category, c.received_at, c.longitude, c.latitude FROM cases_case c
            WHERE c.area = asked.area AND c.received_at > %(since)s AND c.received_at <= %(until)s
                AND c.stage NOT IN {_NOT_A_MATTER} AND c.id <> ALL (%(own)s)
            ORDER BY c.received_at DESC, c.id DESC LIMIT {_MOST_COMPARED}
        ) AS found ORDER BY found.received_at DESC, found.id DESC LIMIT {_MOST_COMPARED}
    ) AS c
"""  # noqa: S608


def nearby(page: CasePage, setting: Setting) -> tuple[Near, ...]:
    """Cases of the same village of the month before this one was reported, those most alike first: one statement."""
    case = page.case
    this = Matter(text=f"{page.title}\n{page.text}", category=case.category, point=page.point)
    own = {page.id, case.master, case.parent, *case.followers, *case.children} - {None}
    asked: dict[str, Any] = {
        "areas": _areas(case.area, setting), "since": case.received_at - LATELY, "until": case.received_at,
        "own": list(own),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_AROUND, asked)
        found = [_near(_Found(*row), this) for row in cursor.fetchall()]
    return _best(n for n in found if n.likeness.same or n.likeness.metres is not None)


# Every intake asks this: it looks at so many of the newest in the very area, by the index on area and time, and no
# further. What lies across a grid's border, or further back, is shown when a clerk opens the case. Most find nothing:
# so the texts are not asked for here, whose policies alone would double what the statement costs.
_ALIKE = f"""
    SELECT found.id, found.number, found.stage, found.category, found.received_at, found.longitude, found.latitude
    FROM (
        SELECT c.id, c.number, c.stage, c.category, c.received_at, c.longitude, c.latitude FROM cases_case c
        WHERE c.area = %(area)s AND c.received_at > %(since)s AND c.received_at <= %(until)s
        ORDER BY c.received_at DESC, c.id DESC LIMIT {_LOOKED_AT}
    ) AS found
    WHERE found.category = %(category)s AND found.id <> %(own)s AND found.stage NOT IN {_NOT_A_MATTER}
        AND (found.longitude IS NULL OR %(west)s::float8 IS NULL
             OR (found.longitude BETWEEN %(west)s AND %(east)s AND found.latitude BETWEEN %(south)s AND %(north)s))
    LIMIT {_MOST_TOLD}
"""  # noqa: S608
_SAID = """
    SELECT case_id, name, content FROM cases_text
    WHERE case_id = ANY (%s::bigint[]) AND no = 1 AND name IN ('title', 'text')
"""


def alike(case: Case, texts: str, point: tuple[float, float] | None) -> tuple[Near, ...]:
    """What a report that has just come in may repeat, of its own category and area.

    One statement, and one for the texts where it finds any.
    """
    this = Matter(text=texts, category=case.category, point=point)
    west, south, east, north = around(point) if point else (None,) * 4
    asked: dict[str, Any] = {
        "area": case.area, "category": case.category, "own": case.id,
        "west": west, "south": south, "east": east, "north": north,
        "since": case.received_at - LATELY, "until": case.received_at,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_ALIKE, asked)
        rows = cursor.fetchall()
        if not rows:
            return ()
        cursor.execute(_SAID, [[row[0] for row in rows]])
        said: defaultdict[int, dict[str, str]] = defaultdict(dict)
        for case_id, name, content in cursor.fetchall():
            said[case_id][name] = ERASED if content is None else content
    found = [_Found(*(*row[1:], said[row[0]].get("title"), said[row[0]].get("text"))) for row in rows]
    return _best(near for row in found if (near := _near(row, this)).likeness.same)


@frozen
class _Found:
    """A row of _AROUND, or of _ALIKE with its texts."""

    number: str
    stage: str
    category: str
    received_at: datetime
    longitude: float | None
    latitude: float | None
    title: str | None
    text: str | None


def _best(found: Iterable[Near]) -> tuple[Near, ...]:
    weighed = sorted(found, key=lambda n: (not n.likeness.same, not n.likeness.category, n.likeness.metres or 0.0))
    return tuple(weighed[:_MOST_SHOWN])


def _areas(area: str, setting: Setting) -> list[str]:
    """The area itself, and all grids of its village where it has one."""
    village = area[:12]
    grids = (u.area for u in setting.units.values() if u.kind is UnitKind.GRID and u.active)
    return sorted({area, village, *(g for g in grids if len(village) == 12 and g.startswith(village))})


def _near(row: _Found, this: Matter) -> Near:
    point = (row.longitude, row.latitude) if row.longitude is not None and row.latitude is not None else None
    other = Matter(text=f"{row.title or ''}\n{row.text or ''}", category=row.category, point=point)
    return Near(
        number=row.number, title=row.title or "", stage=Stage(row.stage), received_at=row.received_at,
        point=point, likeness=likeness(this, other),
    )  # fmt: skip
