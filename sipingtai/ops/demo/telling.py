"""How a story begins: something ordinary comes in by one of the usual channels."""

from typing import Any

from sipingtai.core.case import Channel
from sipingtai.ops.demo.walk import Walk

CHANNELS = (
    Channel.GRID, Channel.GRID, Channel.GRID, Channel.HOTLINE, Channel.HOTLINE, Channel.VILLAGER, Channel.VISIT,
    Channel.LIAISON, Channel.INSPECTION, Channel.POLICE, Channel.SENSOR, Channel.MEETING, Channel.DEPARTMENT,
)  # fmt: skip


def reported(w: Walk, channel: Channel | None = None, *, calm: bool = False, direct: bool = False) -> Walk:
    """Something ordinary; `calm`: with days to do it in, `direct`: to the command room, past the village's station."""
    fields: dict[str, Any] = {"point": None} if direct and w.cast.station_first else {}
    return w.report(w.any_sort(calm=calm), channel or w.draw.choice(CHANNELS), **fields)
