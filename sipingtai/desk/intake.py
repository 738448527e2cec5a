"""新登记: writing a matter down. The form's key makes a second press of the button the same case."""

from attrs import evolve
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from sipingtai.core.case import Channel
from sipingtai.desk.choices import category_list
from sipingtai.desk.frame import asker_names, page, staff
from sipingtai.desk.intake_form import IntakeForm, build, read
from sipingtai.desk.writing_down import channels
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.faces.not_allowed import NotAllowed
from sipingtai.faces.uploaded import attachments
from sipingtai.insight.categorise import suggest
from sipingtai.loop.errors import Invalid, NotFound
from sipingtai.loop.intake.report import TEXT, Receipt, take_in
from sipingtai.loop.reading.options import Choice
from sipingtai.loop.reading.page import find
from sipingtai.loop.reading.places import category_name

# Whoever is on the telephone or in the room can be told a tracking code (查询码).
_TOLD = frozenset({Channel.HOTLINE, Channel.VISIT})


@staff
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """The form; then the case it became."""
    asker = asker_of(request)
    if not channels(asker.actor):
        raise NotAllowed("您的岗位不登记事件。有事要登记，请告诉指挥室；网格员请在手机上“上报”。")
    if request.method == "GET":
        return _shown(request, asker, build(asker, reverse("desk:suggest")))
    form = build(asker, reverse("desk:suggest"), request.POST)
    if not form.is_valid():
        return _shown(request, asker, form, 422)
    try:
        with transaction.atomic():
            receipt = _take_in(asker, request)
    except Invalid as invalid:
        form.tell(invalid.fields)
        return _shown(request, asker, form, 422)
    return _told(request, receipt)


@staff
@require_POST
def category(request: HttpRequest) -> HttpResponse:
    """The categories a text seems to speak of, each with its reason: a part of the form."""
    asker = asker_of(request)
    return render(
        request, "desk/parts/suggested.html", {"suggested": _suggested(asker, request.POST.get("text") or "")}
    )


def _take_in(asker: Asker, request: HttpRequest) -> Receipt:
    report, key = read(request.POST, asker)
    uploads: list[UploadedFile[bytes]] = request.FILES.getlist("files")
    unit = min((u for u in asker.actor.units if u in asker.setting.commands), default=None)
    return take_in(
        evolve(report, files=attachments(uploads)),
        sender=f"account:{asker.account.pk}",
        key=key,
        actor=asker.actor,
        now=asker.now,
        setting=asker.setting,
        with_code=report.channel in _TOLD,
        unit=unit if unit is not None else min(asker.actor.units, default=None),
    )


def _suggested(asker: Asker, text: str) -> tuple[Choice, ...]:
    found, setting = asker_names(asker), asker.setting
    return tuple(
        Choice(value=s.code, label=category_name(found, setting, s.code), hint=s.reason_zh)
        for s in suggest(text[:TEXT], found.words)
        if s.code in setting.categories
    )


def _shown(request: HttpRequest, asker: Asker, form: IntakeForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "had_files": bool(request.FILES),
        "suggested": _suggested(asker, request.POST.get("text") or ""),
        "picked": request.POST.get("suggested") or "",
        "categories": category_list(asker_names(asker), asker.setting),
    }
    return page(request, "desk/new.html", context, current="new", status=status)


def _told(request: HttpRequest, receipt: Receipt) -> HttpResponse:
    if not receipt.new:
        messages.warning(request, f"这件事刚才已经登记过，编号 {receipt.number}，没有重复登记。")
    elif receipt.code:
        told = "已登记，编号 {}。查询码 <strong class='told-code'>{}</strong>（只显示这一次），请告诉反映人。"
        messages.success(request, format_html(told, receipt.number, receipt.code))
    else:
        messages.success(request, f"已登记，编号 {receipt.number}。")
    try:
        find(receipt.number)
    except NotFound:  # a complaint about where one works is received one level up
        return HttpResponseRedirect(reverse("desk:home"))
    return HttpResponseRedirect(reverse("desk:case", args=[receipt.number]))
