"""Reporting a matter without an account: choose the township, fill in, receive number and code."""

import uuid
from typing import cast

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from sipingtai.access.actor_scope import system_scope
from sipingtai.core.calendar import local
from sipingtai.core.case import Channel
from sipingtai.core.posts import Actor, ActorKind
from sipingtai.core.setting import Level, Setting
from sipingtai.faces.once import key_of
from sipingtai.faces.uploaded import attachments
from sipingtai.loop.errors import Invalid
from sipingtai.loop.intake.report import Report, take_in
from sipingtai.loop.reading.places import Names, grid_of, names
from sipingtai.org.models import Command
from sipingtai.org.setting import load
from sipingtai.villager import visitor
from sipingtai.villager.pace import REPORTS, SENDINGS
from sipingtai.villager.privacy import private
from sipingtai.villager.report_form import PHOTOS, ReportForm, offer

REPORTER = Actor(kind=ActorKind.REPORTER)
TOO_OFTEN = (
    "您所在的网络一小时内提交得太多，请过一小时再试。急事请直接到村里或乡镇、街道便民服务中心反映；"
    "遇到危险请拨打 110、119、120。"
)


@require_safe
@private
def start(request: HttpRequest) -> HttpResponse:
    """群众 page: report, or ask what became of a report."""
    return render(request, "villager/start.html")


@require_safe
@private
def choose(request: HttpRequest) -> HttpResponse:
    """Which township: asked only where there are several."""
    with system_scope("群众上报"):
        townships = _townships(_setting())
    if len(townships) == 1:
        return redirect("villager:report", area=townships[0][0])
    return render(request, "villager/choose.html", {"townships": townships})


@require_http_methods(["GET", "HEAD", "POST"])
@private
def report(request: HttpRequest, area: str) -> HttpResponse:
    """The form of one township, and taking it in."""
    with system_scope("群众上报"):
        setting = _setting()
        known = names(setting, local(timezone.now()).date())
        township = dict(_townships(setting)).get(area)
        if township is None:
            raise Http404
    offered = offer(area, setting, known)
    if request.method != "POST":
        return _form(request, ReportForm(offered), township)
    form = ReportForm(offered, request.POST)
    if form.by_machine:
        emptied = request.POST.copy()
        emptied["website"] = ""
        form = ReportForm(offered, emptied)
        form.add_error(None, "系统没能认出这是人工填写的，请再点一次提交。")
    elif not key_of(request.POST.get("key", "")):
        form.add_error(None, "这一页放得太久，已经失效。您写的还在，请再点一次提交。")
    if not form.is_valid():
        return _form(request, form, township, status=422)
    if REPORTS.reached(request) or SENDINGS.reached(request):
        form.add_error(None, TOO_OFTEN)
        return _form(request, form, township, status=429)
    SENDINGS.count(request)
    try:
        return _store(request, form, area, setting)
    except Invalid as error:
        form.refuse(error.fields.items())
        return _form(request, form, township, status=422)


def _store(request: HttpRequest, form: ReportForm, township: str, setting: Setting) -> HttpResponse:
    """Take the report in; sent twice it is one case, and both answers lead to the same receipt. Raises Invalid."""
    given, who = form.cleaned_data, visitor.name_of(request)
    key = key_of(request.POST.get("key", ""), township, given["village"], given["place"], given["text"])
    assert key is not None
    photos = request.FILES.getlist("photos")
    if len(photos) > PHOTOS:
        raise Invalid({"photos": f"照片最多 {PHOTOS} 张，现在选了 {len(photos)} 张，请减少后再提交。"})
    files = attachments(cast("list[UploadedFile[bytes]]", photos), field="photos")
    asked = Report(
        channel=Channel.VILLAGER,
        text=given["text"],
        place=given["place"],
        area=given["village"],
        grid=grid_of(setting, given["village"]),
        point=_point(form),
        name=given["name"],
        phone=given["phone"],
        about=frozenset({int(given["office"])}) if given["about"] else frozenset(),
        files=files,
    )
    with system_scope("群众上报"):
        receipt = take_in(
            asked,
            sender=visitor.sender(who),
            key=key,
            actor=REPORTER,
            now=local(timezone.now()),
            setting=setting,
            with_code=True,
            code=next(visitor.codes(who, key)),
        )
    if receipt.new:
        REPORTS.count(request)
    response = redirect("villager:receipt")
    visitor.remember(response, who)
    visitor.hand_over(response, key)
    return response


@require_safe
@private
def receipt(request: HttpRequest) -> HttpResponse:
    """Number and code of the report just sent, as often as this browser asks within two hours."""
    with system_scope("群众回执"):
        found = visitor.receipt_of(request)
    if found is None:
        return render(request, "villager/receipt_gone.html", status=404)
    row, code = found
    return render(request, "villager/receipt.html", {"number": row.number, "code": code, "at": local(row.received_at)})


def _form(request: HttpRequest, form: ReportForm, township: str, *, status: int = 200) -> HttpResponse:
    raw = request.POST.get("key", "")
    context = {
        "form": form,
        "township": township,
        # The same key again, so that a correction of the same report stays one report.
        "key": raw if key_of(raw) else uuid.uuid4(),
        "most": PHOTOS,
        "had_photos": bool(request.FILES.getlist("photos")),
    }
    response = render(request, "villager/report.html", context, status=status)
    visitor.remember(response, visitor.name_of(request))
    return response


def _point(form: ReportForm) -> tuple[float, float] | None:
    longitude, latitude = form.cleaned_data["longitude"], form.cleaned_data["latitude"]
    return None if longitude is None or latitude is None else (longitude, latitude)


def _setting() -> Setting:
    return load(local(timezone.now()).date())


def _townships(setting: Setting) -> list[tuple[str, str]]:
    """Area code and name of every township whose command room is live (上线)."""
    found = names(setting, local(timezone.now()).date())
    live = set(Command.objects.filter(level=Level.TOWNSHIP.value, live=True).values_list("unit_id", flat=True))
    units = [u for u in setting.units.values() if u.id in live and u.active]
    return sorted({u.area: _name(found, u.area) for u in units}.items())


def _name(found: Names, code: str) -> str:
    return found.areas.get(code, code)
