"""联系方式: masked until somebody who works on the case says why they need it; the reason is logged."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from sipingtai.access import vault
from sipingtai.access.models import Contact
from sipingtai.access.sign_in import client_address
from sipingtai.desk.case import queue_named
from sipingtai.desk.frame import is_partial, page, staff
from sipingtai.desk.panel import dressed
from sipingtai.faces.asker import asker_of
from sipingtai.loop.errors import NotFound
from sipingtai.loop.reading.page import case_page, find


@staff
@require_POST
def reveal(request: HttpRequest, number: str) -> HttpResponse:
    """Show the contact once, to somebody with anything to do on the case. 404 where there is nothing to show."""
    asker = asker_of(request)
    seen = case_page(find(number), asker.actor, asker.setting, asker.now)
    if seen.contact_id is None or not seen.moves:
        raise NotFound
    values, fault = None, ""
    try:
        with transaction.atomic():
            reason = request.POST.get("why") or ""
            values = vault.reveal(seen.contact_id, asker.account, reason, number, address=client_address(request))
    except (ValueError, Contact.DoesNotExist) as error:
        fault = str(error) if isinstance(error, ValueError) else "没有联系方式。"
    found = dressed(asker, seen, queue=queue_named(request.POST), revealed=values, reveal_error=fault)
    status = 422 if fault else 200
    if is_partial(request):
        return render(request, "desk/parts/contact.html", {"panel": found}, status=status)
    return page(request, "desk/case.html", {"panel": found}, status=status)
