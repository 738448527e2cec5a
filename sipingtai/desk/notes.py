"""One's own note on a case (便签): written for oneself, read by nobody else, kept apart from the journal."""

from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_POST

from sipingtai.access.plain_text import clean
from sipingtai.desk.frame import is_partial, staff
from sipingtai.desk.models import Note
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.reading.page import find

LONGEST = 500  # characters


def own(asker: Asker, case_id: int) -> str:
    """The asker's note on this case; empty where there is none: one statement."""
    return Note.objects.filter(case=case_id, account=asker.account.pk).values_list("content", flat=True).first() or ""


def beside(asker: Asker) -> Subquery:
    """The same for the statement that reads the case; None where there is none."""
    return Subquery(Note.objects.filter(case=OuterRef("pk"), account=asker.account.pk).values("content"))


@staff
@require_POST
def write(request: HttpRequest, number: str) -> HttpResponse:
    """Keep the note as typed; an empty one is thrown away."""
    asker, row, typed = asker_of(request), find(number), request.POST.get("note") or ""
    fault = ""
    try:
        _keep(asker, row.pk, clean(typed, LONGEST, "便签").strip())
    except ValueError as error:
        fault = str(error)
    if is_partial(request):
        context = {"number": number, "content": typed, "fault": fault, "kept": not fault}
        return render(request, "desk/parts/note.html", context, status=422 if fault else 200)
    (messages.error if fault else messages.success)(request, fault or "便签已保存，只有您自己看得到。")
    return HttpResponseRedirect(reverse("desk:case", args=[number]))


def _keep(asker: Asker, case: int, content: str) -> None:
    if not content:
        Note.objects.filter(case=case, account=asker.account.pk).delete()
        return
    mine = Note(case=case, account=asker.account.pk, content=content, at=asker.now)
    Note.objects.bulk_create(
        [mine], update_conflicts=True, update_fields=["content", "at"], unique_fields=["case", "account"]
    )
