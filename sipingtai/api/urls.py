"""The addresses of version 1. Whatever else is asked below them gets a problem, never a page."""

import functools
from collections.abc import Callable
from typing import Any, NoReturn

from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, re_path
from django.views.decorators.csrf import csrf_exempt

from sipingtai.api.problems import Problem, answer
from sipingtai.api.v1 import api

View = Callable[..., HttpResponseBase]


def answered(view: View) -> View:
    """What goes wrong before or after an operation, the end of its transaction included, is a problem as well."""

    @functools.wraps(view)
    def inside(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:
            response = answer(request, error)
        if response.status_code == 405:
            allowed = response.get("Allow", "")
            detail = f"这个地址不支持 {request.method[:10] if request.method else ''}，可以用：{allowed}。"
            response = Problem(405, "method_not_allowed", detail, headers={"Allow": allowed}).response()
        response["Cache-Control"] = "no-store"  # what one token may see is in nobody's cache
        return response

    return inside


@csrf_exempt
def no_such_address(request: HttpRequest) -> NoReturn:  # noqa: ARG001
    """404 as problem+json for every address under /api/ that is none."""
    raise Problem(404, "no_such_address", "没有这个接口地址，请对照接口文档检查。")


def _patterns() -> list[URLPattern]:
    found = [pattern for pattern in api.urls[0] if isinstance(pattern, URLPattern)]
    for pattern in found:
        pattern.callback = answered(pattern.callback)
    return [*found, re_path(r"", answered(no_such_address))]


app_name = api.urls_namespace
urlpatterns = _patterns()
