"""The form by which a clerk writes down what came in by telephone, in person, on paper or at a meeting."""

import uuid

from django import forms
from django.http import QueryDict

from sipingtai.access.plain_text import clean
from sipingtai.core.calendar import TZ
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting, Unit, UnitKind, Urgency
from sipingtai.desk.choices import ranges
from sipingtai.desk.frame import asker_names
from sipingtai.desk.move_fields import ManyFiles
from sipingtai.desk.move_form import category_code
from sipingtai.desk.writing_down import channels
from sipingtai.faces.asker import Asker
from sipingtai.loop.errors import Invalid
from sipingtai.loop.intake.report import TEXT, Report
from sipingtai.loop.reading.places import areas_within, grid_of


class IntakeForm(forms.Form):
    """What is asked; what it must be like is `loop.intake`'s affair."""

    def tell(self, faults: dict[str, str]) -> None:
        for name, sentence in faults.items():
            self.add_error(name if name in self.fields else None, sentence)


# While the text is typed the categories it speaks of appear beside it.
_SUGGESTING = {"hx-trigger": "input changed delay:500ms", "hx-target": "#suggested", "hx-params": "text"}


def build(asker: Asker, suggest_at: str, posted: QueryDict | None = None) -> IntakeForm:
    """An empty form with a key of its own, or what was typed."""
    form = IntakeForm(posted, auto_id="new_%s", initial={"key": uuid.uuid4()})
    areas = areas_within(asker_names(asker), ranges(asker))
    offices = [(str(u.id), u.name) for u in _offices(asker.setting, asker.actor)]
    suggesting = {"hx-post": suggest_at, **_SUGGESTING}
    text = forms.Textarea(attrs={"rows": 10, "maxlength": TEXT, "autofocus": True, **suggesting})
    time = forms.DateTimeInput(attrs={"type": "datetime-local"})
    category = {"list": "categories", "autocomplete": "off", "maxlength": 120, "placeholder": "输入几个字查找"}
    form.fields = {
        "key": forms.Field(widget=forms.HiddenInput()),
        "channel": _choice("来源", [(c.value, c.label) for c in channels(asker.actor)]),
        "urgency": _choice("紧急程度", [(u.value, u.label) for u in Urgency]),
        "reported_at": _optional("反映时间", time, "不填就是现在；补登时填原来的时间。"),
        "text": _needed("反映内容", text, "请写明反映的内容。"),
        "place": _optional("地点", forms.TextInput(attrs={"maxlength": 200}), "怎么找到那里，例如“村口小桥东侧”。"),
        "area": _choice("村和网格", [(a.value, f"{a.hint}{a.label}") for a in areas]),
        "category": _optional("类别", forms.TextInput(attrs=category)),
        "name": _optional("姓名", forms.TextInput(attrs={"maxlength": 50, "autocomplete": "off"})),
        "phone": _optional("电话", forms.TextInput(attrs={"maxlength": 40, "inputmode": "tel", "autocomplete": "off"})),
        "files": _optional("照片和材料", ManyFiles(attrs={"multiple": True})),
        "restricted": _optional("限知", forms.CheckboxInput()),
        "about": _optional(
            "反映的是哪个单位",
            forms.CheckboxSelectMultiple(choices=offices, attrs={"class": "picks picks-3"}),
            "反映单位或干部的，勾选后该单位看不到、办不了这件事（回避）。",
        ),
    }
    return form


def read(posted: QueryDict, asker: Asker) -> tuple[Report, uuid.UUID]:
    """The report and its key. Raises Invalid with a sentence for every field that does not do."""
    wrong: dict[str, str] = {}
    setting = asker.setting
    channel = {c.value: c for c in channels(asker.actor)}.get(posted.get("channel") or "")
    if channel is None:
        wrong["channel"] = "请选择来源。"
    urgency = {u.value: u for u in Urgency}.get(posted.get("urgency") or Urgency.NORMAL.value)
    if urgency is None:
        wrong["urgency"] = "请选择紧急程度。"
    area = (posted.get("area") or "").strip()
    if area not in {a.value for a in areas_within(asker_names(asker), ranges(asker))}:
        wrong["area"] = "请选择村或网格。"
    category = category_code(_text(posted, "category", 120, wrong) or _text(posted, "suggested", 8, wrong), setting)
    if category and category not in setting.categories:
        wrong["category"] = "目录里没有这个类别，请从列表里选择，或留空由研判岗确定。"
    about = {str(u.id) for u in _offices(setting, asker.actor)} & set(posted.getlist("about"))
    if about != {x for x in posted.getlist("about") if x}:
        wrong["about"] = "没有找到您反映的单位，请重新选择。"
    try:
        moment = forms.DateTimeField(required=False).to_python((posted.get("reported_at") or "").strip()[:40])
    except (forms.ValidationError, OverflowError):
        moment, wrong["reported_at"] = None, "反映时间不对，请按 2026-03-02 08:30 的样子填写。"
    if moment and moment.year < 1990:
        wrong["reported_at"] = "反映时间太早，请检查年份。"
    try:
        key = uuid.UUID(posted.get("key") or "")
    except ValueError:
        key = uuid.uuid4()
    if wrong or channel is None or urgency is None:
        raise Invalid(wrong)
    report = Report(
        channel=channel,
        text=posted.get("text") or "",
        place=posted.get("place") or "",
        category=category,
        urgency=urgency,
        area=area,
        grid=grid_of(setting, area),
        name=posted.get("name") or "",
        phone=posted.get("phone") or "",
        reported_at=moment.astimezone(TZ) if moment else None,
        restricted=posted.get("restricted") == "on",
        about=frozenset(int(x) for x in about),
    )
    return report, key


def _text(posted: QueryDict, name: str, longest: int, wrong: dict[str, str]) -> str:
    try:
        return clean(posted.get(name) or "", longest, "类别")
    except ValueError as error:
        wrong["category"] = str(error)
        return ""


def _offices(setting: Setting, actor: Actor) -> list[Unit]:
    commands = {setting.units[u].command for u in actor.units if u in setting.units}
    kinds = (UnitKind.OFFICE, UnitKind.PLATFORM, UnitKind.COMMAND)
    return [u for u in setting.units.values() if u.command in commands and u.kind in kinds and u.active]


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.Field:
    field = forms.Field(label=label, widget=forms.Select(choices=choices))
    field.error_messages["required"] = f"请选择{label}。"
    return field


def _needed(label: str, widget: forms.Widget, missing: str) -> forms.Field:
    return forms.Field(label=label, widget=widget, error_messages={"required": missing})


def _optional(label: str, widget: forms.Widget, hint: str = "") -> forms.Field:
    return forms.Field(label=label, widget=widget, help_text=hint, required=False)
