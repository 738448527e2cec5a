"""What an open desk asks every few seconds: has anything changed, who else is here. Then: what has.

The question is one statement and mostly answered by 304. Only a changed answer makes the desk fetch counts and rows.
It is asked by the page and not by the clerk: it does not prolong the session.
"""

import hashlib
import json
from typing import Any

from attrs import asdict, frozen
from django.db import connection
from django.db.models import Q
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from sipingtai.access.models import Account
from sipingtai.cases.models import Step
from sipingtai.core.actions import Action
from sipingtai.core.calendar import local
from sipingtai.desk import presence
from sipingtai.desk.around import around
from sipingtai.desk.frame import staff, unprolonged
from sipingtai.desk.lists import address_of, bench_of, listing
from sipingtai.desk.rows import entries
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.reading.page import PARTIES, find, unit_name

MOST_ROWS = 200  # rows of a list that are kept up to date; what lies further down is read anew when one gets there
MOST_NEW = 99

ASK = """
    SELECT n.newest, n.present, n.changed, (SELECT steps FROM cases_case WHERE id = %(case)s),
        (SELECT json_agg(json_build_array(p.account, a.display_name, p.since, p.seen, p.writing))
         FROM desk_presence p JOIN access_account a ON a.id = p.account WHERE p."case" = %(case)s)
    FROM desk_news(%(since)s, %(counted)s) n
"""


@frozen(kw_only=True)
class News:
    """The answer: where the journal's end is now, whether anything concerns the asker, how the open case stands."""

    since: str  # to be sent with the next question
    changed: bool
    steps: int | None  # of the open case; None where none is open, or it is no longer in sight
    others: tuple[presence.Other, ...]


@staff
@require_GET
def ask(request: HttpRequest) -> HttpResponse:
    """304 when the asker knows it already."""
    asker = asker_of(request)
    case = _number(request.GET.get("case"))
    news = look(asker, request.GET.get("since", ""), case, writing=request.GET.get("writing") == "1")
    tag = f'"{hashlib.blake2b(repr(news).encode(), digest_size=9).hexdigest()}"'
    if request.headers.get("If-None-Match") == tag and not news.changed:
        answer = HttpResponse(status=304)
    else:
        answer = JsonResponse(asdict(news), json_dumps_params={"ensure_ascii": False})
    answer["ETag"] = tag
    unprolonged(request)
    return answer


def look(asker: Asker, since: str, case: int, *, writing: bool = False) -> News:
    """One statement; every second time another, which says that the asker is here."""
    newest, _, present = since.partition("-")
    with connection.cursor() as cursor:
        cursor.execute(ASK, {"case": case, "since": _number(newest), "counted": _number(present)})
        found: tuple[Any, ...] = cursor.fetchone() or (0, 0, True, None, None)
    rows = json.loads(found[4]) if isinstance(found[4], str) else found[4]
    others, here = presence.others(rows, asker.account.pk, asker.now)
    told = next((bool(row[4]) for row in rows or () if row[0] == asker.account.pk), None)
    if found[3] is not None and not (here and told == writing):
        presence.come(case, asker.account.pk, asker.now, writing=writing)
    return News(since=f"{found[0]}-{found[1]}", changed=bool(found[2]), steps=found[3], others=others)


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 19 else 0


@staff
@require_POST
def refresh(request: HttpRequest) -> HttpResponse:
    """Counts, and what has changed in the rows shown: those that say something else now, those gone, how many are new.

    `shown` names the rows as id:mark in their order; `all` tells that the list ends with them.
    """
    asker = asker_of(request)
    unprolonged(request)
    shelves = around(asker).shelves
    shown = _shown(request.POST.get("shown", ""))
    context: dict[str, Any] = {"shelves": shelves}
    if request.POST.get("list") == "1":
        bench = bench_of(asker, shelves, address_of(request))
        listed = listing(asker, bench, size=len(shown) + MOST_NEW)
        ids = [line.id for line in listed.lines]
        found = dict(zip(ids, entries(listed.lines, asker, bench), strict=True))
        missing = [pk for pk in shown if pk not in found]
        if missing and listed.next:  # perhaps they only lie further down now
            rest = listing(asker, bench, size=len(missing), only=Q(pk__in=missing)).lines
            found |= zip((line.id for line in rest), entries(rest, asker, bench), strict=True)
        last = max((no for no, pk in enumerate(ids) if pk in shown), default=-1)
        before = ids if request.POST.get("all") == "1" else ids[: last + 1] or ids
        context |= {
            "bench": bench,
            "entries": [found[pk] for pk, mark in shown.items() if pk in found and found[pk].mark != mark],
            "gone": ",".join(str(pk) for pk in shown if pk not in found),
            "fresh": min(MOST_NEW, sum(pk not in shown for pk in before)),
        }
    return render(request, "desk/parts/news.html", context)


def _shown(text: str) -> dict[int, str]:
    pairs = [part.partition(":") for part in text.split(",")[:MOST_ROWS] if part]
    return {_number(pk): mark[:8] for pk, _, mark in pairs if _number(pk)}


@staff
@require_GET
def since(request: HttpRequest, number: str) -> HttpResponse:
    """What happened to a case after the version somebody looks at, by whom: one sentence."""
    asker = asker_of(request)
    row = find(number)
    seen = _number(request.GET.get("seen"))
    return render(request, "desk/parts/changed.html", {"number": row.number, "happened": happened(asker, row.pk, seen)})


def happened(asker: Asker, case: int, seen: int) -> tuple[str, ...]:
    """The steps after `seen` as 10:32 综合执法平台 李四 签收, newest last: two statements."""
    steps = list(Step.objects.filter(case=case, no__gt=seen).order_by("no").defer("body", "link")[:5])
    people = {s.account for s in steps if s.account}
    names = dict(Account.objects.filter(pk__in=people).values_list("pk", "display_name")) if people else {}
    return tuple(
        " ".join(
            word
            for word in (
                f"{local(s.at):%H:%M}",
                unit_name(asker.setting, s.unit),
                names.get(s.account or 0, "") or PARTIES[s.actor_kind],
                f"“{Action(s.action).label}”",
            )
            if word
        )
        for s in steps
    )
