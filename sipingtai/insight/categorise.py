"""A first suggestion of a matter's category (类别), from the words its text contains."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

_SHOWN_WORDS = 4


@dataclass(frozen=True)
class CategoryWords:
    """A category and the words that speak for it."""

    code: str
    name: str
    keywords: tuple[str, ...]


@dataclass(frozen=True)
class Suggestion:
    """A category that a text may belong to. The score only orders suggestions; it is the reason that is shown."""

    code: str
    score: float
    reason_zh: str


def suggest(text: str, categories: Sequence[CategoryWords], top: int = 3) -> tuple[Suggestion, ...]:
    """Return the `top` categories whose words the text contains, best first; none where it contains none.

    A longer word weighs more than a short one, a word that several categories claim is shared between them, and a
    repeated word counts half as much again for each repetition, twice at most. Where words overlap, the longest that
    begins first is taken (垃圾焚烧 rather than 垃圾). Equal scores are ordered by code.
    """
    return _words_of(tuple(categories)).suggest(text, top)


class _Words:
    def __init__(self, categories: Iterable[CategoryWords]) -> None:
        self._names: dict[str, str] = {}
        claims: defaultdict[str, set[str]] = defaultdict(set)
        for category in categories:
            self._names[category.code] = category.name
            for keyword in category.keywords:
                if keyword.strip():
                    claims[keyword.strip().lower()].add(category.code)
        self._codes = {word: sorted(codes) for word, codes in claims.items()}
        self._pattern = re.compile(_alternation(claims)) if claims else None

    def suggest(self, text: str, top: int) -> tuple[Suggestion, ...]:
        if self._pattern is None:
            return ()
        scores: defaultdict[str, float] = defaultdict(float)
        found: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
        for word, times in Counter(self._pattern.findall(text.lower())).items():
            codes = self._codes[word]
            score = len(word) * (1 + 0.5 * min(times - 1, 2)) / len(codes)
            for code in codes:
                scores[code] += score
                found[code].append((-score, word))
        best = sorted(scores, key=lambda code: (-scores[code], code))[:top]
        return tuple(Suggestion(code, round(scores[code], 3), self._reason(found[code])) for code in best)

    @staticmethod
    def _reason(found: list[tuple[float, str]]) -> str:
        words = [word for _, word in sorted(found)]
        shown = "、".join(f"“{word}”" for word in words[:_SHOWN_WORDS])
        more = f"等 {len(words)} 个词" if len(words) > _SHOWN_WORDS else ""
        return f"文中提到{shown}{more}"


def _alternation(words: Iterable[str]) -> str:
    """Return a pattern for any of the words, grouped by first character: one look decides at most places of a text."""
    by_first: defaultdict[str, list[str]] = defaultdict(list)
    for word in words:
        by_first[word[0]].append(word[1:])
    groups = (
        re.escape(first) + "(?:" + "|".join(re.escape(rest) for rest in sorted(rests, key=lambda r: (-len(r), r))) + ")"
        for first, rests in sorted(by_first.items())
    )
    return "|".join(groups)


@lru_cache(maxsize=8)
def _words_of(categories: tuple[CategoryWords, ...]) -> _Words:
    return _Words(categories)
