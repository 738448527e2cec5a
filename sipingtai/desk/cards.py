"""督办牌: every card in force in one's sight; an office sees its own, and replies here."""

from attrs import frozen
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sipingtai.core.actions import Action
from sipingtai.desk.frame import page, staff
from sipingtai.desk.on_the_spot import Refused, make
from sipingtai.desk.phrases import PHRASES
from sipingtai.faces import words as told
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.reading.cards import InForce, in_force

OVERSEEING = frozenset({"command", "oversight"})
_FIELDS = {Action.REPLY_SUPERVISION: "text", Action.LIFT: "reason"}
_LABELS = {Action.REPLY_SUPERVISION: ("写回复", "回复内容", "提交回复"), Action.LIFT: ("解除", "解除理由", "确认解除")}


@frozen(kw_only=True)
class Answer:
    """What may be done to a card here, with its form."""

    action: Action
    field: str
    opens: str
    label: str
    button: str
    phrases: tuple[str, ...]
    text: str = ""
    fault: str = ""


@frozen(kw_only=True)
class Shown:
    """A card in words."""

    found: InForce
    since: str
    chip: str
    state: str
    answers: tuple[Answer, ...]


@staff
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """The list."""
    return _page(request)


@staff
@require_POST
def answer(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """A reply, or a card lifted; then the list again."""
    field = next((name for wanted, name in _FIELDS.items() if wanted.value == action), "reason")
    refused = make(request, number, action, _FIELDS.keys(), field=field)
    if refused is not None:
        return _page(request, refused)
    return HttpResponseRedirect(reverse("desk:cards"))


def _page(request: HttpRequest, refused: Refused | None = None) -> HttpResponse:
    asker = asker_of(request)
    overseeing = asker.standing.role in OVERSEEING
    cards = in_force(asker.actor, asker.setting, asker.now, own_only=not overseeing)
    shown = [_shown(found, asker, refused) for found in cards.found]
    held = any(each.fault for card in shown for each in card.answers)
    context = {
        "cards": shown,
        "more": cards.more,
        "owed": sum(card.found.owed for card in shown),
        "gone": None if held else refused,
        "overseeing": overseeing,
    }
    return page(request, "desk/cards.html", context, current="cards", status=refused.status if refused else 200)


def _shown(found: InForce, asker: Asker, refused: Refused | None) -> Shown:
    state, by = found.reply_state, found.reply_by
    may = {Action.REPLY_SUPERVISION: found.may_reply, Action.LIFT: found.may_lift}
    return Shown(
        found=found,
        since=told.when(found.card.issued_at, asker.now),
        state=state.name if state else "",
        chip=f"回复{told.chip(state, by, asker.now)}" if state else "",
        answers=tuple(_answer(action, found, refused) for action, allowed in may.items() if allowed),
    )


def _answer(action: Action, found: InForce, refused: Refused | None) -> Answer:
    opens, label, button = _LABELS[action]
    mine = refused is not None and (refused.number, refused.action) == (found.number, action)
    return Answer(
        action=action, field=_FIELDS[action], opens=opens, label=label, button=button,
        phrases=PHRASES.get(action, ()), text=refused.text if mine and refused else "",
        fault=refused.sentence if mine and refused else "",
    )  # fmt: skip
