"""From a posted form to a move: every fault a sentence at its field. Shared by desk and phone."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar

from attrs import frozen
from django.http import QueryDict

from sipingtai.access.plain_text import clean
from sipingtai.core.actions import Action
from sipingtai.core.calendar import TZ
from sipingtai.core.case import Case, Colour
from sipingtai.core.moves import Move
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting, Urgency
from sipingtai.loop.errors import Invalid, NotFound
from sipingtai.loop.reading.page import case_of, find

LONGEST = 2000  # characters of a reason or a result
_BIGGEST = 2**62
_T = TypeVar("_T")


@frozen(kw_only=True)
class Asked:
    """A move as posted, and the version of the case the form was made from."""

    move: Move
    seen: int | None


def action_named(name: str) -> Action | None:
    """The action with this name; None where there is none."""
    return Action(name) if name in Action._value2member_map_ else None


def read(action: Action, posted: QueryDict, *, files: int = 0) -> Asked:
    """Read a move. Raises Invalid with a sentence for every field that does not do."""
    reader = _Reader(posted)
    other = _other(reader.text("other", 40, "另一件事的编号"))
    colour = reader.one_of("colour", {c.value: c for c in Colour}, "督办牌")
    urgency = reader.one_of("urgency", {u.value: u for u in Urgency}, "紧急程度")
    move = Move(
        action=action,
        reason=reader.text("reason", LONGEST, "理由"),
        text=reader.text("text", LONGEST, "内容"),
        to=reader.number("to", "单位"),
        assists=tuple(reader.numbers("assists", "协办单位")),
        person=reader.number("person", "经办人"),
        days=reader.number("days", "天数") or 0,
        until=reader.moment("until", "截止时间"),
        clause=reader.text("clause", 200, "依据条款"),
        category=reader.text("category", 8, "类别"),
        level=reader.number("level", "处置层级") or 0,
        urgency=urgency,
        restricted={"yes": True, "no": False}.get(posted.get("restricted", "")),
        colour=colour,
        verdict=posted.get("verdict", "yes") != "no",
        override=posted.get("override") == "on",
        system=reader.text("system", 40, "外部系统"),
        files=files,
        other=other,
    )
    if move.level not in range(6):
        reader.wrong["level"] = "处置层级只有一级到五级。"
    seen = reader.number("seen", "版本")
    if reader.wrong:
        raise Invalid(reader.wrong)
    return Asked(move=move, seen=seen)


def _other(number: str) -> Case | None:
    """The other case of a merge or link, looked up in the asker's own sight."""
    if not number:
        return None
    try:
        return case_of(find(number))
    except NotFound as error:
        raise Invalid({"other": error.message}) from error


def unit_acting(actor: Actor, case: Case, setting: Setting) -> int | None:
    """The unit for which somebody acts: where the case lies, else where it was given, else a command on its stack."""
    candidates: list[int | None] = [case.holder.unit if case.holder else None]
    candidates += [a.unit for a in case.assignments if a.state.live] + [p.decider.unit for p in case.applications]
    candidates += [layer.command for layer in reversed(case.stack)] + [case.grid, case.reporter.grid]
    parent = setting.commands[case.command].parent
    return next((u for u in [*candidates, parent] if u is not None and u in actor.units), None)


class _Reader:
    """Reads fields one by one and remembers what was wrong."""

    def __init__(self, posted: QueryDict) -> None:
        self._posted = posted
        self.wrong: dict[str, str] = {}

    def text(self, name: str, longest: int, label: str) -> str:
        try:
            return clean(self._posted.get(name, "") or "", longest, label)
        except ValueError as error:
            self.wrong[name] = str(error)
            return ""

    def number(self, name: str, label: str) -> int | None:
        raw = (self._posted.get(name, "") or "").strip()
        if not raw:
            return None
        if raw.isascii() and raw.isdigit() and int(raw[:20]) < _BIGGEST:
            return int(raw[:20])
        self.wrong[name] = f"“{label}”不对，请重新选择。"
        return None

    def numbers(self, name: str, label: str) -> list[int]:
        raw = [r.strip() for r in self._posted.getlist(name) if r.strip()]
        if all(r.isascii() and r.isdigit() and len(r) < 19 for r in raw) and len(raw) <= 50:
            return [int(r) for r in raw]
        self.wrong[name] = f"“{label}”不对，请重新选择。"
        return []

    def moment(self, name: str, label: str) -> datetime | None:
        raw = (self._posted.get(name, "") or "").strip()
        if not raw:
            return None
        try:
            found = datetime.fromisoformat(raw)
        except ValueError:
            found = None
        if found is None or not 2000 <= found.year < 2200:  # beyond, a time zone leads out of the calendar
            self.wrong[name] = f"“{label}”的日期不对，请按 2026-03-02 的样子填写。"
            return None
        return found.replace(tzinfo=TZ) if found.tzinfo is None else found

    def one_of(self, name: str, known: Mapping[str, _T], label: str) -> _T | None:
        raw = (self._posted.get(name, "") or "").strip()
        if raw and raw not in known:
            self.wrong[name] = f"“{label}”不对，请重新选择。"
        return known.get(raw)
