"""The case page: the case, its story, its clocks, its files, and exactly the moves this person may make."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from attrs import frozen
from django.db import connection
from django.db.models import OuterRef, Subquery

from sipingtai.access import vault
from sipingtai.cases import models
from sipingtai.cases.encode import decode
from sipingtai.core import clocks
from sipingtai.core.actions import Action
from sipingtai.core.case import Case, Kind
from sipingtai.core.decide import offers
from sipingtai.core.limits import ClockState
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting
from sipingtai.core.stages import Stage
from sipingtai.core.table import Row
from sipingtai.loop.errors import NotFound
from sipingtai.loop.reading.lists import ERASED, first_texts


@frozen(kw_only=True)
class Event:
    """One line of the story (办理经过)."""

    no: int
    at: datetime
    action: Action
    label: str
    who: str  # person or party
    unit: str  # for which unit
    to: str  # where it went, where the step sent it somewhere
    assists: tuple[str, ...]
    texts: Mapping[str, str]
    files: tuple[models.Attachment, ...]
    late: tuple[str, ...]  # clocks that ended late with this step
    asked: Mapping[str, Any]
    stage: Stage | None = None  # where this step brought the case; None where it stayed
    person: str = ""  # 派员: who was sent


@frozen(kw_only=True)
class Relative:
    """Another case this one hangs together with, as far as the asker may see it."""

    label: str  # 主件, 并入, 总件, 子件
    number: str
    title: str
    stage: Stage


@frozen(kw_only=True)
class RunningClock:
    """A clock as people read it."""

    label: str
    owner: str
    state: ClockState
    started_at: datetime
    due_at: datetime
    red_at: datetime
    awaits: bool  # a command's that awaits an answer: it stands with the command


@frozen(kw_only=True)
class CasePage:
    """One case whole, as far as the asker may see it."""

    id: int
    number: str
    case: Case
    kind: Kind
    title: str
    text: str
    place: str
    category: str
    holder: str
    point: tuple[float, float] | None
    contact: vault.Values | None  # masked
    contact_id: UUID | None
    story: tuple[Event, ...]  # oldest first
    relatives: tuple[Relative, ...]
    clocks: tuple[RunningClock, ...]
    moves: tuple[Row, ...]
    withheld: tuple[tuple[Action, str], ...]  # what would be the actor's to do, and why not yet


PARTIES = {"system": "系统", "reporter": "反映人", "link": "外部系统", "person": ""}


def find(number: str, **beside: Subquery) -> models.Case:
    """The row of a number, as far as the actor may see it, with its contact's envelope and whatever else is asked.

    Raises NotFound.
    """
    if len(number) > 32 or "\x00" in number:
        raise NotFound
    rows = models.Case.objects.filter(number=number)
    row = rows.annotate(envelope=vault.beside(OuterRef("contact")), **beside).first()
    if row is None:
        raise NotFound
    return row


def case_of(row: models.Case) -> Case:
    """The case of a row."""
    return decode(row.state, case_id=row.id, steps=row.steps)


def case_page(
    row: models.Case, actor: Actor, setting: Setting, now: datetime, *, with_contact: bool = True
) -> CasePage:
    """Everything a page shows of one case that `find` has found; one statement whatever its length.

    Where it hangs together with others, two more.
    """
    case = case_of(row)
    offered = offers(case, actor, now, setting)
    told = story(row.id, setting)
    first = told[0].texts if told else {}
    category = setting.categories.get(case.category)
    return CasePage(
        id=row.id,
        number=row.number,
        case=case,
        kind=case.kind,
        title=first.get("title", ""),
        text=first.get("text", ""),
        place=first.get("place", ""),
        category=category.name if category else case.category,
        holder=unit_name(setting, case.holder.unit) if case.holder else "",
        point=(row.longitude, row.latitude) if row.longitude is not None and row.latitude is not None else None,
        contact=vault.masked(row.contact, vars(row)["envelope"]) if row.contact and with_contact else None,
        contact_id=row.contact,
        story=told,
        relatives=relatives(case),
        clocks=tuple(running(c, setting, now) for c in case.clocks),
        moves=tuple(found for found, guard in offered if guard is None),
        withheld=tuple((found.action, guard.message) for found, guard in offered if guard is not None),
    )


def unit_name(setting: Setting, unit: int | None) -> str:
    """A unit's name; empty where it is unknown."""
    found = setting.units.get(unit or 0)
    return found.name if found else ""


def running(clock: clocks.Clock, setting: Setting, now: datetime) -> RunningClock:
    """A clock with its state now."""
    return RunningClock(
        label=clock.kind.label,
        owner=unit_name(setting, clock.owner),
        state=clocks.state(clock, now),
        started_at=clock.started_at,
        due_at=clock.due_at,
        red_at=clock.red_at,
        awaits=clock.kind is clocks.ClockKind.TRACK and clock.ref > 0,
    )


def relatives(case: Case) -> tuple[Relative, ...]:
    """Master and followers, parent and open children: two statements, none where there are none."""
    label = dict.fromkeys(case.followers, "并入本件") | dict.fromkeys(case.children, "拆分的子件")
    label |= {other: name for other, name in ((case.master, "并入主件"), (case.parent, "拆分自")) if other is not None}
    rows = list(models.Case.objects.filter(pk__in=label).only("number", "stage").order_by("pk")) if label else []
    texts = first_texts([row.pk for row in rows])
    return tuple(
        Relative(
            label=label[row.pk], number=row.number, title=texts.get(row.pk, {}).get("title", ""), stage=Stage(row.stage)
        )
        for row in rows
    )


_STORY = """
    SELECT s.no, s.at, s.action, s.actor_kind, s.unit, s.body,
        (SELECT a.display_name FROM access_account a WHERE a.id = s.account),
        (SELECT a.display_name FROM access_account a WHERE a.id = (s.body -> 'asked' ->> 'person')::bigint),
        (SELECT json_object_agg(t.name, COALESCE(t.content, %(erased)s::text)) FROM cases_text t
            WHERE t.case_id = s.case_id AND t.no = s.no),
        (SELECT json_agg(json_build_object('id', f.id, 'name', f.name, 'mime', f.mime, 'size', f.size,
                                           'digest', f.digest) ORDER BY f.id)
            FROM cases_attachment f WHERE f.case_id = s.case_id AND f.no = s.no)
    FROM cases_step s WHERE s.case_id = %(case)s ORDER BY s.no
"""


def story(case_id: int, setting: Setting) -> tuple[Event, ...]:
    """The journal as people read it, with what was said and shown: one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_STORY, {"case": case_id, "erased": ERASED})
        return tuple(_event(_Step(*row), case_id, setting) for row in cursor.fetchall())


@frozen
class _Step:
    """A row of _STORY."""

    no: int
    at: datetime
    action: str
    actor_kind: str
    unit: int | None
    body: Mapping[str, Any]
    who: str | None
    sent: str | None
    said: Mapping[str, str] | None
    shown: Sequence[Mapping[str, Any]] | None


def _event(step: _Step, case_id: int, setting: Setting) -> Event:
    asked = step.body.get("asked", {})
    late = tuple(
        f"{clocks.ClockKind(e['kind']).label}逾期" for e in step.body.get("ended", ()) if e["late"] > 0 and e["charged"]
    )
    stage = step.body.get("changes", {}).get("stage")
    return Event(
        no=step.no,
        at=step.at,
        action=Action(step.action),
        label=Action(step.action).label,
        who=step.who or PARTIES[step.actor_kind],
        unit=unit_name(setting, step.unit),
        to=unit_name(setting, asked.get("to")),
        assists=tuple(unit_name(setting, u) for u in asked.get("assists", ())),
        texts=step.said or {},
        files=tuple(models.Attachment(case_id=case_id, no=step.no, **_file(file)) for file in step.shown or ()),
        late=late,
        asked=asked,
        stage=Stage(stage) if stage else Stage.REPORTED if step.no == 1 else None,
        person=step.sent or "",
    )


def _file(found: Mapping[str, Any]) -> dict[str, Any]:
    return {**found, "id": UUID(found["id"])}
