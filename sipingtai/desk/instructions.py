"""批示: what leaders instructed and what became of it, for leaders, the command room and whoever watches over them."""

from attrs import frozen
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_GET

from sipingtai.desk.cards import OVERSEEING
from sipingtai.desk.frame import page, staff
from sipingtai.faces import words as told
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.errors import NotFound
from sipingtai.loop.reading import instructions as reading
from sipingtai.loop.reading.instructions import Instruction
from sipingtai.loop.reading.said import Said


@frozen(kw_only=True)
class Answer:
    """What was said since."""

    said: Said
    at: str


@frozen(kw_only=True)
class Shown:
    """An instruction in words."""

    found: Instruction
    at: str
    waited: str  # how long nobody has answered
    answers: tuple[Answer, ...]


@staff
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Those without an answer, then all of them, page by page."""
    asker = asker_of(request)
    if asker.standing.role not in OVERSEEING:
        raise NotFound
    cursor = request.GET.get("cursor") or ""
    try:
        found = reading.page(asker.setting, cursor=cursor)
    except (ValueError, OverflowError):
        cursor, found = "", reading.page(asker.setting)
    silent = () if cursor else reading.unanswered(asker.setting, asker.now)
    context = {
        "silent": [_shown(each, asker) for each in silent],
        "cut": len(silent) == reading.UNANSWERED,
        "found": [_shown(each, asker) for each in found.found],
        "paged": bool(cursor),
        "next": f"{reverse('desk:instructions')}?cursor={found.next.replace('+', '%2B')}" if found.next else "",
    }
    return page(request, "desk/instructions.html", context, current="instructions")


def _shown(found: Instruction, asker: Asker) -> Shown:
    return Shown(
        found=found,
        at=told.when(found.said.at, asker.now),
        waited=told.length(asker.now - found.said.at),
        answers=tuple(Answer(said=each, at=told.when(each.at, asker.now)) for each in found.answers),
    )
