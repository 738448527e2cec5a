"""The pages that are measured (页面): what is asked for, by whom, and the same page with one row and with many."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from attrs import frozen
from django.core.signing import get_cookie_signer
from django.db import connection
from django.db.models import Count
from django.test import Client

from sipingtai.access.actor_scope import system_scope
from sipingtai.cases.models import Case
from sipingtai.mechanisms.oversight.models import Inspection
from sipingtai.ops.bench.pages_people import Person, seen_by

LEADERS = ("chief", "leader")
LOOKED_AT = 20  # different cases opened in turn
SEARCHES = (("two", "两字", "路灯"), ("long", "长词", "水泥路破了一个大坑"), ("rare", "少见", "联系人蓝水生"))
_BELOW, _CARDS = ("below", "上下级", "/below"), ("cards", "督办牌", "/cards")
_INSTRUCTIONS, _DUTY = ("instructions", "批示", "/instructions"), ("duty", "值班表", "/duty")
BESIDE: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "dispatcher": (_CARDS,),
    "chief": (_DUTY, ("duty_log", "值班日志", "/duty/log")),
    "leader": (_CARDS, _INSTRUCTIONS),
    "office": (_CARDS, ("explanations", "书面说明", "/explanations")),
    "county": (_BELOW, _CARDS, _INSTRUCTIONS, _DUTY),
    "oversight": (
        ("trace_late", "跟踪超期", "/?queue=late"),
        ("trace_cards", "跟踪督办", "/?queue=cards"),
        ("trace_back", "跟踪退回返工", "/?queue=back"),
        ("trace_inspected", "跟踪正在检查", "/?queue=inspected"),
        _CARDS,
        _INSTRUCTIONS,
        ("inspections", "监督检查", "/oversight/inspections"),
        ("sights", "限知查看", "/oversight/sight"),
        ("records", "问责记录", "/oversight/records"),
        ("reveals", "联系方式查看记录", "/oversight/reveals"),
    ),
}
"""Pages beside queue and lists, by who looks at them: name, label, path."""


@frozen(kw_only=True)
class Page:
    """One page. `paths` are asked for in turn; `few` and `many` are the same page with one row and with a hundred."""

    name: str
    label: str
    person: Person | None
    paths: tuple[str, ...]
    few: str = ""
    many: str = ""
    cookies: tuple[str, ...] = ()  # of visitors without an account: one for each path

    @property
    def measured(self) -> tuple[str, ...]:
        """What statements are counted of."""
        return (self.few, self.many) if self.few else self.paths[:1]

    @property
    def by_program(self) -> bool:
        return self.paths[0].startswith("/api/")

    def requests(self, count: int) -> list[bytes]:
        """So many requests, as bytes."""
        return [self._request(number) for number in range(count)]

    def headers(self, number: int = 0) -> dict[str, str]:
        if self.cookies:
            return {"Cookie": self.cookies[number % len(self.cookies)]}
        assert self.person is not None
        if self.by_program:
            return {"Authorization": f"Bearer {self.person.tokens[number % len(self.person.tokens)]}"}
        return {"Cookie": self.person.cookie}

    def _request(self, number: int) -> bytes:
        head = [f"GET {self.paths[number % len(self.paths)]} HTTP/1.1", "Host: 127.0.0.1"]
        head += [f"{name}: {value}" for name, value in self.headers(number).items()]
        return "\r\n".join([*head, "", ""]).encode("ascii")


def pages(who: Mapping[str, Person]) -> list[Page]:
    """Everything that is measured."""
    found: list[Page] = []

    def add(name: str, label: str, person: Person, *paths: str, few: str = "", many: str = "") -> None:
        found.append(
            Page(
                name=f"{name}_{person.name}",
                label=f"{label}，{person.label}",
                person=person,
                paths=paths,
                few=few,
                many=many,
            )
        )

    for person in who.values():
        numbers = seen_by(person, LOOKED_AT) or ["none"]
        one = f"q={numbers[0]}"
        if person.name == "grid":
            add("tasks", "掌上任务", person, "/field/")
            add("mine", "我的上报", person, "/field/mine/")
        else:
            add("home", "待办", person, "/")
            add("list", "全部列表", person, "/cases", few=f"/cases?{one}", many="/cases")
        for name, label, path in BESIDE.get(person.name, ()):
            add(name, label, person, path)
        if person.name == "oversight" and (largest := _largest_inspection()):
            add("inspection", "一项检查", person, f"/oversight/inspections/{largest}")
        if person.name in LEADERS:
            add("decisions", "待批申请", person, "/decisions")
        if person.name in ("leader", "oversight"):
            continue
        add(
            "api_list",
            "接口列表 100 件",
            person,
            "/api/v1/cases?limit=100",
            few="/api/v1/cases?limit=1",
            many="/api/v1/cases?limit=100",
        )
        if person.name in ("dispatcher", "office"):
            add("case", "事件页", person, *(f"/cases/{number}" for number in numbers))
            add("api_case", "接口事件", person, *(f"/api/v1/cases/{number}" for number in numbers))
        if person.name != "grid":
            for code, label, text in SEARCHES:
                add(f"search_{code}", f"搜索{label}", person, f"/cases?q={quote(text)}")
    found.append(_progress())
    return found


def _largest_inspection() -> int | None:
    """The inspection with the most cases; None where there is none yet."""
    with system_scope("测速"):
        counted = Inspection.objects.annotate(n=Count("cases")).order_by("-n", "-id")
        return counted.values_list("pk", flat=True).first()


def _progress() -> Page:
    """A villager's progress page, with the cookie that the right code leaves."""
    with system_scope("测速"):
        rows = Case.objects.exclude(tracking=None).order_by("-received_at")[:LOOKED_AT]
        digests = [bytes(row.tracking or b"").hex() for row in rows]
    signed = [get_cookie_signer(salt="casevillager.case").sign(digest) for digest in digests]
    return Page(
        name="progress",
        label="群众查进度",
        person=None,
        paths=("/p/progress/",),
        cookies=tuple(f"case={value}" for value in signed),
    )


def statements(page: Page, path: str) -> int:
    """How many statements the page takes, looked up within this process. The first look fills what is kept."""
    client = Client(SERVER_NAME="127.0.0.1")
    client.get(path, headers=page.headers())
    count = 0

    def counted(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal count
        count += not sql.startswith(("SAVEPOINT", "RELEASE"))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(counted):
        client.get(path, headers=page.headers())
    return count
