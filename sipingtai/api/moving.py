"""`POST /cases/{number}/{action}`: make one move. What is permitted stands in the table of moves alone."""

from collections.abc import Sequence
from typing import Annotated

from attrs import evolve
from django.http import HttpRequest
from ninja.params.models import Body, Path

from sipingtai.access.models import Account
from sipingtai.access.plain_text import clean
from sipingtai.api.answers import MovedOut, PermittedOut
from sipingtai.api.bearer import Bearer
from sipingtai.api.errors import errors
from sipingtai.api.files import named
from sipingtai.api.problems import Problem, invalid
from sipingtai.api.requests import MoveIn
from sipingtai.api.routers import moves
from sipingtai.api.scoped import scoped
from sipingtai.api.units import resolve, shown
from sipingtai.api.values import LONGEST_REASON, LONGEST_TEXT
from sipingtai.core.actions import Action
from sipingtai.core.case import Case
from sipingtai.core.decide import permitted
from sipingtai.core.moves import Move
from sipingtai.core.posts import Actor
from sipingtai.core.table import Row
from sipingtai.core.who import works_at
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.dispatch.split import split
from sipingtai.loop.errors import NotFound
from sipingtai.loop.moves import lock_numbered, move
from sipingtai.loop.reading.options import clause_named
from sipingtai.loop.reading.page import case_of, find
from sipingtai.loop.writing import Locked
from sipingtai.org.actors import actor_for

# Brought about by the system, by a reorganisation, or by taking a report in: nobody asks for them by name.
NOT_ASKED = frozenset({Action.REPORT, Action.CLOSE, Action.ARCHIVE, Action.REHOME, Action.ADOPT, Action.LET_GO})
NOTHING = MoveIn()  # most moves need no body
ASKED = {action.value: action for action in Action if action not in NOT_ASKED}


@moves.post(
    "/cases/{number}/{action}",
    auth=Bearer("cases:write"),
    response={200: MovedOut, **errors(400, 404, 409, 413, 415, 422)},
    summary="办理",
    operation_id="move_case",
)
@scoped
def make_move(
    request: HttpRequest,
    number: str,
    action: Annotated[str, Path(..., description="One of `permitted` of the case.")],
    body: Annotated[MoveIn, Body(...)] = NOTHING,
) -> MovedOut:
    """Make one move and answer the case after it. 409 tells in `since` what happened after the version seen."""
    asker = asker_of(request)
    if action not in ASKED:
        raise Problem(404, "unknown_action", "没有这个动作，请对照 permitted 中列出的动作。")
    locked = lock_numbered(number)
    case, setting = _made(ASKED[action], body, locked, asker), asker.setting
    return MovedOut(
        number=number,
        stage=case.stage.value,
        stage_label=case.stage.label,
        version=case.steps,
        holder=shown(case.holder.unit if case.holder else None, setting),
        permitted=offered(permitted(case, asker.actor, asker.now, setting)),
    )


def _made(action: Action, body: MoveIn, locked: Locked, asker: Asker) -> Case:
    case, actor, now, setting = locked.case, asker.actor, asker.now, asker.setting
    asked, unit = _move(action, body, case, asker), _acting_for(case, actor)
    if action is Action.REQUEST_RETURN:
        asked = evolve(asked, clause=clause_named(case, asked.clause, now.date()))
    if action is Action.SPLIT:
        return split(
            case.id, body.parts, reason=asked.reason, actor=actor, now=now, setting=setting, unit=unit, seen=body.seen
        ).parent.case
    if body.parts:
        raise invalid({"parts": f"“{action.label}”不需要子件，请删去。"})
    files = named(body.files, actor)
    return move(
        case.id, asked, actor=actor, now=now, setting=setting, unit=unit, seen=body.seen, files=files, locked=locked
    ).case


def offered(rows: Sequence[Row]) -> list[PermittedOut]:
    """The rows of the table as a program is told them."""
    return [
        PermittedOut(action=r.action.value, label=r.action.label, needs=[need.value for need in r.needs])
        for r in rows
        if r.action.value in ASKED
    ]


def _move(action: Action, body: MoveIn, case: Case, asker: Asker) -> Move:
    """The move as core takes it. Raises Problem for whatever names nothing there is."""
    texts = _cleaned(body)
    units = resolve({"to": [body.to] if body.to is not None else [], "assists": body.assists}, asker.setting)
    if body.category and body.category not in asker.setting.categories:
        raise invalid({"category": "目录里没有这个类别，请重新选择。"})
    return Move(
        action=action,
        to=units["to"][0] if units["to"] else None,
        assists=units["assists"],
        person=_person(action, body, case, asker) if body.person else None,
        days=body.days,
        until=body.until,
        category=body.category,
        level=body.level,
        urgency=body.urgency,
        restricted=body.restricted,
        colour=body.colour,
        verdict=body.verdict,
        override=body.override,
        files=len(body.files),
        other=_other(body.other) if body.other else None,
        system=body.system,
        reason=texts["reason"],
        text=texts["text"],
        clause=texts["clause"],
    )


def _cleaned(body: MoveIn) -> dict[str, str]:
    found: dict[str, str] = {}
    wrong: dict[str, str] = {}
    for name, label, value, longest in (
        ("reason", "理由", body.reason, LONGEST_REASON),
        ("text", "内容", body.text, LONGEST_TEXT),
        ("clause", "依据条款", body.clause, 200),
    ):
        try:
            found[name] = clean(value, longest, label)
        except ValueError as error:  # composing can make a text longer
            wrong[name] = str(error)
    if wrong:
        raise invalid(wrong)
    return found


def _person(action: Action, body: MoveIn, case: Case, asker: Asker) -> int:
    """Whom the work is given to: somebody who works at the office that has it."""
    if action is not Action.ASSIGN_PERSON:
        raise invalid({"person": f"“{action.label}”不需要经办人，请删去。"})
    name = body.person or ""
    account = Account.objects.filter(username=name, is_active=True).first() if name.isprintable() else None
    main = case.main
    if account is None or not works_at(
        actor_for(account.pk, asker.now).actor, main.unit if main else None, asker.setting
    ):
        raise invalid({"person": "主办科室没有这个人，请核对用户名。"})
    return account.pk


def _other(number: str) -> Case:
    try:
        return case_of(find(number))
    except NotFound as error:
        raise invalid({"other": error.message}) from error


def _acting_for(case: Case, actor: Actor) -> int | None:
    """The unit a step is signed for: the holder, main office or command where the actor sits; else their one unit."""
    holder, main = case.holder, case.main
    for unit in (holder.unit if holder else None, main.unit if main else None, case.command):
        if unit in actor.units:
            return unit
    return next(iter(actor.units)) if len(actor.units) == 1 else None
