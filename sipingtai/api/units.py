"""Units as programs name them: by id, or by code."""

from collections.abc import Iterable

from sipingtai.api.answers import UnitOut
from sipingtai.api.problems import invalid
from sipingtai.core.setting import Setting
from sipingtai.org.models import Unit

Refs = Iterable[int | str]


def resolve(named: dict[str, Refs], setting: Setting) -> dict[str, tuple[int, ...]]:
    """Field → ids of the units it names, in at most one statement. Raises Problem that names every unknown one."""
    codes = {ref for refs in named.values() for ref in refs if isinstance(ref, str)}
    known = dict(Unit.objects.filter(code__in=_plain(codes)).values_list("code", "id")) if codes else {}
    found: dict[str, tuple[int, ...]] = {}
    wrong: dict[str, str] = {}
    for field, refs in named.items():
        ids = [known.get(ref, 0) if isinstance(ref, str) else ref for ref in refs]
        if not all(unit in setting.units for unit in ids):
            wrong[field] = "没有这个单位，请核对单位编码。"
        found[field] = tuple(ids)
    if wrong:
        raise invalid(wrong)
    return found


def shown(unit: int | None, setting: Setting) -> UnitOut | None:
    """A unit as it is told; None where there is none."""
    found = setting.units.get(unit or 0)
    return UnitOut(id=found.id, name=found.name) if found else None


def _plain(codes: set[str]) -> list[str]:
    return [code for code in codes if code.isprintable()]  # the database knows no NUL
