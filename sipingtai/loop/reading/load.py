"""How much each office has on its hands now (在办), beside its name where work is given out. Matters, never people."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from attrs import evolve, frozen
from django.db.models import Count, Q

from sipingtai.cases.models import Clock
from sipingtai.core.clocks import ClockKind
from sipingtai.core.setting import Setting
from sipingtai.loop.reading.options import Choice

_WORK = (ClockKind.FORWARD, ClockKind.SIGN, ClockKind.HANDLE, ClockKind.REWORK, ClockKind.ASSIST)


@frozen(kw_only=True)
class Load:
    """What lies with an office or a platform, as far as the asker may see it."""

    open: int
    late: int

    def __str__(self) -> str:
        """在办 12 · 超期 2."""
        return (f"在办 {self.open}" if self.open else "无在办") + (f" · 超期 {self.late}" if self.late else "")


NONE = Load(open=0, late=0)


def total(found: Iterable[Load]) -> Load:
    """Of several units together."""
    every = list(found)
    return Load(open=sum(load.open for load in every), late=sum(load.late for load in every))


def beside(found: Iterable[Choice], setting: Setting, now: datetime) -> tuple[Choice, ...]:
    """What each has on its hands behind its name; a platform's is its member offices' and its own. One statement."""
    chosen, units = tuple(found), setting.units
    behind = {c.value: {int(c.value), *(u.id for u in units.values() if int(c.value) in u.platforms)} for c in chosen}
    load = loads(sorted(set().union(*behind.values())), now)
    return tuple(
        evolve(c, label=f"{c.label}（{total(load.get(unit, NONE) for unit in behind[c.value])}）") for c in chosen
    )


def loads(units: Sequence[int], now: datetime) -> dict[int, Load]:
    """The running clocks these units own: one statement, by the index on owner and due time."""
    if not units:
        return {}
    rows = Clock.objects.filter(owner__in=units, kind__in=[kind.value for kind in _WORK])
    counted = rows.values("owner").annotate(
        open=Count("case", distinct=True),
        late=Count("id", filter=Q(due_at__lt=now, paused_at=None)),  # what is suspended is not late
    )
    return {row["owner"]: Load(open=row["open"], late=row["late"]) for row in counted.values("owner", "open", "late")}
