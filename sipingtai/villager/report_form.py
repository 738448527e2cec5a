"""The report form: what, where, a few photos, and, if one likes, who."""

from collections.abc import Iterable
from typing import Any

from attrs import frozen
from django import forms

from sipingtai.core.setting import Setting, UnitKind
from sipingtai.faces.plain_field import PlainText
from sipingtai.loop.intake.report import PLACE, TEXT
from sipingtai.loop.reading.places import Names

PHOTOS = 6
Options = list[tuple[str, Any]]


@frozen
class Offer:
    """What the selects of one township offer."""

    areas: Options
    offices: Options


def offer(township: str, setting: Setting, names: Names) -> Offer:
    """The villages and grids below a township, and whom a complaint may be about: its offices, stations and room."""
    villages = [code for code in names.areas if len(code) == 12 and code.startswith(township)]
    areas: Options = [("", "请选择")]
    for village in villages:
        grids = [(code, name) for code, name in names.areas.items() if len(code) == 15 and code.startswith(village)]
        areas.append((names.areas[village], [(village, f"{names.areas[village]}（不清楚哪个网格）"), *grids]))
    areas.append((township, "其他地方，或不清楚哪个村"))
    units = [u for u in setting.units.values() if u.active and u.area.startswith(township)]
    named = (UnitKind.OFFICE, UnitKind.PLATFORM, UnitKind.COMMAND)
    offices = [(str(u.id), u.name) for kind in named for u in units if u.kind is kind]
    return Offer(areas=areas, offices=[("", "请选择单位"), *offices])


class ReportForm(forms.Form):
    """What is typed survives a refusal; only the photos have to be chosen again."""

    text = PlainText(
        longest=TEXT,
        label="反映什么事",
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="时间、地点、情况，写清楚一两句就行。请不要写身份证号、银行卡号。",
        error_messages={"required": "请写一写是什么事。"},
    )
    village = forms.ChoiceField(
        label="在哪里",
        error_messages={"required": "请选择在哪个村。", "invalid_choice": "没有这个地方，请重新选择。"},
    )
    place = PlainText(longest=PLACE, required=False, label="具体地点", help_text="例如：村口桥头、某某家门前。可不填。")
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180, label="经度")
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90, label="纬度")
    about = forms.BooleanField(required=False, label="反映的是乡镇某单位或干部")
    office = forms.ChoiceField(
        required=False,
        label="哪个单位",
        help_text="反映干部的，请选他所在的单位。这个单位看不到您的反映，也不会由它来办。",
        error_messages={"invalid_choice": "没有这个单位，请重新选择。"},
    )
    name = PlainText(longest=40, required=False, label="您的称呼")
    phone = PlainText(longest=40, required=False, label="联系电话")
    website = forms.CharField(required=False, label="网址（请留空）")

    def __init__(self, offered: Offer, *args: Any, **rest: Any) -> None:
        super().__init__(*args, **rest)
        self.label_suffix = ""
        for field, options in (("village", offered.areas), ("office", offered.offices)):
            choice = self.fields[field]
            assert isinstance(choice, forms.ChoiceField)
            choice.choices = options
        for field in ("longitude", "latitude"):
            self.fields[field].widget = forms.TextInput(attrs={"inputmode": "decimal"})
            self.fields[field].error_messages |= dict.fromkeys(
                ("invalid", "min_value", "max_value"),
                "坐标不对：经度在 -180 到 180 之间，纬度在 -90 到 90 之间；不清楚可以不填。",
            )
        self.fields["phone"].widget.attrs |= {"type": "tel", "inputmode": "tel", "autocomplete": "tel"}
        self.fields["name"].widget.attrs["autocomplete"] = "name"
        self.fields["website"].widget.attrs |= {"tabindex": "-1", "autocomplete": "off"}

    def clean(self) -> dict[str, Any]:
        found = super().clean() or self.cleaned_data
        if found.get("about") and not found.get("office") and "office" not in self.errors:
            self.add_error("office", "请选择反映的是哪个单位，好让它回避；不清楚就选最接近的。")
        if (found.get("longitude") is None) != (found.get("latitude") is None) and not self._point_faulty():
            self.add_error("longitude", "经度和纬度要一起填，或者都不填。")
        return found

    def _point_faulty(self) -> bool:
        return bool({"longitude", "latitude"} & set(self.errors))

    @property
    def by_machine(self) -> bool:
        """Whether the field that people do not see was filled in."""
        return bool(self.data.get("website", "").strip())

    def refuse(self, faults: Iterable[tuple[str, str]]) -> None:
        """Put the door's sentences at the fields they belong to."""
        for field, sentence in faults:
            self.add_error(field if field in self.fields else None, sentence)
