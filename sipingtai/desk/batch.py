"""Several cases in one go (批量): what will happen to each is shown first; then each is a move of its own, in a
transaction of its own, through the one door. The browser sends them one by one and tells how each came out, so that
nothing is half-told when one is refused or the network goes.
"""

from collections.abc import Mapping

from attrs import evolve, field, frozen
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from sipingtai.cases.models import Step
from sipingtai.core.actions import Action
from sipingtai.core.case import Case
from sipingtai.core.decide import decide
from sipingtai.core.moves import Move, Refusal
from sipingtai.desk.advice import Ground, Shown, shown
from sipingtai.desk.batches import ACTIONS, CHOOSES, MOST, NOT_BACK, SPEAKS, UNDO
from sipingtai.desk.frame import asker_names, staff
from sipingtai.desk.live import happened
from sipingtai.desk.words import holder
from sipingtai.faces import asked
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop import moves
from sipingtai.loop.errors import Conflict, DoorError, NotFound
from sipingtai.loop.reading.advice import for_many
from sipingtai.loop.reading.load import beside
from sipingtai.loop.reading.many import Named, cases_numbered
from sipingtai.loop.reading.options import Choice, units_for
from sipingtai.loop.reading.page import case_of, find


@frozen(kw_only=True)
class Prospect:
    """One case of a batch: what will become of it, or why nothing will."""

    number: str
    title: str
    seen: int  # the version judged
    can: bool
    words: str  # who has it afterwards, or why it cannot be done
    grounds: tuple[Ground, ...] = ()  # of the suggestion: the weightiest
    through: str = ""  # the office behind the platform it goes to
    to: str = ""  # the unit it goes to
    units: tuple[Choice, ...] = ()


@staff
@require_POST
def preview(request: HttpRequest, action: str) -> HttpResponse:
    """What will happen to each case: a part of the page, the same few statements for one case or a hundred."""
    wanted = _named(action, ACTIONS)
    asker = asker_of(request)
    numbers = [n for n in dict.fromkeys(request.POST.getlist("case")) if len(n) <= 32 and "\x00" not in n]
    found = cases_numbered(numbers[:MOST])
    offered = _offers(asker, wanted, [n.case for n in found.values()]) if wanted in CHOOSES else Offers()
    prospects = [
        _prospect(asker, wanted, found[n], offered)
        if n in found
        else Prospect(number=n, title="", seen=0, can=False, words="没有找到，或已不在您的权限范围内。")
        for n in numbers[:MOST]
    ]
    context = {
        "action": wanted,
        "prospects": sorted(prospects, key=lambda p: not p.can),
        "able": sum(p.can for p in prospects),
        "unable": sum(not p.can for p in prospects),
        "left_out": max(0, len(numbers) - MOST),
        "most": MOST,
        "undo": UNDO.get(wanted),
        "not_back": NOT_BACK[wanted],
        "text": wanted in SPEAKS,
    }
    return render(request, "desk/parts/batch.html", context)


@frozen(kw_only=True)
class Offers:
    """Where the cases of a batch may go."""

    best: Mapping[int, Shown] = field(factory=dict)  # case → the best suggestion
    labels: Mapping[str, str] = field(factory=dict)  # unit → its name with what it has on its hands


def _offers(asker: Asker, wanted: Action, cases: list[Case]) -> Offers:
    """Suggestions, and every unit that may be chosen with its load: three statements."""
    setting, known = asker.setting, asker_names(asker)
    ways = for_many(cases, setting, asker.now, wanted)
    units = {choice for case in cases for choice in units_for(wanted, case, setting)}
    best = {case.id: shown(ways[case.id][:1], setting, known, case.category) for case in cases}
    return Offers(
        best={pk: found[0] for pk, found in best.items() if found},
        labels={choice.value: choice.label for choice in beside(units, setting, asker.now)},
    )


def _prospect(asker: Asker, wanted: Action, named: Named, offers: Offers) -> Prospect:
    """How the rules judge the move now. Where only the target is missing, it can be chosen."""
    case, setting = named.case, asker.setting
    units = units_for(wanted, case, setting) if wanted in CHOOSES else ()
    offered = offers.best.get(case.id)
    first = offered.to if offered else next((unit.value for unit in units), None)
    target = int(first) if first else None
    judged = decide(case, Move(action=wanted, to=target), asker.actor, asker.now, setting)
    if isinstance(judged, Refusal):
        return Prospect(number=named.number, title=named.title, seen=case.steps, can=False, words=judged.message)
    if wanted in CHOOSES:
        words = "" if offered else "没有建议，请选择单位"
    elif wanted is Action.URGE:
        words = f"提醒{holder(case.holder, setting)}"
    else:
        words = f"办后由{holder(judged.after.holder, setting)}承办"
    return Prospect(
        number=named.number, title=named.title, seen=case.steps, can=True, words=words,
        grounds=offered.grounds[:2] if offered else (), through=offered.through if offered else "",
        to=offered.to if offered else "",
        units=tuple(evolve(unit, label=offers.labels.get(unit.value, unit.label)) for unit in units),
    )  # fmt: skip


@staff
@require_POST
def one(request: HttpRequest, action: str) -> HttpResponse:
    """Make the move on one case. 200 with what it came to; 404, 409 or 422 with why not, and nothing done."""
    wanted = _named(action, (*ACTIONS, *UNDO.values()))
    asker, number, seen = asker_of(request), request.POST.get("case", ""), request.POST.get("seen", "")
    try:
        mine = _arrived_before(asker, wanted, number, seen)
        if mine is not None:
            return _told(asker, wanted, number, mine)
        row = find(number)
        unit = asked.unit_acting(asker.actor, case_of(row), asker.setting)
        read = asked.read(wanted, request.POST)
        # What is taken back may have gone on meanwhile: whether it still can be is for the table to say.
        known = None if wanted in UNDO.values() else read.seen
        with transaction.atomic():
            moved = moves.move(
                row.id, read.move, actor=asker.actor, now=asker.now, setting=asker.setting, unit=unit, seen=known
            ).case
    except DoorError as error:
        return _refused(asker, number, error, seen)
    return _told(asker, wanted, number, moved)


def _arrived_before(asker: Asker, wanted: Action, number: str, seen: str) -> Case | None:
    """The case, where it stands one step after the version judged and that step is one's own same move.

    Then it was made already, and only the answer was lost.
    """
    row = find(number)
    if not (seen.isascii() and seen.isdigit()) or row.steps != int(seen[:9]) + 1:
        return None
    step = Step.objects.filter(case=row.id, no=row.steps).only("account", "action").first()
    own = step is not None and step.account == asker.account.pk and step.action == wanted.value
    return case_of(row) if own else None


def _told(asker: Asker, wanted: Action, number: str, case: Case) -> JsonResponse:
    after = f"现由{holder(case.holder, asker.setting)}承办" if case.holder else f"目前{case.stage.label}"
    words = "已催办" if wanted is Action.URGE else after
    return JsonResponse({"number": number, "done": True, "words": words, "seen": case.steps})


def _refused(asker: Asker, number: str, error: DoorError, seen: str) -> JsonResponse:
    words, status = error.message, 422
    if isinstance(error, NotFound):
        status = 404
    elif isinstance(error, Conflict):
        status = 409
        by = happened(asker, find(number).id, int(seen[:9])) if seen.isascii() and seen.isdigit() else ()
        words = f"刚刚有了变化：{'；'.join(by)}" if by else words
    return JsonResponse({"number": number, "done": False, "words": words}, status=status)


def _named(action: str, known: tuple[Action, ...]) -> Action:
    wanted = asked.action_named(action)
    if wanted not in known:
        raise Http404("没有这个批量动作。")
    return wanted
