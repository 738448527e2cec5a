"""Moves made from a list that comes back afterwards: an application decided, a card replied to or lifted."""

from collections.abc import Collection

from attrs import frozen
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest

from sipingtai.core.actions import Action
from sipingtai.desk import words
from sipingtai.faces import asked
from sipingtai.faces.asker import asker_of
from sipingtai.loop import moves
from sipingtai.loop.errors import Conflict, DoorError, Invalid, NotFound
from sipingtai.loop.reading.page import case_of, find


@frozen(kw_only=True)
class Refused:
    """A move that did not go through: what was typed is kept."""

    number: str
    action: Action
    text: str
    sentence: str
    status: int


def make(request: HttpRequest, number: str, action: str, allowed: Collection[Action], *, field: str) -> Refused | None:
    """Make the posted move and say so in a flash. `field`: where its words are typed. Raises Http404, NotFound."""
    wanted = asked.action_named(action)
    if wanted not in allowed or wanted is None:
        raise Http404("没有这个动作。")
    asker, row = asker_of(request), find(number)
    typed = request.POST.get(field) or ""
    try:
        read = asked.read(wanted, request.POST)
        unit = asked.unit_acting(asker.actor, case_of(row), asker.setting)
        with transaction.atomic():
            moved = moves.move(
                row.pk, read.move, actor=asker.actor, now=asker.now, setting=asker.setting, unit=unit, seen=read.seen
            )
    except NotFound:
        raise
    except DoorError as error:
        sentence = "；".join(error.fields.values()) if isinstance(error, Invalid) else error.message
        status = 409 if isinstance(error, Conflict) else 422
        return Refused(number=number, action=wanted, text=typed, sentence=sentence, status=status)
    messages.success(request, words.done(wanted, moved.case, number, asker.setting))
    return None
