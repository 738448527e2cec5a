"""Giving an attachment back: pictures are shown, anything else is downloaded."""

from django.http import FileResponse, HttpResponse
from django.utils.http import content_disposition_header

from sipingtai.access.file_store import installed_files
from sipingtai.cases.models import Attachment


def is_picture(attachment: Attachment) -> bool:
    """Whether a browser may show it in the page."""
    return attachment.mime.startswith("image/") and bool(attachment.digest)


def file_answer(attachment: Attachment, *, small: bool = False) -> HttpResponse | FileResponse:
    """The file itself, or a picture's thumbnail. The caller has looked it up in the asker's own sight."""
    store, picture = installed_files(), is_picture(attachment)
    try:
        content = store.open_thumbnail(attachment.digest) if small and picture else store.open(attachment.digest)
    except (FileNotFoundError, ValueError):  # erased by law, or lost
        return HttpResponse("文件已依法删除或不存在。", status=404, content_type="text/plain; charset=utf-8")
    answer = FileResponse(content, content_type="image/jpeg" if small and picture else attachment.mime)
    if not picture:
        answer["Content-Disposition"] = content_disposition_header(True, attachment.name) or "attachment"
    answer["Cache-Control"] = "private, no-store"
    return answer
