"""What is known of a category before a matter of it is given out (推荐依据): rulings, rule, duty lists, practice.

Rule and clauses are read once for each state of the organisation; rulings and practice are one statement each, for one
case or a hundred. Rulings and counts are of what the asker may see.
"""

from collections.abc import Collection, Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache

from django.db import connection
from django.db.models import F

from sipingtai.cases.models import Precedent
from sipingtai.core.setting import Setting
from sipingtai.insight.routing import Clause, Known, Practice, Returned, Rule, Ruling
from sipingtai.loop.reading.lists import first_text
from sipingtai.loop.reading.places import names
from sipingtai.org.routes import Route, usual_routes
from sipingtai.org.setting import duty_clauses

LATELY = timedelta(days=365)  # what ended before says little of the offices there are now
_LOOKED_AT = 100  # of the newest ended matters of a category
_RULINGS = 200  # for a whole batch
_RULINGS_OF_ONE = 3  # the one in force and what it overrules

Kind = tuple[int, str]
"""A command and a category: what such matters have in common."""

# By the index on command, category and day of ending, no further than so many; assignments stand in the state itself.
_PRACTICE = """
    SELECT asked.command, asked.category, a.unit,
        count(DISTINCT c.id) FILTER (WHERE a.main AND a.state = 'done'),
        count(DISTINCT c.id) FILTER (WHERE a.main AND a.state = 'done' AND c.rework > 0),
        count(DISTINCT c.id) FILTER (WHERE a.main AND a.state = 'ended' AND c.doer <> a.unit),
        count(DISTINCT c.id) FILTER (WHERE NOT a.main AND a.state = 'done')
    FROM unnest(%s::bigint[], %s::text[]) AS asked (command, category),
    LATERAL (
        SELECT id, COALESCE((state ->> 'rework')::int, 0) AS rework, state -> 'assignments' AS given,
            (jsonb_path_query_first(state, '$.assignments[*] ? (@.main == true && @.state == "done").unit'))::bigint
                AS doer
        FROM cases_case
        WHERE command = asked.command AND category = asked.category AND stage IN ('closed', 'archived')
            AND closed_at > %s
        ORDER BY closed_at DESC LIMIT %s
    ) AS c,
    LATERAL jsonb_to_recordset(c.given) AS a (unit bigint, main boolean, state text)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
"""


def known(
    kinds: Collection[Kind], setting: Setting, now: datetime, returned: tuple[Returned, ...] = ()
) -> Mapping[Kind, Known]:
    """All there is to go by for matters of these kinds: two statements. `returned` is what the one matter has had."""
    asked, at = sorted(set(kinds)), now.date()
    rulings, practice = _rulings(asked), _practice(asked, now - LATELY)
    found = names(setting, at)
    words = {w.code: (w.name, *w.keywords) for w in found.words}
    return {
        (command, category): Known(
            words=(*words.get(category, ()), *filter(None, [found.majors.get(category)])),
            rule=_rule(_routes(setting.version, command, at).get(category)),
            rulings=tuple(rulings.get((command, category), ())),
            returned=returned,
            clauses=_clauses(setting.version, command, at),
            practice=tuple(practice.get((command, category), ())),
        )
        for command, category in asked
    }


def _rulings(kinds: list[Kind]) -> Mapping[Kind, list[Ruling]]:
    """Who was ruled responsible: the proposed office where the return was granted, else whoever had asked for it."""
    rows = Precedent.objects.filter(command__in={k[0] for k in kinds}, category__in={k[1] for k in kinds})
    told = rows.annotate(number=F("case__number"), about=first_text("title", case="case"))
    found: dict[Kind, list[Ruling]] = {}
    for row in told.order_by("-decided_at", "-pk")[: _RULINGS if len(kinds) > 1 else _RULINGS_OF_ONE]:
        unit = row.proposed if row.granted else row.returned_by
        if unit is not None:
            ruling = Ruling(
                number=row.number, about=row.about or "", at=row.decided_at, unit=unit, returned_by=row.returned_by
            )
            found.setdefault((row.command, row.category), []).append(ruling)
    return found


def _practice(kinds: list[Kind], since: datetime) -> Mapping[Kind, list[Practice]]:
    found: dict[Kind, list[Practice]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_PRACTICE, [[k[0] for k in kinds], [k[1] for k in kinds], since, _LOOKED_AT])
        for command, category, unit, done, reworked, passed_on, assisted in cursor.fetchall():
            practice = Practice(unit=unit, done=done, reworked=reworked, passed_on=passed_on, assisted=assisted)
            found.setdefault((command, category), []).append(practice)
    return found


def _rule(route: Route | None) -> Rule | None:
    if route is None or (route.platform is None and route.office is None):
        return None
    return Rule(scheme=route.scheme, platform=route.platform, office=route.office)


@lru_cache(maxsize=256)  # the commands of a county
def _routes(version: int, command: int, at: date) -> Mapping[str, Route]:  # noqa: ARG001  the version is in the key
    return usual_routes(command, at)


@lru_cache(maxsize=256)
def _clauses(version: int, command: int, at: date) -> tuple[Clause, ...]:  # noqa: ARG001  the version is in the key
    rows = duty_clauses(at).filter(office__command=command).order_by("office__position", "office_id", "id")
    return tuple(
        Clause(unit=office, number=number, text=text)
        for office, number, text in rows.values_list("office_id", "number", "text")
    )
