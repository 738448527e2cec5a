"""One table compared with what the packs want of it: 新增, 修改, 停用.

A row is a dictionary of lookups (`command__code`) to plain values, so that rows wanted and rows present compare without
ids. Writing turns each lookup into the id of what it names.
"""

from collections.abc import Mapping, Sequence
from datetime import date

from attrs import field, frozen
from django.db.models import Model, QuerySet

Row = Mapping[str, object]
Key = tuple[object, ...]
OWNER = "owner"
SHOWN = 8  # so many rows are listed by name, more are counted
LONGEST = 80  # characters of a value shown
WORDS = {
    "name": "名称", "parent__code": "上级", "command__code": "所属指挥层级", "area__code": "区域", "boundary": "边界",
    "dispatched": "派驻", "successor__code": "接替", "position": "次序", "clause": "依据", "valid_to": "停用日期",
    "live": "上线", "hops": "流转层数", "answer_owed": "应答复", "own_office__code": "所在机构", "caps": "上限",
    "limits": "时限", "sessions": "作息", "document": "文件内容", "level": "层级", "post": "角色", "unit__code": "单位",
    "title": "岗位", "matter": "事项", "stated": "文件载明", "text": "内容", "cadence": "周期", "conveners": "召集",
    "platforms": "平台", "topics": "议题", "handle": "办理时限", "total": "总时限", "advisory": "默认建议值",
    "keywords": "关键词", "restricted": "限知", "police": "移送公安", "photo": "照片", "residual": "兜底",
    "hazard": "公共利益", "active": "启用", "major": "大类", "kind": "种类", "highest_level": "最高层级",
    "name_source": "名称来源", "limit_source": "时限来源", "platform__code": "平台", "office__code": "机构",
    "part_time": "兼职", "role": "分工",
}  # fmt: skip


@frozen(kw_only=True)
class Sheet:
    """What the packs want of one table."""

    label: str
    model: type[Model]
    key: tuple[str, ...]  # lookups that identify a row
    wanted: Sequence[Row]  # key, compared and first-time fields
    present: QuerySet[Model]  # the rows the packs speak of; others are nobody's business here
    once: tuple[str, ...] = ()  # written when the row is made, never compared
    named: tuple[str, ...] = ()  # what a person knows the row by
    retired_by: str = ""  # valid_to or active; "": rows no longer wanted are deleted
    ends_with_next: bool = False  # valid_to is the day the next one begins, be it past; otherwise never before today
    keep: bool = False  # rows nobody wants are somebody's own and stay


@frozen(kw_only=True)
class Change:
    """The difference of one sheet."""

    sheet: Sheet
    added: list[Row] = field(factory=list)
    altered: list[tuple[int, Row, list[str]]] = field(factory=list)  # id, wanted row, which fields
    before: dict[int, Row] = field(factory=dict)
    retired: list[tuple[int, Row]] = field(factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.altered or self.retired)

    def lines(self) -> list[str]:
        """For the terminal, in Chinese."""
        return [
            *self._listed("新增", [self._name(row) for row in self.added]),
            *self._listed("修改", [self._altered(pk, row, fields) for pk, row, fields in self.altered]),
            *self._listed("停用" if self.sheet.retired_by else "删除", [self._name(row) for _, row in self.retired]),
        ]

    def _listed(self, verb: str, names: list[str]) -> list[str]:
        if len(names) > SHOWN:
            return [f"{verb} {self.sheet.label} {len(names)} 项：{'、'.join(names[:3])} 等"]
        return [f"{verb} {self.sheet.label} {name}" for name in names]

    def _name(self, row: Row) -> str:
        return " ".join(str(row[f]) for f in self.sheet.named or self.sheet.key if row[f] is not None)

    def _altered(self, pk: int, row: Row, fields: list[str]) -> str:
        old = self.before[pk]
        changes = (f"{WORDS.get(f, f.split('__')[0])} {_difference(old[f], row[f])}" for f in fields)
        return f"{self._name(row)}（{'；'.join(changes)}）"


def compare(sheet: Sheet) -> Change:
    """What would have to change. Reads the table, writes nothing."""
    retired = {"valid_to": None, "active": True}
    wanted = {_key(sheet, row): {**_alive(sheet, retired), **row} for row in sheet.wanted}
    lookups = list(dict.fromkeys([*sheet.key, *(next(iter(wanted.values())) if wanted else ()), *sheet.named]))
    if sheet.retired_by and sheet.retired_by not in lookups:
        lookups.append(sheet.retired_by)
    change = Change(sheet=sheet)
    found: set[Key] = set()
    for row in sheet.present.using(OWNER).values("pk", *lookups):
        pk = row.pop("pk")
        key = _key(sheet, row)
        found.add(key)
        if key in wanted:
            fields = [f for f in lookups if f not in sheet.once and row[f] != wanted[key].get(f)]
            if fields:
                change.altered.append((pk, wanted[key], fields))
                change.before[pk] = row
        elif sheet.keep:
            continue
        elif not sheet.retired_by or row[sheet.retired_by] == retired[sheet.retired_by]:
            change.retired.append((pk, row))
    change.added.extend(row for key, row in wanted.items() if key not in found)
    return change


def write(change: Change, today: date, since: Mapping[str, date]) -> None:
    """Carry the change out, in the transaction of the caller. `since`: from when the pack of an area code holds."""
    sheet = change.sheet
    manager = sheet.model._default_manager.using(OWNER)
    if change.retired:
        gone = manager.filter(pk__in=[pk for pk, _ in change.retired])
        if sheet.retired_by == "valid_to":
            for pk, row in change.retired:
                manager.filter(pk=pk).update(valid_to=_end(sheet, row, today, since))
        elif sheet.retired_by:
            gone.update(**{sheet.retired_by: False})
        else:
            gone.delete()
    rows = [*change.added, *(row for _, row, _ in change.altered)]
    if not rows:
        return
    own = [f for f in rows[0] if _target(sheet, f) is sheet.model]
    ids = _ids(sheet, rows, [f for f in rows[0] if "__" in f and f not in own])
    # Rows may name rows of the same table: first without, then with these.
    manager.bulk_create([sheet.model(**_fields(row, ids, own)) for row in change.added])
    altered = [sheet.model(pk=pk, **_fields(row, ids, own)) for pk, row, _ in change.altered]
    columns = sorted({f.split("__")[0] for _, _, fields in change.altered for f in fields if f not in own})
    if altered and columns:
        manager.bulk_update(altered, columns)
    if own:
        _write_own(sheet, rows, own)


def _write_own(sheet: Sheet, rows: Sequence[Row], own: list[str]) -> None:
    manager = sheet.model._default_manager.using(OWNER)
    ids = _ids(sheet, rows, own)
    pks = {_key(sheet, row): row["pk"] for row in sheet.present.using(OWNER).values("pk", *sheet.key)}
    manager.bulk_update(
        [
            sheet.model(pk=pks[_key(sheet, row)], **{f"{f.split('__')[0]}_id": ids[f].get(row[f]) for f in own})
            for row in rows
        ],
        [f.split("__")[0] for f in own],
    )


def _end(sheet: Sheet, row: Row, today: date, since: Mapping[str, date]) -> date:
    """The first day the row no longer holds: a reorganisation announced ahead ends what it abolishes on its day."""
    code = str(row[sheet.key[0]])  # codes and accounts begin with their area's code
    own = max((area for area in since if code.startswith(area)), key=len, default=None)
    if own is None:
        return today
    return since[own] if sheet.ends_with_next else max(today, since[own])


def _alive(sheet: Sheet, retired: Mapping[str, object]) -> dict[str, object]:
    return {sheet.retired_by: retired[sheet.retired_by]} if sheet.retired_by else {}


def _key(sheet: Sheet, row: Row) -> Key:
    return tuple(row[f] for f in sheet.key)


def _target(sheet: Sheet, lookup: str) -> type[Model] | None:
    if "__" not in lookup:
        return None
    related = sheet.model._meta.get_field(lookup.split("__", maxsplit=1)[0]).related_model
    assert isinstance(related, type)
    return related


def _ids(sheet: Sheet, rows: Sequence[Row], lookups: Sequence[str]) -> dict[str, dict[object, int]]:
    """For each lookup, what its values stand for."""
    found: dict[str, dict[object, int]] = {}
    for lookup in lookups:
        target, column = _target(sheet, lookup), lookup.split("__", 1)[1]
        assert target is not None
        values = {row[lookup] for row in rows if row[lookup] is not None}
        manager = target._default_manager.using(OWNER)
        found[lookup] = dict(manager.filter(**{f"{column}__in": values}).values_list(column, "pk"))
        missing = values - found[lookup].keys()
        if missing:
            raise LookupError(f"{sheet.label}: nothing is called {sorted(map(str, missing))}")
    return found


def _fields(row: Row, ids: Mapping[str, Mapping[object, int]], own: Sequence[str]) -> dict[str, object]:
    values: dict[str, object] = {}
    for lookup, value in row.items():
        if lookup in own:
            continue
        if lookup in ids:
            values[f"{lookup.split('__')[0]}_id"] = ids[lookup].get(value) if value is not None else None
        else:
            values[lookup] = value
    return values


def _difference(old: object, new: object) -> str:
    if isinstance(old, list) and isinstance(new, list):
        gone, come = [x for x in old if x not in new], [x for x in new if x not in old]
        if gone or come:
            old, new = gone, come
    elif isinstance(old, dict) and isinstance(new, dict):
        keys = [k for k in {**old, **new} if old.get(k) != new.get(k)]
        old, new = {k: old.get(k) for k in keys}, {k: new.get(k) for k in keys}
    return f"{_short(old)} → {_short(new)}"


def _short(value: object) -> str:
    text = "无" if value in (None, "", [], {}) else str(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
