"""`/api/v1/docs`: the operations as one plain page. It loads no script, so the strict policy needs no exception."""

from typing import Any

from attrs import frozen
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import NinjaAPI
from ninja.openapi.docs import DocsBase

Json = dict[str, Any]


@frozen(kw_only=True)
class Parameter:
    """One parameter or field, as the page shows it."""

    name: str
    where: str
    kind: str
    required: bool
    note: str


@frozen(kw_only=True)
class Operation:
    """One address with a method, as the page shows it."""

    method: str
    path: str
    summary: str
    note: str
    parameters: tuple[Parameter, ...]
    answers: tuple[tuple[str, str], ...]  # status, schema
    errors: tuple[str, ...]  # statuses


class DocsPage(DocsBase):
    """Lists every operation of the OpenAPI document, with its parameters, body and answers."""

    def render_page(self, request: HttpRequest, api: NinjaAPI, **kwargs: Any) -> HttpResponse:
        document = api.get_openapi_schema()
        operations = [
            _operation(method.upper(), path, details, document)
            for path, methods in sorted(document["paths"].items())
            for method, details in sorted(methods.items())
        ]
        context = {"operations": operations, "address": self.get_openapi_url(api, kwargs), "version": api.version}
        return render(request, "api/docs.html", context)


def _operation(method: str, path: str, details: Json, document: Json) -> Operation:
    given = [
        Parameter(
            name=p["name"],
            where={"path": "地址", "query": "查询", "header": "请求头"}[p["in"]],
            kind=_kind(p["schema"], document),
            required=p["required"],
            note=p.get("description", ""),
        )
        for p in details["parameters"]
    ]
    for media in details.get("requestBody", {}).get("content", {}).values():
        given += _fields(_resolved(media["schema"], document), document)
    return Operation(
        method=method,
        path=path,
        summary=details["summary"],
        note=details.get("description", ""),
        parameters=tuple(given),
        answers=tuple((str(s), _answer(found, document)) for s, found in details["responses"].items() if int(s) < 400),
        errors=tuple(str(s) for s in details["responses"] if int(s) >= 400),
    )


def _fields(schema: Json, document: Json) -> list[Parameter]:
    required = schema.get("required", ())
    return [
        Parameter(
            name=name,
            where="内容",
            kind=_kind(found, document),
            required=name in required,
            note=found.get("description", ""),
        )
        for name, found in schema.get("properties", {}).items()
    ]


def _resolved(schema: Json, document: Json) -> Json:
    inner: Json = (schema.get("allOf") or [schema])[0]
    if "$ref" in inner:
        found: Json = document["components"]["schemas"][inner["$ref"].rpartition("/")[2]]
        return found
    return inner


def _kind(schema: Json, document: Json) -> str:
    """A type in a word or two."""
    if "$ref" in schema:
        found = _resolved(schema, document)
        return _kind(found, document) if "enum" in found else str(schema["$ref"]).rpartition("/")[2]
    for many in ("anyOf", "allOf"):
        if many in schema:
            return " | ".join(dict.fromkeys(_kind(s, document) for s in schema[many] if s.get("type") != "null"))
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}), document)}]"
    return str(schema.get("format") or schema.get("type", ""))


def _answer(details: Json, document: Json) -> str:
    for media in details.get("content", {}).values():
        return _kind(media["schema"], document)
    return ""
