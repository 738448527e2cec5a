"""What a bench found: figures with every run's value, what they are held to, and on which machine.

    Figure(name="ratio", label="受理 ÷ 裸客户端", unit="", values=(0.41, 0.43, 0.42))
    Target("ratio", at_least=0.4)

A figure is judged by its median; its spread says how far the runs lay apart.
"""

import statistics
from typing import Any

from attrs import field, frozen

from sipingtai.ops.bench.machine import Machine

Json = dict[str, Any]


@frozen(kw_only=True)
class Figure:
    """One quantity, one value a run (a single value where it is counted and not timed)."""

    name: str  # stable, for programs: `ratio`, `intakes_per_second`
    label: str  # Chinese, for people
    unit: str  # Chinese: 件/秒, 毫秒, MB; empty for a ratio
    values: tuple[float, ...] = field()

    @values.validator
    def _some(self, _attribute: object, values: tuple[float, ...]) -> None:
        if not values:
            raise ValueError(f"{self.name}: a figure has at least one value")

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def spread(self) -> float:
        """(largest - smallest) ÷ median; 0 for a single value."""
        return (max(self.values) - min(self.values)) / self.median if self.median else 0.0

    def as_json(self) -> Json:
        return {
            "name": self.name,
            "label": self.label,
            "unit": self.unit,
            "median": self.median,
            "min": min(self.values),
            "max": max(self.values),
            "spread": self.spread,
            "values": list(self.values),
        }


@frozen
class Target:
    """What the median of a figure is held to: one of the two bounds, in the figure's unit."""

    figure: str
    at_least: float | None = field(default=None, kw_only=True)
    at_most: float | None = field(default=None, kw_only=True)

    def met(self, value: float) -> bool:
        return (self.at_least is None or value >= self.at_least) and (self.at_most is None or value <= self.at_most)

    def __str__(self) -> str:
        return f"≥ {plain(self.at_least)}" if self.at_least is not None else f"≤ {plain(self.at_most or 0)}"


@frozen(kw_only=True)
class Result:
    """One bench's findings. `notes`: what a reader must know to read the figures, in Chinese."""

    bench: str
    figures: tuple[Figure, ...]
    machine: Machine
    targets: tuple[Target, ...] = ()
    notes: tuple[str, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()  # for people, head first; where a line a figure would be too long

    def figure(self, name: str) -> Figure:
        """The figure of that name. Raises KeyError."""
        found = {figure.name: figure for figure in self.figures}
        return found[name]

    def as_json(self) -> Json:
        return {
            "bench": self.bench,
            "figures": [figure.as_json() for figure in self.figures],
            "targets": [
                {
                    "figure": t.figure,
                    "at_least": t.at_least,
                    "at_most": t.at_most,
                    "met": t.met(self.figure(t.figure).median),
                }
                for t in self.targets
            ],
            "notes": list(self.notes),
            "machine": self.machine.as_json(),
        }


def plain(value: float) -> str:
    """Three digits that matter, without an exponent: 0.412, 3.51, 42.7, 318, 12500."""
    if value == 0:
        return "0"
    size = abs(value)
    digits = 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:.{digits}f}"
