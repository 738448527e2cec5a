"""Everything the progress page shows of one case, in a handful of statements. Within a system scope."""

from datetime import datetime
from uuid import UUID

from attrs import frozen

from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.core.case import Case
from sipingtai.core.clocks import ClockKind
from sipingtai.core.decide import decide, permitted
from sipingtai.core.moves import Decision, Move
from sipingtai.core.posts import Actor, ActorKind
from sipingtai.core.setting import Setting
from sipingtai.core.stages import Stage
from sipingtai.faces.file_answer import is_picture
from sipingtai.loop.reading.lists import ERASED
from sipingtai.loop.reading.page import case_of
from sipingtai.villager import plain_words

REPORTER = Actor(kind=ActorKind.REPORTER)
MOVES = (Action.RATE, Action.REVIEW, Action.REOPEN, Action.WITHDRAW)
_RESULTS = (Action.FINISH, Action.SETTLE, Action.ANSWER)
_TOLD = (Action.DECLINE, Action.REFUSE_REVIEW, Action.CONCLUDE)  # reasons that are owed to the reporter
_AFTER_CHECK = frozenset({Stage.VERIFIED, Stage.CLOSED, Stage.ARCHIVED})


@frozen(kw_only=True)
class Stop:
    """One stop of the track."""

    words: str
    done: bool
    here: bool


@frozen(kw_only=True)
class Event:
    """A line of the progress in plain words."""

    at: datetime
    words: str


@frozen(kw_only=True)
class Progress:
    """What a reporter may know of the own matter."""

    number: str
    seen: int
    state: str
    explained: str
    reported_at: datetime
    expected: datetime | None  # when it should be done; None once it was, and while suspended
    late: bool  # that day has passed
    text: str
    place: str
    result: str
    reason: str  # of declining or concluding
    track: tuple[Stop, ...]
    events: tuple[Event, ...]
    own_photos: tuple[UUID, ...]
    result_photos: tuple[UUID, ...]
    moves: frozenset[str]


def progress_of(row: models.Case, setting: Setting, now: datetime) -> Progress:
    """The case as its reporter may read it; names no person."""
    case = case_of(row)
    steps = list(models.Step.objects.filter(case_id=row.id).order_by("no").only("no", "at", "action", "body"))
    texts = {
        (text.no, text.name): text.content if text.content is not None else ERASED
        for text in models.Text.objects.filter(case_id=row.id)
    }
    result = _result_step(case, steps)
    told = next((s for s in reversed(steps) if s.action in _TOLD), None)
    photos = _photos(row.id)
    state, explained = plain_words.state_of(case, setting)
    total = case.clock(ClockKind.TOTAL) if case.stage not in _AFTER_CHECK else None
    expected = local(total.due_at) if total and total.paused_at is None else None
    return Progress(
        number=row.number,
        seen=row.steps,
        state=state,
        explained=explained,
        reported_at=local(case.reported_at),
        expected=expected,
        late=expected is not None and expected < now,
        text=texts.get((1, "text"), ""),
        place=texts.get((1, "place"), ""),
        result=texts.get((result.no, "note"), "") if result else "",
        reason=texts.get((told.no, "reason"), "") if told and not case.stage.open else "",
        track=_track(case),
        events=tuple(_events(steps)),
        own_photos=photos.get(1, ()),
        result_photos=photos.get(result.no, ()) if result and not case.restricted else (),
        moves=frozenset(a.value for a in offered(case, now, setting)),
    )


def offered(case: Case, now: datetime, setting: Setting) -> list[Action]:
    """The moves the reporter may make now."""
    rows = [r.action for r in permitted(case, REPORTER, now, setting) if r.action in MOVES]
    if case.stage is Stage.MERGED and Action.RATE in rows:
        asked = Move(action=Action.RATE, other=master_of(case))
        if not isinstance(decide(case, asked, REPORTER, now, setting), Decision):
            rows.remove(Action.RATE)
    return rows


def master_of(case: Case) -> Case | None:
    """The case a merged one goes with."""
    row = models.Case.objects.filter(pk=case.master).first() if case.master else None
    return case_of(row) if row else None


def shown_files(row: models.Case) -> frozenset[UUID]:
    """The pictures the reporter may look at: their own, and those of a checked result that is not restricted."""
    case, photos = case_of(row), _photos(row.id)
    steps = list(models.Step.objects.filter(case_id=row.id).order_by("no").only("no", "action", "body"))
    result = _result_step(case, steps)
    found = photos.get(1, ())
    return frozenset((*found, *photos.get(result.no, ()))) if result and not case.restricted else frozenset(found)


def _result_step(case: Case, steps: list[models.Step]) -> models.Step | None:
    """The step whose words are the answer: the last result, once somebody else has checked it."""
    if case.stage not in _AFTER_CHECK:
        return None
    return next(
        (
            s
            for s in reversed(steps)
            if s.action in _RESULTS and s.body.get("asked", {}).get("verdict", True)
        ),
        None,
    )  # fmt: skip


def _photos(case_id: int) -> dict[int, tuple[UUID, ...]]:
    found: dict[int, tuple[UUID, ...]] = {}
    for file in models.Attachment.objects.filter(case_id=case_id):
        if is_picture(file):
            found[file.no] = (*found.get(file.no, ()), file.pk)
    return found


def _track(case: Case) -> tuple[Stop, ...]:
    at = plain_words.on_track(case)
    ended = case.stage in (Stage.CLOSED, Stage.ARCHIVED)
    if case.stage in (Stage.DECLINED, Stage.VOID):
        return ()
    return tuple(
        Stop(words=words, done=no < at or ended, here=no == at and not ended)
        for no, words in enumerate(plain_words.TRACK)
    )


def _events(steps: list[models.Step]) -> list[Event]:
    found = [
        Event(at=local(step.at), words=words)
        for step in steps
        if (words := plain_words.EVENTS.get(Action(step.action)))
    ]
    return found[::-1]
