"""Inspections (监督检查): opened with a basis, fed with cases and findings, units heard, closed with a result.

Each act appends one line to the inspection's history, which nobody can change. Numbers: JC331125201-2026-0001.
"""

from datetime import date, datetime

from sipingtai.access.actor_scope import as_system
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting, Unit, UnitKind
from sipingtai.core.who import is_chief, works_at
from sipingtai.loop.errors import Conflict, Invalid, NotFound
from sipingtai.loop.reading.page import find
from sipingtai.mechanisms.oversight.history import enter, next_number
from sipingtai.mechanisms.oversight.models import Event, Explanation, InspectedCase, Inspection
from sipingtai.mechanisms.oversight.standing import require_oversight, watched_area, written
from sipingtai.org.actors import Standing

_HEARD = (UnitKind.COMMAND, UnitKind.PLATFORM, UnitKind.OFFICE)


def open_inspection(
    *, subject: str, basis: str, scope: str, due_on: date | None, by: Standing, setting: Setting, now: datetime
) -> Inspection:
    """Open one (立项). Raises NotFound for whoever does not look on, Invalid."""
    require_oversight(by)
    area = watched_area(by.actor, setting)
    said = written(
        {"subject": (subject, "检查事项", 2, 100), "basis": (basis, "依据", 2, 500), "scope": (scope, "范围", 2, 500)}
    )
    due = _day(due_on, now, "due_on")
    with as_system("监督检查"):
        found = Inspection.objects.create(
            number=next_number(Inspection, "JC", area, now), area=area, opened_by=by.actor.person, opened_at=now,
            due_on=due, **said,
        )  # fmt: skip
        enter(found, Event.OPENED, by.actor, now, content=said["subject"])
    return found


def attach(inspection_id: int, number: str, *, by: Standing, now: datetime) -> None:
    """Take a case in, by its number; once is enough.

    Raises NotFound, Invalid for a case that is not in sight, Conflict.
    """
    found = open_one(inspection_id, by)
    try:
        row = find(number.strip())
    except NotFound as error:
        raise Invalid({"number": error.message}) from error
    with as_system("监督检查"):
        found = _held(found)
        _, fresh = InspectedCase.objects.get_or_create(inspection=found, case=row.pk)
        if fresh:
            enter(found, Event.ATTACHED, by.actor, now, case=row.pk)


def find_out(inspection_id: int, text: str, *, by: Standing, now: datetime) -> None:
    """Add a finding (发现问题). Raises NotFound, Invalid, Conflict."""
    found = open_one(inspection_id, by)
    said = written({"finding": (text, "发现的问题", 2, 2000)})
    with as_system("监督检查"):
        enter(_held(found), Event.FOUND, by.actor, now, content=said["finding"])


def ask(
    inspection_id: int, unit: int, question: str, due_on: date | None, *, by: Standing, setting: Setting, now: datetime
) -> Explanation:
    """Ask a unit within the area for a written explanation. Raises NotFound, Invalid, Conflict."""
    found = open_one(inspection_id, by)
    if unit not in {u.id for u in units_within(by, setting)}:
        raise Invalid({"unit": "请从列表中选择要说明情况的单位。"})
    said = written({"question": (question, "要说明的问题", 5, 1000)})
    due = _day(due_on, now, "explain_by")
    with as_system("监督检查"):
        found = _held(found)
        asked = Explanation.objects.create(
            inspection=found, number=found.number, area=found.area, unit=unit, question=said["question"],
            asked_by=by.actor.person, asked_at=now, due_on=due,
        )  # fmt: skip
        enter(found, Event.ASKED, by.actor, now, unit=unit, content=said["question"])
    return asked


def answer(explanation_id: int, text: str, *, by: Actor, setting: Setting, now: datetime) -> Explanation:
    """Explain, in writing, for the unit that was asked. Raises NotFound, Invalid, Conflict."""
    found = Explanation.objects.filter(pk=explanation_id).first()
    if found is None or not speaks_for(by, found.unit, setting):
        raise NotFound
    said = written({"answer": (text, "书面说明", 10, 4000)})
    with as_system("书面说明"):
        found = Explanation.objects.select_for_update().select_related("inspection").get(pk=found.pk)
        if found.answered_at is not None:
            raise Conflict(["本单位已经作了说明"])
        if found.lapsed_at is not None:
            raise Conflict(["这项检查已经办结"])
        found.answer, found.answered_by, found.answered_at = said["answer"], by.person, now
        found.save()
        enter(found.inspection, Event.ANSWERED, by, now, unit=found.unit, content=said["answer"])
    return found


def close(inspection_id: int, result: str, *, by: Standing, now: datetime) -> Inspection:
    """Close with a result (办结). What was asked and not answered lapses. Raises NotFound, Invalid, Conflict."""
    found = open_one(inspection_id, by)
    said = written({"result": (result, "检查结果", 5, 4000)})
    with as_system("监督检查"):
        found = _held(found)
        found.closed_at, found.result = now, said["result"]
        found.save()
        found.explanations.filter(answered_at=None).update(lapsed_at=now)
        enter(found, Event.CLOSED, by.actor, now, content=said["result"])
    return found


def units_within(by: Standing, setting: Setting) -> tuple[Unit, ...]:
    """The command rooms, platforms and offices within the area looked upon, in the order of areas."""
    found = [
        u
        for u in setting.units.values()
        if u.active and u.kind in _HEARD and any(low <= u.area < high for low, high in by.areas)
    ]
    return tuple(sorted(found, key=lambda u: (u.area, _HEARD.index(u.kind), u.id)))


def speaks_for(actor: Actor, unit: int, setting: Setting) -> bool:
    """Whether somebody answers for a unit: those who do its work, and for a command its chiefs."""
    return works_at(actor, unit, setting) or (unit in setting.commands and is_chief(actor, unit, setting))


def seen_inspection(inspection_id: int, by: Standing) -> Inspection:
    """An inspection within the area. Raises NotFound."""
    require_oversight(by)
    found = Inspection.objects.filter(pk=inspection_id).first()
    if found is None:
        raise NotFound
    return found


def open_one(inspection_id: int, by: Standing) -> Inspection:
    """The same, as long as it is open. Raises Conflict where it is closed."""
    return _open(seen_inspection(inspection_id, by))


def _held(found: Inspection) -> Inspection:
    """The same, held until the transaction ends: nobody closes it meanwhile. Within a system scope."""
    return _open(Inspection.objects.select_for_update().get(pk=found.pk))


def _open(found: Inspection) -> Inspection:
    if found.closed_at is not None:
        raise Conflict(["这项检查已经办结"])
    return found


def _day(due_on: date | None, now: datetime, name: str) -> date:
    if due_on is None or due_on < now.date():
        raise Invalid({name: "请选择期限，不早于今天。"})
    return due_on
