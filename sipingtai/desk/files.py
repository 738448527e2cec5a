"""Attachments (附件): only through a case one may see, never as anything a browser would run."""

from uuid import UUID

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_GET

from sipingtai.cases.models import Attachment
from sipingtai.desk.frame import staff
from sipingtai.faces.asker import asker_of
from sipingtai.faces.file_answer import file_answer
from sipingtai.loop.errors import NotFound
from sipingtai.mechanisms.oversight.looking import looked_into


@staff
@require_GET
def whole(request: HttpRequest, number: str, file: UUID) -> HttpResponseBase:
    """The file as it was taken in."""
    return file_answer(_found(request, number, file))


@staff
@require_GET
def small(request: HttpRequest, number: str, file: UUID) -> HttpResponseBase:
    """A picture's thumbnail."""
    return file_answer(_found(request, number, file), small=True)


def _found(request: HttpRequest, number: str, file: UUID) -> Attachment:
    """The attachment, as far as the asker may see its case. Raises NotFound; erased ones are not there either."""
    if len(number) > 32 or "\x00" in number:
        raise NotFound
    found = Attachment.objects.filter(pk=file, case__number=number).first()
    if found is None or not found.digest:
        raise NotFound
    asker = asker_of(request)
    looked_into(found.case_id, account=asker.account, standing=asker.standing, now=asker.now)
    return found
