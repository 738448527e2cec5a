"""`POST /cases`: take in one matter (上报). The same key from the same account is the same case."""

import uuid
from typing import Annotated, cast

from django.http import HttpRequest, HttpResponse
from ninja import Status
from ninja.params.models import Header

from sipingtai.api.answers import AlikeOut, ReceiptOut
from sipingtai.api.bearer import Bearer
from sipingtai.api.errors import errors
from sipingtai.api.files import named
from sipingtai.api.problems import Problem, invalid
from sipingtai.api.requests import ReporterIn, ReportIn
from sipingtai.api.routers import cases
from sipingtai.api.scoped import scoped
from sipingtai.api.units import resolve
from sipingtai.api.values import PointIn
from sipingtai.core.case import Channel
from sipingtai.core.posts import Actor
from sipingtai.core.setting import Setting
from sipingtai.faces.asker import asker_of
from sipingtai.insight import coordinates
from sipingtai.loop.intake.again import same
from sipingtai.loop.intake.channels import AreaNotTheirs, Entry, NotAdmitted, channels_of, entry
from sipingtai.loop.intake.report import Receipt, Report, take_in
from sipingtai.loop.reading.nearby import alike
from sipingtai.org.asking import Program

REUSED = "这个 Idempotency-Key 已经用于内容不同的另一件上报（编号 {}）。每件新的上报请换一个新的 UUID。"
KEY = "Made by the sender, once a report, before the first attempt."


@cases.post(
    "/cases",
    auth=Bearer("cases:write", "cases:report"),
    response={200: ReceiptOut, 201: ReceiptOut, **errors(400, 409, 413, 415, 422)},
    summary="上报",
    operation_id="report_case",
)
@scoped
def report(
    request: HttpRequest,
    response: HttpResponse,
    body: ReportIn,
    idempotency_key: Annotated[uuid.UUID, Header(..., alias="Idempotency-Key", description=KEY)],
) -> Status[ReceiptOut]:
    """Take a report in: 201 with its address. Sent again under the same key: 200 with the first receipt.

    The same key with something else in it is refused: 422 `key_reused`, with the number of the first.
    """
    asker = asker_of(request)
    where = _entry(asker.actor, body.channel, body.area, asker.setting)
    asked = _report(body, where, asker.actor, asker.setting)
    receipt = take_in(
        asked,
        sender=f"account:{asker.account.pk}",
        key=idempotency_key,
        actor=asker.actor,
        now=asker.now,
        setting=asker.setting,
        unit=where.unit,
    )
    if not receipt.new and not same(receipt.case_id, asked):
        raise Problem(422, "key_reused", REUSED.format(receipt.number), extra={"number": receipt.number})
    response["Location"] = f"/api/v1/cases/{receipt.number}"
    found = _alike(request, asked, receipt)
    told = ReceiptOut(number=receipt.number, new=receipt.new, flagged=receipt.flagged, alike=found)
    return Status(201 if receipt.new else 200, told)


def _alike(request: HttpRequest, asked: Report, receipt: Receipt) -> list[AlikeOut]:
    """What it may repeat, for tokens that read cases."""
    scopes = cast(Program, request.auth).scopes  # type: ignore[attr-defined]
    if receipt.case is None or "cases:read" not in scopes:
        return []
    found = alike(receipt.case, f"{asked.title}\n{asked.text}", asked.point)
    return [AlikeOut(number=n.number, title=n.title, reasons=list(n.likeness.reasons)) for n in found]


def _entry(actor: Actor, channel: Channel, area: str, setting: Setting) -> Entry:
    try:
        return entry(actor, channel, area, setting)
    except NotAdmitted as error:
        own = "、".join(sorted(c.label for c in channels_of(actor))) or "无"
        detail = f"您的岗位不能以“{channel.label}”上报。可以使用的来源：{own}。"
        raise Problem(403, "channel_not_permitted", detail) from error
    except AreaNotTheirs as error:
        raise invalid({"area": "这个区划不在您的辖区内，请核对区划代码。"}) from error


def _report(body: ReportIn, where: Entry, actor: Actor, setting: Setting) -> Report:
    reporter = body.reporter or ReporterIn()
    return Report(
        channel=body.channel,
        text=body.text,
        title=body.title,
        place=body.place,
        category=body.category,
        level=body.level,
        urgency=body.urgency,
        area=where.area,
        grid=where.unit if body.channel is Channel.GRID else None,
        point=_point(body.point) if body.point else None,
        name=reporter.name,
        phone=reporter.phone,
        address=reporter.address,
        reported_at=body.reported_at,
        restricted=body.restricted,
        about=frozenset(resolve({"about": body.about}, setting)["about"]),
        kind=body.kind,
        files=named(body.files, actor),
    )


def _point(asked: PointIn) -> tuple[float, float]:
    found = coordinates.point(asked.longitude, asked.latitude, asked.datum)
    return found.lon, found.lat
