"""Taking in one matter (上报): the same report sent twice, or twice at once, is one case.

Every channel comes through `take_in`: villager, grid, hotline, import, API. It validates, places, numbers, stores and
seals in a handful of statements; who may use which channel is decided by the face in front of it.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NotRequired, TypedDict, Unpack

from attrs import field, frozen

from sipingtai.access import tracking, vault
from sipingtai.access.actor_scope import as_system
from sipingtai.access.models import Contact
from sipingtai.access.plain_text import clean
from sipingtai.cases import models
from sipingtai.core.case import Case, Channel, Kind, Layer, Reporter
from sipingtai.core.decide import open_case
from sipingtai.core.posts import Actor, Post
from sipingtai.core.setting import Category, Level, Setting, Urgency
from sipingtai.core.stages import Stage
from sipingtai.loop.errors import Invalid
from sipingtai.loop.intake.numbers import next_id, number
from sipingtai.loop.intake.placing import NoCommand, Place, place
from sipingtai.loop.intake.storing import Incoming, store

TITLE, TEXT, PLACE = 80, 10_000, 200  # characters
CLOCK_SKEW = timedelta(minutes=10)  # a phone's clock may be ahead of ours
RETENTION = timedelta(days=3 * 365)  # of a contact
_FROM_BELOW = (Channel.GRID, Channel.STATION)


@frozen(kw_only=True)
class Report:
    """What somebody reports. Texts are as typed; `take_in` cleans and checks them."""

    channel: Channel
    text: str
    title: str = ""
    place: str = ""  # where, in words
    category: str = ""  # empty: not classified yet
    level: int = 0  # 0: the category's
    urgency: Urgency = Urgency.NORMAL
    area: str = ""  # code of any length
    grid: int | None = None
    point: tuple[float, float] | None = None  # longitude, latitude in degrees, CGCS2000
    name: str = ""
    phone: str = ""
    address: str = ""
    reported_at: datetime | None = None  # the matter's own time; None: now
    restricted: bool = False
    about: frozenset[int] = frozenset()  # offices the complaint is about: never dispatched nor visible to them
    about_people: frozenset[int] = frozenset()
    kind: Kind | None = None  # None: incident
    parent: Case | None = None  # the case it is split from: it comes in under the same command, accepted already
    files: Sequence[models.Attachment] = field(factory=tuple)


@frozen(kw_only=True)
class Receipt:
    """What the reporter gets back. `code` is told once: only its digest is stored."""

    case_id: int
    number: str
    code: str
    new: bool  # False: this report had come in before
    flagged: bool = False  # the point lies outside the area
    case: Case | None = None  # as it came in; None where it had come in before


class Sending(TypedDict):
    """Who sends a report, when, under which key. `sender` scopes `key`: nobody occupies or probes another's keys."""

    sender: str
    key: uuid.UUID
    actor: Actor
    now: datetime
    setting: Setting
    with_code: NotRequired[bool]  # whether the reporter gets a tracking code
    code: NotRequired[str]  # the code to give, where the caller must be able to tell it again; else a fresh one
    unit: NotRequired[int | None]  # for which the actor acts


def take_in(report: Report, **sending: Unpack[Sending]) -> Receipt:
    """Store one report. Raises Invalid with a sentence for every field that does not do; nothing is stored then."""
    return receive([prepare(report, **sending)])[0]


def receive(incoming: Sequence[Incoming]) -> list[Receipt]:
    """Store prepared reports as the system, and give each its receipt, in their order."""
    new = store(incoming)
    known = _known([i for i in incoming if i.decision.after.id not in new])
    return [receipt(i) if i.decision.after.id in new else known[i.sender, i.key] for i in incoming]


def receipt(i: Incoming) -> Receipt:
    """The receipt of a report that came in for the first time."""
    case = i.decision.after
    return Receipt(
        case_id=case.id,
        number=number(case.id, case.area, case.received_at),
        code=i.code,
        new=True,
        flagged=case.flagged,
        case=case,
    )


def prepare(
    report: Report,
    *,
    sender: str,
    key: uuid.UUID,
    actor: Actor,
    now: datetime,
    setting: Setting,
    with_code: bool = False,
    code: str = "",
    unit: int | None = None,
) -> Incoming:
    """Check, place and number one report; nothing is stored. Raises Invalid as `take_in` does."""
    texts = _checked(report, now)
    where = _placed(report, setting)
    category = setting.categories.get(report.category) or _unclassified(setting)
    person = actor.person if report.channel in OWN_REPORTS and report.parent is None else 0
    case = Case(
        id=next_id(),
        kind=report.kind or Kind.INCIDENT,
        channel=report.channel,
        category=category.code,
        catalogue=setting.catalogue,
        level=report.level or category.level,
        urgency=report.urgency,
        area=where.area,
        grid=where.grid,
        reporter=Reporter(
            person=person,
            grid=report.grid if report.channel is Channel.GRID else None,
            reachable=bool(report.phone.strip() or with_code or person),
        ),
        reported_at=report.reported_at or now,
        received_at=now,
        stage=Stage.REPORTED,
        stack=(Layer(command=_receiver(report, where, actor, setting)),),
        holder=None,
        restricted=report.restricted or category.restricted,
        shunned=report.about,
        shunned_people=report.about_people,
        flagged=where.outside,
        parent=report.parent.id if report.parent else None,
    )
    decision = open_case(case, actor, now, setting)
    return Incoming(
        decision=decision,
        texts=texts,
        files=report.files,
        contact=_contact(report, now),
        point=report.point,
        sender=sender,
        key=key,
        code=(code or tracking.new_code()) if with_code else "",
        actor=actor,
        unit=unit,
        now=now,
    )


# Whoever brings these in raised the matter themselves; on the other channels somebody writes down what others said.
OWN_REPORTS = frozenset({Channel.GRID, Channel.STATION, Channel.VILLAGER, Channel.LIAISON, Channel.INSPECTION})


def _checked(report: Report, now: datetime) -> dict[str, str]:
    """The texts cleaned, or Invalid."""
    wrong: dict[str, str] = {}
    texts: dict[str, str] = {}
    for name, label, value, longest in (
        ("text", "内容", report.text, TEXT),
        ("title", "标题", report.title, TITLE),
        ("place", "地点", report.place, PLACE),
    ):
        try:
            texts[name] = clean(value, longest, label)
        except ValueError as error:
            wrong[name] = str(error)
    if not wrong and not texts["text"]:
        wrong["text"] = "请写明反映的内容。"
    if report.reported_at and report.reported_at > now + CLOCK_SKEW:
        wrong["reported_at"] = "反映时间不能晚于现在，请检查日期和时间。"
    if report.point and not (-180 <= report.point[0] <= 180 and -90 <= report.point[1] <= 90):
        wrong["point"] = "坐标不对：经度应在 -180 到 180 之间，纬度应在 -90 到 90 之间。"
    if report.level not in range(6):
        wrong["level"] = "处置层级只有一级到五级。"
    if wrong:
        raise Invalid(wrong)
    texts["title"] = texts["title"] or _title_of(texts["text"])
    return texts


def _title_of(text: str) -> str:
    """The first line's beginning stands for a title nobody gave."""
    line = text.split("\n", 1)[0]
    return line if len(line) <= 40 else line[:39] + "…"


def _placed(report: Report, setting: Setting) -> Place:
    try:
        where = place(setting, area=report.area, grid=report.grid, point=report.point)
    except NoCommand as error:
        raise Invalid({"area": str(error)}) from error
    if report.category and report.category not in setting.categories:
        raise Invalid({"category": "目录里没有这个类别，请重新选择。"})
    if not report.about <= setting.units.keys():
        raise Invalid({"about": "没有找到您反映的单位，请重新选择。"})
    return where


def _unclassified(setting: Setting) -> Category:
    """What nobody has classified yet: the last residual category (其他) of the catalogue. The ones before it belong to
    a major category each; the first of them would make a dispute of everything, with a dispute's limits.
    """
    return max((c for c in setting.categories.values() if c.residual), key=lambda c: c.code)


def _receiver(report: Report, where: Place, actor: Actor, setting: Setting) -> int:
    """A complaint about the command room itself, or the office that houses it, is received one level up (回避);
    a child is received where its parent is. Only what comes up from the grids (网格事项) goes to a village station
    first: what others bring in stays with the command room, in whichever grid it lies.
    """
    if report.parent is not None:
        return report.parent.command
    command = setting.commands[where.command]
    from_below = report.channel in _FROM_BELOW or actor.holds(command.id, Post.STATION)
    if command.level is Level.VILLAGE and command.parent is not None and not from_below:
        command = setting.commands[command.parent]
    if report.about & {command.id, command.rules.own_office} and command.parent is not None:
        return command.parent
    return command.id


def _contact(report: Report, now: datetime) -> Contact | None:
    """The reporter's contact, sealed; None where neither name nor phone is given."""
    if not report.name.strip() and not report.phone.strip():
        return None
    try:
        return vault.sealed(report.name, report.phone, report.address, erase_after=(now + RETENTION).date())
    except ValueError as error:
        raise Invalid({"phone": str(error)}) from error


def _known(again: Sequence[Incoming]) -> dict[tuple[str, uuid.UUID], Receipt]:
    """The receipts of the first time, by sender and key. Their tracking codes cannot be told again."""
    if not again:
        return {}
    rows = models.Case.objects.filter(sender__in={i.sender for i in again}, key__in=[i.key for i in again])
    with as_system("上报"):
        return {
            (sender, key): Receipt(case_id=pk, number=number, code="", new=False, flagged=bool(flagged))
            for pk, number, sender, key, flagged in rows.values_list("id", "number", "sender", "key", "state__flagged")
        }
