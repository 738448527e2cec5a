"""上报 in thirty seconds: photos, a few words, send. What was put right already is settled in the same transaction."""

import uuid

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from sipingtai.core.actions import Action
from sipingtai.core.moves import Move
from sipingtai.core.setting import Urgency
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.faces.once import key_of
from sipingtai.faces.signed_out import signed_in
from sipingtai.faces.uploaded import attachments
from sipingtai.field.report_form import ReportForm, chips
from sipingtai.field.stands import Stand, stands
from sipingtai.loop.errors import DoorError, Invalid
from sipingtai.loop.intake.report import Receipt, Report, take_in
from sipingtai.loop.moves import move
from sipingtai.loop.reading.places import Names, names

PHOTOS = 6


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """上报: the short form, and taking it in."""
    asker = asker_of(request)
    known = names(asker.setting, asker.now.date())
    places = stands(asker.actor, asker.setting, known)
    if not places:
        return render(request, "field/no_report.html", status=403)
    if request.method != "POST":
        return _form(request, ReportForm(places, asker.setting, known), asker, known)
    form = ReportForm(places, asker.setting, known, request.POST)
    if not key_of(request.POST.get("key", "")):
        form.add_error(None, "这一页放得太久，已经失效。您写的还在，请再点一次上报。")
    if not form.is_valid():
        return _form(request, form, asker, known, status=422)
    try:
        with transaction.atomic():
            receipt = _store(request, form, asker)
    except Invalid as error:
        for field, sentence in error.fields.items():
            form.add_error(field if field in form.fields else None, sentence)
        return _form(request, form, asker, known, status=422)
    except DoorError as error:
        form.add_error("settled", f"不能直接办结：{error.message}也可以不勾“我已处理好”，上报给指挥室。")
        return _form(request, form, asker, known, status=422)
    said = "已上报" if receipt.new else "这一件刚才已经报上去了"
    messages.success(request, f"{said}，编号 {receipt.number}。")
    return redirect("field:mine")


def _store(request: HttpRequest, form: ReportForm, asker: Asker) -> Receipt:
    """Take it in, and settle it where that was asked for: both or neither. Raises what the door raises."""
    given, stand = form.cleaned_data, form.places[form.cleaned_data["stand"]]
    key = key_of(request.POST.get("key", ""), stand.key, given["place"], given["text"])
    assert key is not None
    photos = request.FILES.getlist("files")
    if len(photos) > PHOTOS:
        raise Invalid({"files": f"照片最多 {PHOTOS} 张，现在选了 {len(photos)} 张，请减少后再上报。"})
    receipt = take_in(
        Report(
            channel=stand.channel,
            text=given["text"],
            place=given["place"],
            category=given["category"],
            urgency=Urgency.URGENT if given["urgent"] else Urgency.NORMAL,
            area=stand.area,
            grid=stand.grid,
            point=form.point,
            files=attachments(photos),
        ),
        sender=f"account:{asker.account.pk}",
        key=key,
        actor=asker.actor,
        now=asker.now,
        setting=asker.setting,
        unit=stand.unit,
    )
    if given["settled"] and receipt.new:
        _settle(receipt, given["result"], stand, asker)
    return receipt


def _settle(receipt: Receipt, result: str, stand: Stand, asker: Asker) -> None:
    """即办自结, in the transaction of the report."""
    asked = Move(action=Action.SETTLE, text=result)
    move(receipt.case_id, asked, actor=asker.actor, now=asker.now, setting=asker.setting, unit=stand.unit)


@signed_in
@require_POST
def suggested(request: HttpRequest) -> HttpResponse:
    """The chips for what has been typed so far. Posted, because an address is written into logs."""
    asker = asker_of(request)
    known = names(asker.setting, asker.now.date())
    chosen = request.POST.get("category", "")
    found = chips(request.POST.get("text", ""), chosen, asker.setting, known)
    return render(request, "field/parts/chips.html", {"chips": found, "chosen": chosen})


def _form(request: HttpRequest, form: ReportForm, asker: Asker, known: Names, *, status: int = 200) -> HttpResponse:
    raw, chosen = request.POST.get("key", ""), request.POST.get("category", "")
    context = {
        "form": form,
        "key": raw if key_of(raw) else uuid.uuid4(),
        "chips": chips(request.POST.get("text", ""), chosen, asker.setting, known),
        "chosen": chosen,
        "most": PHOTOS,
        "had_files": bool(request.FILES.getlist("files")),
    }
    response = render(request, "field/report.html", context, status=status)
    response["Cache-Control"] = "no-store"  # a form shown again by the back button would bring its old key
    return response
