"""Rows of a list, every word of them ready: the template that shows a hundred decides nothing."""

from collections.abc import Iterable
from zlib import crc32

from attrs import frozen
from django.utils.safestring import SafeString

from sipingtai.core.setting import Setting
from sipingtai.desk import addresses
from sipingtai.desk.bench import Bench
from sipingtai.desk.frame import asker_names
from sipingtai.desk.words import placed
from sipingtai.faces import words
from sipingtai.faces.asker import Asker
from sipingtai.faces.templatetags.faces import clock
from sipingtai.loop.reading.lists import Line
from sipingtai.loop.reading.orders import Order
from sipingtai.loop.reading.places import Names


@frozen(kw_only=True)
class Entry:
    """A row as the list shows it."""

    id: str  # in digits: it is a name, no figure to be formatted
    number: str
    mark: str  # the same for as long as the row says the same
    title: str
    category: str
    place: str
    clock: SafeString
    urgency: str  # empty where it is nothing out of the ordinary
    restricted: bool
    stage: str
    holder: str
    channel: str
    received: str
    end: str  # what this list tells besides the matter
    address: str  # the list with this case open
    opens: str  # the case alone, as a part of the page


def entries(lines: Iterable[Line], asker: Asker, bench: Bench, *, ended: str = "") -> list[Entry]:
    """The lines of a list, dressed. `ended`: what the clock of an ended case says; else its stage."""
    seen = _Seen.by(asker)
    within = bench.place.address()
    within += "&case=" if "?" in within else "?case="
    found = []
    for line in lines:
        row = words.row(line, asker.now)
        without = line.stage.label if line.stage.open else ended or line.stage.label  # a merged case has no clock
        chip = clock(row.state, row.chip) if row.state else clock("done", without)
        end, place = _end(row, bench, seen), _place(row, bench, seen)
        shown = (line.title, place, line.category, line.restricted, row.urgency, chip, end)
        found.append(
            Entry(
                id=str(line.id),
                number=line.number,
                mark=f"{crc32(repr(shown).encode()):08x}",
                title=line.title,
                category=line.category,
                place=place,
                clock=chip,
                urgency=row.urgency,
                restricted=line.restricted,
                stage=line.stage.label,
                holder=seen.holder(line),
                channel=row.channel,
                received=row.received,
                end=end,
                address=within + line.number,
                opens=f"{addresses.case(line.number)}?queue={bench.code}",
            )
        )
    return found


@frozen(kw_only=True)
class _Seen:
    """From where somebody looks: what lies in another township or village is told with its name."""

    setting: Setting
    names: Names
    units: frozenset[int]
    areas: frozenset[str]

    @classmethod
    def by(cls, asker: Asker) -> "_Seen":
        units = asker.setting.units
        areas = frozenset(units[unit].area for unit in asker.actor.units if unit in units)
        return cls(setting=asker.setting, names=asker_names(asker), units=asker.actor.units, areas=areas)

    def holder(self, line: Line) -> str:
        unit = self.setting.units.get(line.holder_unit or 0)
        if unit is None or unit.area in self.areas:
            return line.holder
        return placed(unit.id, self.setting, self.names)

    def township(self, line: Line) -> str:
        """The township the matter lies in, for whoever stands over several."""
        code = line.area[:_TOWNSHIP]
        if len(code) < _TOWNSHIP or any(area.startswith(code) for area in self.areas):
            return ""
        return self.names.areas.get(code, "")


_TOWNSHIP = 9  # digits of its code


def _place(row: words.Row, bench: Bench, seen: _Seen) -> str:
    """Where the matter lies; of one that is awaited, where it stands below."""
    line = row.line
    if row.awaited and line.holder:
        return f"{line.stage.label} · {seen.holder(line)}"
    with_holder = bench.with_holder and line.holder and line.holder_unit not in seen.units
    township = "" if with_holder else seen.township(line)
    return " · ".join(word for word in (township, line.place) if word)


def _end(row: words.Row, bench: Bench, seen: _Seen) -> str:
    line = row.line
    if row.awaited:
        return row.awaited
    if bench.order is Order.STILL and row.stood:
        return row.stood
    if not bench.with_holder:
        return row.received if bench.order is Order.NEW else row.channel
    if not line.holder:
        return row.received
    if not bench.with_stage:
        return seen.holder(line)
    return line.stage.label if line.holder_unit in seen.units else f"{line.stage.label} · {seen.holder(line)}"
