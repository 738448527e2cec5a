"""Attachments (附件): only through a case one may see, never as anything a browser would run."""

from collections.abc import Callable
from typing import BinaryIO
from uuid import UUID

from django.http import FileResponse, HttpRequest
from django.views.decorators.http import require_GET

from sipingtai.access.file_store import installed_files
from sipingtai.cases.models import Attachment
from sipingtai.desk.frame import staff
from sipingtai.loop.errors import NotFound

# Pictures were written anew when they were taken in; everything else is downloaded.
SHOWN = frozenset({"image/jpeg", "image/png", "image/webp"})


@staff
@require_GET
def whole(_request: HttpRequest, number: str, file: UUID) -> FileResponse:
    """The file as it was taken in."""
    found = _found(number, file)
    content = _opened(found, installed_files().open)
    shown = found.mime in SHOWN
    return FileResponse(content, as_attachment=not shown, filename=found.name, content_type=found.mime)


@staff
@require_GET
def small(_request: HttpRequest, number: str, file: UUID) -> FileResponse:
    """A picture's thumbnail."""
    found = _found(number, file)
    return FileResponse(_opened(found, installed_files().open_thumbnail), content_type="image/jpeg")


def _found(number: str, file: UUID) -> Attachment:
    """The attachment, as far as the asker may see its case. Raises NotFound; erased ones are not there either."""
    if len(number) > 32 or "\x00" in number:
        raise NotFound
    found = Attachment.objects.filter(pk=file, case__number=number).first()
    if found is None or not found.digest:
        raise NotFound
    return found


def _opened(found: Attachment, open_file: Callable[[str], BinaryIO]) -> BinaryIO:
    try:
        return open_file(found.digest)
    except FileNotFoundError as error:
        raise NotFound from error
