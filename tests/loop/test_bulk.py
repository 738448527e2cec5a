"""The door for many cases leaves the very rows the one door would have left."""

import random
import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.models import Contact
from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.posts import SYSTEM
from sipingtai.loop.bulk import Batch
from sipingtai.loop.errors import Refused
from sipingtai.ops.demo import levels, stories
from sipingtai.ops.demo.cast import gather
from sipingtai.ops.demo.rhythm import back
from sipingtai.ops.demo.walk import Walk
from tests.township import Township

APART = {"id", "case", "case_id", "number", "key", "tracking", "contact", "link", "key_id", "salt", "digest"}


def _row(row: Any) -> dict[str, Any]:
    return {name: value for name, value in vars(row).items() if not name.startswith("_") and name not in APART}


def _rows(case_id: int) -> dict[str, Any]:
    """Everything stored of a case, but for what is drawn anew."""
    case = models.Case.objects.get(pk=case_id)
    steps = [_row(s) for s in models.Step.objects.filter(case_id=case_id).order_by("no")]
    for step in steps:
        digests = {"texts": sorted(step["body"].get("texts", ())), "files": len(step["body"].get("files", ()))}
        step["body"] = {**step["body"], **digests}
    return {
        "case": _row(case),
        "told": (
            case.tracking is not None,
            case.contact is not None and Contact.objects.filter(pk=case.contact).exists(),
        ),
        "steps": steps,
        "texts": [_row(t) for t in models.Text.objects.filter(case_id=case_id).order_by("no", "name")],
        "files": [_row(f) for f in models.Attachment.objects.filter(case_id=case_id).order_by("no", "name")],
        "assignments": [_row(a) for a in models.Assignment.objects.filter(case_id=case_id).order_by("no")],
        "clocks": [_row(c) for c in models.Clock.objects.filter(case_id=case_id).order_by("kind", "ref")],
        "words": sorted(models.Word.objects.filter(case_id=case_id).values_list("word", flat=True)),
        "precedents": [_row(p) for p in models.Precedent.objects.filter(case_id=case_id)],
    }


@pytest.mark.django_db
@pytest.mark.parametrize(
    "tell",
    [
        stories.with_assistance, stories.supervised, stories.extended, stories.suspended, stories.returned,
        stories.finally_ruled, levels.answered_from_above, levels.answered_upwards, stories.reviewed,
        stories.reworked,
        stories.settled_and_drawn, stories.restricted, stories.about_an_office, stories.referred_and_back,
    ],
)  # fmt: skip
def test_both_doors_leave_the_same_rows(wuxi: Township, tell: Callable[[Walk], None]) -> None:
    now = local(timezone.now())
    cast = gather(now)
    start = back(cast.setting.calendar, now, 20 * 420)
    batch = Batch()
    with system_scope("测试"):
        found = []
        for door in (None, batch):
            walk = Walk(cast, random.Random(tell.__name__), start, now, door=door)
            tell(walk)
            found.append(walk.id)
            models.Case.objects.filter(pk=walk.id).update(key=uuid.uuid4())  # the second is no repetition of it
        assert not models.Case.objects.filter(pk=found[1]).exists()
        assert batch.size == 1
        assert batch.flush() == 1
        assert batch.size == 0
        one, many = _rows(found[0]), _rows(found[1])
    assert one == many


@pytest.mark.django_db
def test_a_follower_ends_with_its_master_in_memory_as_well(wuxi: Township) -> None:
    now = local(timezone.now())
    cast = gather(now)
    batch = Batch()
    with system_scope("测试"):
        walk = Walk(cast, random.Random(1), back(cast.setting.calendar, now, 20 * 420), now, door=batch)
        stories.merged_and_done(walk)
        assert batch.flush() == 2
        stages = set(models.Case.objects.values_list("stage", flat=True))
    assert stages == {"closed"}


@pytest.mark.django_db
def test_a_report_that_is_known_already_is_not_taken_for_a_new_one(wuxi: Township) -> None:
    now = local(timezone.now())
    cast, batch = gather(now), Batch()
    with system_scope("测试"):
        for door in (None, batch):
            stories.waiting(Walk(cast, random.Random(1), now - timedelta(days=9), now, door=door))
        with pytest.raises(RuntimeError):
            batch.flush()


@pytest.mark.django_db
def test_what_the_table_refuses_is_refused_and_leaves_nothing(wuxi: Township) -> None:
    now = local(timezone.now())
    cast = gather(now)
    batch = Batch()
    with system_scope("测试"):
        walk = Walk(cast, random.Random(1), now - timedelta(days=9), now, door=batch)
        stories.waiting(walk)
        with pytest.raises(Refused):
            walk.do(SYSTEM, Action.FINISH, text="办好了")
        assert batch.case(walk.id).steps == 1
        batch.flush()
        assert models.Step.objects.count() == 1
