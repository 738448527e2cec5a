"""Chinese substring search in a plain B-tree: a text becomes a set of tokens, a query the tokens it must have.

A token is a pair of neighbouring characters of a run of letters, digits or Chinese characters (安全 → 安全; 12345 → 12,
23, 34, 45); the last character of a run by itself; and a Latin word or number as a whole, up to 32 characters. Single
characters are not kept otherwise: they would nearly double the table, and every occurrence of one begins a pair or ends
a run, so that a query of one character is a range over the tokens that begin with it.

Tokens narrow the search, containment decides it: `matches` is to be asked of every row found.
"""

import re
import unicodedata
from dataclasses import dataclass

LONGEST_WORD = 32

_RUN = re.compile(r"[^\W_]+")
_WORD = re.compile(r"[^\W_\u2e80-\U0003ffff]+")  # letters and digits of the scripts that write words apart


@dataclass(frozen=True)
class QueryTerms:
    """What a row's tokens must be for it to contain the query."""

    fragments: tuple[str, ...]  # the query's parts between blanks, each to be contained
    required: frozenset[str]  # tokens that a row must all have
    prefix: str  # where nothing is required: some token of the row begins with this character

    @property
    def searchable(self) -> bool:
        """Tell whether the token table can answer; a query of punctuation alone it cannot."""
        return bool(self.required or self.prefix)


def normalise(text: str) -> str:
    """Return the text as it is searched: NFKC, lower case, runs of blanks and line ends made one blank."""
    lowered = unicodedata.normalize("NFKC", text).lower()
    return " ".join(unicodedata.normalize("NFKC", lowered).split())


def bigrams(text: str) -> frozenset[str]:
    """Return the tokens of a text."""
    tokens: set[str] = set()
    for run in _RUN.findall(normalise(text)):
        tokens.update(_pairs(run))
        tokens.add(run[-1])
        tokens.update(word for word in _WORD.findall(run) if 2 < len(word) <= LONGEST_WORD)
    return frozenset(tokens)


def query_terms(query: str) -> QueryTerms:
    """Return what to look for; the parts of a query between blanks must all be contained, in any order."""
    fragments = tuple(dict.fromkeys(normalise(query).split()))
    required: set[str] = set()
    prefix = ""
    for fragment in fragments:
        for run in _RUN.finditer(fragment):
            required.update(_pairs(run[0]))
            prefix = prefix or run[0][0]
        # A word with something on both sides of it in the query is a whole word of the text as well.
        for word in _WORD.finditer(fragment):
            if word.start() > 0 and word.end() < len(fragment) and 2 < len(word[0]) <= LONGEST_WORD:
                required.add(word[0])
    return QueryTerms(fragments, frozenset(required), "" if required else prefix)


def matches(query: QueryTerms, text: str) -> bool:
    """Tell whether the text contains every part of the query."""
    searched = normalise(text)
    return all(fragment in searched for fragment in query.fragments)


def _pairs(run: str) -> set[str]:
    return {run[index : index + 2] for index in range(len(run) - 1)}
