"""待批申请: what waits for one's decision, made for a leader's phone. Two taps decide one: 同意, then 确认."""

from attrs import frozen
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from sipingtai.core.actions import Action
from sipingtai.desk.frame import page, staff
from sipingtai.desk.on_the_spot import Refused, make
from sipingtai.desk.oversight.frame import day
from sipingtai.desk.phrases import PHRASES
from sipingtai.desk.sight_cards import Back, sight_cards
from sipingtai.faces import words as told
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.errors import Conflict, DoorError, Invalid, NotFound
from sipingtai.loop.reading.applications import DECIDED_BY, Asking, to_decide
from sipingtai.mechanisms.oversight import granting

_DECISIONS = frozenset(action for pair in DECIDED_BY.values() for action in pair)


@frozen(kw_only=True)
class Answer:
    """One of the two decisions, with its text written beforehand."""

    action: Action
    label: str
    text: str  # what stands in the field when it is opened
    phrases: tuple[str, ...]
    open: bool = False
    fault: str = ""


@frozen(kw_only=True)
class Card:
    """One application."""

    asking: Asking
    kind: str
    unit: str
    facts: tuple[str, ...]
    since: str
    state: str
    chip: str
    answers: tuple[Answer, ...]


@staff
@require_GET
def waiting_for_me(request: HttpRequest) -> HttpResponse:
    """The list."""
    return _page(request)


@staff
@require_POST
def decide(request: HttpRequest, number: str, action: str) -> HttpResponse:
    """One decision; then the list again, where the next one waits."""
    refused = make(request, number, action, _DECISIONS, field="reason")
    if refused is not None:
        return _page(request, refused, status=refused.status)
    return HttpResponseRedirect(reverse("desk:decisions"))


@staff
@require_POST
def decide_sight(request: HttpRequest, grant: int, what: str) -> HttpResponse:
    """限知查看: grant until a day, refuse with a reason, or take back what was granted."""
    asker, posted = asker_of(request), request.POST
    text, until = posted.get("reason") or "", posted.get("until") or ""
    if what not in SIGHT_DONE:
        raise Http404("没有这个动作。")
    try:
        with transaction.atomic():
            if what == "end":
                granting.end(grant, text, by=asker.actor, setting=asker.setting, now=asker.now)
            else:
                granting.decide(
                    grant, granted=what == "grant", answer=text, until=day(until), by=asker.actor,
                    setting=asker.setting, now=asker.now,
                )  # fmt: skip
    except NotFound:
        raise
    except DoorError as error:
        sentence = "；".join(error.fields.values()) if isinstance(error, Invalid) else error.message
        back = Back(grant=grant, what=what, text=text, until=until, sentence=sentence)
        return _page(request, back=back, status=409 if isinstance(error, Conflict) else 422)
    messages.success(request, SIGHT_DONE[what])
    return HttpResponseRedirect(reverse("desk:decisions"))


SIGHT_DONE = {"grant": "已准许查看，到期自动结束。", "refuse": "已答复不准许。", "end": "已收回查看权限。"}


def _page(
    request: HttpRequest, refused: Refused | None = None, *, back: Back | None = None, status: int = 200
) -> HttpResponse:
    asker = asker_of(request)
    cards = [_card(each, asker, refused) for each in to_decide(asker.actor, asker.setting, asker.now)]
    gone = refused if refused and all(card.asking.number != refused.number for card in cards) else None
    context = {"cards": cards, "gone": gone, **sight_cards(asker, back)}
    return page(request, "desk/decisions.html", context, current="decisions", status=status)


def _card(asking: Asking, asker: Asker, refused: Refused | None) -> Card:
    application, setting = asking.application, asker.setting
    units = setting.units
    facts = (
        f"{application.days} 个工作日" if application.days else "",
        f"挂起至 {application.until:%Y-%m-%d}" if application.until else "",
        f"依据：{application.clause}" if application.clause else "",
        f"建议改由{proposed.name}承办" if (proposed := units.get(application.proposed or 0)) else "",
    )
    return Card(
        asking=asking,
        kind=application.kind.label,
        unit=units[application.unit].name if application.unit in units else "",
        facts=tuple(fact for fact in facts if fact),
        since=told.when(application.asked_at, asker.now),
        state=asking.clock.state.name if asking.clock else "",
        chip=told.chip(asking.clock.state, asking.clock.due_at, asker.now) if asking.clock else "",
        answers=tuple(_answer(action, asking, refused) for action in asking.may),
    )


def _answer(action: Action, asking: Asking, refused: Refused | None) -> Answer:
    agreed = action is DECIDED_BY[asking.application.kind][0]
    mine = refused is not None and (refused.number, refused.action) == (asking.number, action)
    return Answer(
        action=action,
        label="同意" if agreed else "不同意",
        text=refused.text if mine and refused else "同意。" if agreed else "",
        phrases=PHRASES.get(action, ()),
        open=mine,
        fault=refused.sentence if mine and refused else "",
    )
