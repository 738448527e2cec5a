"""What a list is narrowed to and sorted by: read from its address, written back into it, shown as chips."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlencode

from attrs import evolve, frozen
from django.db.models import Q
from django.http import QueryDict

from sipingtai.access.plain_text import clean
from sipingtai.cases.models import Clock
from sipingtai.core.case import Channel
from sipingtai.core.clocks import ClockKind
from sipingtai.core.setting import Setting, Urgency
from sipingtai.core.stages import Stage
from sipingtai.desk import addresses
from sipingtai.loop.reading.below import units_under
from sipingtai.loop.reading.lists import Filters
from sipingtai.loop.reading.orders import Order
from sipingtai.loop.reading.places import Names, category_name

LONGEST_QUERY = 50  # characters
DAYS = {"1": "今天和昨天", "7": "近 7 日", "30": "近 30 日"}
_BEFORE_TODAY = {"1": 1, "7": 6, "30": 29}  # calendar days, so that today is the last of them
SORTS = {
    Order.DUE: "按时限",
    Order.URGENT: "紧急和层级高的在前",
    Order.STILL: "停留最久的在前",
    Order.NEW: "新的在前",
}
NAMES = ("q", "stage", "category", "area", "channel", "holder", "days", "urgent", "overdue", "under", "awaits", "sort")


@frozen(kw_only=True)
class Narrowing:
    """The filters and the order an address names."""

    filters: Filters
    days: str = ""  # a key of DAYS
    urgent: bool = False
    sort: str = ""  # a key of SORTS; empty: the list's own order
    under: int | None = None  # a command: what stands with its units and with those below it
    awaits: int | None = None  # a command: what it waits for, from `under` where that is given, else from above
    held: tuple[int, ...] = ()  # the units that `under` stands for, or those that `awaits` leaves out

    def in_force(self, now: datetime) -> Filters:
        """The filters with those that depend on the moment."""
        extra = self.filters.extra
        if self.urgent:
            extra &= ~Q(urgency=Urgency.NORMAL.value)
        if self.days:
            today = now.replace(hour=0, minute=0, second=0, microsecond=0)
            extra &= Q(received_at__gte=today - timedelta(days=_BEFORE_TODAY[self.days]))
        if self.under:
            extra &= Q(holder__in=self.held)
        if self.awaits:
            tracked = Clock.objects.filter(kind=ClockKind.TRACK.value, ref=self.awaits)
            extra &= Q(pk__in=tracked.values("case"))
            extra &= Q() if self.under else ~Q(holder__in=self.held)
        awaiting = frozenset({self.awaits}) if self.awaits else self.filters.awaiting
        return evolve(self.filters, extra=extra, awaiting=awaiting, open_only=bool(self.held) or self.filters.open_only)

    def values(self) -> Mapping[str, str]:
        """What stands in the address, by name; empty where nothing does."""
        found = self.filters
        return {
            "q": found.query,
            "stage": found.stage,
            "category": found.category,
            "area": found.area,
            "channel": found.channel,
            "holder": str(found.holder or ""),
            "days": self.days,
            "urgent": "on" if self.urgent else "",
            "overdue": "on" if found.overdue else "",
            "under": str(self.under or ""),
            "awaits": str(self.awaits or ""),
            "sort": self.sort,
        }


def narrowing_of(asked: QueryDict, setting: Setting) -> Narrowing:
    """The narrowing an address names; a value nobody knows narrows nothing."""

    def known(name: str, values: Collection[str]) -> str:
        value = (asked.get(name) or "").strip()
        return value if value in values else ""

    def command(name: str) -> int | None:
        value = (asked.get(name) or "").strip()
        return next((c for c in setting.commands if str(c) == value), None)

    under, awaits = command("under"), command("awaits")
    area, holder = (asked.get("area") or "").strip(), (asked.get("holder") or "").strip()
    category = (asked.get("category") or "").strip().split(" ")[0]
    return Narrowing(
        filters=Filters(
            stage=known("stage", {s.value for s in Stage}),
            category=category if category in setting.categories else "",
            area=area if area.isascii() and area.isdigit() and len(area) <= 15 else "",
            channel=known("channel", {c.value for c in Channel}),
            holder=int(holder) if holder.isascii() and holder.isdigit() and len(holder) < 19 else None,
            query=clean((asked.get("q") or "")[: LONGEST_QUERY * 2], LONGEST_QUERY * 2, "搜索")[:LONGEST_QUERY],
            overdue=asked.get("overdue") == "on",
            open_only=asked.get("overdue") == "on",
        ),
        days=known("days", DAYS),
        urgent=asked.get("urgent") == "on",
        sort=known("sort", SORTS),
        under=under,
        awaits=awaits,
        held=units_under(under or awaits or 0, setting),
    )


@frozen(kw_only=True)
class Place:
    """A list by its address: the page, the queue where there is one, and what it is narrowed to."""

    name: str  # of the address: desk:home, desk:cases
    queue: str
    narrowing: Narrowing

    def query(self, **changed: str) -> str:
        values = {"queue": self.queue, **self.narrowing.values(), **changed}
        return urlencode({name: value for name, value in values.items() if value})

    def address(self, **changed: str) -> str:
        """The list's address with some of its values changed; an empty one leaves it out."""
        query = self.query(**changed)
        return f"{addresses.page(self.name)}?{query}" if query else addresses.page(self.name)

    def bare(self) -> str:
        """The same list without any filter, in the same order."""
        return self.address(**dict.fromkeys((name for name in NAMES if name != "sort"), ""))


@frozen(kw_only=True)
class Chip:
    """A filter in force, and the address without it."""

    label: str
    address: str


def chips(place: Place, setting: Setting, found: Names) -> list[Chip]:
    """The filters in force, each with the address that lets it go."""
    filters, narrowing = place.narrowing.filters, place.narrowing
    holder = setting.units.get(filters.holder or 0)
    labels = {
        "q": f"含“{filters.query}”",
        "stage": Stage(filters.stage).label if filters.stage else "",
        "category": category_name(found, setting, filters.category),
        "area": found.areas.get(filters.area, filters.area),
        "channel": Channel(filters.channel).label if filters.channel else "",
        "holder": holder.name if holder else str(filters.holder or ""),
        "days": DAYS.get(narrowing.days, ""),
        "urgent": "紧急",
        "under": f"在{_place(narrowing.under, setting, found)}",
        "awaits": f"{_place(narrowing.awaits, setting, found)}等答复",
        "overdue": "已到期未办",
    }
    return [
        Chip(label=labels[name], address=place.address(**{name: ""}))
        for name, value in narrowing.values().items()
        if value and name in labels
    ]


def _place(command: int | None, setting: Setting, found: Names) -> str:
    """Where a command is, as people say it: 雾溪畲族乡."""
    unit = setting.units.get(command or 0)
    return found.areas.get(unit.area, unit.name) if unit else ""
