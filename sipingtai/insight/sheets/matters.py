"""Rows to matters (事项), or to a reason why not."""

import dataclasses
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from .cells import Cell, clean_code, clean_line, clean_text, digits_lost, is_blank
from .columns import FIELD_NAMES, Field, Mapping
from .moments import MomentError, moment
from .sheet import Row, Sheet

# Longest texts taken, in characters.
LIMITS = {
    Field.EXTERNAL_ID: 64,
    Field.TITLE: 300,
    Field.TEXT: 10_000,
    Field.REPORTER_NAME: 100,
    Field.PHONE: 100,
    Field.ADDRESS: 500,
    Field.CATEGORY: 100,
    Field.REPLY: 10_000,
}


@dataclass(frozen=True)
class Matter:
    """One matter as another system recorded it; a blank text is an empty string."""

    external_id: str
    title: str
    text: str
    reported_at: datetime | None  # Asia/Shanghai; None where the table does not say
    reporter_name: str
    phone: str
    address: str
    category_hint: str
    reply: str
    replied_at: datetime | None
    row_number: int  # as the spreadsheet shows it
    cells: tuple[Cell, ...] = dataclasses.field(default=(), compare=False, repr=False)  # as found


@dataclass(frozen=True)
class Rejected:
    """A row that could not be taken; nothing of it is stored."""

    row_number: int
    reason_zh: str
    cells: tuple[Cell, ...]


class _Unfit(Exception):
    pass


def rows(sheet: Sheet, mapping: Mapping, now: datetime) -> Iterator[Matter | Rejected]:
    """Yield each row as a matter or as rejected with its reason; `now` (with a zone) tells which dates lie ahead.

    A second row with the external id of one already taken is rejected, and so is, without ids, one with the same time
    and text.
    """
    taken: dict[str, int] = {}
    for row in sheet.rows():
        try:
            found = _matter(sheet, mapping, row, now)
            key = matter_key(found)
            if key in taken:
                same = "编号" if found.external_id else "时间和内容"
                raise _Unfit(f"与第{taken[key]}行{same}重复")
        except (_Unfit, MomentError) as error:
            yield Rejected(row.number, str(error), row.cells)
        else:
            taken[key] = row.number
            yield found


def matter_key(matter: Matter) -> str:
    """Return a digest that stays the same when the matter is imported again: of its external id, else of time and text.

    Ids are unique only within the system they come from: pair the key with the channel and area of the import.
    """
    if matter.external_id:
        identity = f"id\0{matter.external_id}"
    else:
        at = matter.reported_at.astimezone(UTC).isoformat() if matter.reported_at else ""
        identity = f"text\0{at}\0{matter.text}"
    return hashlib.sha256(identity.encode()).hexdigest()


def _matter(sheet: Sheet, mapping: Mapping, row: Row, now: datetime) -> Matter:
    if any(not is_blank(cell) for cell in row.cells[len(sheet.columns) :]):
        raise _Unfit("列数比表头多，多半是文字里的分隔符没有加引号，请检查该行")
    if all(clean_line(cell) == heading for cell, heading in zip(row.cells, sheet.columns, strict=False)):
        raise _Unfit("与表头相同，是重复的表头行")

    def cell(field: Field) -> Cell:
        choice = mapping.fields.get(field)
        return row.cells[choice.column] if choice and choice.column < len(row.cells) else None

    def at(field: Field) -> datetime | None:
        name = mapping.fields[field].heading if field in mapping.fields else ""
        return moment(cell(field), name=name, now=now, dates_from_1904=sheet.dates_from_1904)

    for field in (Field.EXTERNAL_ID, Field.PHONE):
        if digits_lost(cell(field)):
            raise _Unfit(
                f"{FIELD_NAMES[field]}“{clean_line(cell(field))}”被表格软件改写过，请把该列设为文本格式后重新导出"
            )
    texts = {
        Field.EXTERNAL_ID: clean_code(cell(Field.EXTERNAL_ID)),
        Field.PHONE: clean_code(cell(Field.PHONE)),
        Field.TEXT: clean_text(cell(Field.TEXT)),
        Field.REPLY: clean_text(cell(Field.REPLY)),
        **{
            field: clean_line(cell(field))
            for field in (Field.TITLE, Field.REPORTER_NAME, Field.ADDRESS, Field.CATEGORY)
        },
    }
    if not texts[Field.TEXT]:
        raise _Unfit("内容为空")
    for field, text in texts.items():
        if len(text) > LIMITS[field]:
            raise _Unfit(f"{FIELD_NAMES[field]}有 {len(text)} 字，超过 {LIMITS[field]} 字，请缩短或拆分")
    return Matter(
        external_id=texts[Field.EXTERNAL_ID],
        title=texts[Field.TITLE],
        text=texts[Field.TEXT],
        reported_at=at(Field.REPORTED_AT),
        reporter_name=texts[Field.REPORTER_NAME],
        phone=texts[Field.PHONE],
        address=texts[Field.ADDRESS],
        category_hint=texts[Field.CATEGORY],
        reply=texts[Field.REPLY],
        replied_at=at(Field.REPLIED_AT),
        row_number=row.number,
        cells=row.cells,
    )
