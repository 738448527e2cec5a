"""Walks (检索): the newest cases of a list that lies in the order of ids, no further than the page needs.

Ids follow the order in which cases came in. Two sorts of lists lie in that order: the cases two characters occur in,
and the cases an office has been given. A page is read from the newest end of the rarest pair's list; of each case on
it, the other conditions are looked up, and whether the actor may see it. By the moment of reception a list would have
to be sorted first, whatever its length; and whoever sees one case in ten thousand would walk past all the others. So
an office's own list and those of the words are walked side by side (cases migration 0006).

Pairs are necessary, not sufficient: `lists.page` reads the texts of what is found.
"""

from collections.abc import Sequence
from typing import Any

from attrs import frozen
from django.db import connection
from django.db.models import BooleanField, Exists, OuterRef, Q, QuerySet
from django.db.models.expressions import RawSQL

from sipingtai.access import actor_scope
from sipingtai.cases.models import Case, Word
from sipingtai.core.setting import Setting, UnitKind
from sipingtai.insight.bigrams import QueryTerms

LAST = "\U0010ffff"
_MORE = 20  # cases of an office that are looked at beyond the page: some may no longer be in its sight
_LOOKED_UP = 8  # pairs: the rarest ones; more of them hardly narrow any further


@frozen
class Walk:
    """Lists to be walked: a table, the column that begins an index on (column, `case`), and its values."""

    table: str
    column: str
    case: str
    values: tuple[str | int, ...]


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
    words = sorted(terms.required)
    if own:
        return _among_own(rows, words, below=below, count=count)
    rarest, *others = _by_rarity(words)
    rows = rows.filter(_has_all(others[:_LOOKED_UP])) if others else rows
    return newest(rows, (_walk((rarest,)),), below=below, count=count)


def _among_own(rows: QuerySet[Case], words: list[str], *, below: int | None, count: int) -> list[int]:
    """The newest of `rows` among what the actor's own units were given (cases migration 0006): mostly one statement.

    More only where other conditions leave out nearly all that have the words: then ever longer stretches are looked at.
    """
    inner, its_values = rows.filter(pk=RawSQL("hit.id", ())).order_by().values("pk").query.sql_with_params()
    given = "cases_given_with(%s::text[], %s::bigint, %s::integer)"
    one = f"SELECT hit.id, EXISTS ({inner}) FROM {given} AS hit (id) ORDER BY hit.id DESC"  # noqa: S608  values apart
    found: list[int] = []
    most = count + _MORE
    while True:
        with connection.cursor() as cursor:
            cursor.execute(one, [*its_values, words, below, most])
            hits = cursor.fetchall()
        found += [pk for pk, there in hits if there]
        if len(found) >= count or len(hits) < most:
            return found[:count]
        below, most = hits[-1][0], most * 8


def having(rows: QuerySet[Case], terms: QueryTerms) -> QuerySet[Case]:
    """Those of few cases, such as the open ones, that have these words: each case is looked up."""
    if not terms.searchable:
        return rows.none()
    begin = terms.prefix
    words = _has_all(sorted(terms.required)) if terms.required else _has(Q(word__gte=begin, word__lt=begin + LAST))
    return rows.filter(words)


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


# One look at the table's policy however many words there are: with each of them in a condition of its own, planning
# took four times as long as searching. In the order given, and no further than the first that is not there.
_ALL = """
    NOT EXISTS (SELECT FROM unnest(%s::text[]) AS asked (word) WHERE NOT EXISTS (
        SELECT FROM cases_word w WHERE w.case_id = cases_case.id AND w.word = asked.word))
"""


def _has_all(words: Sequence[str]) -> RawSQL:
    return RawSQL(_ALL, (list(words),), output_field=BooleanField())  # noqa: S611  values apart


def _by_rarity(words: list[str]) -> list[str]:
    """The rarest first, as the planner knows them: its statistics cost little to ask."""
    if len(words) < 2:
        return words
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_by_rarity(%s::text[])", [words])
        found: list[str] = cursor.fetchone()[0]
        return found


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
