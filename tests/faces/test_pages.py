"""The base templates and parts in a real browser, under the real content security policy."""

import pytest
from playwright.sync_api import Browser, Page

SCREENS = {"desk": (1366, 768), "field": (360, 640), "public": (360, 640)}

pytestmark = pytest.mark.parametrize("theme", ["light", "dark"])


def _open(browser: Browser, address: str, theme: str, size: tuple[int, int]) -> tuple[Page, list[str]]:
    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme=theme)  # type: ignore[arg-type]
    complaints: list[str] = []
    page.on("console", lambda line: complaints.append(line.text) if line.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("requestfailed", lambda request: complaints.append(request.url))
    page.goto(address, wait_until="networkidle")
    return page, complaints


@pytest.mark.parametrize("face", SCREENS)
def test_a_page_loads_without_a_complaint_and_nothing_is_cut_off(
    samples: str, chromium: Browser, theme: str, face: str
) -> None:
    page, complaints = _open(chromium, f"{samples}/{face}.html", theme, SCREENS[face])
    assert complaints == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    # The sprite is really drawn: an icon whose symbol is missing has no size.
    drawn = "[...document.querySelectorAll('svg.icon')].filter(e => e.checkVisibility()).map(e => e.getBBox().width)"
    assert min(page.evaluate(drawn)) > 0
    page.close()


@pytest.mark.parametrize("face", ["field", "public"])
def test_what_a_finger_presses_is_large_enough(samples: str, chromium: Browser, theme: str, face: str) -> None:
    page, _ = _open(chromium, f"{samples}/{face}.html", theme, SCREENS[face])
    targets = page.locator(".btn, input, .line, .choice").all()
    heights = [box["height"] for target in targets if (box := target.bounding_box())]
    assert heights
    assert min(heights) >= 48
    page.close()


def test_the_keyboard_reaches_the_search_the_menu_and_the_dialog(samples: str, chromium: Browser, theme: str) -> None:
    page, _ = _open(chromium, f"{samples}/desk.html", theme, SCREENS["desk"])
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("e")
    assert page.locator("#choose").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#choose").is_visible()
    page.keyboard.press("j")
    assert "排水沟" in page.evaluate("document.activeElement.textContent")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.type") == "search"
    page.close()


def test_the_chosen_theme_outweighs_the_systems(samples: str, chromium: Browser, theme: str) -> None:
    page, _ = _open(chromium, f"{samples}/desk.html", theme, SCREENS["desk"])
    other, label = ("dark", "深色") if theme == "light" else ("light", "浅色")
    before = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_label("外观").click()
    page.get_by_role("button", name=label).click()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != before
    assert page.evaluate("document.documentElement.dataset.theme") == other
    assert f"theme={other}" in page.evaluate("document.cookie")
    page.close()
