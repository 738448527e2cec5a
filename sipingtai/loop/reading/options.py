"""What a move's form offers: the units, clauses, people and levels one may choose, as far as the table takes them."""

from collections.abc import Sequence
from datetime import date

from attrs import frozen

from sipingtai.core.actions import Action
from sipingtai.core.case import Case
from sipingtai.core.setting import Setting, Unit, UnitKind
from sipingtai.loop.errors import Invalid
from sipingtai.org.models import PostHolding
from sipingtai.org.setting import duty_clauses, valid_on


@frozen(kw_only=True)
class Choice:
    """One entry of a select. `hint` says why it stands where it stands."""

    value: str
    label: str
    hint: str = ""


def units_for(action: Action, case: Case, setting: Setting) -> tuple[Choice, ...]:
    """Where the move may send the case (`to`); empty where the action sends it nowhere or the place is fixed."""
    here = [u for u in setting.units.values() if u.active and u.command == case.command and u.id not in case.shunned]
    offices = [u for u in here if u.kind is UnitKind.OFFICE]
    platforms = [u for u in here if u.kind is UnitKind.PLATFORM]
    main = case.main
    match action:
        case Action.DISPATCH:
            straight = [u for u in offices if setting.rules(case.command).hops == 1 or not u.platforms]
            return _choices(platforms + straight)
        case Action.FORWARD:
            return _choices([u for u in offices if main and main.unit in u.platforms])
        case Action.REQUEST_RETURN | Action.COPY:
            return _choices([u for u in offices + platforms if not main or u.id != main.unit])
        case Action.HAND_DOWN:
            below = setting.children(case.command) - {layer.command for layer in case.stack}
            return _choices([setting.units[u] for u in sorted(below)])
        case Action.RELEASE:
            return _choices([setting.units[a.unit] for a in case.assists if a.unit in setting.units])
    return ()


def assists_for(case: Case, setting: Setting) -> tuple[Choice, ...]:
    """The offices that may be asked to assist."""
    taken = {a.unit for a in case.assists} | ({case.main.unit} if case.main else set()) | case.shunned
    found = [u for u in setting.units.values() if u.active and u.kind is UnitKind.OFFICE and u.command == case.command]
    return _choices([u for u in found if u.id not in taken])


def clauses_for(case: Case, at: date) -> tuple[Choice, ...]:
    """The clauses of the duty list of whoever has the work, as it is on a day: a return needs one."""
    rows = duty_clauses(at).filter(office=case.main.unit if case.main else 0).order_by("number")
    return tuple(Choice(value=f"{r.number} {r.text}"[:200], label=f"{r.number} {r.text}", hint=r.clause) for r in rows)


def clause_named(case: Case, said: str, at: date) -> str:
    """The clause of a return as the journal keeps it: by its number, its text or both, one of the duty list.

    Where there is no list, what was said. Raises Invalid for a clause that is not in the list.
    """
    offered = duty_clauses(at).filter(office=case.main.unit if case.main else 0).order_by("number")
    found = {f"{row.number} {row.text}"[:200]: (row.number, row.text) for row in offered}
    if not found or not said:
        return said
    named = next((whole for whole, parts in found.items() if said in (whole, *parts)), None)
    if named is None:
        numbers = "、".join(number for number, _ in list(found.values())[:20])
        raise Invalid({"clause": f"退单要依据本单位职责清单的条款，请从中选择，可只写序号：{numbers}。"})
    return named


def people_for(case: Case, at: date) -> tuple[Choice, ...]:
    """The people of the office that has the work, as it is on a day."""
    unit = case.main.unit if case.main else 0
    rows = PostHolding.objects.filter(valid_on(at), unit=unit, account__is_active=True).select_related("account")
    return tuple({r.account_id: Choice(value=str(r.account_id), label=str(r.account)) for r in rows}.values())


def duties_of(units: Sequence[int], at: date) -> dict[int, str]:
    """The duty lists of these offices on a day, each in one line: one statement."""
    found: dict[int, list[str]] = {}
    for row in duty_clauses(at).filter(office__in=units).order_by("office", "id"):
        found.setdefault(row.office_id, []).append(row.text)
    return {unit: "；".join(texts) for unit, texts in found.items()}


def _choices(units: Sequence[Unit]) -> tuple[Choice, ...]:
    return tuple(Choice(value=str(u.id), label=u.name) for u in units)
