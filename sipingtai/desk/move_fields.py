"""The fields of the moves' forms. None judges what was chosen: that is done once, when the move is made."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from attrs import field, frozen
from django import forms
from django.utils.html import format_html

from sipingtai.core.actions import Action as A
from sipingtai.core.case import Case, Colour
from sipingtai.core.setting import Setting, UnitKind, Urgency
from sipingtai.desk.words import LEVELS
from sipingtai.loop.reading import options
from sipingtai.loop.reading.load import NONE, beside, loads
from sipingtai.loop.reading.options import Choice


@frozen(kw_only=True)
class Ask:
    """For what a field is asked."""

    action: A
    case: Case
    setting: Setting
    now: datetime
    suggested: tuple[str, ...] = ()  # units, the best first
    assisting: Mapping[int, int] = field(factory=dict)  # office → ended matters of the category it assisted in


class ManyFiles(forms.FileInput):
    """A file control that takes several."""

    allow_multiple_selected = True


def area() -> forms.Field:
    """Free text."""
    return forms.Field(widget=forms.Textarea(attrs={"rows": 2, "maxlength": 2000}))


def _select(choices: Iterable[tuple[object, object]], empty: str = "请选择") -> forms.Field:
    return forms.Field(widget=forms.Select(choices=[("", empty), *choices]))


def _radios(choices: Iterable[tuple[str, str]], initial: str = "") -> forms.Field:
    return forms.Field(widget=forms.RadioSelect(choices=list(choices)), initial=initial)


def _line() -> forms.Field:
    return forms.Field(widget=forms.TextInput(attrs={"maxlength": 40, "autocomplete": "off"}))


def _category() -> forms.Field:
    attrs = {"list": "categories", "autocomplete": "off", "maxlength": 120, "placeholder": "不变"}
    return forms.Field(widget=forms.TextInput(attrs=attrs))


def _level() -> forms.Field:
    return _select(((str(level), label) for level, label in LEVELS.items()), "不变")


def _urgency() -> forms.Field:
    return _select(((u.value, u.label) for u in Urgency), "不变")


def _days() -> forms.Field:
    return forms.Field(widget=forms.NumberInput(attrs={"min": 1, "max": 99}))


def _override() -> forms.Field:
    return forms.Field(widget=forms.CheckboxInput())


def _to(ask: Ask) -> forms.Field:
    found = options.units_for(ask.action, ask.case, ask.setting)
    if ask.action is A.DISPATCH:
        return _select(_by_kind(beside(found, ask.setting, ask.now), ask.setting))
    if ask.action is not A.FORWARD:
        return _select(_by_kind(found, ask.setting))
    last = len(ask.suggested)
    found = tuple(sorted(found, key=lambda c: ask.suggested.index(c.value) if c.value in ask.suggested else last))
    units = [int(c.value) for c in found]
    duties, load = options.duties_of(units, ask.now.date()), loads(units, ask.now)
    labels = [
        (
            c.value,
            format_html(
                '<span>{} <span class="tag">{}</span> <span class="faint small">{}</span></span>',
                c.label, load.get(int(c.value), NONE), duties.get(int(c.value), ""),
            ),
        )
        for c in found
    ]  # fmt: skip
    return forms.Field(widget=forms.RadioSelect(choices=labels, attrs={"class": "picks"}))


def _by_kind(found: Iterable[Choice], setting: Setting) -> list[tuple[object, object]]:
    """Platforms and offices apart, where both are offered."""
    platforms: list[tuple[object, object]] = []
    others: list[tuple[object, object]] = []
    for choice in found:
        kind = setting.units[int(choice.value)].kind
        (platforms if kind is UnitKind.PLATFORM else others).append((choice.value, choice.label))
    if not platforms or not others:
        return platforms + others
    return [("平台", platforms), ("科室", others)]


def _assists(ask: Ask) -> forms.Field:
    found = sorted(options.assists_for(ask.case, ask.setting), key=lambda c: -ask.assisting.get(int(c.value), 0))
    choices = [(c.value, _assisted(c, ask.assisting.get(int(c.value), 0))) for c in found]
    return forms.Field(widget=forms.CheckboxSelectMultiple(choices=choices, attrs={"class": "picks picks-3"}))


def _assisted(choice: Choice, matters: int) -> str:
    return f"{choice.label}（同类协办过 {matters} 件）" if matters else choice.label


def _clause(ask: Ask) -> forms.Field:
    found = options.clauses_for(ask.case, ask.now.date())
    if found:
        return _select((c.value, c.label) for c in found)
    line = forms.Field(widget=forms.TextInput(attrs={"maxlength": 200}))
    line.help_text = "系统里没有本单位的职责清单，请写明文件和条款。"
    return line


def _person(ask: Ask) -> forms.Field:
    return _select((c.value, c.label) for c in options.people_for(ask.case, ask.now.date()))


def _verdict(ask: Ask) -> forms.Field:
    yes, no = ("已办理", "退回，请对方再办") if ask.action is A.ANSWER else ("满意", "不满意，返工")
    return _radios((("yes", yes), ("no", no)), "yes")


def _colour(ask: Ask) -> forms.Field:
    card = ask.case.card
    rising = [c for c in Colour if card is None or c.rank > card.colour.rank]
    return _radios(((c.value, c.label) for c in rising), rising[0].value if rising else "")


def _restricted(ask: Ask) -> forms.Field:
    choices = (("yes", "限知：只有经办各方看得到"), ("no", "放开"))
    return _radios(choices, "no" if ask.case.restricted else "yes")


def _until(ask: Ask) -> forms.Field:
    return forms.Field(widget=forms.DateInput(attrs={"type": "date", "min": ask.now.date().isoformat()}))


def _old(ask: Ask) -> forms.Field:
    return _select(_named(_concerned(ask.case), ask.setting))


def _new(ask: Ask) -> forms.Field:
    kinds = {ask.setting.units[u].kind for u in _concerned(ask.case) if u in ask.setting.units}
    here = [u.id for u in ask.setting.units.values() if u.command == ask.case.command and u.active and u.kind in kinds]
    return _select(_named(here, ask.setting), "没有接替单位")


def _concerned(case: Case) -> list[int]:
    return sorted({a.unit for a in case.assignments if a.state.live} - {case.command})


def _named(units: Iterable[int], setting: Setting) -> list[tuple[object, object]]:
    return [(str(u), setting.units[u].name) for u in units if u in setting.units]


def _files(ask: Ask) -> forms.Field:
    category = ask.setting.categories.get(ask.case.category)
    field = forms.Field(widget=ManyFiles(attrs={"multiple": True}))
    if ask.action is A.FINISH and category and category.photo:
        field.help_text = "这类事项办结要附处置后的照片。"
    return field


CONSTANT: Mapping[str, Callable[[], forms.Field]] = {
    "category": _category,
    "level": _level,
    "urgency": _urgency,
    "days": _days,
    "system": _line,
    "other": _line,
    "override": _override,
}
MAKERS: Mapping[str, Callable[[Ask], forms.Field]] = {
    "to": _to,
    "assists": _assists,
    "clause": _clause,
    "person": _person,
    "verdict": _verdict,
    "colour": _colour,
    "restricted": _restricted,
    "until": _until,
    "old": _old,
    "new": _new,
    "files": _files,
}
