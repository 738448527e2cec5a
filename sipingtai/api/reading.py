"""`GET /cases…`: lists by keyset and single cases, as far as the account may see them."""

import re
from collections.abc import Container

from django.http import HttpRequest
from ninja import Query

from sipingtai.access.plain_text import clean
from sipingtai.api.answers import (
    AssignmentOut,
    CaseOut,
    ClockOut,
    ContactOut,
    FileOut,
    LineOut,
    PageOut,
    PointOut,
)
from sipingtai.api.bearer import Bearer
from sipingtai.api.errors import errors
from sipingtai.api.moving import offered
from sipingtai.api.problems import invalid
from sipingtai.api.requests import ListIn
from sipingtai.api.routers import cases
from sipingtai.api.scoped import scoped
from sipingtai.api.units import shown
from sipingtai.core import clocks
from sipingtai.core.case import Assignment
from sipingtai.core.setting import Setting
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.reading.lists import Filters, Line, page
from sipingtai.loop.reading.page import CasePage, case_page, find
from sipingtai.mechanisms.oversight.looking import looked

# What `lists` makes its cursors of: the moment of the last line in UTC, and its id.
_CURSOR = re.compile(r"[12]\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?\+00:00_\d{1,18}", re.ASCII)


@cases.get(
    "/cases",
    auth=Bearer("cases:read"),
    response={200: PageOut, **errors(422)},
    summary="查询事件",
    operation_id="list_cases",
)
@scoped
def list_cases(request: HttpRequest, asked: Query[ListIn]) -> PageOut:
    """A page of cases, newest first. A search may answer fewer than `limit` and still have a `next`."""
    _refuse_unknown(request, ListIn.model_fields.keys())
    asker = asker_of(request)
    query = clean(asked.q, 200, "关键词")
    filters = Filters(
        stage=asked.stage.value if asked.stage else "",
        category=_category(asked.category, asker.setting),
        area=asked.area,
        channel=asked.channel.value if asked.channel else "",
        overdue=asked.overdue,
        query=query,
    )
    try:
        if asked.cursor and not _CURSOR.fullmatch(asked.cursor):
            raise ValueError(asked.cursor)
        found = page(filters, asker.setting, asker.now, cursor=asked.cursor, size=asked.limit)
    except ValueError as error:
        raise invalid({"cursor": "翻页标记无效，请从第一页重新查询。"}) from error
    return PageOut(items=[_line(x) for x in found.lines], next=found.next)


@cases.get(
    "/cases/{number}",
    auth=Bearer("cases:read"),
    response={200: CaseOut, **errors(404)},
    summary="查看事件",
    operation_id="read_case",
)
@scoped
def read_case(request: HttpRequest, number: str) -> CaseOut:
    """One case, with the moves this account may make. One that may not be seen is not found."""
    asker, row = asker_of(request), find(number)
    looked(number, restricted=row.restricted, account=asker.account, standing=asker.standing, now=asker.now)
    return _case(case_page(row, asker.actor, asker.setting, asker.now), asker)


def _refuse_unknown(request: HttpRequest, known: Container[str]) -> None:
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        raise invalid({name[:60]: f"没有“{name[:60]}”这个查询条件，请删去或改正名称。" for name in unknown[:20]})


def _category(code: str, setting: Setting) -> str:
    if code and code not in setting.categories:
        raise invalid({"category": "目录里没有这个类别，请重新选择。"})
    return code


def _line(line: Line) -> LineOut:
    return LineOut(
        number=line.number,
        title=line.title,
        place=line.place,
        stage=line.stage.value,
        stage_label=line.stage.label,
        category=line.category_code,
        category_label=line.category,
        area=line.area,
        level=line.level,
        urgency=line.urgency,
        channel=line.channel,
        restricted=line.restricted,
        holder=line.holder,
        received_at=line.received_at,
        due_at=line.due_at,
        clock=line.clock.name.lower() if line.clock else None,
    )


def _case(found: CasePage, asker: Asker) -> CaseOut:
    case, setting = found.case, asker.setting
    return CaseOut(
        number=found.number,
        version=case.steps,
        kind=case.kind.value,
        channel=case.channel.value,
        stage=case.stage.value,
        stage_label=case.stage.label,
        category=case.category,
        category_label=found.category,
        level=case.level,
        urgency=case.urgency.value,
        area=case.area,
        title=found.title,
        text=found.text,
        place=found.place,
        point=PointOut(longitude=found.point[0], latitude=found.point[1]) if found.point else None,
        flagged=case.flagged,
        restricted=case.restricted,
        command=shown(case.command, setting),
        holder=shown(case.holder.unit if case.holder else None, setting),
        reporter=ContactOut(name=found.contact.name, phone=found.contact.phone, address=found.contact.address)
        if found.contact
        else None,
        reported_at=case.reported_at,
        received_at=case.received_at,
        closed_at=case.closed_at,
        outcome=case.outcome.value if case.outcome else None,
        rework=case.rework,
        assignments=[_assignment(a, setting) for a in case.assignments],
        clocks=[_clock(c, asker) for c in case.clocks],
        files=[FileOut(id=str(f.id), name=f.name, mime=f.mime, size=f.size) for e in found.story for f in e.files],
        permitted=offered(found.moves),
    )


def _assignment(assignment: Assignment, setting: Setting) -> AssignmentOut:
    return AssignmentOut(
        unit=shown(assignment.unit, setting),
        main=assignment.main,
        state=assignment.state.value,
        sent_at=assignment.sent_at,
        signed_at=assignment.signed_at,
        ended_at=assignment.ended_at,
    )


def _clock(clock: clocks.Clock, asker: Asker) -> ClockOut:
    return ClockOut(
        kind=clock.kind.value,
        label=clock.kind.label,
        owner=shown(clock.owner, asker.setting),
        state=clocks.state(clock, asker.now).name.lower(),
        started_at=clock.started_at,
        due_at=clock.due_at,
        red_at=clock.red_at,
    )
