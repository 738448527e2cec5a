"""The people of a township, each at a browser of their own, over real HTTP."""

import re
from collections.abc import Callable

import pytest
from attrs import define, field
from pytest_django.live_server_helper import LiveServer

from sipingtai.core.case import Case
from sipingtai.org.models import PostHolding
from tests.acceptance.visitor import Page, Visitor
from tests.township import Township


@define
class People:
    """Browsers by account name, opened and signed in on first use."""

    base: str
    wuxi: Township
    _open: dict[str, Visitor] = field(factory=dict)

    def __call__(self, username: str) -> Visitor:
        if username not in self._open:
            self._open[username] = Visitor(self.base).sign_in(username, self.wuxi.passwords[username])
        return self._open[username]

    def villager(self) -> Visitor:
        return Visitor(self.base)

    def handler(self, office: str) -> str:
        """An account that handles at an office, by the office's code."""
        return (
            PostHolding.objects.filter(unit__code=office, post="handler", substitute_for=None)
            .values_list("account__username", flat=True)
            .order_by("account__username")[0]
        )

    def grid(self, code: str) -> str:
        """The account of a grid's worker, by the grid's code."""
        found = PostHolding.objects.filter(unit__code=code, post="grid-worker", substitute_for=None)
        return found.values_list("account__username", flat=True)[0]

    def unit(self, code: str) -> str:
        return str(self.wuxi.unit(code))

    def case(self, number: str) -> Case:
        return self.wuxi.numbered(number)

    def written_down(self, text: str, category: str, *, by: str = "331125201-intake", **fields: str) -> str:
        """A matter the command room writes down; returns its number."""
        form = self(by).get("/new").form("")
        asked = {
            "channel": "department",
            "text": text,
            "category": category,
            "urgency": "normal",
            "area": "331125201200001",
        }
        asked |= fields
        page = self(by).post("/new", form | asked)
        assert page.status == 200, page.words
        found = re.search(r"\d{9}-\d{8}-\d{6}", page.text)
        assert found, page.words
        return found[0]

    def done(self, page: Page) -> Page:
        """A move that went through: redirected to a page, no refusal."""
        assert page.status == 200, (page.status, page.words)
        return page


@pytest.fixture
def people(wuxi: Township, live_server: LiveServer) -> People:
    return People(live_server.url, wuxi)


@pytest.fixture
def through_two_hops(people: People) -> Callable[..., Visitor]:
    """Accept, dispatch to a platform, forward to an office, sign: returns whoever handles it now."""

    def go(number: str, platform: str, office: str, head: str, assists: tuple[str, ...] = ()) -> Visitor:
        if people.case(number).stage == "reported":
            people.done(people("331125201-intake").move(number, "accept"))
        room = people("331125201-dispatcher")
        others = [people.unit(code) for code in assists]
        people.done(room.move(number, "dispatch", to=people.unit(platform), assists=others))
        people.done(people(head).move(number, "forward", to=people.unit(office)))
        handler = people(people.handler(office))
        people.done(handler.move(number, "sign"))
        return handler

    return go
