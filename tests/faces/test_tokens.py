"""The token sheet: contrast by WCAG 2.2 AA in both themes, and one dark theme however it is chosen."""

import re
from pathlib import Path

import pytest

SHEET = (Path(__file__).parents[2] / "frontend" / "tokens.css").read_text("utf-8")
COLOUR = re.compile(r"--([\w-]+): (#[0-9a-f]{6})")
# A selector never holds a comment or the at-rule around it.
BLOCKS = {
    selector.strip(): dict(COLOUR.findall(body)) for selector, body in re.findall(r"([^{}/]+)\{([^{}]+)\}", SHEET)
}
LIGHT = BLOCKS[":root"]
DARK = BLOCKS[':root[data-theme="dark"]']

GROUNDS = ["paper", "surface", "raised"]
# (ink, ground, least ratio): 4.5 for words, 3 for the edges of controls and other shapes that carry meaning.
PAIRS = [
    *((ink, ground, 4.5) for ink in ("ink", "ink-2", "ink-3", "accent", "over", "seal") for ground in GROUNDS),
    *((ink, f"{ink}-soft", 4.5) for ink in ("accent", "ok", "soon", "over", "pause")),
    *((ink, ground, 4.5) for ink in ("ink", "ink-2") for ground in ("accent-soft", "soon-soft", "over-soft")),
    ("accent-ink", "accent", 4.5),
    ("accent-ink", "accent-strong", 4.5),
    ("over-ink", "over", 4.5),
    ("surface", "seal", 4.5),
    *(("edge", ground, 3.0) for ground in GROUNDS),
]


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground", "least"), PAIRS)
def test_words_and_edges_stand_out(theme: dict[str, str], ink: str, ground: str, least: float) -> None:
    assert _contrast(theme[ink], theme[ground]) >= least


def test_dark_is_the_same_whether_the_system_or_the_user_chose_it() -> None:
    assert BLOCKS[':root:not([data-theme="light"])'] == DARK


def test_every_colour_of_light_has_its_dark() -> None:
    assert LIGHT.keys() == DARK.keys()


def test_no_raw_colour_stands_outside_the_token_sheet() -> None:
    raw = re.compile(r"#[0-9a-fA-F]{3,8}\b|rgba?\(|hsla?\(")
    sheets = [path for path in (Path(__file__).parents[2] / "frontend").rglob("*.css") if path.name != "tokens.css"]
    assert sheets
    assert [path.name for path in sheets if raw.search(path.read_text("utf-8"))] == []
