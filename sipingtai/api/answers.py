"""What a program is answered. Times carry their offset; units are told by id and name."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


class ProblemOut(BaseModel):
    """An error (RFC 9457)."""

    type: str
    title: str
    status: int
    code: str = Field(description="Stable; programs may rely on it.")
    detail: str = Field(description="A Chinese sentence that says what to do.")
    fields: dict[str, str] | None = Field(None, description="Field → what is wrong with it (422).")
    since: list[str] | None = Field(None, description="What happened since the version seen (409).")
    number: str | None = Field(None, description="Number of the report that has the key already (422).")
    incident: str | None = Field(None, description="Incident number of a failure of ours (500).")

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:sipingtai:problem:invalid",
                    "title": "填写有误",
                    "status": 422,
                    "code": "invalid",
                    "detail": "目录里没有这个类别，请重新选择。",
                    "fields": {"category": "目录里没有这个类别，请重新选择。"},
                }
            ]
        }
    )


class AlikeOut(BaseModel):
    """疑似重复"""

    number: str = Field(description="编号")
    title: str
    reasons: list[str] = Field(description="In words, the weightiest first.", examples=[["类别相同", "相距约 40 米"]])


class ReceiptOut(BaseModel):
    """回执"""

    number: str = Field(description="编号", examples=["331125201-20260302-000123"])
    new: bool = Field(description="False: this report had come in before under the same key.")
    flagged: bool = Field(description="The point lies outside the area (越界); taken in all the same.")
    alike: list[AlikeOut] = Field(
        default_factory=list,
        description="What it may repeat (疑似重复), as far as the token reads cases; to be judged by a person.",
    )


class UnitOut(BaseModel):
    """单位."""

    id: int
    name: str


class PermittedOut(BaseModel):
    """A move this account may make now."""

    action: str
    label: str
    needs: list[str] = Field(description="Fields that must be given.")


class MovedOut(BaseModel):
    """The case after the move."""

    number: str
    stage: str
    stage_label: str
    version: int = Field(description="Pass it as `seen` with the next move.")
    holder: UnitOut | None
    permitted: list[PermittedOut]


class LineOut(BaseModel):
    """One case of a list."""

    number: str
    title: str
    place: str
    stage: str
    stage_label: str
    category: str
    category_label: str
    area: str
    level: int
    urgency: str
    channel: str
    restricted: bool
    holder: str
    received_at: datetime
    due_at: datetime | None
    clock: str | None = Field(description="normal, soon, overdue, long_overdue, paused")


class PageOut(BaseModel):
    """One page of a list; `next` is the cursor of the following one."""

    items: list[LineOut]
    next: str = Field(description="Cursor of the next page; empty: this was the last.")


class PointOut(BaseModel):
    """A place: degrees, CGCS2000."""

    longitude: float
    latitude: float


class ContactOut(BaseModel):
    """Masked (脱敏)."""

    name: str
    phone: str
    address: str


class ClockOut(BaseModel):
    """A running limit."""

    kind: str
    label: str
    owner: UnitOut | None
    state: str
    started_at: datetime
    due_at: datetime
    red_at: datetime


class AssignmentOut(BaseModel):
    """An office's part."""

    unit: UnitOut | None
    main: bool
    state: str
    sent_at: datetime
    signed_at: datetime | None
    ended_at: datetime | None


class FileOut(BaseModel):
    """An attachment without its bytes."""

    id: str
    name: str
    mime: str
    size: int


class CaseOut(BaseModel):
    """One case, as far as the account may see it."""

    number: str
    version: int
    kind: str
    channel: str
    stage: str
    stage_label: str
    category: str
    category_label: str
    level: int
    urgency: str
    area: str
    title: str
    text: str
    place: str
    point: PointOut | None
    flagged: bool
    restricted: bool
    command: UnitOut | None
    holder: UnitOut | None
    reporter: ContactOut | None
    reported_at: datetime
    received_at: datetime
    closed_at: datetime | None
    outcome: str | None
    rework: int
    assignments: list[AssignmentOut]
    clocks: list[ClockOut]
    files: list[FileOut]
    permitted: list[PermittedOut]


class StepTextOut(BaseModel):
    """A free text of a step. Its digest is HMAC-SM3(key: salt, text) and stays when the text is erased by law."""

    content: str | None = Field(description="Null: erased by law (已依法删除).")
    salt: str | None = Field(description="Hex; null with the text.")
    digest: str = Field(description="Hex, as sealed in the journal.")


class StepOut(BaseModel):
    """One line of the journal (日志)."""

    no: int
    at: datetime
    action: str
    label: str
    who: str
    unit: UnitOut | None
    to: UnitOut | None
    asked: dict[str, Any]
    late: list[str]
    texts: dict[str, StepTextOut]
    files: list[FileOut]
    file_digests: list[str]
    key_id: int
    link: str = Field(description="Hex: HMAC-SM3 over this step, chained to the link before it.")


class JournalOut(BaseModel):
    """The steps of one case, oldest first."""

    number: str
    steps: list[StepOut]
    next: int | None = Field(description="Pass it as `after` for more; null: that was all.")


class UploadedOut(BaseModel):
    """A file kept for a later report or move of the same account."""

    id: str = Field(description="Name it in `files` within 24 hours.")
    name: str
    mime: str
    size: int
