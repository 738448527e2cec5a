"""From uploaded files to attachments: judged by content, kept in the store, named for the door.."""

import uuid
from collections.abc import Sequence

from django.core.files.uploadedfile import UploadedFile

from sipingtai.access.file_store import installed_files
from sipingtai.access.uploads import Refused, inspect
from sipingtai.cases.models import Attachment
from sipingtai.loop.errors import Invalid

MOST = 9  # files at once


def attachments(files: "Sequence[UploadedFile[bytes]]", *, field: str = "files") -> list[Attachment]:
    """The rows for these files; their bytes are in the store by then. Raises Invalid, naming the file refused.

    A file of a report that is refused afterwards stays in the store unnamed; it is the same file if it is sent again.
    """
    if len(files) > MOST:
        raise Invalid({field: f"一次最多上传 {MOST} 个文件，请分几次上传。"})
    judged = [(file.name or "文件", inspect(file, file.name or "")) for file in files]
    refused = [f"{name[:60]}：{found.message}" for name, found in judged if isinstance(found, Refused)]
    if refused:
        raise Invalid({field: "；".join(refused)})
    kept = installed_files()
    return [
        Attachment(id=uuid.uuid4(), name=found.name, mime=found.mime, size=found.size, digest=kept.keep(found))
        for _, found in judged
        if not isinstance(found, Refused)
    ]
