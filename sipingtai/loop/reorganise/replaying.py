"""What a reorganisation did, read back from the journal: an interrupted run's cases are in its report as well."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sipingtai.cases import models
from sipingtai.cases.encode import apply, decode
from sipingtai.core.actions import Action
from sipingtai.core.moves import Move
from sipingtai.core.posts import ActorKind, Post, Seat
from sipingtai.loop.reorganise.homes import Removal
from sipingtai.loop.reorganise.moving import concerned
from sipingtai.org.reorganising import Change


def moved_since(since: datetime, change: Change) -> Iterator[tuple[str, Removal]]:
    """Number and removal of every case the system re-homed since then, in order. Inside a system scope."""
    steps = models.Step.objects.filter(action=Action.REHOME.value, actor_kind=ActorKind.SYSTEM.value, at__gte=since)
    found = steps.filter(case__in=concerned(change)).order_by("id").values_list("case_id", "case__number", "no")
    for case_id, number, no in found.iterator():
        yield number, _removal(case_id, no)


def _removal(case_id: int, no: int) -> Removal:
    state: dict[str, object] = {}
    before = None
    body: dict[str, Any] = {}
    for at, body in models.Step.objects.filter(case_id=case_id, no__lte=no).order_by("no").values_list("no", "body"):
        if at == no:
            before = decode(state, case_id=case_id, steps=no - 1)
        state = apply(state, body["changes"])
    assert before is not None
    asked = body.get("asked", {})
    return Removal(
        before=before,
        move=Move(
            action=Action.REHOME,
            mapping=dict(asked.get("mapping", [])),
            vacated=frozenset(Seat(unit, Post(post)) for unit, post in asked.get("vacated", [])),
        ),
        after=decode(state, case_id=case_id, steps=no),
    )
