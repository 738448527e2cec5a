"""The rows of the catalogue, of the ways its categories go, and of the calendar."""

from collections.abc import Iterator

import chinese_calendar

from .catalogue import Catalogue
from .codes import office_code, platform_code, scheme_code
from .content import EARLIEST, Pack
from .sheets import Row

HOLIDAYS = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
}


def version_code(catalogue: Catalogue) -> str:
    """A catalogue version's stable code."""
    return f"{catalogue.name}@{catalogue.version}"


def version(catalogue: Catalogue) -> Row:
    """A catalogue's row."""
    return {
        "code": version_code(catalogue), "name": catalogue.name, "version": catalogue.version,
        "valid_from": catalogue.since or EARLIEST,
    }  # fmt: skip


def categories(catalogue: Catalogue) -> Iterator[Row]:
    """Its minor categories."""
    majors = {m.code: m for m in catalogue.majors}
    for c in catalogue.categories:
        yield {
            "catalogue__code": version_code(catalogue), "code": c.code, "name": c.name,
            "major": majors[c.code[:2]].name, "kind": majors[c.code[:2]].kind, "level": c.level,
            "highest_level": c.highest_level, "handle": str(c.handle or ""), "total": str(c.total or ""),
            "advisory": c.advisory, "keywords": list(c.keywords), "name_source": c.name_source,
            "limit_source": c.limit_source, "restricted": c.restricted, "police": c.police, "photo": c.photo,
            "residual": c.residual, "hazard": c.hazard,
        }  # fmt: skip


def route_rows(pack: Pack, catalogue: Catalogue | None) -> Iterator[Row]:
    """Where a pack's categories go, under its scheme."""
    if pack.scheme is None or catalogue is None:
        return
    scheme = scheme_code(pack.code, pack.scheme.name, pack.first_day)
    for code, (platform, office) in routes(pack, catalogue).items():
        if platform or office:
            yield {
                "scheme__code": scheme, "category": code,
                "platform__code": platform_code(pack.code, platform) if platform else None,
                "office__code": office_code(pack.code, pack.office_name(office)) if office else None,
            }  # fmt: skip


def routes(pack: Pack, catalogue: Catalogue) -> dict[str, tuple[str | None, str | None]]:
    """Each minor category's platform and office: the pack's word on it, else on its major, else the catalogue's set."""
    said = {r.category.name: r for r in pack.routes}
    group = catalogue.set_for({p.name for p in pack.platforms})
    majors = {m.code: m.platforms.get(group or "") for m in catalogue.majors}
    own = {p.name for p in pack.platforms}
    found: dict[str, tuple[str | None, str | None]] = {}
    for category in catalogue.categories:
        spoken = [r for r in (said.get(category.code), said.get(category.code[:2])) if r]
        platform = next((r.platform.name for r in spoken if r.platform), majors.get(category.code[:2]))
        office = next((r.office.name for r in spoken if r.office), None)
        found[category.code] = (platform if platform in own else None, office)
    return found


def calendar() -> Iterator[Row]:
    """The days that differ from their weekday."""
    workdays = chinese_calendar.constants.workdays
    for day, name in {**chinese_calendar.constants.holidays, **workdays}.items():
        if day >= EARLIEST and (day in workdays) != (day.weekday() < 5):
            yield {"day": day, "works": day in workdays, "note": HOLIDAYS.get(name, "")}
