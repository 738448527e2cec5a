"""The people of townships, each at a browser of their own, over real HTTP."""

import io
import re

from attrs import define, field
from PIL import Image

from sipingtai.core.case import Case
from sipingtai.org.models import PostHolding
from tests.acceptance.visitor import Page, Visitor
from tests.township import Township


@define
class People:
    """Browsers by account name, opened and signed in on first use, and kept."""

    base: str
    township: Township
    _open: dict[str, Visitor] = field(factory=dict)

    def __call__(self, username: str) -> Visitor:
        if username not in self._open:
            self._open[username] = Visitor(self.base).sign_in(username, self.township.passwords[username])
        return self._open[username]

    def villager(self) -> Visitor:
        return Visitor(self.base)

    def handler(self, office: str) -> str:
        """An account that handles at an office, by the office's code."""
        return self._holder(office, "handler")

    def grid(self, code: str) -> str:
        """The account of a grid's worker, by the grid's code."""
        return self._holder(code, "grid-worker")

    def station(self, village: str) -> str:
        """The account of a village station, by the village's code."""
        return self._holder(f"{village}-工作站", "station")

    def _holder(self, unit: str, post: str) -> str:
        found = PostHolding.objects.filter(unit__code=unit, post=post, substitute_for=None)
        names = found.values_list("account__username", flat=True).order_by("account__username")
        assert names, (unit, post)
        return names[0]

    def unit(self, code: str) -> str:
        return str(self.township.unit(code))

    def case(self, number: str) -> Case:
        return self.township.numbered(number)

    def done(self, page: Page) -> Page:
        """A move that went through: redirected to a page, no refusal."""
        assert page.status == 200, (page.status, page.words)
        return page

    def written_down(self, text: str, category: str, *, by: str, area: str, channel: str = "department") -> str:
        """A matter the command room writes down; returns its number."""
        asked = {"channel": channel, "text": text, "category": category, "urgency": "normal", "area": area}
        page = self(by).post("/new", self(by).get("/new").form("") | asked)
        assert page.status == 200, page.words
        return number_on(page)


def number_on(page: Page) -> str:
    """The number a page tells."""
    found = re.search(r"\b\d{6}(?:\d{3})?-\d{8}-\d{6}\b", page.text)
    assert found, page.words
    return found[0]


def report_as_villager(villager: Visitor, township: str, village: str, text: str, *, about: str = "") -> str:
    """Report on /p/ without an account, and look the progress up by the code; returns the number."""
    path = f"/p/report/{township}/"
    fields = villager.get(path).form("") | {"text": text, "village": village}
    if about:
        fields |= {"about": "on", "office": about}
    page = villager.post(path, fields)
    assert page.status == 200, page.words
    assert re.search(r"[0-9A-Z]{4}(?:-[0-9A-Z]{4}){3}", page.text), page.words
    villager.post("/p/query/", page.form("/p/query/"))
    return number_on(page)


def rate(villager: Visitor, *, satisfied: bool, reason: str = "") -> None:
    path = "/p/progress/rate/"
    form = villager.get("/p/progress/").form(path)
    page = villager.post(path, form | {"verdict": "yes" if satisfied else "no", "reason": reason})
    assert page.status == 200, page.words


def a_photo() -> bytes:
    found = io.BytesIO()
    Image.new("RGB", (64, 48), "olive").save(found, "JPEG")
    return found.getvalue()
