"""What a program may ask: the bodies of a report and of a move, and the filters of a list."""

from typing import Annotated

from ninja import Schema
from pydantic import ConfigDict, Field, StrictBool, StrictInt

from sipingtai.api.values import (
    LONGEST_REASON,
    LONGEST_TEXT,
    MOST_FILES,
    AreaCode,
    FileId,
    Level,
    Moment,
    PointIn,
    Strict,
    UnitRef,
)
from sipingtai.core.case import Channel, Colour, Kind
from sipingtai.core.setting import Urgency
from sipingtai.core.stages import Stage


class ReporterIn(Strict):
    """Who raised the matter; kept in the contact vault (联系方式), shown masked."""

    name: Annotated[str, Field(max_length=50)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""
    address: Annotated[str, Field(max_length=200)] = ""


class ReportIn(Strict):
    """A matter to be taken in (上报)."""

    channel: Channel = Field(description="How it came in (来源). The account's posts decide which it may use.")
    text: str = Field(min_length=1, max_length=LONGEST_TEXT, description="What was reported, in full (内容).")
    title: Annotated[str, Field(max_length=80, description="Empty: the beginning of the text.")] = ""
    place: Annotated[str, Field(max_length=200, description="Where, in words.")] = ""
    area: Annotated[
        AreaCode, Field(description="Area code (区划代码) of any length within one's own; empty: one's own.")
    ] = ""
    point: PointIn | None = None
    category: Annotated[str, Field(max_length=8, description="Code of the catalogue; empty: not classified yet.")] = ""
    level: Annotated[Level, Field(description="Handling level (处置层级) 1 to 5; 0: the category's.")] = 0
    urgency: Urgency = Urgency.NORMAL
    reported_at: Annotated[
        Moment | None, Field(description="The matter's own time; empty: now. Never in the future.")
    ] = None
    reporter: ReporterIn | None = None
    about: Annotated[
        list[UnitRef], Field(max_length=20, description="Units complained about; they never see it (回避).")
    ] = []
    restricted: Annotated[StrictBool, Field(description="Restricted sight (限知).")] = False
    kind: Kind = Kind.INCIDENT
    files: Annotated[list[FileId], Field(max_length=MOST_FILES, description="Ids answered by POST /files.")] = []

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "channel": "hotline",
                    "text": "会溪桥头的路灯不亮了，晚上看不见路。",
                    "place": "会溪桥头",
                    "area": "331125201",
                    "category": "17002",
                    "point": {"longitude": 119.57, "latitude": 28.11, "datum": "GCJ02"},
                    "reporter": {"name": "张三", "phone": "13800000000"},
                }
            ]
        }
    )


class MoveIn(Strict):
    """What a move brings along. Which fields an action needs stands in `permitted` of the case."""

    reason: Annotated[str, Field(max_length=LONGEST_REASON, description="理由")] = ""
    text: Annotated[str, Field(max_length=LONGEST_TEXT, description="Result, reply or opinion (内容).")] = ""
    to: Annotated[UnitRef | None, Field(description="The unit or command it should go to.")] = None
    assists: Annotated[list[UnitRef], Field(max_length=20, description="Assisting offices (协办).")] = []
    person: Annotated[
        Annotated[str, Field(min_length=1, max_length=64)] | None,
        Field(description="User name of the person it is given to (派员)."),
    ] = None
    days: Annotated[StrictInt, Field(ge=0, le=365, description="Extension, in working days (工作日).")] = 0
    until: Annotated[Moment | None, Field(description="End of a suspension (挂起).")] = None
    clause: Annotated[str, Field(max_length=200, description="Clause of the duty list behind a return (退单依据).")] = (
        ""
    )
    category: Annotated[str, Field(max_length=8)] = ""
    level: Level = 0
    urgency: Urgency | None = None
    restricted: StrictBool | None = None
    colour: Colour | None = None
    verdict: Annotated[StrictBool, Field(description="Done or declined; satisfied or not.")] = True
    override: Annotated[StrictBool, Field(description="Finish although assists are open; with a reason.")] = False
    other: Annotated[
        Annotated[str, Field(min_length=1, max_length=32)] | None, Field(description="Number of another case.")
    ] = None
    system: Annotated[str, Field(max_length=40, pattern=r"^[0-9a-z_-]*$", description="Link to an outside system.")] = (
        ""
    )
    files: Annotated[list[FileId], Field(max_length=MOST_FILES, description="Ids answered by POST /files.")] = []
    parts: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=LONGEST_TEXT)]],
        Field(max_length=10, description="What each part of a split (拆分) is about; two at least."),
    ] = []
    seen: Annotated[
        StrictInt | None,
        Field(ge=0, le=2**31 - 1, description="The version last seen; a newer one is a conflict (409)."),
    ] = None

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"to": "331125201-综合执法平台", "reason": "属执法事项", "seen": 2}]}
    )


class ListIn(Schema):
    """Filters of a list; an empty one means any."""

    stage: Stage | None = None
    category: Annotated[str, Field(max_length=8, description="Code of the catalogue.")] = ""
    area: Annotated[AreaCode, Field(description="Beginning of the area code.")] = ""
    channel: Channel | None = None
    overdue: Annotated[bool, Field(description="Only those whose step clock has run out.")] = False
    q: Annotated[str, Field(max_length=100, description="Part of title, text, place or number.")] = ""
    cursor: Annotated[str, Field(max_length=80, description="`next` of the page before.")] = ""
    limit: Annotated[int, Field(ge=1, le=100)] = 50


class JournalIn(Schema):
    """Which part of a journal."""

    after: Annotated[int, Field(ge=0, le=2**31 - 1, description="Number of the last step already known.")] = 0
    limit: Annotated[int, Field(ge=1, le=200)] = 100
