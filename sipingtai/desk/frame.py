"""What stands around every page of the desk: who asks, where, and what waits for them."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from sipingtai.core.posts import Post
from sipingtai.core.setting import UnitKind
from sipingtai.desk.around import Around, around
from sipingtai.desk.move_words import KEYS
from sipingtai.desk.reach import title_for
from sipingtai.desk.writing_down import channels
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.faces.signed_out import to_sign_in
from sipingtai.loop.errors import NotFound
from sipingtai.loop.reading.places import Names, names
from sipingtai.mechanisms.oversight.standing import looks_on

P = ParamSpec("P")


def staff(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A view for people signed in. What is not there and what one may not see are the same 404; nothing is cached."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return to_sign_in(request)
        try:
            response = view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(error.message) from error
        if "Desk-Renews" in request.headers:
            unprolonged(request)
        response.setdefault("Cache-Control", "private, no-store")
        return response

    return guarded


def unprolonged(request: HttpRequest) -> None:
    """What the page asks by itself is no sign that somebody sits before it: the session ends when its time has come.

    Without a session on the request, the middleware that saves one has nothing to prolong.
    """
    del request.session


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def asker_names(asker: Asker) -> Names:
    """Names of areas and categories as they are on the asker's day."""
    return names(asker.setting, asker.now.date())


def where(asker: Asker) -> str:
    """The place and the unit the asker works for: 雾溪畲族乡 · 综合指挥室."""
    units = [asker.setting.units[u] for u in sorted(asker.actor.units) if u in asker.setting.units]
    if not units:
        return ""
    # A command room's people sit at platforms as well; the room is what they are known by.
    first = min(units, key=lambda u: (u.kind is not UnitKind.COMMAND, u.id))
    place = asker_names(asker).areas.get(first.area, "")
    return first.name if first.name.startswith(place) else f"{place} · {first.name}"


def posts(asker: Asker) -> str:
    """The asker's posts in words, substitutes marked."""
    own = {seat.post for seat in asker.actor.seats}
    lent = {seat.post for seat in asker.actor.substitute} - own
    order = list(Post)
    words = [p.label for p in sorted(own, key=order.index)]
    return "、".join(words + [f"{p.label}（代）" for p in sorted(lent, key=order.index)])


def move_keys() -> list[tuple[str, str]]:
    """The keys of the moves with what they do, for the page that lists them all."""
    found: dict[str, list[str]] = {}
    for action, key in KEYS.items():
        found.setdefault(key, []).append(action.label)
    return [(key, "、".join(labels)) for key, labels in sorted(found.items())]


def page(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    found: Around | None = None,
    current: str = "",
    status: int = 200,
) -> HttpResponse:
    """A whole page in the desk's frame, with what was found around it beforehand.

    `current` is the queue or view that is marked in the navigation.
    """
    asker = asker_of(request)
    found = found or around(asker)
    framed = {
        "where": where(asker),
        "posts": posts(asker),
        "account": asker.account,
        "since": found.since,
        "shelves": found.shelves,
        "views": found.views,
        "move_keys": move_keys(),
        "registers": bool(channels(asker.actor)),
        "here": request.GET.urlencode(),
        "below": title_for(asker),
        "current": current,
        "looks_on": looks_on(asker.standing),
        "only_looks_on": looks_on(asker.standing) and not asker.standing.units,
        **context,
    }
    return render(request, template, framed, status=status)
