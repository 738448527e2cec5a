"""Clerks before real screens: signed in, their browser's complaints kept, and what moves by itself measured."""

from pathlib import Path
from typing import Any

from attrs import field, frozen
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page

from tests.township import Township

AXE = Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js"
SCREEN = (1366, 768)
WIDE = (1920, 1080)

# Collected from the moment it runs; what a press of a key or a click moves is not counted, as the standard has it.
_WATCH_SHIFTS = """() => { window.shifts = 0; new PerformanceObserver(list => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifts += entry.value;
}).observe({ type: 'layout-shift', buffered: false }); }"""


@frozen
class Screen:
    page: Page
    server: str
    complaints: list[str] = field(factory=list)

    def go(self, address: str) -> None:
        self.page.goto(f"{self.server}{address}")

    def watch_shifts(self) -> None:
        self.page.evaluate(_WATCH_SHIFTS)

    def shifts(self) -> float:
        return float(self.page.evaluate("window.shifts"))

    def count(self, queue: str) -> str:
        return self.page.locator(f"#count-{queue}").inner_text()

    def barriers(self) -> list[str]:
        """What axe-core finds against WCAG 2.1 A and AA; evaluated by the debugger, as the policy lets no script in."""
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE.read_text("utf-8"))
        asked = "() => axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa']})"
        found: dict[str, Any] = self.page.evaluate(asked)
        return [f"{v['id']}: {node['html'][:160]}" for v in found["violations"] for node in v["nodes"]]


def screen(
    browser: Browser, server: str, wuxi: Township, account: str, *, size: tuple[int, int] = SCREEN, theme: str = "light"
) -> Screen:
    """Somebody's own browser, signed in."""
    client = Client()
    client.force_login(wuxi.account(account))
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        locale="zh-CN",
        color_scheme=theme,  # type: ignore[arg-type]
    )
    name = settings.SESSION_COOKIE_NAME
    context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": server}])
    page = context.new_page()
    page.set_default_timeout(8_000)
    made = Screen(page, server)
    page.on("console", lambda line: made.complaints.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: made.complaints.append(str(error)))
    return made
