"""Erasing what somebody wrote, by law (依法删除): texts, files and contact go for good, the journal still verifies.

The journal keeps salted digests only. With the salt gone a digest tells nothing; a step of the system says which steps
were erased and on what ground. 《个人信息保护法》第四十七条.
"""

from collections.abc import Collection
from datetime import datetime
from functools import partial

from django.db import connection, transaction

from sipingtai.access import vault
from sipingtai.access.file_store import installed_files
from sipingtai.cases import models
from sipingtai.core.actions import Action
from sipingtai.core.moves import Move
from sipingtai.core.posts import SYSTEM
from sipingtai.core.setting import Setting
from sipingtai.loop.errors import Invalid
from sipingtai.loop.intake.storing import index_words
from sipingtai.loop.moves import lock, move

ERASED_NAME = "已依法删除"


def erase(case_id: int, *, steps: Collection[int] = (), ground: str, now: datetime, setting: Setting) -> int:
    """Erase the texts and files of these steps (none named: of all so far) and the reporter's contact.

    Returns how many texts and files went. Within a system scope only: who may order it is decided before. What is said
    in `ground` stays, so it names the law and no person. Raises NotFound; Invalid without a ground or for a step that
    does not exist.
    """
    if not ground.strip():
        raise Invalid({"ground": "请写明依法删除的依据。"})
    last = lock(case_id).case.steps
    wanted = sorted(set(steps)) or list(range(1, last + 1))
    if not 1 <= wanted[0] <= wanted[-1] <= last:
        raise Invalid({"steps": f"这件事只有 {last} 步，请核对要删除的步骤。"})
    case = models.Case.objects.get(pk=case_id)
    if case.contact is not None:
        vault.erase(case.contact)  # refuses outside a system scope, before anything else is touched
    done = models.Text.objects.filter(case_id=case_id, no__in=wanted, content__isnull=False).update(
        content=None, salt=None
    )
    done += _erase_files(case_id, wanted)
    _index_again(case_id)
    shown = "、".join(map(str, wanted))
    move(
        case_id,
        Move(
            action=Action.ANNOTATE,
            text=f"第 {shown} 步的文字和附件已依法删除。依据：{ground.strip()}",
            members=tuple(wanted),
        ),
        actor=SYSTEM,
        now=now,
        setting=setting,
    )
    return done


def _erase_files(case_id: int, steps: list[int]) -> int:
    found = models.Attachment.objects.filter(case_id=case_id, no__in=steps).exclude(digest="")
    digests = set(found.values_list("digest", flat=True))
    done = found.update(digest="", salt=None, name=ERASED_NAME)
    # The same photo may have come with another case. The files go once it is certain that the rows have gone.
    shared = set(models.Attachment.objects.filter(digest__in=digests).values_list("digest", flat=True))
    for digest in sorted(digests - shared):
        transaction.on_commit(partial(installed_files().erase, digest))
    return done


def _index_again(case_id: int) -> None:
    """The words by which it is found are those of the texts that are left."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_word WHERE case_id = %s", [case_id])
    left = models.Text.objects.filter(case_id=case_id, no=1, content__isnull=False).values_list("name", "content")
    index_words(case_id, {name: content or "" for name, content in left})
