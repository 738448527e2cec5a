"""`GET /cases/{number}/journal`: the steps with their digests and links, so that an auditor can check them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from django.http import HttpRequest
from ninja import Query

from sipingtai.access.models import Account
from sipingtai.api.answers import FileOut, JournalOut, StepOut, StepTextOut
from sipingtai.api.bearer import Bearer
from sipingtai.api.errors import errors
from sipingtai.api.requests import JournalIn
from sipingtai.api.routers import cases
from sipingtai.api.scoped import scoped
from sipingtai.api.units import shown
from sipingtai.cases.models import Attachment, Step, Text
from sipingtai.core.actions import Action
from sipingtai.core.clocks import ClockKind
from sipingtai.core.setting import Setting
from sipingtai.faces.asker import asker_of
from sipingtai.loop.reading.page import PARTIES, find
from sipingtai.mechanisms.oversight.looking import looked


@cases.get(
    "/cases/{number}/journal",
    auth=Bearer("cases:read"),
    response={200: JournalOut, **errors(404, 422)},
    summary="办理经过",
    operation_id="read_journal",
)
@scoped
def read_journal(request: HttpRequest, asked: Query[JournalIn], number: str) -> JournalOut:
    """The journal, oldest step first; five statements whatever its length."""
    asker, row = asker_of(request), find(number)
    looked(number, restricted=row.restricted, account=asker.account, standing=asker.standing, now=asker.now)
    steps = list(Step.objects.filter(case_id=row.id, no__gt=asked.after).order_by("no")[: asked.limit + 1])
    more, steps = len(steps) > asked.limit, steps[: asked.limit]
    numbers = [step.no for step in steps]
    texts: dict[int, list[Text]] = defaultdict(list)
    for text in Text.objects.filter(case_id=row.id, no__in=numbers):
        texts[text.no].append(text)
    files: dict[int, list[Attachment]] = defaultdict(list)
    for file in Attachment.objects.filter(case_id=row.id, no__in=numbers):
        files[file.no].append(file)
    people = {step.account for step in steps if step.account}
    names = dict(Account.objects.filter(pk__in=people).values_list("pk", "display_name"))
    setting = asker.setting
    return JournalOut(
        number=row.number,
        steps=[_step(step, texts[step.no], files[step.no], names, setting) for step in steps],
        next=steps[-1].no if more else None,
    )


def _step(
    step: Step, texts: Sequence[Text], files: Sequence[Attachment], names: Mapping[int, str], setting: Setting
) -> StepOut:
    asked = step.body.get("asked", {})
    digests = step.body.get("texts", {})
    ended = step.body.get("ended", ())
    return StepOut(
        no=step.no,
        at=step.at,
        action=step.action,
        label=Action(step.action).label,
        who=names.get(step.account or 0, "") or PARTIES[step.actor_kind],
        unit=shown(step.unit, setting),
        to=shown(asked.get("to"), setting),
        asked=asked,
        late=[ClockKind(e["kind"]).label for e in ended if e["late"] > 0 and e["charged"]],
        texts={
            text.name: StepTextOut(
                content=text.content,
                salt=bytes(text.salt).hex() if text.salt else None,
                digest=digests.get(text.name, ""),
            )
            for text in texts
        },
        files=[FileOut(id=str(f.id), name=f.name, mime=f.mime, size=f.size) for f in files],
        file_digests=step.body.get("files", []),
        key_id=step.key_id,
        link=bytes(step.link).hex(),
    )
