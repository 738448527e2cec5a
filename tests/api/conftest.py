"""A program that calls the interface: real HTTP requests through Django's whole stack, with a real token."""

import io
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from attrs import frozen
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from PIL import Image

from sipingtai.access import tokens
from sipingtai.access.actor_scope import system_scope
from tests.township import Township

LAMP = {"channel": "hotline", "text": "会溪桥头的路灯不亮了，晚上看不见路。", "place": "会溪桥头", "category": "17002"}


@frozen
class Program:
    """A caller with one account's token."""

    token: str

    def get(self, path: str, **query: Any) -> HttpResponse:
        return Client().get(f"/api/v1{path}", query, headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **extra: Any) -> HttpResponse:
        content = {"data": body if isinstance(body, str | bytes) else json.dumps(body)} if body is not None else {}
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        kind = extra.pop("content_type", "application/json")
        return Client().post(f"/api/v1{path}", content_type=kind, headers=headers, **content, **extra)

    def report(self, *, key: str | None = None, **fields: Any) -> HttpResponse:
        return self.post("/cases", LAMP | fields, key=key or str(uuid.uuid4()))

    def upload(self, content: bytes, name: str = "现场.jpg") -> HttpResponse:
        return Client().post("/api/v1/files", {"file": SimpleUploadedFile(name, content)}, headers=self.headers)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}


def photo() -> bytes:
    """A small picture as a phone would send it."""
    written = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(written, "JPEG")
    return written.getvalue()


type_of_caller = Callable[..., Program]


@pytest.fixture
def program(wuxi: Township) -> type_of_caller:
    """`program("331125201-intake", "cases:read")`: a program in that account's name. Default: everything."""

    def made(username: str, *scopes: str) -> Program:
        with system_scope("测试"):
            return Program(tokens.issue(wuxi.account(username), scopes or ("cases:read", "cases:write"), 1))

    return made
