"""What stands around every page of the desk: who asks, where, and what waits for them."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from attrs import frozen
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from sipingtai.core.posts import Post
from sipingtai.core.setting import UnitKind
from sipingtai.desk import saved
from sipingtai.desk.letters import Letter, letters
from sipingtai.desk.move_words import KEYS
from sipingtai.desk.overview import FOLLOWED, overview
from sipingtai.desk.reach import title_for
from sipingtai.desk.trace import traced
from sipingtai.desk.writing_down import channels
from sipingtai.faces.asker import Asker, asker_of
from sipingtai.loop.errors import NotFound
from sipingtai.loop.reading.places import Names, names
from sipingtai.loop.reading.queues import MOST, Queue, counts, queues
from sipingtai.mechanisms.oversight.standing import looks_on

P = ParamSpec("P")
HOT = frozenset({"returning", "overdue"})  # queues whose count is shown as pressing


# The second letter after `g` that leads to a queue: the key of the move one makes there, as far as there is one.
LETTERS: Mapping[str, str] = {
    "reported": "a", "accepted": "d", "forward": "f", "sign": "s", "handling": "b", "assist": "x", "returning": "t",
    "asked": "e", "finished": "v", "grid": "r", "verified": "o", "waiting": "p", "awaited": "w", "overdue": "c",
    "soon": "y", "sent": "i", "inhand": "h", "carded": "u",
}  # fmt: skip


@frozen(kw_only=True)
class Shelf:
    """One line of the navigation: a queue and how many wait in it."""

    queue: Queue
    count: int
    hot: bool
    followed: bool  # others work on it; one sees that they do
    letter: str
    address: str = ""  # where it is no list of cases: its own page

    @property
    def shown(self) -> str:
        """As far as it is counted: 12, 99+."""
        return str(self.count) if self.count <= MOST else f"{MOST}+"


def staff(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[..., HttpResponseBase]:
    """A view for people signed in. What is not there and what one may not see are the same 404; nothing is cached."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return _sign_in(request)
        try:
            response = view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404(error.message) from error
        response.setdefault("Cache-Control", "private, no-store")
        return response

    return guarded


def _sign_in(request: HttpRequest) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": reverse("account_login")})
    return redirect_to_login(request.get_full_path())


def unprolonged(request: HttpRequest) -> None:
    """What the page asks by itself is no sign that somebody sits before it: the session ends when its time has come.

    Without a session on the request, the middleware that saves one has nothing to prolong.
    """
    del request.session


def journal_end() -> str:
    """Where the journal ends now, for the desk's first question whether anything has changed: one short statement.

    To be read before what the page shows, so that nothing falls between the two.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT newest || '-' || present FROM desk_news(0, 0)")
        found = cursor.fetchone()
    return str(found[0]) if found else "0-0"


def is_partial(request: HttpRequest) -> bool:
    """Whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def asker_names(asker: Asker) -> Names:
    """Names of areas and categories as they are on the asker's day."""
    return names(asker.setting, asker.now.date())


def waiting(asker: Asker) -> tuple[Shelf, ...]:
    """The asker's queues with their counts: one statement."""
    own, others = queues(asker.actor, asker.setting, asker.now), overview(asker.actor, asker.setting)
    if looks_on(asker.standing):
        own, others = own if asker.standing.units else (), traced(asker.actor, asker.setting, asker.now)
    posted = letters(asker)
    numbers = counts(own + others, {letter.code: letter.rows for letter in posted})
    followed = FOLLOWED | {queue.code for queue in others}
    shelves = tuple(
        Shelf(
            queue=queue,
            count=numbers[queue.code],
            hot=bool(queue.code in HOT and numbers[queue.code]),
            followed=queue.code in followed and bool(others),
            letter=LETTERS.get(queue.code, ""),
        )
        for queue in sorted(own + others, key=lambda q: _ORDER.get(q.code, 0))
    )
    return shelves + tuple(_posted(letter, numbers[letter.code]) for letter in posted)


def _posted(letter: Letter, count: int) -> Shelf:
    nothing = Queue(code=letter.code, label=letter.label, where=Q(pk__in=()))
    return Shelf(queue=nothing, count=count, hot=count > 0, followed=False, letter="", address=letter.address)


# Others' work first, in the order of the loop; then what stands still, what is late, what has a card.
_ORDER = {code: no for no, code in enumerate(("sent", "inhand", "waiting", "awaited", "carded", "soon", "overdue"), 1)}


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
    request: HttpRequest, template: str, context: Mapping[str, Any], *, current: str = "", status: int = 200
) -> HttpResponse:
    """A whole page in the desk's frame. `current` is the queue or view that is marked in the navigation."""
    asker = asker_of(request)
    since = context.get("since") or journal_end()
    shelves = context.get("shelves") or waiting(asker)
    framed = {
        "where": where(asker),
        "posts": posts(asker),
        "account": asker.account,
        "since": since,
        "shelves": shelves,
        "views": saved.own(asker.account.pk),
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
