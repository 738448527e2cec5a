"""Errors as `application/problem+json` (RFC 9457): a Chinese sentence for the clerk, a stable code for the program."""

import json
import logging
import traceback
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, IntegrityError, InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from ninja.errors import HttpError, ValidationError

from sipingtai.api.mistakes import sentences
from sipingtai.core.table import TABLE
from sipingtai.loop.errors import Conflict, DoorError, Invalid, NotFound, Refused

log = logging.getLogger(__name__)

TITLES = {
    400: "请求无法识别",
    401: "需要令牌",
    403: "没有权限",
    404: "没有找到",
    405: "不支持这种方法",
    409: "情况有变",
    411: "缺少长度",
    413: "内容过大",
    415: "内容类型不对",
    422: "填写有误",
    429: "请求过于频繁",
    500: "系统出错",
    503: "暂时无法服务",
}

# What a state guard refuses is at odds with the case as it stands; the others judge what was asked for.
_OF_STATE = {guard.code for row in TABLE for guard in row.guards if guard.state} | {"stage"}
_OF_PERSON = {"not_permitted", "kept_out", "worked_on_it", "rated_own_work", "own_application", "own_decision"}
_CONTESTED = {"40001", "40P01", "55P03"}  # serialisation, deadlock, lock timeout: somebody else was first


class Problem(Exception):
    """An error answer. `fields`: name → sentence; `extra`: further members; `headers` of the answer."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        fields: Mapping[str, str] | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(code)
        self.status, self.code, self.detail = status, code, detail
        self.fields, self.extra, self.headers = dict(fields or {}), dict(extra or {}), dict(headers or {})

    def response(self) -> HttpResponse:
        body: dict[str, Any] = {
            "type": f"urn:sipingtai:problem:{self.code}",
            "title": TITLES[self.status],
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            **self.extra,
        }
        if self.fields:
            body["fields"] = self.fields
        return HttpResponse(
            json.dumps(body, ensure_ascii=False),
            status=self.status,
            content_type="application/problem+json",
            headers=self.headers,
        )


def invalid(fields: Mapping[str, str]) -> Problem:
    """What was filled in does not do."""
    return Problem(422, "invalid", "；".join(list(fields.values())[:3]), fields=fields)


def answer(request: HttpRequest, error: Any) -> HttpResponse:
    """The answer to any exception; the unexpected becomes a 500 with an incident number."""
    problem = _known(error)
    return (problem or _unexpected(request, error)).response()


def _known(error: Exception) -> Problem | None:
    match error:
        case Problem():
            return error
        case DoorError():
            return _of_door(error)
        case ValidationError():
            wrong = sentences(error.errors)
            told = "；".join(f"{name}：{sentence.rstrip('。')}" for name, sentence in list(wrong.items())[:3])
            return Problem(422, "invalid", f"{told}。", fields=wrong)
        case HttpError():  # the framework wraps what the body's parser raised
            return _known(error.__cause__) if isinstance(error.__cause__, Exception) else _of_status(error.status_code)
        case Http404():
            return Problem(404, "no_such_address", "没有这个接口地址，请对照接口文档检查。")
        case MultiPartParserError() | SuspiciousOperation():
            return _of_status(400)
        case DatabaseError() | InterfaceError():
            return _of_database(error)
    return None


def _of_door(error: DoorError) -> Problem:
    match error:
        case NotFound():
            return Problem(404, error.code, error.message)
        case Conflict():
            return Problem(409, error.code, error.message, extra={"since": list(error.since)})
        case Invalid():
            return Problem(422, error.code, error.message, fields=error.fields)
        case Refused():
            status = 403 if error.code in _OF_PERSON else 409 if error.code in _OF_STATE else 422
            return Problem(status, error.code, error.message)
    return Problem(422, error.code, error.message)


def _of_status(status: int) -> Problem | None:
    if status == 401:
        return Problem(401, "unauthorised", UNAUTHORISED, headers={"WWW-Authenticate": "Bearer"})
    return Problem(400, "malformed", "请求的内容无法识别，请检查格式。") if status == 400 else None


UNAUTHORISED = "令牌无效、已过期或已撤销，请用 Authorization: Bearer 头提供有效的令牌。"


def _of_database(error: DatabaseError | InterfaceError) -> Problem | None:
    state = getattr(error.__cause__, "sqlstate", None)
    if state in _CONTESTED or (isinstance(error, IntegrityError) and state == "23505"):
        conflict = Conflict()
        return Problem(409, conflict.code, conflict.message, extra={"since": []})
    if isinstance(error, OperationalError | InterfaceError):
        return Problem(503, "unavailable", "系统暂时繁忙，请稍后再试。", headers={"Retry-After": "5"})
    return None


def _unexpected(request: HttpRequest, error: Exception) -> Problem:
    """Log where it happened, never what: messages of errors repeat what people wrote."""
    incident = uuid.uuid4().hex[:12]
    where = " < ".join(
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in reversed(traceback.extract_tb(error.__traceback__)[-12:])
    )
    route = request.resolver_match.route if request.resolver_match else ""
    log.error("incident %s: %s %s: %s at %s", incident, request.method, route, type(error).__name__, where)
    detail = f"系统出错，本次操作没有生效。请稍后再试；仍不行时请把事故编号 {incident} 告诉管理员。"
    return Problem(500, "unexpected", detail, extra={"incident": incident})
