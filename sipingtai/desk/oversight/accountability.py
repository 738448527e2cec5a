"""问责记录: what was decided about units' responsibility, by matter; nothing here gathers, counts or ranks people."""

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from sipingtai.desk.frame import page
from sipingtai.desk.oversight.frame import Typed, cases, day, numeral, overseer, typed
from sipingtai.faces.asker import asker_of
from sipingtai.loop.errors import DoorError
from sipingtai.loop.reading.page import unit_name
from sipingtai.mechanisms.oversight import accounting, inspecting
from sipingtai.mechanisms.oversight.choices import levels, measures
from sipingtai.mechanisms.oversight.models import Accountability

PAGE = 50


@overseer
@require_GET
def records(request: HttpRequest) -> HttpResponse:
    """Those of one's area, the newest first."""
    asker, before = asker_of(request), numeral(request.GET.get("before", ""))
    rows = Accountability.objects.select_related("inspection").order_by("-id")
    rows = rows.filter(id__lt=before) if before else rows
    found = list(rows[: PAGE + 1])
    shown = cases([row.case for row in found])
    context = {
        "lines": [(row, unit_name(asker.setting, row.unit), shown.get(row.case or 0)) for row in found[:PAGE]],
        "next": found[PAGE - 1].pk if len(found) > PAGE else None,
        "paged": bool(before),
    }
    return page(request, "desk/oversight/records.html", context, current="records")


@overseer
def new(request: HttpRequest) -> HttpResponse:
    """Record one, about an inspection (`?inspection=`), a case (`?case=`), or both."""
    asker = asker_of(request)
    posted = request.POST if request.method == "POST" else request.GET
    about = numeral(posted.get("inspection", ""))
    inspection = inspecting.seen_inspection(about, asker.standing) if about else None
    back: Typed | None = None
    if request.method == "POST":
        try:
            with transaction.atomic():
                found = accounting.account_for(
                    unit=numeral(posted.get("unit", "")) or 0, level=posted.get("level", ""),
                    measure=posted.get("measure", ""), basis=posted.get("basis", ""),
                    decided_by=posted.get("decided_by", ""), decided_on=day(posted.get("decided_on", "")),
                    inspection=about, number=posted.get("number", ""), by=asker.standing, setting=asker.setting,
                    now=asker.now,
                )  # fmt: skip
        except DoorError as error:
            back = typed(posted, error)
        else:
            messages.success(request, f"{found.number} 已记录。")
            return HttpResponseRedirect(reverse("desk:records"))
    context = {
        "back": back,
        "inspection": inspection,
        "case": posted.get("case", "")[:32],
        "units": inspecting.units_within(asker.standing, asker.setting),
        "levels": levels(),
        "measures": measures(),
        "today": asker.now.date(),
    }
    return page(request, "desk/oversight/new_record.html", context, current="records", status=422 if back else 200)
