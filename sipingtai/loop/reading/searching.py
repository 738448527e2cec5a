"""Walks (检索): the newest cases of a list that lies in the order of ids, no further than the page needs.

Ids follow the order in which cases came in. Two sorts of lists lie in that order: the cases two characters occur in,
and the cases an office has been given. A page is read from the newest end of the shortest list that holds all there is
to find; of each case on it, the other conditions are looked up, and whether the actor may see it. By the moment of
reception a list would have to be sorted first, whatever its length; and whoever sees one case in ten thousand would
walk past all the others.

Pairs are necessary, not sufficient: `lists.confirmed` reads the texts of what is found.
"""

import json
from collections.abc import Sequence
from typing import Any

from attrs import frozen
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from sipingtai.access import actor_scope
from sipingtai.cases.models import Case, Word
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.insight.bigrams import QueryTerms

LAST = "\U0010ffff"
_LOOKED_UP = 8  # pairs: the rarest ones; more of them hardly narrow any further


@frozen
class Walk:
    """Lists to be walked: a table, the column that begins an index on (column, `case`), and its values."""

    table: str
    column: str
    case: str
    values: tuple[str | int, ...]

    def condition(self) -> str:
        return f"{self.table}.{self.column} = ANY (%s)"


def own_walks(setting: Setting) -> tuple[Walk, ...]:
    """The lists that hold whatever the actor of this scope may see; none where that is not known to be so.

    An office sees what it was given (tests hold `cases.projection.sight` to it), and each of its people what they
    reported themselves. Everybody else sees by area, or through a platform: so much that it is soon met with.
    """
    actor = actor_scope.current()
    if actor is None or actor.areas or actor.role == actor_scope.SYSTEM or not actor.units:
        return ()
    if any(u not in setting.units or setting.units[u].kind is not UnitKind.OFFICE for u in actor.units):
        return ()
    given = Walk("cases_assignment", "unit", "case_id", actor.units)
    return (given, Walk("cases_case", "reporter_account", "id", (actor.account,))) if actor.account else (given,)


def search(rows: QuerySet[Case], terms: QueryTerms, setting: Setting, *, below: int | None, count: int) -> list[int]:
    """Ids of the newest of `rows` that have these words, at most `count`, before the id `below`. Within a scope."""
    own = own_walks(setting)
    if not terms.required:
        words = _beginning_with(terms.prefix)
        if not own:
            return newest(rows, (_walk(words),), below=below, count=count) if words else []
        return newest(rows.filter(_has(Q(word__in=words))), own, below=below, count=count) if words else []
    shortest, *others = _by_length([*(_walk((word,)) for word in sorted(terms.required)), *own[:1]])
    for other in others[:_LOOKED_UP]:
        if other not in own:
            rows = rows.filter(_has(Q(word=other.values[0])))
    return newest(rows, own if shortest in own else (shortest,), below=below, count=count)


def having(rows: QuerySet[Case], terms: QueryTerms) -> QuerySet[Case]:
    """Those of few cases, such as the open ones, that have these words: each case is looked up."""
    if not terms.searchable:
        return rows.none()
    for word in sorted(terms.required):
        rows = rows.filter(_has(Q(word=word)))
    begin = terms.prefix
    return rows if terms.required else rows.filter(_has(Q(word__gte=begin, word__lt=begin + LAST)))


def newest(rows: QuerySet[Case], walks: Sequence[Walk], *, below: int | None, count: int) -> list[int]:
    """Ids of the newest of `rows` on any of these lists, each walked no further than it takes. Within a scope."""
    inner, its_values = rows.filter(pk=RawSQL("hit.id", ())).order_by().values("pk").query.sql_with_params()
    parts: list[str] = []
    values: list[Any] = []
    for walk in walks:
        bound = f"AND {walk.case} < %s" if below is not None else ""
        kind = "text" if isinstance(walk.values[0], str) else "bigint"
        # OFFSET 0 keeps the order of things: first the list, then each of its cases.
        parts.append(
            f"""
            SELECT listed.id FROM unnest(%s::{kind}[]) AS asked (value), LATERAL (
                SELECT found.id FROM (
                    SELECT DISTINCT {walk.case} AS id FROM {walk.table}
                    WHERE {walk.table}.{walk.column} = asked.value {bound} ORDER BY {walk.case} DESC OFFSET 0
                ) AS hit, LATERAL ({inner} OFFSET 0) AS found (id)
                ORDER BY hit.id DESC LIMIT %s
            ) AS listed"""  # noqa: S608  names of ours; what was typed stays apart
        )
        values += [list(walk.values), *([below] if bound else []), *its_values, count]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT DISTINCT id FROM ({' UNION ALL '.join(parts)}) AS every ORDER BY id DESC LIMIT %s",  # noqa: S608
            [*values, count],
        )
        return [row[0] for row in cursor.fetchall()]


def _walk(words: Sequence[str]) -> Walk:
    return Walk("cases_word", "word", "case_id", tuple(words))


def _has(word: Q) -> Exists:
    return Exists(Word.objects.filter(word, case=OuterRef("pk")))


def _by_length(walks: Sequence[Walk]) -> list[Walk]:
    """The shortest first, as the planner knows them: its statistics cost nothing to ask."""
    if len(walks) < 2:
        return list(walks)
    one = " UNION ALL ".join(f"SELECT 1 FROM {walk.table} WHERE {walk.condition()}" for walk in walks)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (FORMAT JSON) {one}", [list(walk.values) for walk in walks])
        told = cursor.fetchone()[0]
    plan = (json.loads(told) if isinstance(told, str) else told)[0]["Plan"]
    rows = [part["Plan Rows"] for part in plan.get("Plans", ()) if part["Parent Relationship"] == "Member"]
    if len(rows) != len(walks):
        return list(walks)
    return [walks[n] for n in sorted(range(len(walks)), key=rows.__getitem__)]


# From one word to the next greater one by the index, however many cases each has.
_NEXT = """
    WITH RECURSIVE known (word) AS (
        (SELECT word FROM cases_word WHERE word >= %s AND word < %s ORDER BY word LIMIT 1)
        UNION ALL
        SELECT (SELECT w.word FROM cases_word w WHERE w.word > known.word AND w.word < %s ORDER BY w.word LIMIT 1)
        FROM known WHERE known.word IS NOT NULL
    )
    SELECT word FROM known WHERE word IS NOT NULL LIMIT 200
"""


def _beginning_with(prefix: str) -> list[str]:
    """The words that begin with a character; of very many, the first ones."""
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, [prefix, prefix + LAST, prefix + LAST])
        return [row[0] for row in cursor.fetchall()]
