"""The phone's report form: photos, a few words, the grid one stands in."""

from typing import Any

from attrs import frozen
from django import forms

from sipingtai.core.setting import Setting
from sipingtai.faces.plain_field import PlainText
from sipingtai.field.stands import Stand
from sipingtai.insight.categorise import suggest
from sipingtai.loop.intake.report import PLACE, TEXT
from sipingtai.loop.reading.places import Names, category_name

RESULT = 2000  # characters


@frozen(kw_only=True)
class Chip:
    """A category that the words speak for, and why."""

    code: str
    name: str
    why: str


def chips(text: str, chosen: str, setting: Setting, names: Names) -> list[Chip]:
    """The likely categories of a text, the one chosen among them; empty for a text that says nothing known."""
    found = [
        Chip(code=s.code, name=category_name(names, setting, s.code), why=s.reason_zh)
        for s in suggest(text[:TEXT], names.words, top=3)
        if s.code in setting.categories
    ]
    if chosen in setting.categories and chosen not in {c.code for c in found}:
        found.append(Chip(code=chosen, name=category_name(names, setting, chosen), why="您选的"))
    return found


class ReportForm(forms.Form):
    """Photos and category chips are drawn by the template; everything typed survives a refusal."""

    text = PlainText(
        longest=TEXT,
        label="发生了什么",
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": "请写一写发生了什么。"},
    )
    stand = forms.ChoiceField(
        label="在哪里", error_messages={"required": "请选择在哪里。", "invalid_choice": "没有这个地方，请重新选择。"}
    )
    place = PlainText(longest=PLACE, required=False, label="具体地点", help_text="可不填")
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180, label="经度")
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90, label="纬度")
    category = forms.CharField(required=False, max_length=8, label="类别")
    other_category = forms.ChoiceField(
        required=False, label="其他类别", error_messages={"invalid_choice": "目录里没有这个类别，请重新选择。"}
    )
    urgent = forms.BooleanField(required=False, label="紧急")
    settled = forms.BooleanField(required=False, label="我已处理好")
    result = PlainText(longest=RESULT, required=False, label="怎么处理的", widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, places: tuple[Stand, ...], setting: Setting, names: Names, *args: Any) -> None:
        super().__init__(*args)
        self.label_suffix = ""
        self.places = {stand.key: stand for stand in places}
        choose(self.fields["stand"], [(key, stand.label) for key, stand in self.places.items()])
        self.fields["stand"].initial = next(iter(self.places), None)
        groups: dict[str, list[tuple[str, str]]] = {}
        for code, category in setting.categories.items():
            groups.setdefault(names.majors.get(code, "其他"), []).append((code, category.name))
        choose(self.fields["other_category"], [("", "不在上面，从目录里选"), *groups.items()])
        for name in ("longitude", "latitude"):
            self.fields[name].widget = forms.TextInput(attrs={"inputmode": "decimal"})
            self.fields[name].error_messages |= dict.fromkeys(
                ("invalid", "min_value", "max_value"),
                "坐标不对：经度在 -180 到 180 之间，纬度在 -90 到 90 之间，可以不填。",
            )

    def clean(self) -> dict[str, Any]:
        given = super().clean() or self.cleaned_data
        given["category"] = given.get("other_category") or given.get("category") or ""
        if given.get("settled") and not given.get("result") and "result" not in self.errors:
            self.add_error("result", "请写一写怎么处理的。")
        both = not {"longitude", "latitude"} & set(self.errors)
        if both and (given.get("longitude") is None) != (given.get("latitude") is None):
            self.add_error("longitude", "经度和纬度要一起填，或者都不填。")
        return given

    @property
    def point(self) -> tuple[float, float] | None:
        longitude, latitude = self.cleaned_data["longitude"], self.cleaned_data["latitude"]
        return None if longitude is None or latitude is None else (longitude, latitude)

    @property
    def only_stand(self) -> Stand | None:
        """The one place there is, so that nothing has to be chosen."""
        return next(iter(self.places.values())) if len(self.places) == 1 else None


def choose(field: forms.Field, options: list[Any]) -> None:
    """Offer these options in the field."""
    assert isinstance(field, forms.ChoiceField)
    field.choices = options
