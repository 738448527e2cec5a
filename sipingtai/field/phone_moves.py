"""The moves a phone offers, as short forms: in what order, with which fields. What is permitted, the table says."""

from collections.abc import Mapping, Sequence
from datetime import date

from attrs import frozen

from sipingtai.core.actions import Action
from sipingtai.core.case import Case
from sipingtai.core.needs import Need
from sipingtai.core.setting import Level, Setting, UnitKind
from sipingtai.core.stages import Stage
from sipingtai.core.table import Row
from sipingtai.loop.reading.options import Choice, clauses_for, people_for, units_for

# In the order of the loop: what one most likely came to do stands first. Anything else is the desk's work.
ORDER = (
    Action.ACCEPT, Action.SETTLE, Action.FORWARD, Action.DISPATCH, Action.SIGN, Action.SIGN_ASSIST,
    Action.REPLY_SUPERVISION, Action.FINISH, Action.COMPLETE_ASSIST, Action.VERIFY, Action.REJECT, Action.FOLLOW_UP,
    Action.RATE, Action.GRANT_EXTENSION, Action.REFUSE_EXTENSION, Action.GRANT_SUSPENSION, Action.REFUSE_SUSPENSION,
    Action.GRANT_RETURN, Action.REFUSE_RETURN, Action.RESUME, Action.PROGRESS, Action.ASSIGN_PERSON,
    Action.REQUEST_EXTENSION, Action.REQUEST_RETURN, Action.DROP_RETURN, Action.REQUEST_SUSPENSION,
    Action.REQUEST_RELEASE, Action.RECALL, Action.ANSWER, Action.ESCALATE, Action.DECLINE, Action.REVIEW,
    Action.REOPEN, Action.WITHDRAW,
)  # fmt: skip
WITH_FILES = frozenset({Action.FINISH, Action.COMPLETE_ASSIST, Action.PROGRESS, Action.REJECT, Action.VERIFY})
WITH_VERDICT = frozenset({Action.FOLLOW_UP, Action.RATE, Action.ANSWER})
GRAVE = frozenset({Action.DECLINE, Action.WITHDRAW, Action.REJECT, Action.REQUEST_RETURN, Action.RECALL})
# A word besides what the table needs.
OPTIONAL = {
    Action.VERIFY: Need.TEXT,
    Action.FORWARD: Need.TEXT,
    Action.DISPATCH: Need.TEXT,
    Action.RATE: Need.REASON,
    Action.GRANT_EXTENSION: Need.REASON,
    Action.WITHDRAW: Need.REASON,
}
LABELS = {
    (Action.FINISH, Need.TEXT): "办理结果",
    (Action.SETTLE, Need.TEXT): "怎么处理的",
    (Action.COMPLETE_ASSIST, Need.TEXT): "协办结果",
    (Action.PROGRESS, Need.TEXT): "进展情况",
    (Action.VERIFY, Need.TEXT): "核查情况（可不写）",
    (Action.FOLLOW_UP, Need.TEXT): "回访情况",
    (Action.REPLY_SUPERVISION, Need.TEXT): "督办回复",
    (Action.REJECT, Need.REASON): "哪里没办好",
    (Action.REQUEST_EXTENSION, Need.DAYS): "延长几个工作日",
    (Action.REQUEST_SUSPENSION, Need.UNTIL): "挂起到哪天",
    (Action.FORWARD, Need.TO): "转给哪个科室",
    (Action.DISPATCH, Need.TO): "交给谁办",
    (Action.REQUEST_RETURN, Need.TO): "应当由谁办",
    (Action.RATE, Need.REASON): "哪里不满意（选“不满意”要写）",
}
_NAMES = {
    Need.REASON: "理由", Need.TEXT: "内容", Need.TO: "单位", Need.PERSON: "经办人", Need.DAYS: "天数",
    Need.UNTIL: "截止日期", Need.CLAUSE: "依据条款",
}  # fmt: skip
_KINDS = {Need.TO: "select", Need.PERSON: "select", Need.CLAUSE: "select", Need.DAYS: "number", Need.UNTIL: "date"}
VERDICTS = {
    Action.ANSWER: (Choice(value="yes", label="已办好"), Choice(value="no", label="不属于这里，退回")),
}
SATISFIED = (Choice(value="yes", label="满意"), Choice(value="no", label="不满意，重新办"))


@frozen(kw_only=True)
class Field:
    """One field of a short form."""

    name: str
    kind: str  # text, select, number, date, verdict, files, check
    label: str
    required: bool
    choices: tuple[Choice, ...] = ()
    value: str = ""
    error: str = ""


@frozen(kw_only=True)
class PhoneMove:
    """One move as the phone shows it: a button, or a button that opens a few fields."""

    action: Action
    fields: tuple[Field, ...]
    primary: bool
    grave: bool
    open: bool

    @property
    def only_a_button(self) -> bool:
        return not self.fields


@frozen(kw_only=True)
class Posted:
    """A form that did not do: what was typed, and what was wrong where."""

    action: Action
    values: Mapping[str, str]
    errors: Mapping[str, str]


def phone_moves(
    rows: Sequence[Row], case: Case, setting: Setting, today: date, posted: Posted | None = None
) -> tuple[PhoneMove, ...]:
    """The permitted moves that fit a phone, the likeliest first."""
    by_action = {row.action: row for row in rows}
    if case.stage is Stage.MERGED:
        by_action.pop(Action.RATE, None)  # rating a merged matter needs its master: the desk's, or by code
    found = [by_action[action] for action in ORDER if action in by_action]
    return tuple(
        _move(row, case, setting, today, posted, primary=no == 0 and row.action not in GRAVE)
        for no, row in enumerate(found)
    )


def _move(row: Row, case: Case, setting: Setting, today: date, posted: Posted | None, *, primary: bool) -> PhoneMove:
    mine = posted if posted and posted.action is row.action else None
    fields = [_field(row.action, need, case, setting, today, required=True) for need in row.needs if need in _NAMES]
    if (extra := OPTIONAL.get(row.action)) and extra not in row.needs:
        fields.append(_field(row.action, extra, case, setting, today, required=False))
    if row.action in WITH_VERDICT:
        choices = VERDICTS.get(row.action, SATISFIED)
        fields.insert(0, Field(name="verdict", kind="verdict", label="结论", required=True, choices=choices))
    if row.action is Action.FINISH and case.assists:
        fields.append(Field(name="override", kind="check", label="不再等待协办单位", required=False))
        fields.append(Field(name="reason", kind="text", label="不再等待的理由", required=False))
    if row.action in WITH_FILES:
        fields.append(Field(name="files", kind="files", label="照片", required=False))
    if mine:
        fields = [_filled(f, mine) for f in fields]
    return PhoneMove(
        action=row.action, fields=tuple(fields), primary=primary, grave=row.action in GRAVE, open=mine is not None
    )


def _filled(field: Field, posted: Posted) -> Field:
    return Field(
        name=field.name, kind=field.kind, label=field.label, required=field.required, choices=field.choices,
        value=posted.values.get(field.name, ""), error=posted.errors.get(field.name, ""),
    )  # fmt: skip


def _field(action: Action, need: Need, case: Case, setting: Setting, today: date, *, required: bool) -> Field:
    return Field(
        name=need.value,
        kind=_KINDS.get(need, "text"),
        label=LABELS.get((action, need), _NAMES[need]),
        required=required,
        choices=_choices(action, need, case, setting, today),
    )


def _choices(action: Action, need: Need, case: Case, setting: Setting, today: date) -> tuple[Choice, ...]:
    match need:
        case Need.TO if action is Action.DISPATCH and setting.commands[case.command].level is Level.VILLAGE:
            grids = [u for u in setting.units.values() if u.kind is UnitKind.GRID and u.command == case.command]
            return tuple(Choice(value=str(u.id), label=u.name) for u in grids if u.active)
        case Need.TO:
            return units_for(action, case, setting)
        case Need.PERSON:
            return people_for(case, today)
        case Need.CLAUSE:
            return clauses_for(case, today)
    return ()
