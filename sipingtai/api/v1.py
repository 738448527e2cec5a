"""Version 1 of the program face: its operations, its errors, its OpenAPI document."""

import json
import re
from datetime import datetime
from typing import Any

import orjson
from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser
from ninja.renderers import BaseRenderer
from ninja.responses import NinjaJSONEncoder
from ninja.types import DictStrAny

from sipingtai.api import files, journal, moving, reading, reporting, routers
from sipingtai.api.docs_page import DocsPage
from sipingtai.api.problems import Problem, answer
from sipingtai.core.calendar import local

VERSION = "1.0.0"
_JSON = re.compile(r"application/json\s*(;\s*charset=utf-8\s*)?", re.IGNORECASE)


class StrictParser(Parser):
    """JSON in UTF-8, and only what JSON knows."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        """The body's value. Raises Problem: 415, 400."""
        if not _JSON.fullmatch(request.META.get("CONTENT_TYPE", "").strip()):
            raise Problem(415, "content_type", "请求内容应为 UTF-8 编码的 JSON（Content-Type: application/json）。")
        try:
            found: DictStrAny = json.loads(request.body.decode("utf-8-sig"), parse_constant=_no_constant)
        except (ValueError, RecursionError) as error:
            raise Problem(400, "malformed", "请求内容不是有效的 JSON，请检查格式与编码。") from error
        return found


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


class ExactRenderer(BaseRenderer):
    """JSON with Chinese as it is read, and moments to the microsecond, in local time: an auditor compares them with
    the journal's seal.
    """

    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:  # noqa: ARG002
        return orjson.dumps(data, default=_spelled, option=orjson.OPT_PASSTHROUGH_DATETIME)


def _spelled(value: Any) -> Any:
    return local(value).isoformat() if isinstance(value, datetime) else NinjaJSONEncoder().default(value)


class Api(NinjaAPI):
    """Ninja's, with the error answers under their own media type."""

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        found = super().get_openapi_schema(**kwargs)
        for path in found["paths"].values():
            for operation in path.values():
                for status, details in operation["responses"].items():
                    if int(status) >= 400 and "content" in details:
                        details["content"] = {"application/problem+json": details["content"].pop("application/json")}
        return found


api = Api(
    title="四平台接口",
    version=VERSION,
    description=(
        "Report, read and move cases in the name of an account. Every call carries a token "
        "(`Authorization: Bearer …`, issued by `sipingtai token`); what it may do follows from its scopes and from the "
        "posts the account holds. Errors are `application/problem+json`."
    ),
    urls_namespace="api-v1",
    docs=DocsPage(),
    parser=StrictParser(),
    renderer=ExactRenderer(),
)
REGISTERED = (reporting, reading, journal, moving)  # whoever is imported has registered what it offers
api.add_router("", routers.cases)
api.add_router("", routers.moves)
api.add_router("", files.router)
api.add_exception_handler(Exception, answer)
for name in list(api._exception_handlers):  # the framework's own answers are not ours
    api.add_exception_handler(name, answer)
