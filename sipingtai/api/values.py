"""Values that several requests share: strict where JSON already tells one type from another, bounded everywhere."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StrictInt, WithJsonSchema

from sipingtai.core.calendar import TZ
from sipingtai.insight.coordinates import Datum

_ISO = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?([Zz]|[+-]\d\d:\d\d)?", re.ASCII)
LONGEST_TEXT, LONGEST_REASON = 10_000, 2_000  # characters
MOST_FILES = 9


class Strict(BaseModel):
    """A request's object: what it does not know, it refuses by name."""

    model_config = ConfigDict(extra="forbid")


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or not _ISO.fullmatch(value):
        raise ValueError("应为日期和时间，例如 2026-03-02T09:30:00+08:00。")
    try:
        found = datetime.fromisoformat(value.upper())
    except ValueError as error:
        raise ValueError("没有这个日期或时间，请检查。") from error
    if not 1950 <= found.year <= 2100:
        raise ValueError("年份应在 1950 至 2100 之间，请检查。")
    return found.replace(tzinfo=TZ) if found.tzinfo is None else found.astimezone(TZ)


Moment = Annotated[
    datetime,
    BeforeValidator(_moment),
    WithJsonSchema({"type": "string", "format": "date-time", "examples": ["2026-03-02T09:30:00+08:00"]}),
]
"""A moment of ISO 8601; without an offset it is Beijing time."""

UnitRef = Annotated[StrictInt, Field(ge=1, le=2**53)] | Annotated[str, Field(min_length=1, max_length=120)]
"""A unit by its id, or by its code such as 331125201-综治办."""

Degrees = Annotated[float, Field(strict=True, allow_inf_nan=False)]
AreaCode = Annotated[str, Field(max_length=15, pattern=r"^([0-9]{2,15})?$")]
FileId = Annotated[str, Field(min_length=1, max_length=600)]
Level = Annotated[StrictInt, Field(ge=0, le=5)]


class PointIn(Strict):
    """A place on the map."""

    longitude: Annotated[Degrees, Field(ge=-180, le=180)]
    latitude: Annotated[Degrees, Field(ge=-90, le=90)]
    datum: Datum = Field(Datum.CGCS2000, description="GCJ02 is shifted back; WGS84 is taken as CGCS2000.")
