"""Accountability (问责记录): what was decided about a unit's responsibility for a matter.

Numbers: WZ331125201-2026-0001.
"""

from datetime import date, datetime

from sipingtai.access.actor_scope import as_system
from sipingtai.core.setting import Setting
from sipingtai.loop.errors import Invalid, NotFound
from sipingtai.loop.reading.page import find
from sipingtai.mechanisms.oversight.choices import levels, measures
from sipingtai.mechanisms.oversight.history import enter, next_number
from sipingtai.mechanisms.oversight.inspecting import seen_inspection, units_within
from sipingtai.mechanisms.oversight.models import Accountability, Event
from sipingtai.mechanisms.oversight.standing import require_oversight, watched_area, written
from sipingtai.org.actors import Standing


def account_for(
    *, unit: int, level: str, measure: str, basis: str, decided_by: str, decided_on: date | None,
    inspection: int | None, number: str, by: Standing, setting: Setting, now: datetime,
) -> Accountability:  # fmt: skip
    """Record accountability (问责) that was decided: about an inspection, a case in sight, or both; never of a person.

    Level and measure are of `choices`. Raises NotFound, Invalid.
    """
    require_oversight(by)
    faults: dict[str, str] = {}
    if unit not in {u.id for u in units_within(by, setting)}:
        faults["unit"] = "请选择责任单位。"
    if level not in levels():
        faults["level"] = "请选择责任层级。"
    if measure not in measures():
        faults["measure"] = "请选择问责措施。"
    if decided_on is None or decided_on > now.date():
        faults["decided_on"] = "请填写作出决定的日期，不晚于今天。"
    about = seen_inspection(inspection, by) if inspection is not None else None
    case = None
    if number.strip():
        try:
            case = find(number.strip()).pk
        except NotFound as error:
            faults["number"] = error.message
    elif about is None:
        faults["number"] = "请写明所涉事件的编号，或从一项监督检查里记录。"
    texts = {"basis": (basis, "事实和依据", 5, 1000), "decided_by": (decided_by, "决定机关", 2, 100)}
    try:
        said = written(texts)
    except Invalid as error:
        raise Invalid({**faults, **error.fields}) from error
    if faults or decided_on is None:
        raise Invalid(faults)
    area = about.area if about else watched_area(by.actor, setting)
    with as_system("问责记录"):
        found = Accountability.objects.create(
            number=next_number(Accountability, "WZ", area, now), area=area, inspection=about, case=case, unit=unit,
            level=level, measure=measure, decided_on=decided_on, recorded_by=by.actor.person, recorded_at=now, **said,
        )  # fmt: skip
        if about is not None:
            enter(about, Event.RECORDED, by.actor, now, unit=unit, case=case, content=f"{level}：{measure}")
    return found
