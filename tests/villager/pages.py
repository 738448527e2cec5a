"""What a villager does with a browser without script, and pictures to send."""

import io
import re
import uuid
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases import models
from sipingtai.core.case import Case
from sipingtai.loop.reading.page import case_of

TOWNSHIP, VILLAGE = "331125201", "331125201200"
FORM = f"/p/report/{TOWNSHIP}/"


def photo(name: str = "桥.jpg", size: tuple[int, int] = (64, 48)) -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", size, "#888").save(content, "JPEG")
    return SimpleUploadedFile(name, content.getvalue(), "image/jpeg")


def filled(**fields: Any) -> dict[str, Any]:
    """A report form as a browser sends it."""
    return {"key": str(uuid.uuid4()), "text": "村口路灯坏了", "village": VILLAGE} | fields


def send(client: Client, **fields: Any) -> tuple[str, str]:
    """Report, and read number and code from the receipt."""
    client.get(FORM)
    answer = client.post(FORM, filled(**fields))
    assert answer.status_code == 302, answer.content.decode()
    return receipt(client)


def receipt(client: Client) -> tuple[str, str]:
    page = client.get("/p/receipt/").content.decode()
    number, code = re.search(r"331125201-\d{8}-\d{6}", page), re.search(r'id="code">([^<]+)<', page)
    assert number
    assert code
    return number[0], code[1]


def look_up(client: Client, code: str) -> str:
    """Type the code, and see the progress page."""
    answer = client.post("/p/query/", {"code": code}, follow=True)
    assert answer.status_code == 200, answer.content.decode()
    return answer.content.decode()


def hidden(page: str) -> dict[str, str]:
    """What the forms of a progress page carry."""
    return dict(re.findall(r'name="(number|seen)" value="([^"]+)"', page))


def stored(number: str) -> tuple[models.Case, Case]:
    with system_scope("测试"):
        row = models.Case.objects.get(number=number)
        return row, case_of(row)


def texts(number: str) -> dict[str, str]:
    with system_scope("测试"):
        return {t.name: t.content or "" for t in models.Text.objects.filter(case__number=number, no=1)}
