"""Files before their report or move (附件). Nothing is stored about them but their bytes: the id is a signed receipt.

The receipt names the account, and is good for a day. A file whose receipt is never used lies in the store unnamed.
"""

from collections.abc import Sequence
from typing import Annotated

from django.core import signing
from django.http import HttpRequest
from ninja import Router, Status
from ninja.files import UploadedFile
from ninja.params.models import File

from sipingtai.access.file_store import installed_files
from sipingtai.access.uploads import Refused, inspect
from sipingtai.api.answers import UploadedOut
from sipingtai.api.bearer import FILE_BYTES, Bearer
from sipingtai.api.errors import errors
from sipingtai.api.problems import Problem, invalid
from sipingtai.api.scoped import scoped
from sipingtai.cases.models import Attachment
from sipingtai.core.posts import Actor
from sipingtai.faces.asker import asker_of

_DAY = 24 * 3600
_SALT = "sipingtai.api.files"

router = Router(tags=["files"])


@router.post(
    "/files",
    auth=Bearer("cases:write", "cases:report", longest=FILE_BYTES),
    response={201: UploadedOut, **errors(400, 413, 415, 422)},
    summary="上传附件",
    operation_id="upload_file",
)
@scoped
def upload(
    request: HttpRequest,
    file: Annotated[UploadedFile, File(..., description="Photo, PDF, docx, xlsx, sound or film.")],
) -> Status[UploadedOut]:
    """Keep one file, to be named in `files` of a report or move of the same account within 24 hours."""
    found = inspect(file, file.name or "")
    if isinstance(found, Refused):
        raise Problem(422, found.code, found.message, fields={"file": found.message})
    installed_files().keep(found)
    told = [asker_of(request).account.pk, found.digest, found.size, found.mime, found.name]
    return Status(
        201, UploadedOut(id=signing.dumps(told, salt=_SALT), name=found.name, mime=found.mime, size=found.size)
    )


def named(ids: Sequence[str], actor: Actor) -> list[Attachment]:
    """The attachments behind receipts. Raises Problem for one that is not this account's, or too old."""
    return [_attachment(receipt, actor) for receipt in dict.fromkeys(ids)]


def _attachment(receipt: str, actor: Actor) -> Attachment:
    try:
        account, digest, size, mime, name = signing.loads(receipt, salt=_SALT, max_age=_DAY)
    except signing.BadSignature as error:
        raise invalid({"files": WRONG}) from error
    if account != actor.person:
        raise invalid({"files": WRONG})
    return Attachment(name=name, mime=mime, size=size, digest=digest)


WRONG = "附件编号无效或已超过 24 小时，请重新上传。"
