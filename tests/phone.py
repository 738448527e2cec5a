"""A phone's browser for tests: 360×640, and whatever the page complains about."""

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Page

# Everything a finger presses, as far as it shows. Links within running text and lines of a story are read, not pressed.
TARGETS = (
    ".btn:not(.btn-small), input:not([type=hidden], [type=checkbox], [type=radio]), select, textarea, summary, .choice,"
    " .line, .chip, .check"
)


@contextmanager
def phone(browser: Browser, theme: str = "light") -> Iterator[tuple[Page, list[str]]]:
    """A page and the list its complaints go to: console, script errors, the content security policy, failed loads."""
    context = browser.new_context(
        viewport={"width": 360, "height": 640},
        color_scheme="dark" if theme == "dark" else "light",
        permissions=["geolocation"],
        geolocation={"longitude": 119.5, "latitude": 28.1},
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    yield page, complaints
    context.close()


def fits(page: Page) -> bool:
    """Whether nothing is wider than the screen and everything a finger presses is at least 48 pixels high."""
    page.wait_for_load_state()  # before the sheet is there, everything is small
    small = page.evaluate(
        """targets => [...document.querySelectorAll(targets)]
            .filter(e => e.checkVisibility() && e.offsetWidth > 1)
            .filter(e => !e.closest('.visually-hidden, .skip, .flash, .photos'))
            .filter(e => e.getBoundingClientRect().height < 47.5).map(e => e.outerHTML.slice(0, 90))""",
        TARGETS,
    )
    assert small == [], small
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))
