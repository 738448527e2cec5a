"""What is erased by law is gone, and nothing of anybody else's with it."""

import pytest
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from sipingtai.access.actor_scope import system_scope
from sipingtai.access.file_store import installed_files
from sipingtai.cases.models import Attachment
from sipingtai.core.calendar import local
from sipingtai.loop.erasure import erase
from tests.access.test_uploads import picture, taken
from tests.township import Township

pytestmark = pytest.mark.django_db


def with_photo(wuxi: Township) -> int:
    """The same photo every time."""
    digest = installed_files().keep(taken(picture(), "灯.jpg"))
    photo = Attachment(name="灯.jpg", mime="image/jpeg", size=1, digest=digest)
    return wuxi.report("路灯坏了。", by="331125201-intake", files=[photo]).case_id


def test_a_photo_that_came_with_two_matters_stays_until_the_second_is_erased(
    wuxi: Township, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    one, other = with_photo(wuxi), with_photo(wuxi)
    with system_scope("测试"):
        digest = Attachment.objects.filter(case=one).get().digest
    for case_id, there in ((one, True), (other, False)):
        with django_capture_on_commit_callbacks(execute=True), system_scope("测试"):
            erase(case_id, ground="个人信息保护法第四十七条", now=local(timezone.now()), setting=wuxi.setting)
        try:
            installed_files().open(digest).close()
        except FileNotFoundError:
            assert not there
        else:
            assert there
