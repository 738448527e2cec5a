"""Names of areas and categories as people choose them, read once for every state of the organisation."""

from datetime import date
from functools import lru_cache

from attrs import frozen

from sipingtai.core.setting import Setting, UnitKind
from sipingtai.insight.categorise import CategoryWords
from sipingtai.loop.reading.options import Choice
from sipingtai.org.models import Area, Category
from sipingtai.org.routes import category_words
from sipingtai.org.setting import valid_on


@frozen(kw_only=True, eq=False)  # one object a state of the organisation: what is made of it is kept by it
class Names:
    """What the rules do not need and people do."""

    areas: dict[str, str]  # code → name, by code
    majors: dict[str, str]  # category's code → name of its 大类
    words: tuple[CategoryWords, ...]  # what categories are recognised by


def names(setting: Setting, at: date) -> Names:
    """Free while the organisation stays as it is."""
    return _read((setting.version, setting.catalogue), at)


@lru_cache(maxsize=4)
def _read(version: tuple[int, int], at: date) -> Names:
    majors = Category.objects.filter(catalogue_id=version[1]).values_list("code", "major")
    return Names(
        areas=dict(Area.objects.filter(valid_on(at)).order_by("code").values_list("code", "name")),
        majors=dict(majors),
        words=category_words(at),
    )


def area_name(found: Names, code: str) -> str:
    """The area's name, after its village's where it does not tell; the code where nobody knows it."""
    name, village = found.areas.get(code, code), found.areas.get(code[:12], "")
    return name if name.startswith(village) else f"{village} · {name}"


def category_name(found: Names, setting: Setting, code: str) -> str:
    """公共设施 · 路灯."""
    category = setting.categories.get(code)
    if category is None:
        return code
    major = found.majors.get(code, "")
    return f"{major} · {category.name}" if major else category.name


def categories(found: Names, setting: Setting) -> tuple[Choice, ...]:
    """The catalogue in force, as one chooses from it."""
    return tuple(Choice(value=code, label=category_name(found, setting, code)) for code in setting.categories)


def areas_within(found: Names, ranges: tuple[tuple[str, str], ...]) -> tuple[Choice, ...]:
    """The areas within what somebody stands over, widest first in the order of codes."""
    return tuple(
        Choice(value=code, label=name, hint="　" * _DEPTH.get(len(code), 0))
        for code, name in found.areas.items()
        if any(low <= code < high for low, high in ranges)
    )


_DEPTH = {6: 0, 9: 0, 12: 1, 15: 2}


def grid_of(setting: Setting, area: str) -> int | None:
    """The grid of a 15-digit area code."""
    if len(area) != 15:
        return None
    return next((u.id for u in setting.units.values() if u.kind is UnitKind.GRID and u.area == area and u.active), None)
