"""Every page there is, light and dark: nothing bars anybody's way, and the keyboard alone reaches everything.

The pages are read from the addresses the system answers, so that a new one is looked at without being listed here.
"""

from collections.abc import Iterable

import pytest
from playwright.sync_api import Browser

from sipingtai.core.actions import Action as A
from sipingtai.core.case import Colour
from tests.desk.browsing import SCREEN, Screen, screen
from tests.desk.test_decisions import asking_for_time
from tests.desk.test_flows import INTAKE, with_office
from tests.security.routes import ROUTES, Door, served
from tests.township import Township

pytestmark = pytest.mark.django_db(transaction=True)

HEAD, CHIEF = "331125201-room-head", "331125201-chief"
# Colours are the same for everybody: in the dark it is enough to look at each page once.
AT_DESKS = {"light": (HEAD, CHIEF, "331125-dispatcher", "331125201-oversight"), "dark": (CHIEF, "331125201-oversight")}
GRID_WORKER = "331125201-grid-01"
PHONE = (360, 740)
ASKED_BY_SCRIPTS = {"live", "metrics", "healthz", "api/v1/", "api/v1/openapi.json"}  # no pages

# Everything a mouse can work: what the browser makes workable by itself, and what our scripts and htmx listen to.
_WORKABLE = """() => {
  const native = 'a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]';
  window.found = [...document.querySelectorAll(native + ', [hx-get], [hx-post], [data-key], [data-opens]')]
    .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled)
    .filter(e => !e.closest('[inert], dialog:not([open])') && e.tagName !== 'FORM');
  return window.found.filter(e => e.tabIndex < 0 && !e.hasAttribute('tabindex')).map(e => e.outerHTML.slice(0, 120));
}"""
_UNREACHED = """() => {
  const radios = new Set();
  return window.found.filter(e => e.tabIndex >= 0 && !e.dataset.reached).filter(e => {
    if (e.type !== 'radio') return true;  // the arrows walk within a group
    const group = [...document.querySelectorAll(`input[type=radio][name="${e.name}"]`)];
    return !group.some(other => other.dataset.reached);
  }).map(e => e.outerHTML.slice(0, 120));
}"""
# Reached is marked; a focus that cannot be seen is told. The ring may stand on what is drawn in the element's place.
_MARK = """() => {
  const ring = s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) > 0 || s.boxShadow !== 'none';
  const mark = e => {
    e.dataset.reached = '1';
    const drawn = [e, ...(e.labels ?? []), e.nextElementSibling, ...(e.closest('label')?.children ?? [])];
    const seen = drawn.some(d => d && ring(getComputedStyle(d))) || ring(getComputedStyle(e, '::after'));
    if (!seen) (window.unseen ??= []).push(e.outerHTML.slice(0, 120));
  };
  if (document.activeElement !== document.body) document.activeElement.dataset.reached = '1';
  document.addEventListener('focusin', event => mark(event.target));
}"""


@pytest.fixture
def worked(wuxi: Township) -> list[str]:
    """Cases that fill the pages: one new, one in an office's hands with a card and an instruction, one asked for."""
    new = wuxi.report("第一盏路灯不亮。", by=INTAKE, category="17002").number
    carded, number, _ = with_office(wuxi)
    wuxi.act(CHIEF, carded, A.SUPERVISE, colour=Colour.RED, reason="群众多次反映。")
    wuxi.act(CHIEF, carded, A.INSTRUCT, text="请今天办结。")
    return [new, number, asking_for_time(wuxi)[1]]


def pages(face: str) -> Iterable[str]:
    """The addresses of a face that show a page by themselves: nothing to fill in, asked for with GET."""
    for route in sorted(served()):
        if "<" in route or route in ASKED_BY_SCRIPTS or "GET" not in ROUTES[route].methods:
            continue
        top = route.split("/")[0]
        here = {"p": "villager", "field": "field", "account": "account", "sign-in": "villager"}.get(top, "desk")
        if here == face and ROUTES[route].door in {Door.STAFF, Door.OPEN}:
            yield f"/{route}"


def unreached(desk: Screen) -> list[str]:
    """What the keyboard alone does not reach on the page that is open, and where one does not see that it did."""
    page = desk.page
    wrong = [f"no keyboard: {html}" for html in page.evaluate(_WORKABLE)]
    page.evaluate(_MARK)
    for _ in range(4):  # a field of a date is several stops, and a list may still be growing
        for _ in range(page.evaluate("window.found.length")):
            page.keyboard.press("Tab")
        if not page.evaluate(_UNREACHED):
            break
    wrong += [f"not reached: {html}" for html in page.evaluate(_UNREACHED)]
    return wrong + [f"focus unseen: {html}" for html in page.evaluate("window.unseen ?? []")]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_on_any_page_of_the_desk_bars_anybody_s_way(
    live_server, chromium: Browser, wuxi: Township, worked: list[str], theme: str
) -> None:
    wrong = []
    for account in AT_DESKS[theme]:
        desk = screen(chromium, live_server.url, wuxi, account, theme=theme)
        own = [f"/cases/{number}" for number in worked] if account == CHIEF else []
        for address in [*pages("desk"), *own]:
            desk.go(address)
            wrong += [f"{account} {address}: {barrier}" for barrier in desk.barriers()]
        assert "Content Security Policy" not in " ".join(desk.complaints)
    assert not wrong, "\n".join(wrong)


def test_the_keyboard_alone_reaches_all_of_every_page_of_the_desk(
    live_server, chromium: Browser, wuxi: Township, worked: list[str]
) -> None:
    desk = screen(chromium, live_server.url, wuxi, HEAD)
    wrong = []
    for address in [*pages("desk"), *(f"/cases/{number}" for number in worked)]:
        desk.go(address)
        wrong += [f"{address}: {what}" for what in unreached(desk)]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_nothing_on_any_other_page_bars_anybody_s_way(
    live_server, chromium: Browser, wuxi: Township, theme: str
) -> None:
    wuxi.report("井盖松动。", by=GRID_WORKER, category="17002")
    wrong = []
    for face, size in (("field", PHONE), ("account", SCREEN), ("villager", PHONE)):
        desk = screen(chromium, live_server.url, wuxi, GRID_WORKER, theme=theme, size=size)
        if face == "villager":
            desk.page.context.clear_cookies()
        addresses = [*pages(face), *(["/p/report/331125201/"] if face == "villager" else [])]
        for address in addresses:
            desk.go(address)
            wrong += [f"{address}: {barrier}" for barrier in desk.barriers()]
            wrong += [f"{address}: {what}" for what in (unreached(desk) if theme == "light" else [])]
        assert "Content Security Policy" not in " ".join(desk.complaints)
    assert not wrong, "\n".join(wrong)
