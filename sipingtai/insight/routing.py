"""Who should handle a matter (分流推荐): what speaks for which office, weighed in an order that can be told in words.

A suggester is any function of this shape (`Suggester`). What it returns is evidence, not a probability: every piece is
a value that a page prints as it stands, and nothing here is a percentage. Units are plain numbers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

MOST = 3  # the best and two more: whoever finds none of them right looks further than a list can help


@dataclass(frozen=True, kw_only=True)
class Ruling:
    """A final ruling on a return (先例) of a matter of this category: it binds until the next one."""

    number: str  # of the case that was ruled on
    about: str
    at: datetime
    unit: int  # ruled responsible
    returned_by: int


@dataclass(frozen=True, kw_only=True)
class Rule:
    """The pack's word for the category (分类对应); either unit may be missing."""

    scheme: str  # the set-up of platforms it belongs to
    platform: int | None
    office: int | None


@dataclass(frozen=True, kw_only=True)
class Clause:
    """A clause of an office's duty list (职责清单)."""

    unit: int
    number: str
    text: str
    words: tuple[str, ...] = ()  # of the category that it names, filled in by whoever weighs it


@dataclass(frozen=True, kw_only=True)
class Practice:
    """What became of the category's ended matters at one office: plain counts of matters, never of people."""

    unit: int
    done: int  # ended with it as the main office
    reworked: int  # of these, how many had to be done again
    passed_on: int  # given to it, and ended elsewhere
    assisted: int


@dataclass(frozen=True, kw_only=True)
class Returned:
    """A return (退单) of this very matter that was granted: it does not go there again."""

    unit: int | None  # the unit it was said to belong to
    returned_by: int
    at: datetime


Fact = Ruling | Returned | Rule | Clause | Practice


@dataclass(frozen=True, kw_only=True)
class Known:
    """All there is to go by for one category under one command."""

    words: tuple[str, ...] = ()  # the category's name and keywords
    rule: Rule | None = None
    rulings: tuple[Ruling, ...] = ()  # the newest first
    returned: tuple[Returned, ...] = ()  # the newest first
    clauses: tuple[Clause, ...] = ()
    practice: tuple[Practice, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Advice:
    """One unit, what speaks for it, the weightiest first, and what speaks for another."""

    unit: int
    grounds: tuple[Fact, ...]
    against: tuple[Fact, ...] = ()


class Suggester(Protocol):
    """The port: what a matter says and what is known → units, best first. A learnt one comes in behind it."""

    def __call__(self, text: str, known: Known) -> tuple[Advice, ...]: ...


def by_rules(text: str, known: Known) -> tuple[Advice, ...]:
    """The last final ruling, then what a granted return of this matter named, then the pack's rule, then where such
    matters ended, then who has the clause.

    A ruling wins over the rule, for it was given by whoever settles such a quarrel and knew the rule; over earlier
    rulings, for it is later. What the losing side says is kept as `against`. Whoever gave this matter back is not
    suggested again, unless a later ruling says so.
    """
    grounds: defaultdict[int, list[Fact]] = defaultdict(list)
    if known.rulings:
        grounds[known.rulings[0].unit].append(known.rulings[0])
    for returned in known.returned[:1]:
        if returned.unit is not None:
            grounds[returned.unit].append(returned)
    if known.rule:
        for unit in (known.rule.office, known.rule.platform if known.rule.office is None else None):
            if unit is not None:
                grounds[unit].append(known.rule)
    for practice in sorted(known.practice, key=lambda p: (p.passed_on - p.done, p.unit)):
        if practice.done > practice.passed_on:
            grounds[practice.unit].append(practice)
    for clause in _named(known, text):
        if not any(isinstance(fact, Clause) for fact in grounds[clause.unit]):
            grounds[clause.unit].append(clause)
    gone = {r.returned_by for r in known.returned if not known.rulings or known.rulings[0].at < r.at}
    found = [Advice(unit=unit, grounds=tuple(facts)) for unit, facts in grounds.items() if unit not in gone]
    best = found[:MOST]
    return tuple(Advice(unit=a.unit, grounds=a.grounds, against=_against(a.unit, best, known)) for a in best)


def assisting(known: Known) -> Mapping[int, int]:
    """In how many ended matters of the category each office assisted (协办), where it did."""
    return {p.unit: p.assisted for p in known.practice if p.assisted}


def _named(known: Known, text: str) -> list[Clause]:
    """The clauses that name a word of the category, those whose words the matter itself uses first."""

    def weight(clause: Clause) -> tuple[int, int]:
        return sum(word in text for word in clause.words), sum(map(len, clause.words))

    said = [_with_words(clause, known.words) for clause in known.clauses]
    return sorted((c for c in said if c.words), key=weight, reverse=True)


def _with_words(clause: Clause, words: Iterable[str]) -> Clause:
    found = [word for word in words if len(word) > 1 and word in clause.text]
    own = tuple(w for w in found if not any(w != other and w in other for other in found))
    return Clause(unit=clause.unit, number=clause.number, text=clause.text, words=own)


def _against(unit: int, found: Iterable[Advice], known: Known) -> tuple[Fact, ...]:
    """What speaks for others: rulings and the rule; and practice, where it says so louder than for this unit."""
    facts: list[Fact] = [*[r for r in known.rulings if r.unit != unit][:1]]
    rule = known.rule
    if rule and rule.office is not None and rule.office != unit:
        facts.append(rule)
    done = {p.unit: p.done for p in known.practice}
    other = max((p for p in known.practice if p.unit != unit), key=lambda p: p.done, default=None)
    if other and other.done > done.get(unit, 0) and any(a.unit == other.unit for a in found):
        facts.append(other)
    return tuple(facts)
