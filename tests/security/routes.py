"""Every address of the system, and who gets in: written by hand. An address that is not here fails the test."""

from collections.abc import Iterator
from enum import Enum

from attrs import frozen
from django.urls import URLPattern, URLResolver, get_resolver


class Door(Enum):
    """Who gets in."""

    OPEN = "anybody"
    STAFF = "whoever is signed in; what they find there is theirs"
    CASE = "whoever sees the case that the address names; for others there is no such address"
    TOKEN = "a program with a token of the scope"
    CODE = "a villager who typed the tracking code"
    DEMO = "nobody outside a demo: not even the address is there"
    NOTHING = "there is nothing, for anybody"


@frozen
class Route:
    """One address: who gets in, by which methods, and the scope that a token needs."""

    door: Door
    methods: tuple[str, ...] = ("GET",)
    scopes: tuple[str, ...] = ()


GET, POST, BOTH = ("GET",), ("POST",), ("GET", "POST")
_READ, _WRITE, _REPORT = ("cases:read",), ("cases:write",), ("cases:write", "cases:report")
ROUTES: dict[str, Route] = {
    "healthz": Route(Door.OPEN),
    "metrics": Route(Door.NOTHING),  # but for this machine and its monitoring: tests/config/test_metrics.py
    # The program face. A session opens nothing here.
    "api/v1/": Route(Door.NOTHING, BOTH),
    "api/v1/openapi.json": Route(Door.OPEN),
    "api/v1/docs": Route(Door.OPEN),
    "api/v1/cases": Route(Door.TOKEN, BOTH, _READ),  # POST: see test_a_scope_opens_what_it_names
    "api/v1/cases/<number>": Route(Door.TOKEN, GET, _READ),
    "api/v1/cases/<number>/journal": Route(Door.TOKEN, GET, _READ),
    "api/v1/cases/<number>/<action>": Route(Door.TOKEN, POST, _WRITE),
    "api/v1/files": Route(Door.TOKEN, POST, _REPORT),
    # The phone
    "field/": Route(Door.STAFF),
    "field/mine/": Route(Door.STAFF),
    "field/report/": Route(Door.STAFF, BOTH),
    "field/suggest/": Route(Door.STAFF, POST),
    "field/case/<str:number>/": Route(Door.CASE),
    "field/case/<str:number>/<str:name>/": Route(Door.CASE, POST),
    "field/file/<str:file_id>/": Route(Door.CASE),
    # The villager: no number and no code in any address
    "p/": Route(Door.OPEN),
    "p/report/": Route(Door.OPEN),
    "p/report/<str:area>/": Route(Door.OPEN, BOTH),
    "p/receipt/": Route(Door.CODE),
    "p/query/": Route(Door.OPEN, BOTH),
    "p/progress/": Route(Door.CODE),
    "p/progress/leave/": Route(Door.OPEN, POST),
    "p/progress/<str:name>/": Route(Door.CODE, POST),
    "p/file/<str:file_id>/": Route(Door.CODE),
    "demo/": Route(Door.DEMO),
    "demo/sign-in/": Route(Door.DEMO, POST),
    # Signing in and out, one's own account
    "sign-in/": Route(Door.OPEN, BOTH),
    "sign-in/code/": Route(Door.STAFF, BOTH),  # after the password
    "sign-out/": Route(Door.STAFF, POST),
    "account/password/": Route(Door.STAFF, BOTH),
    "account/confirm/": Route(Door.STAFF, BOTH),
    "account/confirm/code/": Route(Door.STAFF, BOTH),
    "account/second-factor/": Route(Door.STAFF),
    "account/second-factor/activate/": Route(Door.STAFF, BOTH),
    "account/second-factor/deactivate/": Route(Door.STAFF, BOTH),
    # The desk
    "": Route(Door.STAFF),
    "cases": Route(Door.STAFF),
    "live": Route(Door.STAFF),
    "live/refresh": Route(Door.STAFF, POST),
    "views": Route(Door.STAFF, POST),
    "views/<int:view>/<str:what>": Route(Door.STAFF, POST),
    "batch/<str:action>": Route(Door.STAFF, POST),
    "batch/<str:action>/one": Route(Door.STAFF, POST),
    "decisions": Route(Door.STAFF),
    "decisions/sight/<int:grant>/<str:what>": Route(Door.STAFF, POST),
    "decisions/<str:number>/<str:action>": Route(Door.CASE, POST),
    "explanations": Route(Door.STAFF),
    "explanations/<int:one>": Route(Door.STAFF, POST),
    "oversight/sight": Route(Door.STAFF, BOTH),
    "oversight/sight/<int:grant>/end": Route(Door.STAFF, POST),
    "oversight/inspections": Route(Door.STAFF),
    "oversight/inspections/new": Route(Door.STAFF, BOTH),
    "oversight/inspections/<int:one>": Route(Door.STAFF),
    "oversight/inspections/<int:one>/<str:what>": Route(Door.STAFF, POST),
    "oversight/records": Route(Door.STAFF),
    "oversight/records/new": Route(Door.STAFF, BOTH),
    "oversight/reveals": Route(Door.STAFF),
    "below": Route(Door.STAFF),
    "grids": Route(Door.STAFF),
    "duty": Route(Door.STAFF),
    "duty/<str:what>": Route(Door.STAFF, POST),
    "duty/log": Route(Door.STAFF),
    "duty/log/<str:what>": Route(Door.STAFF, POST),
    "cards": Route(Door.STAFF),
    "cards/<str:number>/<str:action>": Route(Door.CASE, POST),
    "instructions": Route(Door.STAFF),
    "new": Route(Door.STAFF, BOTH),
    "new/category": Route(Door.STAFF, POST),
    "cases/<str:number>": Route(Door.CASE),
    "cases/<str:number>/since": Route(Door.CASE),
    "cases/<str:number>/inspect": Route(Door.CASE, POST),
    "cases/<str:number>/note": Route(Door.CASE, POST),
    "cases/<str:number>/contact": Route(Door.CASE, POST),
    "cases/<str:number>/files/<uuid:file>": Route(Door.CASE),
    "cases/<str:number>/files/<uuid:file>/small": Route(Door.CASE),
    "cases/<str:number>/<str:action>": Route(Door.CASE, BOTH),
}


def served() -> set[str]:
    """The addresses the URL configuration really answers."""
    return set(_walk(get_resolver(), ""))


def _walk(resolver: URLResolver, before: str) -> Iterator[str]:
    for found in resolver.url_patterns:
        if isinstance(found, URLResolver):
            yield from _walk(found, before + str(found.pattern))
        elif isinstance(found, URLPattern):
            yield before + str(found.pattern)


def address(route: str, number: str, file: str) -> str:
    """The route with something in its gaps."""
    filled = {
        "<str:number>": number, "<number>": number, "<uuid:file>": file, "<str:file_id>": file,
        "<str:area>": "331125201", "<int:view>": "1", "<str:what>": "up", "<int:one>": "1", "<int:grant>": "1",
        "<action>": "accept",
        "<str:action>": "accept", "<str:name>": "accept" if route.startswith("field/") else "withdraw",
    }  # fmt: skip
    for gap, value in filled.items():
        route = route.replace(gap, value)
    return f"/{route}"
