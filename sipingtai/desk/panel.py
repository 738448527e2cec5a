"""One case as the desk shows it: what, where, who, until when, what happened, and what the asker may do."""

from datetime import datetime
from typing import Any

from attrs import frozen

from sipingtai.core.actions import Action
from sipingtai.core.case import Case
from sipingtai.core.setting import Setting, Urgency
from sipingtai.core.table import Row
from sipingtai.core.who import fits, works_at
from sipingtai.desk import notes, words
from sipingtai.desk.frame import asker_names
from sipingtai.desk.layers import Layer, layers
from sipingtai.desk.move_form import MoveForm, build
from sipingtai.desk.move_words import KEYS
from sipingtai.desk.place_map import PlaceMap, place_map
from sipingtai.desk.watch import Watch, watch
from sipingtai.faces import words as told
from sipingtai.faces.asker import Asker
from sipingtai.loop.reading.nearby import Near, nearby
from sipingtai.loop.reading.options import units_for
from sipingtai.loop.reading.outlines import outlines
from sipingtai.loop.reading.page import CasePage, Event, case_page, find
from sipingtai.loop.reading.places import area_name, category_name

# What one most likely came to do, in this order; the rest are buttons.
FIRST = (
    Action.GRANT_REVIEW, Action.ACCEPT, Action.FORWARD, Action.SIGN, Action.GRANT_RETURN, Action.GRANT_EXTENSION,
    Action.GRANT_SUSPENSION, Action.DISPATCH, Action.REPLY_SUPERVISION, Action.SIGN_ASSIST, Action.FINISH,
    Action.COMPLETE_ASSIST, Action.VERIFY, Action.FOLLOW_UP, Action.ANSWER, Action.TAKE_BACK, Action.RESUME,
    Action.UNMERGE, Action.CONCLUDE,
)  # fmt: skip
# Deciding and doing comes first; what only says something about the case stands apart, and last what ends it otherwise.
BESIDE = (
    Action.URGE, Action.SUPERVISE, Action.LIFT, Action.REPLY_SUPERVISION, Action.INSTRUCT, Action.ANNOTATE,
    Action.COPY, Action.LINK, Action.RESTRICT, Action.PROGRESS,
)  # fmt: skip
RECENT = 8  # steps of a long story that are shown without asking
LAST = (Action.VOID, Action.REHOME, Action.WITHDRAW)


@frozen(kw_only=True)
class Button:
    """A move that may be chosen."""

    action: Action
    key: str
    chosen: bool
    grave: bool


@frozen(kw_only=True)
class ClockLine:
    """A running limit in words."""

    label: str
    owner: str
    state: str
    chip: str
    due: str


@frozen(kw_only=True)
class Step:
    """A line of the story."""

    event: Event
    what: str
    who: str
    at: str
    said: tuple[str, ...]


@frozen(kw_only=True)
class Panel:
    """Everything the case's template names."""

    page: CasePage
    queue: str
    facts: tuple[tuple[str, str], ...]
    sub: tuple[str, ...]
    urgency: str
    stops: tuple[words.Stop, ...]
    clocks: tuple[ClockLine, ...]
    layers: tuple[Layer, ...]  # the commands it came through, the one on top first; empty where there is but one
    story: tuple[Step, ...]
    moves: tuple[tuple[str, tuple[Button, ...]], ...]  # groups with their names
    form: MoveForm | None
    key: str  # the one key that sends the open form
    work: tuple[tuple[str, str, str], ...]  # assignments: role, unit and person, state
    asks: tuple[str, ...]  # applications that wait for a decision
    alike: tuple[Near, ...]  # what may be the same matter
    near: tuple[Near, ...]  # what lies near, the same matters first
    map: PlaceMap | None
    may_merge: bool
    contact: Any  # masked values, or None
    watch: Watch  # what oversight has to do with it
    my_note: str  # written by the asker for the asker
    may_reveal: bool
    note: str = ""  # a refusal or a conflict
    kept: str = ""  # what was typed into a form that is no longer there
    revealed: Any = None
    reveal_error: str = ""

    @property
    def earlier(self) -> tuple[Step, ...]:
        """What lies so far back that one opens it only when one wants it; nothing of a short story."""
        return self.story[:-RECENT] if len(self.story) > 2 * RECENT else ()

    @property
    def recent(self) -> tuple[Step, ...]:
        return self.story[len(self.earlier) :]


def panel(
    asker: Asker,
    number: str,
    *,
    queue: str = "",
    chosen: Action | None = None,
    other: str = "",
) -> Panel:
    """Read and dress one case. `chosen` opens that move's form, else the one most likely wanted is open.

    Raises NotFound.
    """
    row = find(number, note=notes.beside(asker))
    page = case_page(row, asker.actor, asker.setting, asker.now)
    return dressed(asker, page, queue=queue, chosen=chosen, other=other, my_note=vars(row)["note"] or "")


def dressed(
    asker: Asker,
    page: CasePage,
    *,
    queue: str = "",
    chosen: Action | None = None,
    form: MoveForm | None = None,
    note: str = "",
    kept: str = "",
    other: str = "",
    my_note: str | None = None,
    **more: Any,
) -> Panel:
    """A case page that was read already, dressed; the note is read where it was not."""
    found, case, setting, now = asker_names(asker), page.case, asker.setting, asker.now
    wanted = chosen or _likely(asker, page)
    opened = form or next(
        (build(r, page, asker, queue=queue, other=other) for r in page.moves if r.action is wanted), None
    )
    near = nearby(page, setting)
    offered = [r for r in page.moves if _has_object(r.action, case, setting)]
    return Panel(
        page=page,
        queue=queue,
        facts=_facts(page, asker),
        sub=(page.number, case.kind.label, case.channel.label, told.when(case.received_at, now)),
        urgency="" if case.urgency is Urgency.NORMAL else case.urgency.label,
        stops=words.track(case.stage, page.story),
        clocks=tuple(_clock(c, now) for c in sorted(page.clocks, key=lambda c: c.due_at) if not c.awaits),
        layers=layers(case, setting, found, now),
        story=tuple(_step(e, asker) for e in page.story),
        moves=_groups(offered, opened.action if opened else None),
        form=opened,
        key=KEYS.get(opened.action, "") if opened else "",
        work=_work(case, setting),
        asks=_asks(case, setting) + _withheld(page),
        alike=tuple(n for n in near if n.likeness.same and case.stage.open),
        near=near,
        map=place_map(outlines(setting, case.area), grid=case.grid, point=page.point, near=near),
        may_merge=any(r.action is Action.MERGE for r in offered),
        contact=page.contact,
        watch=watch(asker, page),
        my_note=notes.own(asker, page.id) if my_note is None else my_note,
        may_reveal=bool(page.contact and offered),
        note=note,
        kept=kept,
        **more,
    )


def _facts(page: CasePage, asker: Asker) -> tuple[tuple[str, str], ...]:
    """What stands beside the matter's text, as far as it is known."""
    found, case, setting = asker_names(asker), page.case, asker.setting
    every = (
        ("现由", _holder(case, asker)),
        ("类别", category_name(found, setting, case.category)),
        ("层级", words.LEVELS.get(case.level, "")),
        ("区域", area_name(found, case.area)),
        ("地点", page.place),
        ("来源", case.channel.label),
        ("反映", told.when(case.reported_at, asker.now)),
        ("外转", case.referred_to),
        ("结果", case.outcome.label if case.outcome else ""),
    )
    return tuple((name, value) for name, value in every if value)


def _has_object(action: Action, case: Case, setting: Setting) -> bool:
    """Whether there is an object to the move: an assist to release, a command below, a unit to replace."""
    if action is Action.RELEASE:
        return bool(case.assists)
    if action is Action.HAND_DOWN:
        return bool(units_for(action, case, setting))
    return action is not Action.REHOME or any(a.state.live for a in case.assignments)


def _likely(asker: Asker, page: CasePage) -> Action | None:
    """The move one most likely came for, where it is one's turn: as holder, as decider or as assisting office."""
    case, setting = page.case, asker.setting
    turn = case.holder is not None and fits(asker.actor, case.holder, setting)
    turn = turn or any(fits(asker.actor, p.decider, setting) for p in case.applications)
    turn = turn or any(works_at(asker.actor, a.unit, setting) for a in case.assists)
    offered = {r.action for r in page.moves}
    return next((a for a in FIRST if a in offered), None) if turn else None


def _groups(rows: list[Row], opened: Action | None) -> tuple[tuple[str, tuple[Button, ...]], ...]:
    def buttons(kept: Any) -> tuple[Button, ...]:
        return tuple(
            Button(action=r.action, key=KEYS.get(r.action, ""), chosen=r.action is opened, grave=r.action in LAST)
            for r in rows
            if kept(r.action)
        )

    groups = (
        ("办理", buttons(lambda a: a not in BESIDE and a not in LAST)),
        ("督办与记录", buttons(lambda a: a in BESIDE)),
        ("其他", buttons(lambda a: a in LAST)),
    )
    return tuple(group for group in groups if group[1])


def _clock(clock: Any, now: datetime) -> ClockLine:
    return ClockLine(
        label=clock.label,
        owner=clock.owner,
        state=clock.state.name,
        chip=told.chip(clock.state, clock.due_at, now),
        due=told.when(clock.due_at, now),
    )


def _holder(case: Case, asker: Asker) -> str:
    """Who has it; with its place where that is not one's own."""
    told_so, holder = words.holder(case.holder, asker.setting), case.holder
    unit = asker.setting.units.get(holder.unit) if holder else None
    own = {asker.setting.units[u].area for u in asker.actor.units if u in asker.setting.units}
    if unit is None or unit.area in own:
        return told_so
    return told_so.replace(unit.name, words.placed(unit.id, asker.setting, asker_names(asker)), 1)


def _step(event: Event, asker: Asker) -> Step:
    # The first step's texts are the matter itself, which stands above.
    said = () if event.no == 1 else tuple(text for name in ("note", "reason") if (text := event.texts.get(name)))
    return Step(
        event=event,
        what=words.phrase(event, asker_names(asker), asker.setting),
        who=words.acting(event),
        at=told.when(event.at, asker.now),
        said=said,
    )


_STATES = {"sent": "待签收", "signed": "已签收", "done": "已完成", "ended": "已结束"}


def _work(case: Case, setting: Setting) -> tuple[tuple[str, str, str], ...]:
    shown = [a for a in case.assignments if a.state.value != "ended"]
    return tuple(
        (
            "主办" if a.main else "协办",
            setting.units[a.unit].name if a.unit in setting.units else "",
            _STATES[a.state.value] + ("，申请解除" if a.asks_release else ""),
        )
        for a in shown
    )


# What one came to do: where it is withheld, say why. Of anything else the absence of a button says enough.
_EXPECTED = frozenset({Action.ACCEPT, Action.DISPATCH, Action.SIGN, Action.FINISH, Action.VERIFY, Action.FOLLOW_UP})


def _withheld(page: CasePage) -> tuple[str, ...]:
    # Whoever forwards is not told that the office signs.
    forwards = any(row.action is Action.FORWARD for row in page.moves)
    expected = _EXPECTED - {Action.SIGN} if forwards else _EXPECTED
    return tuple(f"还不能{action.label}：{why}" for action, why in page.withheld if action in expected)


def _asks(case: Case, setting: Setting) -> tuple[str, ...]:
    found = []
    for p in case.applications:
        unit = setting.units.get(p.unit)
        proposed = setting.units.get(p.proposed or 0)
        more = [
            f"{p.days} 个工作日" if p.days else "",
            f"至 {p.until:%Y-%m-%d}" if p.until else "",
            f"依据：{p.clause}" if p.clause else "",
            f"建议交：{proposed.name}" if proposed else "",
        ]
        told = "；".join(m for m in more if m)
        who = unit.name if unit else ""
        found.append(f"{who}申请{p.kind.label}（{told}），由{words.holder(p.decider, setting)}决定。")
    return tuple(found)
