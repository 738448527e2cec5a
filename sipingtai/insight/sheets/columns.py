"""Which column is which: the synonyms that offices and portals use, as one table."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .cells import Cell, SheetError, is_blank


class Field(StrEnum):
    """What a column can tell about a matter."""

    EXTERNAL_ID = "external_id"
    TITLE = "title"
    TEXT = "text"
    REPORTED_AT = "reported_at"
    REPORTER_NAME = "reporter_name"
    PHONE = "phone"
    ADDRESS = "address"
    CATEGORY = "category_hint"
    REPLY = "reply"
    REPLIED_AT = "replied_at"
    IGNORED = "ignored"  # understood, and of no use to the loop


FIELD_NAMES = {
    Field.EXTERNAL_ID: "编号",
    Field.TITLE: "主题",
    Field.TEXT: "内容",
    Field.REPORTED_AT: "反映时间",
    Field.REPORTER_NAME: "反映人",
    Field.PHONE: "联系电话",
    Field.ADDRESS: "地址",
    Field.CATEGORY: "类别",
    Field.REPLY: "答复意见",
    Field.REPLIED_AT: "答复时间",
}

# Names that say what they mean; earlier ones are preferred where a table has several.
# A heading that merely contains one of them counts too (群众诉求内容), if nothing fits better.
DISTINCT: dict[Field, tuple[str, ...]] = {
    Field.EXTERNAL_ID: (
        "留言编号", "工单编号", "工单号", "事件编号", "信访编号", "受理编号", "诉求编号", "案件编号", "事项编号",
        "流水号",
    ),
    Field.TITLE: ("留言主题", "留言标题", "诉求标题", "工单标题", "事件标题", "事项标题", "主题", "标题"),
    Field.TEXT: (
        "留言详情", "留言内容", "诉求内容", "问题描述", "反映内容", "事件描述", "事件内容", "工单内容", "来电内容",
        "信访内容", "投诉内容", "诉求描述", "主要内容", "事项内容", "纠纷内容", "隐患描述",
    ),
    Field.REPORTED_AT: (
        "留言时间", "来电时间", "反映时间", "上报时间", "受理时间", "诉求时间", "登记时间", "来访时间", "信访时间",
        "投诉时间", "发生时间", "创建时间", "提交时间", "反映日期", "受理日期", "登记日期", "来访日期",
    ),
    Field.REPORTER_NAME: (
        "留言用户", "来电人姓名", "反映人姓名", "来电人", "反映人", "诉求人", "来访人", "信访人", "投诉人", "上报人",
        "当事人", "联系人", "姓名",
    ),
    Field.PHONE: ("联系电话", "手机号码", "手机号", "来电号码", "联系方式", "电话号码", "联系手机", "电话", "手机"),
    Field.ADDRESS: (
        "事发地址", "事发地点", "事件地址", "事件地点", "发生地点", "问题地址", "诉求地址", "详细地址", "地址", "地点",
    ),
    Field.CATEGORY: (
        "一级标签", "一级分类", "诉求类别", "诉求分类", "诉求类型", "事件类别", "事件类型", "问题类别", "问题类型",
        "事项类别", "问题分类", "类别", "分类",
    ),
    Field.REPLY: (
        "答复意见", "答复内容", "回复内容", "回复意见", "办理结果", "处理结果", "处置结果", "办理情况", "处理情况",
        "办结意见",
    ),
    Field.REPLIED_AT: ("答复时间", "回复时间", "办结时间", "答复日期", "办结日期"),
    Field.IGNORED: ("点赞数", "反对数", "阅读数", "浏览数", "序号", "行号", "未导入原因"),
}  # fmt: skip

# Names that mean it only where no column has a distinct one; they must fit exactly.
LOOSE: dict[Field, tuple[str, ...]] = {
    Field.EXTERNAL_ID: ("编号", "单号", "id"),
    Field.TITLE: ("题目", "事由", "title"),
    Field.TEXT: ("内容", "详情", "描述", "正文", "诉求", "text", "content"),
    Field.REPORTED_AT: ("时间", "日期", "time", "date"),
    Field.REPORTER_NAME: ("用户", "群众", "name"),
    Field.PHONE: ("号码", "phone"),
    Field.ADDRESS: ("位置", "住址", "address"),
    Field.CATEGORY: ("标签", "类型", "label", "category"),
    Field.REPLY: ("答复", "回复", "结果", "reply"),
    Field.REPLIED_AT: (),
    Field.IGNORED: ("点赞", "反对"),
}

_REMARK = re.compile(r"\(.*?\)|\[.*?\]|【.*?】|[\s*:#]")
_LONGEST_HEADING = 30  # characters; beyond it is a sentence that happens to contain a name
_LONGEST_WITH_REMARKS = 300  # characters; beyond it nothing is looked for, least of all where a bracket ends
_EXACT, _LOOSE, _CONTAINS = range(3)


@dataclass(frozen=True)
class Choice:
    """The column chosen for a field, and why."""

    column: int  # from 0
    heading: str
    reason: str


@dataclass(frozen=True)
class Mapping:
    """Field → column, and the headings that nothing was made of."""

    fields: dict[Field, Choice]
    unused: tuple[str, ...]


@dataclass(frozen=True, order=True)
class _Fit:
    rank: int
    preference: int
    column: int
    synonym: str


def known_fields(columns: Sequence[str]) -> set[Field]:
    """Return the fields that the headings name, the ignored kind counted as one."""
    return {found[0] for index, heading in enumerate(columns) if (found := _fit(index, heading))}


def guess(columns: Sequence[str], sample: Sequence[Sequence[Cell]]) -> Mapping:
    """Guess from the headings which column is which; `sample` (some first rows) tells which of them are empty.

    Raises SheetError when no column, or more than one, may be the matter's text: taking the wrong one is worse than
    asking.
    """
    fits: dict[Field, list[_Fit]] = {}
    for index, heading in enumerate(columns):
        found = _fit(index, heading)
        if found:
            fits.setdefault(found[0], []).append(found[1])
    chosen: dict[Field, Choice] = {}
    for field in FIELD_NAMES:
        candidates = sorted(fits.get(field, ()))
        filled = [fit for fit in candidates if not _is_empty(fit.column, sample)]
        candidates = filled or candidates
        if field is Field.TEXT:
            _one_text_column(columns, candidates)
        if candidates:
            best = candidates[0]
            chosen[field] = Choice(best.column, columns[best.column], _reason(best, columns, len(candidates)))
    taken = {choice.column for choice in chosen.values()} | {fit.column for fit in fits.get(Field.IGNORED, ())}
    return Mapping(chosen, tuple(heading for index, heading in enumerate(columns) if heading and index not in taken))


def _fit(column: int, heading: str) -> tuple[Field, _Fit] | None:
    """Return the field that a heading names: exactly, loosely, or by containing the longest distinct name."""
    if len(heading) > _LONGEST_WITH_REMARKS:
        return None
    name = _REMARK.sub("", unicodedata.normalize("NFKC", heading)).lower()
    for rank, table in ((_EXACT, DISTINCT), (_LOOSE, LOOSE)):
        for field, synonyms in table.items():
            if name in synonyms:
                return field, _Fit(rank, synonyms.index(name), column, name)
    if len(name) > _LONGEST_HEADING:
        return None
    contained = [
        (len(synonym), -order, field, synonym)
        for order, (field, synonyms) in enumerate(DISTINCT.items())
        for synonym in synonyms
        if synonym in name
    ]
    if not contained:
        return None
    _, _, field, synonym = max(contained)
    return field, _Fit(_CONTAINS, DISTINCT[field].index(synonym), column, synonym)


def _is_empty(column: int, sample: Sequence[Sequence[Cell]]) -> bool:
    return bool(sample) and all(column >= len(cells) or is_blank(cells[column]) for cells in sample)


def _one_text_column(columns: Sequence[str], candidates: Sequence[_Fit]) -> None:
    seen = "、".join(f"“{heading}”" for heading in columns if heading) or "（无）"
    expected = "、".join(f"“{synonym}”" for synonym in (*DISTINCT[Field.TEXT][:6], "内容"))
    if not candidates:
        raise SheetError(
            f"没有找到事项内容所在的列。表中的列有：{seen}；请把内容列的表头改为{expected}等之一，再导入。"
        )
    rivals = [columns[fit.column] for fit in candidates if fit.rank == candidates[0].rank]
    if len(rivals) > 1:
        listed = "、".join(f"“{heading}”" for heading in rivals)
        raise SheetError(
            f"有 {len(rivals)} 列都像是事项内容：{listed}，无法确定用哪一列。表中的列有：{seen}；"
            f"请只保留一列的表头为{expected}等之一，其余改名或删除，再导入。"
        )


def _reason(fit: _Fit, columns: Sequence[str], candidates: int) -> str:
    how = f"表头含“{fit.synonym}”" if fit.rank == _CONTAINS else f"表头为“{columns[fit.column]}”"
    return how if candidates == 1 else f"{how}，在 {candidates} 个相近的列中最明确"
