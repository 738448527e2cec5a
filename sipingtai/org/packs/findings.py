"""What is wrong with a pack, said so that a clerk can mend it: file, line, mistake, remedy."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from attrs import field, frozen


@frozen(order=True)
class Place:
    """A line of a file; lines count from 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{Path(self.file).name} 第{self.line}行"


@frozen(order=True)
class Finding:
    """One mistake (错误) and what to do about it."""

    place: Place
    wrong: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}：{self.wrong}。改法：{self.remedy}。"


@frozen
class Findings:
    """The mistakes found so far. A reader adds to it and reads on, so that one run names them all."""

    items: list[Finding] = field(factory=list)

    def add(self, place: Place, wrong: str, remedy: str) -> None:
        """Record a mistake once, even where two rules trip over the same one."""
        finding = Finding(place, wrong, remedy)
        if finding not in self.items:
            self.items.append(finding)

    def __bool__(self) -> bool:
        return bool(self.items)

    def sorted(self) -> list[Finding]:
        """By file and line, the order in which somebody mends them."""
        return sorted(self.items)


class PackError(Exception):
    """The pack cannot be used. `findings` says why, and its text is fit for the terminal."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = list(findings)
        super().__init__("\n".join(str(f) for f in self.findings))


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word somebody probably meant, or None."""
    choices = list(known)
    close = difflib.get_close_matches(word, choices, n=1, cutoff=0.5)
    if close:
        return close[0]
    # Chinese names differ by a left-out or added part more often than by letters.
    inside = [c for c in choices if len(word) >= 2 and (word in c or c in word)]
    return inside[0] if len(inside) == 1 else None


def suggestion(word: str, known: Iterable[str]) -> str:
    """A remedy for an unknown word: the nearest one, or the list of those possible."""
    choices = list(dict.fromkeys(known))
    meant = nearest(word, choices)
    if meant:
        return f"是否应为“{meant}”"
    if not choices:
        return "请删去，或先在包中写明它"
    shown = "、".join(choices[:12])
    return f"可用的有：{shown}{'等' if len(choices) > 12 else ''}"
