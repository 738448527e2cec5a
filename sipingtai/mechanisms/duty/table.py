"""A rota from a table (值班表导入): a file, or rows pasted from a spreadsheet. One faulty row, and nothing is taken."""

import re
from collections.abc import Mapping, Sequence
from datetime import date

from attrs import field, frozen

from sipingtai.insight.sheets import Cell, MomentError, Row, Sheet, SheetError, day, read
from sipingtai.insight.sheets.cells import clean_line
from sipingtai.mechanisms.duty.people import Person, by_name
from sipingtai.mechanisms.duty.rota import LONGEST, Planned, said

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "day": ("日期", "值班日期", "值班时间", "时间"),
    "leader": ("值班领导", "带班领导", "值班班子成员", "领导"),
    "staff": ("值班人员", "值班员", "值班干部", "人员"),
}
_BETWEEN = re.compile(r"[、，,;；/\s]+")
_AS_FAR = 10  # rows in which the heading may stand; titles lie above it
_LISTED = 20  # faults shown at once


@frozen(kw_only=True)
class Read:
    """What became of a table: a plan, or what is wrong with it."""

    plan: Mapping[date, Planned]
    faults: tuple[str, ...]


@frozen(kw_only=True)
class _Known:
    """What the cells are held against."""

    people: Mapping[str, Sequence[Person]]
    running: date
    from_1904: bool = False
    faults: list[str] = field(factory=list)


def plan_of(source: bytes, *, name: str, people: Sequence[Person], running: date) -> Read:
    """Read a table with a column of days (日期), one of leaders (值班领导), and one of others (值班人员) or none.

    `running`: the day whose turn runs now; what lies before it is over.

    Every fault is a sentence with its row. Raises SheetError for what is no table.
    """
    sheet = read(source, name=name)
    start, columns = _columns(sheet)
    known = _Known(people=by_name(people), running=running, from_1904=sheet.dates_from_1904)
    plan: dict[date, Planned] = {}
    for row in sheet.rows():
        if row.number > start:
            _take(row, columns, known, plan)
        if len(plan) > LONGEST:
            raise SheetError(f"一张表最多 {LONGEST} 天，请拆开导入")
    if not plan and not known.faults:
        raise SheetError("表里没有内容：表头下面每天一行，写日期和值班领导")
    faults = known.faults
    if len(faults) > _LISTED:
        faults = [*faults[:_LISTED], f"另有 {len(faults) - _LISTED} 处问题，改好上面的再导入就会列出"]
    return Read(plan=plan, faults=tuple(faults))


def _columns(sheet: Sheet) -> tuple[int, Mapping[str, int]]:
    """The row of the heading, and which column is which. Raises SheetError."""
    heads = [(sheet.heading_row, sheet.columns)]
    heads += [(row.number, tuple(clean_line(cell) for cell in row.cells)) for row in sheet.sample(_AS_FAR)]
    for number, texts in heads:
        plain = [re.sub(r"\s", "", text) for text in texts]
        found = {
            key: next((plain.index(word) for word in words if word in plain), None) for key, words in HEADINGS.items()
        }
        if found["day"] is not None and found["leader"] is not None:
            return number, {key: column for key, column in found.items() if column is not None}
    raise SheetError("没有找到表头。第一行请写“日期”“值班领导”，有值班人员的再加一列“值班人员”")


def _take(row: Row, columns: Mapping[str, int], known: _Known, plan: dict[date, Planned]) -> None:
    cells = {key: row.cells[column] if column < len(row.cells) else None for key, column in columns.items()}
    where = f"第 {row.number} 行："
    try:
        found = day(cells["day"], name="日期", today=known.running, dates_from_1904=known.from_1904)
    except MomentError as error:
        known.faults.append(f"{where}{error}")
        return
    if found is None:
        known.faults.append(f"{where}没有日期，请补上，或删去这一行")
        return
    if found < known.running:
        known.faults.append(f"{where}{said(found)}已经过去，不能再改，请删去这一行")
    if found in plan:
        known.faults.append(f"{where}{said(found)}前面已经有一行，同一天只写一行")
    leaders = _named(cells["leader"], "值班领导", where, known)
    if len(leaders) > 1:
        known.faults.append(f"{where}值班领导只能有一名，其余的写到“值班人员”一列")
    if not leaders and not clean_line(cells["leader"]):
        known.faults.append(f"{where}没有写值班领导")
    if leaders and not leaders[0].leads:
        known.faults.append(f"{where}{leaders[0].name}不是班子成员，不能任值班领导；可写到“值班人员”一列")
    others = _named(cells["staff"], "值班人员", where, known) if "staff" in cells else None
    staff = None if others is None else tuple(person.id for person in others)
    plan[found] = Planned(leader=leaders[0].id if leaders else None, staff=staff)


def _named(cell: Cell, column: str, where: str, known: _Known) -> list[Person]:
    found: list[Person] = []
    whole = clean_line(cell)
    words = [whole] if whole in known.people else [word for word in _BETWEEN.split(whole) if word]
    for word in words:
        matching = known.people.get(word, ())
        if len(matching) == 1:
            found.append(matching[0])
        elif matching:
            accounts = "、".join(person.account for person in matching[:4])
            known.faults.append(f"{where}叫“{word}”的不止一人，请改写账号：{accounts}")
        else:
            known.faults.append(f"{where}{column}“{word[:20]}”不在可排的人员里，请核对姓名，或写账号")
    return found
