"""Rows of a list, every word of them ready: the template that shows a hundred decides nothing."""

from collections.abc import Iterable
from zlib import crc32

from attrs import frozen
from django.urls import reverse
from django.utils.safestring import SafeString

from sipingtai.desk.bench import Bench
from sipingtai.faces import words
from sipingtai.faces.asker import Asker
from sipingtai.faces.templatetags.faces import clock
from sipingtai.loop.reading.lists import Line
from sipingtai.loop.reading.orders import Order


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
    units = asker.setting.units
    own = {units[unit].name for unit in asker.actor.units if unit in units}
    within, alone = bench.place.address(), reverse("desk:case", args=["0"]).removesuffix("0")
    within += "&case=" if "?" in within else "?case="
    found = []
    for line in lines:
        row = words.row(line, asker.now)
        chip = clock(row.state, row.chip) if row.state else clock("done", ended or line.stage.label)
        end = _end(row, bench, own)
        shown = (line.title, line.place, line.category, line.restricted, row.urgency, chip, end)
        found.append(
            Entry(
                id=str(line.id),
                number=line.number,
                mark=f"{crc32(repr(shown).encode()):08x}",
                title=line.title,
                category=line.category,
                place=line.place,
                clock=chip,
                urgency=row.urgency,
                restricted=line.restricted,
                stage=line.stage.label,
                holder=line.holder,
                channel=row.channel,
                received=row.received,
                end=end,
                address=within + line.number,
                opens=f"{alone}{line.number}?queue={bench.code}",
            )
        )
    return found


def _end(row: words.Row, bench: Bench, own: set[str]) -> str:
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
        return line.holder
    return line.stage.label if line.holder in own else f"{line.stage.label} · {line.holder}"
